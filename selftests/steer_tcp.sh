#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Connections through the virtual address are served, by every server, from
# ports of the client's own range.
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
web_service
web6_service

check "a page over IPv4" fetch
check "a page over IPv6" fetch6

{ fetch_times 30; fetch6_times 30; } >"$scratch/pages"
for n in $(seq "$SERVERS"); do
	check "server $n has its share" grep -q "server$n " "$scratch/pages"
done

# Each address and port that a server saw, against the client's ranges.
in_ranges() {
	local first last port

	read -r first last < <(psj '.[] | "\(.first) \(.last)"' range show \
				owner "$1" pool "$2")
	awk -v pool="$3" -v first="$first" -v last="$last" '
		$2 == pool && $3 >= first && $3 <= last {inside++; next}
		$2 == pool {print $3 " is not in " first "-" last; outside++}
		END {exit outside || inside != 30}' "$scratch/pages"
}
check "servers see ports of the client's IPv4 range" \
	in_ranges 10.0.0.2 pool4 "$POOL"
check "servers see ports of the client's IPv6 range" \
	in_ranges fd00::2 pool6 "$POOL6"
check_is "every connection is a session" 62 "$(psj length session show)"
check_is "ports in use are as many as sessions" 62 \
	"$(psj 'map(.in_use) | add' range show)"

finish
