#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the gateway sees of servers by itself: one that has become slow, hangs or
# refuses loses new sessions, though nothing reports that; and gets them back.
# shellcheck disable=SC2317
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
# How many connect at the same time, how long shares are looked at, and what passes for
# slow: on a kernel full of checks everything is, and who waits for others most of all.
crowd=40 look=2 delay=300ms fine=0 patience=60
[ ! -e /sys/kernel/debug/kmemleak ] ||
	crowd=16 look=8 delay=2s fine=20 patience=200
client_addresses "$crowd"
ps_ config set slow-start 0 health-failures 0 client-idle 5s
web_service
start_connections
mapfile -t clients < <(for ((i = 0; i < crowd; i++)); do client_address "$i"; done)
server() { psj ".[].$2" server show web "10.1.$1.2:80"; }
percent() { server "$@" | cut -d. -f1; }

# rounds N: connections one after the other from each client at the same time; what
# they were answered is counted
rounds() { conn cycle "$1" "$VIP" "${clients[@]}"; }

# share N SECONDS: how many percent of the connections of that time server N got
share() {
	local before all end=$((SECONDS + $2))

	before=$(server "$1" created) all=$(psj '.[].created' service show web)
	while [ "$SECONDS" -lt "$end" ]; do rounds 1 >/dev/null; done
	echo $((($(server "$1" created) - before) * 100 /
		($(psj '.[].created' service show web) - all)))
}

check_is "all well" "open=0 answered=$((5 * crowd))" "$(rounds 5)"
check "handshakes are measured: $(server 1 handshake_us) us, at best $(server 1 handshake_best_us)" \
	test "$(server 1 handshake_us)" -ge "$(server 1 handshake_best_us)"
slow=$(psj 'map(.slow) | max' server show web)
check "nobody is slow: $slow %" test "${slow%%.*}" -le "$fine"

in_server 1 tc qdisc add dev s1 root netem delay "$delay"
share 1 "$look" >/dev/null
slow=$(share 1 $((2 * look)))
check "a server that has become slow has few new sessions after $look s: $slow %" \
	test "$slow" -le 16
explained() {
	rounds 1 >/dev/null
	ps_ explain web client 10.0.0.2 |
		grep -q "10.1.1.2:80 .*load +0\.[3-9][0-9]* by slowness"
}
check "explain says so" wait_for 20 explained
slow=$(percent 1 slow)
check "the server is known as slow: $slow %" test "$slow" -ge 30
in_server 1 tc qdisc del dev s1 root
recovers() { [ "$(share 1 "$look")" -ge 25 ]; }
check "in time again, it gets its share back" wait_for "$patience" recovers

web_input 2 drop
# Nothing has timed out yet: clients repeat their SYN after a second.
rounds 1 >/dev/null &
sleep 0.7
slow=$(percent 2 slow)
check "a server that hangs is known as slow before anything times out: $slow %" \
	test "$slow" -ge 50
wait $!
web_input 2

ps_ server set web 10.1.3.2:80 state drain
ps_ server set web 10.1.3.2:80 state up
web_input 3 reject with tcp reset
for n in 1 2 3; do ps_ server report web "10.1.$n.2:80" load 60%; done
ps_ server report web 10.1.3.2:80 load 0%
share 3 "$look" >/dev/null
refuses=$(share 3 $((2 * look)))
check "a server that refuses and is idle attracts nobody: $refuses %" \
	test "$refuses" -le 16
refuses=$(percent 3 failures)
check "as its sessions fail: $refuses %" test "$refuses" -ge 10
web_input 3
check_is "it is back" "open=0 answered=$((5 * crowd))" \
	"$(sleep 1; rounds 5)"

finish
