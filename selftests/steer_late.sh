#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A server answers just when its client asks again and is steered to another one:
# the client hears from one of them, never from both, and is served.
. "$(dirname "$0")/lib.sh"

setup
rounds=5 clients=200
[ ! -e /sys/kernel/debug/kmemleak ] || rounds=2 clients=40
start_nginxes
client_addresses "$clients"
web_service
mapfile -t addresses < <(for i in $(seq 0 $((clients - 1))); do
	client_address "$i"
done)
# A SYN is repeated after a second.
for n in 1 2 3; do
	in_server "$n" tc qdisc add dev "s$n" root netem delay 1000ms 8ms \
		limit 100000
done

start_connections
each=$((rounds * clients))
check_is "$each connections, none is reset" "open=$each answered=0" \
	"$(conn open "$rounds" "$VIP" "${addresses[@]}")"
check_is "each is served" "open=$each answered=$each" "$(conn ask)"
check "answers came too late" test "$(counter session_resteered)" -gt 0
conn close >"$scratch/closed"

finish
