#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Very many sessions, live at the same time, counted in every place where they
# are counted; when they have expired nothing of them is left.
SERVERS=2
. "$(dirname "$0")/lib.sh"

setup
# 251 addresses and 401 ports that step together: 100,651 different flows.
sessions=100000
[ ! -e /sys/kernel/debug/kmemleak ] || sessions=10000
ps_ restore <<END
config set timeout-udp 20m
pool add big address $(seq -s , -f 198.51.100.%g 8) hold 0
service add sink address $VIP proto udp port 5000 pool big
server add sink 10.1.1.2:5000
server add sink 10.1.2.2:5000
END
# The servers take it and say nothing.
for n in 1 2; do
	in_server "$n" nft 'add table ip sink;
		add chain ip sink in { type filter hook input priority 0; };
		add rule ip sink in udp dport 5000 drop'
done

modprobe -q pktgen || true
# What is sent faster than it is taken has to wait, not to be dropped.
backlog=$(sysctl -n net.core.netdev_max_backlog)
sysctl -qw net.core.netdev_max_backlog="$sessions"
mac=$(mac gateway gw-c0)
# A packet of each flow, from the kernel's own generator.
in_client bash -e <<END || exit
echo "add_device c0" >/proc/net/pktgen/kpktgend_0
while read -r line; do echo "\$line" >/proc/net/pktgen/c0; done <<LINES
count $sessions
clone_skb 0
pkt_size 60
delay 0
dst_mac $mac
dst $VIP
src_min 10.0.1.1
src_max 10.0.1.251
udp_src_min 20000
udp_src_max 20400
udp_dst_min 5000
udp_dst_max 5000
LINES
END
are_sent() {
	in_client cat /proc/net/pktgen/c0 >"$scratch/pktgen" &&
	grep -q "^Result: OK: .*usec, $sessions " "$scratch/pktgen" &&
	grep -q "pps .* errors: 0$" "$scratch/pktgen"
}
send_flows() {
	in_client sh -c 'echo start >/proc/net/pktgen/pgctrl' &&
	wait_for 60 are_sent
}
# Counters of pools and ranges: jq only gets what is added up.
in_use() { ps_ range show | awk '{for (i = 1; i < NF; i++) if ($i == "in-use") n += $(i + 1)} END {print n + 0}'; }

check "$sessions packets of as many flows" send_flows
check_is "sessions shown" "$sessions" "$(ps_ session show | wc -l)"
check_is "sessions created" "$sessions" "$(counter session_created)"
check_is "sessions ended" 0 "$(counter session_ended)"
check_is "packets translated" "$sessions" "$(counter translated)"
check_is "ports in use, by range" "$sessions" "$(in_use)"
check_is "by pool" "$sessions" "$(psj '.[].sessions' pool show)"
check_is "by server" "$sessions" "$(psj 'map(.sessions) | add' server show)"
check_is "by client" "251 $sessions" \
	"$(psj '"\(length) \(map(.sessions) | add)"' client show)"
check_is "both servers have a fair share" true "$(psj \
	"all(.[]; .sessions > $((sessions / 3)))" server show)"

# The next packet of a session is borne with for a second only.
ps_ config set timeout-udp 1s
check "another packet of each flow" send_flows
check_is "opens no session" "$sessions" "$(counter session_created)"
gone() { [ "$(psj '.[].sessions' pool show)" = 0 ]; }
check "they expire" wait_for 60 gone
check_is "sessions shown" 0 "$(ps_ session show | wc -l)"
check_is "sessions ended" "$sessions" "$(counter session_ended)"
check_is "ranges" 0 "$(ps_ range show | wc -l)"
check_is "clients" 0 "$(ps_ client show | wc -l)"
check_is "servers' sessions" 0 "$(psj 'map(.sessions) | add' server show)"
check_is "every block of the pool is free, in one run an address" "true 1008" \
	"$(psj '.[] | "\(.blocks == .blocks_free) \(.largest_free)"' pool show)"

sysctl -qw net.core.netdev_max_backlog="$backlog"
finish
