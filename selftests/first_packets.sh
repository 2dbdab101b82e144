#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The first packet of a session: taken from its device at once if there is no rule
# that would see it, seen by every rule if there is one; and one that can't be
# steered, or whose route has changed, is heeded all the same.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
ps_ config set fastpath on
start_udp 1 53
start_asker client
start_nginx 1
dns_services
ps_ service add web address "$VIP" proto tcp port 80 pool pool4
ps_ server add web 10.1.1.2:80

# ask_new FROM: ten new flows of each family, from source ports FROM on; prints
# how many had the right answer
ask_new() {
	local port

	for port in $(seq "$1" $(($1 + 9))); do
		ask 10.0.0.2 "$port" "$VIP" 53 hello
		ask fd00::2 "$port" "$VIP6" 53 hello
	done | grep -c "same$"
}
# What the gateway's IP layer has been given: families FOUR and SIX.
received() {
	in_gateway awk '/^Ip: [0-9]/ {print $4}' /proc/net/snmp
	in_gateway awk '/^Ip6InReceives/ {print $2}' /proc/net/snmp6
}

ask_new 5000 >"$scratch/first"
check_is "new flows are answered" 20 "$(cat "$scratch/first")"
read -rd '' four six <<<"$(received)"
ask_new 5100 >"$scratch/second"
read -rd '' four_now six_now <<<"$(received)"
check_is "and others" 20 "$(cat "$scratch/second")"
# What else comes over IPv6 is of neighbours.
check_is "of which the stack has seen the answers alone" 10 $((four_now - four))
check "over IPv6 too" test $((six_now - six)) -lt 20
check_is "each is a session of its own" 40 \
	"$(psj length session show state established)"
check_is "and each packet is counted" 80 "$(counter translated)"

# Without a set: about those 6.1's own nf_tables complains on a kernel full of checks.
in_gateway nft -f - <<-END
	table inet test {
		chain forward {
			type filter hook forward priority filter
			udp dport 53 counter
			tcp dport 80 counter
		}
	}
END
seen() { packets_seen in_gateway inet test; }
check_is "with a rule they are answered" 20 "$(ask_new 5200)"
check_is "and it sees each" 20 "$(seen)"
check "a page" fetch
check "it sees how the connection begins" test "$(seen)" -gt 20
in_gateway nft delete table inet test
check "a page without the rule" fetch

# Two ways that are one, but for the kernel: what is remembered is never true for long.
yes "$(printf 'route %s 10.1.1.2 dev gw-s1\n' add del)" |
	ip -n "gateway-$suffix" -batch - &
changes=$!
check_is "while its route changes all the time" 20 "$(ask_new 5600)"
check_is "and again" 20 "$(ask_new 5700)"
kill "$changes"
wait "$changes" 2>/dev/null
in_gateway ip route del 10.1.1.2 2>/dev/null

in_gateway ip route add unreachable 10.1.1.2/32
check_is "a server without a route is told of" refused \
	"$(ask 10.0.0.2 5300 "$VIP" 53 hello)"
in_gateway ip route del unreachable 10.1.1.2/32
ps_ session flush
check_is "and with one has new flows" 20 "$(ask_new 5400)"
ps_ server set dns 10.1.1.2:53 state down
check_is "where no server is up it is told of, too" refused \
	"$(ask 10.0.0.2 5500 "$VIP" 53 hello)"

finish
