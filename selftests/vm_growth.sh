#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A VM's ranges grow ahead of its connections and shrink when they are gone, and
# no connection is lost by either; at its maximum the next is refused, and its
# neighbour notices nothing.
. "$(dirname "$0")/lib.sh"

setup
connections=20000
[ ! -e /sys/kernel/debug/kmemleak ] || connections=1200
ulimit -n 65536
start_nginxes
in_client sysctl -qw net.ipv4.ip_local_port_range="1100 65500"
client_addresses 1
ps_ restore <<-END
	config set timeout-tcp-closing 2s timeout-tcp-time-wait 2s
	pool add nat4 address $POOL hold 1s
	vm add red address 10.0.0.2 pool nat4 min 64 max 32768
	vm add blue address $(client_address 0) pool nat4 min 64
END
start_connections
vm() { psj ".[].$2" vm show "$1"; }
check_is "a VM begins with its minimum" 64 "$(vm red ports_held)"

each=$((connections / 3 + 1))
for n in 1 2 3; do
	conn open "$each" "10.1.$n.2" 10.0.0.2 >"$scratch/opened"
done
check_is "connections at once, none fails" "open=$((3 * each)) answered=0" \
	"$(cat "$scratch/opened")"
check_is "each answers" "open=$((3 * each)) answered=$((3 * each))" "$(conn ask)"
check_is "each has a port of its own" "$((3 * each))" "$(vm red ports_in_use)"
held=$(vm red ports_held)
check "its ranges have grown with them, to its maximum at most" \
	test "$held" -ge $((3 * each)) -a "$held" -le 32768
check_is "none was refused" 0 "$(counter no_port)"
check_is "the neighbour has what it had" 64 "$(vm blue ports_held)"
check "and works" in_client curl -s --interface "$(client_address 0)" \
	http://10.1.1.2/

# What is spread over the blocks keeps them, and nothing else does.
mapfile -t kept < <(psj '.[].client_port' session show vm red | shuf -n 5)
check_is "five go on, the others end" "open=5 answered=0" \
	"$(conn keep "${kept[@]}")"
in_use() { [ "$(vm red ports_in_use)" = "$1" ]; }
check "their ports come back" wait_for 60 in_use 5
is_least() {
	[ "$(vm red ports)" = 64 ] && [ "$(vm red ports_held)" -le 384 ]
}
check "the ranges shrink to the minimum" wait_for 240 is_least
check_is "with every live connection kept" "open=5 answered=5" "$(conn ask)"
conn close >"$scratch/closed"
free() { [ "$(vm red ports_held)" = 64 ]; }
check "the last blocks go with the last connections" wait_for 60 free

# At the maximum.
ps_ vm set red max 1024
before=$(counter no_port)
check_is "as many connections as there are ports" "open=1024 answered=0" \
	"$(conn open 1024 10.1.1.2 10.0.0.2)"
check_is "the next ones fail, and at once" "open=1024 answered=0 EHOSTUNREACH=5" \
	"$(conn open 5 10.1.1.2 10.0.0.2)"
check_is "which is counted" 5 "$(($(counter no_port) - before))"
check "the neighbour notices nothing" in_client curl -s --interface \
	"$(client_address 0)" http://10.1.1.2/
check_is "those that are open go on" "open=1024 answered=1024" "$(conn ask)"

finish
