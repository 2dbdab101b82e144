#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the fast path takes, and what it must leave to the rest of the stack: frames
# of one live flow, the usual one and others that are unusual in one way each.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_udp 1 53
ps_ config set fastpath on
dns_services
in_gateway nft -f - <<-END
table inet test {
	chain pre {
		type filter hook prerouting priority raw;
		udp dport 53 counter
	}
}
END
mac=$(mac gateway gw-c0)
in_server 1 tcpdump -Uni s1 -w "$scratch/wire" 2>/dev/null &
disown
wait_for 20 test -s "$scratch/wire"

frames() { # SOURCE ADDRESS KIND...
	in_client /usr/bin/python3 -ES "$(dirname "$0")/frames.py" c0 "$mac" \
		"$1" 5000 "$2" 53 "${@:3}"
}
seen() { packets_seen in_gateway inet test; }
# Lengths of the frames sent on to the server that say a word.
lengths() {
	tcpdump -enAr "$scratch/wire" dst port 53 or vlan 2>/dev/null |
		awk -v word="$1" 'match($0, /length [0-9]+:/) {
					n = substr($0, RSTART + 7, RLENGTH - 8)
				  }
				  index($0, word) {print n}' | sort -u | paste -sd,
}

for ends in "10.0.0.2 $VIP" "fd00::2 $VIP6"; do
	read -r source address <<<"$ends"
	kinds="options version last-hop beyond"
	[ "$address" = "$VIP6" ] || kinds="$kinds checksum fragments"
	# shellcheck disable=SC2086 # two words
	frames $ends usual >"$scratch/first"
	before=$(seen)
	# shellcheck disable=SC2086 # two words
	check_is "$address: the usual frame, one with bytes after its end" \
		"usual answered,trailing answered" \
		"$(frames $ends usual trailing | paste -sd,)"
	check_is "rules do not see them" "$before" "$(seen)"
	# What routing has to say of a route that stays may change all the same.
	[ "$address" = "$VIP" ] ||
		in_gateway ip route add fd00:1:1::1:0/112 dev gw-s1
	# shellcheck disable=SC2086 # two words
	frames $ends usual >"$scratch/first"
	before=$(seen)
	# shellcheck disable=SC2086 # two words
	frames $ends usual >"$scratch/first"
	check_is "nor once a longer route has come" "$before" "$(seen)"
	# shellcheck disable=SC2086 # two words, and several
	frames $ends $kinds other-host broadcast tag >"$scratch/said"
	echo "# $(paste -sd, "$scratch/said")"
	for kind in options fragments; do
		[[ " $kinds " = *" $kind "* ]] || continue
		check "$kind go the slow way" \
			grep -q "$kind answered" "$scratch/said"
	done
	for kind in $kinds other-host broadcast tag; do
		[[ " options fragments " = *" $kind "* ]] ||
			check_is "$kind: not passed on" "$kind silent " \
				"$(grep "$kind" "$scratch/said") $(lengths "$kind")"
	done
done
check_is "those at their last hop are counted" 2 "$(counter ttl_exceeded)"
check_is "bytes after the end are cut off" "50,70" "$(lengths trailing)"

finish
