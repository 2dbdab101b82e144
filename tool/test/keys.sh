#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual of the configuration has the keys that there are, with their kinds,
# bounds and defaults, and no others. Prints TAP. Usage: keys.sh PORTSTEERD

# shellcheck source=tap.sh
. "$(dirname "$0")/tap.sh"
manual=$(dirname "$0")/../../Documentation/man/portsteer.yaml.5

# SECTION.KEY KIND, a line each, of both
of_daemon=$("$1" --keys | awk -F '\t' '{
	sub(/\[\]/, "", $1)
	print $1, $2
}' | sort)
of_manual=$(awk '
	/^\.SS / { section = $2 }
	/^\.SH / { section = "" }
	section && /^\.BI .*: "/ {
		key = $2
		sub(/:$/, "", key)
		kind = $0
		sub(/^[^"]*" */, "", kind)
		sub(/" *$/, "", kind)
		gsub(/\\f[A-Z]|\\/, "", kind)
		print section "." key, kind
	}' "$manual" | sort)
said=$(diff <(echo "$of_daemon") <(echo "$of_manual"))
verdict $? "the manual has the keys of the daemon" "$said"

# text_of SECTION KEY: what the manual says of it, on one line
text_of() {
	awk -v section="$1" -v key="$2:" '
		/^\.S[SH] / { in_section = $2 == section; in_key = 0 }
		/^\.TP/ { in_key = 0 }
		in_section && /^\.BI / && $2 == key { in_key = 1 }
		in_key { sub(/^\.B[IR]* /, ""); printf "%s ", $0 }' "$manual"
}
while read -r key word; do
	text=$(text_of "${key%%[.[]*}" "${key##*.}")
	[[ $text == *"$word"* ]]
	verdict $? "$key: the manual says $word" "$text"
done < <("$1" --keys | awk -F '\t' '{
	for (i = 3; i <= NF; i++)
		if ($i != "" && $i != "required")
			print $1, $i
}')
echo "1..$count"
exit "$failed"
