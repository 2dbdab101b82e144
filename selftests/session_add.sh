#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sessions that another gateway tells of: a newer word of one that is there is
# taken, one's own belongs to who has seen it last, and nothing is learned from them
# of clients and servers. A packet makes them one's own.
SERVERS=2
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
web_service
ps_ restore <<-END
	pool add nat4 address 203.0.113.9 ports 1024-1151
	vm add red address 10.0.0.2 pool nat4 min 64 max 64
	vm add blue address 10.0.5.2 pool nat4 min 64 max 64
END

session="service web proto tcp client 10.0.9.9 client-port 4000 pool-address $POOL"
told() { ps_ session add $session assigned-port "$1" server "$2" server-port 80 state "$3" expires "$4" "${@:5}"; }
one() { psj '.[] | "\(.state) \(.whose // "own")"' session show client-port 4000; }
left() { psj '.[].expires_s' session show client-port 4000; }
server() { psj ".[] | select(.address == \"10.1.1.2\").$1" server show; }

check "one that is told of" told 2000 10.1.1.2 established 1h whose peer
check_is "is the peer's" "established peer" "$(one)"
check "a newer word is taken" told 2000 10.1.1.2 closing 200s whose peer
check_is "with its state" "closing peer" "$(one)"
check "and its expiry" [ "$(left)" -le 200 ]
check "told to be over" told 2000 10.1.1.2 time-wait 100s whose peer
check_is "it is no work for its server" 0 "$(server active)"
check "told to be open again" told 2000 10.1.1.2 established 1h whose peer
check_is "it is" 1 "$(server active)"
check_is "nothing of that is a new connection" "0 0" \
	"$(server created) $(server established)"
check_is "nor an arrival of its client" 0 \
	"$(psj '.[] | select(.address == "10.0.9.9").arrival_rate' client show)"

check "who has it told is asked no more" told 2000 10.1.1.2 established 7440s
check_is "it is our own" "established own" "$(one)"
check "an older word of it" told 2000 10.1.1.2 closing 1s whose peer
check_is "changes nothing" "established own" "$(one)"
check "a newer one" told 2000 10.1.1.2 established 7440s whose peer
check_is "does" "established peer" "$(one)"
check "what is the peer's gives way to what is newer" \
	told 2001 10.1.2.2 established 1h whose peer
check_is "there is one" "2001" \
	"$(psj '.[].assigned_port' session show client-port 4000)"
told 2001 10.1.2.2 established 1h
check_refused "what is our own does not" "this port has a session already, by port 2001" \
	told 2002 10.1.1.2 established 1h whose peer
session=${session/4000/4001} check_refused "nor does its port" \
	"this port is in use already, from port 4000" \
	told 2001 10.1.2.2 established 1h whose peer

ends="proto tcp pool-address $POOL assigned-port 2001 server 10.1.2.2 server-port 80"
check_is "an end that is told" "flushed 0" "$(ps_ session flush $ends whose peer)"
told 2001 10.1.2.2 established 2h whose peer
check_is "ends what is the peer's" "flushed 1" "$(ps_ session flush $ends whose peer)"
check_is "only that" "" "$(one)"

told 2000 10.1.1.2 established 1h whose peer
check_is "all can be in doubt" "changed 1" "$(ps_ session set whose unsure)"
check_is "which is said" "established unsure" "$(one)"
told 2000 10.1.1.2 established 1h whose peer
check_is "till they are told anew" "established peer" "$(one)"
check_is "the rest can be ended" "flushed 0" "$(ps_ session flush whose unsure)"
check_is "or be our own" "changed 1" "$(ps_ session set whose own)"
check_is "which changes them once" "changed 0" "$(ps_ session set whose own)"
check_refused "what they can't be" "it has to tell of each" ps_ session set whose peer
check_is "saved and restored, it is what it was" 1 \
	"$(ps_ save state | grep -c 'client-port 4000 .* state established .*expires')"

# Blocks: each VM has one, and there is no other.
block() { psj '.[].ranges[0].first' vm show "$1"; }
blue=$(block blue)
vms="proto tcp client 10.0.0.2 pool-address 203.0.113.9 server 10.1.1.2 server-port 7 state established expires 1h"
check "what another does not use is given to whom it is told to be" \
	ps_ session add vm red $vms client-port 5 assigned-port $((blue + 5)) whose peer
check_is "who has it now" red \
	"$(psj '.[].owner' range who "203.0.113.9:$((blue + 5))")"
check_refused "what is used is not" "is in a block that is not free" \
	ps_ range add pool nat4 address 203.0.113.9 ports "$blue-$((blue + 63))" \
	owner-type vm owner blue
check "a range that its owner has already" ps_ range add pool nat4 \
	address 203.0.113.9 ports "$blue-$((blue + 63))" owner-type vm owner red

# A connection that is told of while it is one's own, and then goes on here.
ps_ session flush >/dev/null
ps_ vm del red
ps_ monitor session >"$scratch/monitor" &
disown
start_connections
conn open 1 "$VIP" 10.0.0.2 >/dev/null
listens() { [ "$(conn cycle 1 "$VIP" 10.0.0.2 >/dev/null; grep -c opened "$scratch/monitor")" -gt 0 ]; }
check "a monitor listens" wait_for 30 listens
live() { ps_ save state | grep "^session add.* state established" | head -1; }
line=$(live)
created=$(psj 'map(.created) | add' server show)
check "one's own is told by the peer" \
	ps_ session add ${line#session add } whose peer
check_is "which has seen it last" 1 "$(psj length session show whose peer)"
: >"$scratch/monitor"
check_is "it goes on here" "open=1 answered=1" "$(conn ask)"
check_is "and is our own" 0 "$(psj length session show whose peer)"
check "which is told" wait_for 20 grep -q 'session changed .*established' "$scratch/monitor"
check_is "once" 1 "$(grep -c 'session changed' "$scratch/monitor")"
check_is "its server has no new connection" "$created" \
	"$(psj 'map(.created) | add' server show)"
conn close >/dev/null
changed() { grep -qE "session changed .*state $1" "$scratch/monitor"; }
check "its end is told, state by state" wait_for 20 changed time-wait

# As it is told where the timeout is five days, with what a session may stay beyond.
check "the longest there can be" told 2009 10.1.1.2 established 432001s
check_refused "not more" "out of range (attribute expires" \
	told 2009 10.1.1.2 established 432002s

finish
