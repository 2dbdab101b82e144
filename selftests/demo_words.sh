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

# read_books COMMAND...: what the command says of its gateway: `stats show`, to
# $scratch/stats, and $live sessions, $in_use ports, sessions $begun and $ended. All is
# of one moment: sessions end by themselves, so it reads until none has meanwhile.
# shellcheck disable=SC2034
read_books() {
	local tries

	for tries in {1..50}; do
		"$@" stats show >"$scratch/stats"
		live=$("$@" session show | wc -l)
		in_use=$("$@" -j range show | jq 'map(.in_use) | add')
		begun=$(book session_created)
		ended=$(book session_ended)
		"$@" stats show >"$scratch/stats"
		[ "$begun $ended" != "$(book session_created) $(book session_ended)" ] ||
			break
	done
}
# book NAME: that counter, as it was read last
book() { awk -v name="$1" '$1 == name {print $2}' "$scratch/stats"; }

# End a tour: how many verdicts hold
end_tour() {
	printf '\nAfter %d seconds: %d of %d verdicts hold.\n' "$SECONDS" \
		"$((tests - failures))" "$tests"
	[ "$failures" = 0 ]
}
