#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A flood of SYNs from forged addresses at a pool of one address: clients that
# have proven to be real do not notice it, a new one gets through, and what the
# flood takes is bounded and comes back.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
client_addresses 22
mapfile -t clients < <(for i in $(seq 0 21); do client_address "$i"; done)
proven=("${clients[@]:0:20}") newcomer=${clients[20]} greedy=${clients[21]}
# What the servers answer goes out, as on the real Internet.
ip -n "gateway-$suffix" route add default via 10.0.0.2
ps_ config set timeout-tcp-closing 2s timeout-tcp-time-wait 2s
web_service
# The same server by way of a pool that is small: 128 blocks of 16 ports.
ps_ restore <<END
pool add small address 203.0.113.9 ports 2048-4095 block 16
service add little address $VIP proto tcp port 81 pool small
server add little 10.1.1.2:80
END
start_connections
flood=50000
[ ! -e /sys/kernel/debug/kmemleak ] || flood=5000
syns() { in_client hping3 -q -S -p "$2" --rand-source -i u1 -c "$1" "$VIP" >/dev/null 2>&1; }

check_is "20 clients connect" "open=0 answered=20" \
	"$(conn cycle 1 "$VIP" "${proven[@]}")"
check_is "and are proven" 20 "$(psj 'map(select(.proven)) | length' client show)"

syns "$flood" 80 &
flooding() { [ "$(counter session_created)" -gt 2000 ]; }
check "a flood of $flood SYNs" wait_for 60 flooding
rounds=0 answered=0
while [ -n "$(jobs -r)" ]; do
	line=$(conn cycle 2 "$VIP" "${proven[@]}")
	rounds=$((rounds + 2)) answered=$((answered + ${line##*answered=}))
	[ "$rounds" != 6 ] || new=$(conn cycle 1 "$VIP" "$newcomer")
	sessions=$(psj '.[].sessions' service show web)
	most=$((sessions > ${most-0} ? sessions : most))
	pause 0.5
done
check_is "$rounds connections of each proven client, not one failed" \
	"$((rounds * 20))" "$answered"
check_is "a new client gets through meanwhile" "open=0 answered=1" "${new-none}"
# Some of it is lost on the way where the machine is slow.
check "most of the flood came in ($(counter session_created))" \
	test "$(counter session_created)" -ge $((flood / 2))
# A block each till four fifths are taken, then an eighth of the ports.
check "sessions were bounded ($most)" test "$most" -lt 9500
clients=$(ps_ client show | wc -l)
check "and clients ($clients)" test "$clients" -lt 9500
check_is "the others were on probation, and recycled" true "$([ \
	"$(counter probation)" -gt 0 ] && { [ "$flood" -lt 50000 ] ||
	[ "$(counter probation_recycled)" -gt 0 ]; } && echo true)"

# Where proven clients need what unproven ones hold, these have to give it.
syns 2000 81
check_is "a client proves itself in the small pool" "open=0 answered=2" \
	"$(conn cycle 2 "$VIP:81" "$greedy")"
check_is "its 600 connections" "open=600 answered=0" \
	"$(conn open 600 "$VIP:81" "$greedy")"
check "are given ports of others ($(counter range_taken_back) times)" \
	test "$(counter range_taken_back)" -gt 0
check_is "and all work" "open=600 answered=600" "$(conn ask)"
conn close >/dev/null

ps_ config set timeout-tcp-opening 1s client-idle 1s range-idle 1s
# SYNs to be answered again tell sessions of the new timeout; others are ended.
ps_ session flush state opening >/dev/null
clean() { [ "$(psj length session show)$(psj length client show)" = 00 ]; }
check "afterwards sessions and clients are gone" wait_for 60 clean
check_is "no range is left with a client" "" \
	"$(psj '.[] | select(.owner_type == "client").owner' range show)"
on_probation() { psj 'map(select(.owner_type == "probation") |
	.last - .first + 1) | add // 0' range show; }
before=$(on_probation)
shrinks() { [ "$(on_probation)" -lt "$before" ] || [ "$before" = 0 ]; }
check "and the range for probation ($before ports) shrinks" wait_for 60 shrinks

finish
