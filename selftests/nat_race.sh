#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A VM and a host outside that send to each other at the same moment, on two CPUs,
# have one session, and neither packet is lost.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
ps_ restore <<-END
	pool add nat4 address $POOL
	vm add red address 10.0.0.2 pool nat4 filtering endpoint-independent
	mapping add red proto udp port 4000 pool-address $POOL assigned-port 4000
END
# Nobody answers.
silence='add table ip sink; add chain ip sink in { type filter hook input priority 0; policy drop; }'
in_client nft "$silence"
in_server 1 nft "$silence"
flows=1500
[ ! -e /sys/kernel/debug/kmemleak ] || flows=400
check "$flows flows, each begun at both ends at once" /usr/bin/python3 -ES \
	"$(dirname "$0")/race.py" ends "$flows" "client-$suffix" "server1-$suffix" "$POOL"
ps_ -j session show >"$scratch/sessions"
begun() { jq "map(select(.inbound == $1)) | length" "$scratch/sessions"; }
check_is "one session each" "$flows" "$(jq length "$scratch/sessions")"
check_is "begun by the one ($(begun true) times) or by the other" "$flows" \
	$(($(begun true) + $(begun false)))
check_is "no packet is lost" "$((2 * flows))" "$(counter translated)"
check_is "the mapping knows of all of them" "$flows" \
	"$(psj '.[].sessions' mapping show)"
ps_ session flush >"$scratch/out"
check_is "and of none that is over" 0 "$(psj '.[].sessions' mapping show)"

finish
