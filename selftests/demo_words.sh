# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How the tours show things: steps, commands with what they say, verdicts. Source
# it after lib.sh.

step() {
	steps=$((steps + 1))
	printf '\n--- %s. %s\n\n' "$steps" "$1"
}
steps=0
indent() { sed 's/^./    &/'; }
say() { printf '%s\n' "$@" | sed 's/^./    &/'; }

# show ARGUMENT...: the command, and what it says on the gateway
show() {
	say "# portsteer $*"
	ps_ "$@" | indent
}

# verdict CONDITION SENTENCE: what a step has shown, if the condition holds
verdict() {
	tests=$((tests + 1))
	if (($1)); then
		printf '\n  HOLDS: %s\n' "$2"
	else
		printf '\n  DOES NOT HOLD: %s\n' "$2"
		failures=$((failures + 1))
	fi
}

# End a tour: how many verdicts hold
end_tour() {
	printf '\nAfter %d seconds: %d of %d verdicts hold.\n' "$SECONDS" \
		"$((tests - failures))" "$tests"
	[ "$failures" = 0 ]
}
