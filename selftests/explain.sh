#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# explain: the terms of the score, with the example of the specification, and
# why a server is not eligible.
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
client_addresses 1
client=$(client_address 0)
ps_ config set port-range-size 64 port-range-max 64
web_service select argmax
start_connections
of() { psj ".[] | select(.server == \"10.1.$1.2\") | $2" explain web client "$client"; }
states() { printf 'server set web 10.1.%d.2:80 state %s\n' "$@" | ps_ restore; }

check_is "a client that was never seen would have all its ports" "64 64 100" \
	"$(of 1 '"\(.ports_free) \(.ports_size) \(.ports)"')"
check_is "explaining it makes no client" "[]" "$(ps_ -j client show)"

states 2 drain 3 drain
check_is "half the client's ports" "open=32 answered=0" \
	"$(conn open 32 "$VIP" "$client")"
ps_ server report web 10.1.1.2:80 load 25% capacity 80
check_is "are in use towards server 1" "32 64 50" \
	"$(of 1 '"\(.ports_free) \(.ports_size) \(.ports)"')"
check_is "load .25, capacity 80, ports .5: score .75" 0.75 "$(of 1 .score)"
check_is "which is the sum of" "0.3 0.4 0.05" \
	"$(of 1 '"\(.term_load) \(.term_capacity) \(.term_ports)"')"
check_is "by weights" "0.4 0.5 0.1" \
	"$(of 1 '"\(.weight_load) \(.weight_capacity) \(.weight_ports)"')"
text=$(ps_ explain web client "$client")
check "the text says so" grep -qE \
	'^\* 10.1.1.2:80 +0.4\*\(1-0.25\)=0.3 +\+ 0.5\*0.8=0.4 +\+ 0.1\*0.5=0.05 += 0.75 .*best, 32 of 64 ports free' \
	<<<"$text"
check "its head says how the choice is made" grep -qx \
	"service web client $client select argmax" <<<"$text"
check_is "it is the best" "true false false" \
	"$(psj 'map(.best) | map("\(.)") | join(" ")' explain web client "$client")"
check_is "towards another server all its ports are free" 64 "$(of 2 .ports_free)"
check_is "which is not eligible as it is draining" "false state" \
	"$(of 2 '"\(.eligible) \(.reason)"')"

states 2 up
ps_ server report web 10.1.2.2:80 load 26% capacity 80
check_is "a server that is at its limit" "false sessions" \
	"$(ps_ server set web 10.1.1.2:80 max 32
	   of 1 '"\(.eligible) \(.reason)"')"
check_is "is not the best" "false true" "$(of 1 .best) $(of 2 .best)"
check_is "and not chosen" "open=34 answered=0 32" \
	"$(conn open 2 "$VIP" "$client") $(psj length session show server 10.1.1.2)"
ps_ server set web 10.1.1.2:80 max 0

states 2 down
check_is "the other half of the ports" "open=66 answered=0" \
	"$(conn open 32 "$VIP" "$client")"
check_is "no port is left" "0 false ports" \
	"$(of 1 '"\(.ports_free) \(.eligible) \(.reason)"')"
check_is "a server that is down" "false state" "$(of 2 '"\(.eligible) \(.reason)"')"
check_is "then none is the best" 0 \
	"$(psj 'map(select(.best)) | length' explain web client "$client")"
text=$(ps_ explain web client "$client")
check "the text says why" grep -q "not eligible: no port left towards it" <<<"$text"
check_is "for another client it is different" null \
	"$(psj '.[0].reason' explain web client 10.0.0.2)"

finish
