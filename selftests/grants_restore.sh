#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Who leaves a grant has time to: what still goes on in one that drains goes on
# after the module has been loaded anew, too, and gets no company there. Ports that
# are promised by fixed mappings are nobody else's, whoever comes first.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
ps_ restore <<-END
	pool add nat4 address $POOL block 64 by-grants
	grant add address $POOL ports 2048-3071 pool nat4
	vm add red address 10.0.0.2 pool nat4 min 64
END
start_talk
echo before >&"$keys"
check "a talk" wait_for 20 says before
check "its grant drains, another is there" eval "
	ps_ grant add address $POOL ports 4096-5119 pool nat4 &&
	ps_ grant set address $POOL ports 2048-3071 state draining"
ranges() { psj '.[].ranges[] | "\(.first / 1024 | floor) \(.state) \(.in_use)"' vm show red; }
moved() { [ "$(ranges | sort | paste -sd,)" = "2 draining 1,4 active 0" ]; }
check "new sessions go there" wait_for 20 moved

stop_packets
ps_ save state >"$scratch/state"
rmmod portsteer && insmod "$PSTEER_MODULE"
check "the state is restored" ps_ restore "$scratch/state"
check "to where it was" wait_for 20 moved
let_packets_go
echo after >&"$keys"
check "the talk goes on" wait_for 30 says after
ps_ config set timeout-tcp-closing 1s timeout-tcp-time-wait 1s
exec {keys}>&-
drained() { [ "$(ranges)" = "4 active 0" ]; }
check "till it ends" wait_for 60 drained
check "then its grant can go" ps_ grant del address "$POOL" ports 2048-3071

# Twelve VMs that fill a pool, each with a port that is promised to it.
rmmod portsteer && insmod "$PSTEER_MODULE"
{
	echo "pool add full address $POOL ports 1024-1791 block 64"
	echo "pool set full address $POOL state withdrawn"
	for n in $(seq 12); do
		echo "vm add vm$n address 10.0.7.$n pool full min 64 max 64"
		echo "mapping add vm$n proto tcp port 22 pool-address $POOL assigned-port $((1024 + 64 * n - 32))"
	done
	echo "pool set full address $POOL state active"
} >"$scratch/full"
check "a full pool" ps_ restore "$scratch/full"
mapped() { psj 'map([.vm, .assigned_port]) | sort | tojson' mapping show; }
before=$(mapped)
ps_ save >"$scratch/config"
rmmod portsteer && insmod "$PSTEER_MODULE"
check "its configuration is restored" ps_ restore "$scratch/config"
check_is "each port where it was" "$before" "$(mapped)"

finish
