#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A client's range grows by blocks while it needs more, and shrinks from the
# tail when it does not; a port in use is never taken, a freed block is held.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
client_addresses 1
client=$(client_address 0)
ps_ config set port-range-size 64 range-idle 1s \
	timeout-tcp-closing 1s timeout-tcp-time-wait 1s
ps_ pool add pool4 address "$POOL" hold 4s
ps_ service add web address "$VIP" proto tcp port 80 pool pool4
ps_ server add web 10.1.1.2:80
start_connections

client_shows() { [ "$(psj ".[].$1" client show "$client")" = "$2" ]; }
pool_shows() { [ "$(psj ".[].$1" pool show pool4)" = "$2" ]; }
# JSON filter: ports in ranges of a state
ports_in() { psj "map(.last - .first + 1) | add // 0" range show "$@"; }

check_is "a few connections" "open=8 answered=0" "$(conn open 8 "$VIP" "$client")"
check_is "fit in the first range" 64 "$(psj '.[].ports' client show "$client")"
check_is "200 connections" "open=200 answered=0" "$(conn open 192 "$VIP" "$client")"
check_is "work" "open=200 answered=200" "$(conn ask)"
check "the range has grown, by whole blocks, no more than needed" \
	client_shows ports 256
check_is "range show says the same" 256 "$(ports_in owner "$client")"
# The first block is anywhere: two ranges if it was the pool's last.
check "adjacent blocks are one range" psj 'if length == 1 or
	(length == 2 and all(.[:-1][]; .last == 65535 or .first == 1024)) then .
	else error end' range show owner "$client"
check_is "ports in use" 200 "$(psj 'map(.in_use) | add' range show)"

# All but one on the last block are closed.
tail_port=$(psj 'max_by(.first).last - 63' range show owner "$client")
kept=$(psj "first(.[] | select(.assigned_port >= $tail_port)).client_port" \
	session show)
check_is "one connection stays, in the last block" "open=1 answered=0" \
	"$(conn keep "$kept")"
check "the range shrinks to its first size" wait_for 60 client_shows ports 64
check_is "the block of the live connection is draining" "draining 1" \
	"$(psj '.[] | "\(.state) \(.in_use)"' range show pool pool4 \
	   address "$POOL" port "$((tail_port + 63))")"
check "and the empty ones before it are gone" wait_for 10 eval \
	'[ "$(ports_in state draining)" = 64 ]'
check_is "that connection works" "open=1 answered=1" "$(conn ask)"
check_is "another one" "open=2 answered=0" "$(conn open 1 "$VIP" "$client")"
check_is "gets a port of an active block" active \
	"$(psj '.[].state' range show pool pool4 address "$POOL" port \
	   "$(psj ".[] | select(.client_port != $kept).assigned_port" session show)")"
check_is "so the draining block is not used any more" 1 \
	"$(psj 'map(select(.state == "draining").in_use) | add' range show)"

conn close >/dev/null
check "without it the block is held" wait_for 60 eval \
	'[ "$(ports_in state draining)" = 0 ] && [ "$(ports_in state held)" = 64 ]'
check "after the hold time they are free" wait_for 60 pool_shows blocks_held 0
check_is "all but the first" 1 "$(psj '.[] | .blocks - .blocks_free' pool show)"

finish
