#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A gateway's namespace goes away under traffic, again and again.
SERVERS=1
. "$(dirname "$0")/lib.sh"

# Connections, and a stream that never ends.
traffic() {
	ps_ service add bulk address "$VIP" proto tcp port 5201 pool pool4
	ps_ server add bulk 10.1.1.2:5201
	in_server 1 iperf3 -s -D >/dev/null
	in_client ab -q -l -c 20 -t 100 -n 1000000 "http://$VIP/" >/dev/null 2>&1 &
	disown
	in_client iperf3 -c "$VIP" -t 100 -P 2 >/dev/null 2>&1 &
	disown
}
flows() {
	[ "$(psj length session show state established service bulk)" -ge 2 ] &&
	[ "$(psj '.[].created' service show web)" -ge 50 ]
}
# The client's end of the cable goes with the gateway's, when it really does.
link_is_gone() { ! in_client ip link show dev c0; }

rounds=5
[ ! -e /sys/kernel/debug/kmemleak ] || rounds=2
for round in $(seq "$rounds"); do
	setup
	start_nginxes
	web_service
	traffic
	check "round $round: traffic" wait_for 60 flows
	ip netns del "gateway-$suffix"
	check "round $round: the gateway is gone" wait_for 60 link_is_gone
	cleanup
	mkdir -p "$scratch"
done

setup
start_nginxes
check_is "a new gateway has nothing of the old ones" "[] [] []" \
	"$(ps_ -j pool show) $(ps_ -j session show) $(ps_ -j client show)"
web_service
check "and works" fetch

finish
