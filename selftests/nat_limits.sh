#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a VM gets, and what not (RFC 6888, RFC 4787): ports of its own, on one
# address, hard to guess, of the parity that it uses inside; no more of them, and
# no more sessions, than it may have, which its neighbour does not notice; as
# long as it is not silent. Fragments pass.
SERVERS=2
. "$(dirname "$0")/lib.sh"

setup
client_addresses 2
blue=$(client_address 0) green=$(client_address 1)
start_nginxes
start_udp 1 53
start_asker client
settings() { ps_ -j config show | jq -r "[.. | objects | .$1? // empty][0]"; }
check_is "timers begin at what the RFCs ask for" "300 60 240 7440 240" \
	"$(for name in udp icmp tcp_opening tcp_established tcp_closing; do
		settings "timeout_${name}_ms"; done | awk '{ printf "%s%d", n++ ? " " : "", $1 / 1000 }')"
ps_ restore <<-END
	pool add nat4 address $POOL,203.0.113.77 block 16
	pool add nat6 address $POOL6
	vm add red address 10.0.0.2 pool nat4 min 512
	vm add red6 address fd00::2 pool nat6
	vm add blue address $blue pool nat4 min 16
	vm add green address $green pool nat4 min 16 max 64
END
ps_ -j monitor range >"$scratch/ranges" &
disown

# --- whose ports, and which -------------------------------------------------

start_connections
check_is "connections of two VMs" "open=200 answered=200" \
	"$(conn open 100 10.1.1.2 10.0.0.2 "$blue" >"$scratch/out"; conn ask)"
for port in $(seq 5000 5039); do
	ask 10.0.0.2 "$port" 10.1.1.2 53 mute
done >"$scratch/out"
in_client ping -c 1 -W 10 -I 10.0.0.2 10.1.1.2 >"$scratch/out"
ps_ -j mapping show >"$scratch/mappings"
mappings() { jq -r "$1" "$scratch/mappings"; }
check_is "no two of them have the same port" 200 "$(mappings 'map(select(
	.proto == "tcp") | [.pool_address, .assigned_port]) | unique | length')"
own() {
	ps_ -j vm show | jq -e --slurpfile all "$scratch/mappings" '
		[.[] | .name as $name | .ranges as $ranges | $all[0][] |
		 select(.vm == $name) | . as $m | any($ranges[];
			.address == $m.pool_address and
			.first <= $m.assigned_port and .last >= $m.assigned_port)] |
		all and length == ($all[0] | length)'
}
check "each is in its VM's ranges" own
check_is "a VM has one address, whatever the protocol" "red 1,blue 1" \
	"$(for vm in red blue; do mappings "\"$vm \\(map(select(.vm == \"$vm\").pool_address) |
		unique | length)\""; done | paste -sd,)"
check_is "with TCP, UDP and ICMP of the first" 3 \
	"$(mappings 'map(select(.vm == "red").proto) | unique | length')"
check "at least 95 of 100 keep their parity" test 95 -le \
	"$(mappings 'map(select(.vm == "red" and .proto == "tcp" and
		(.port - .assigned_port) % 2 == 0)) | length')"
check_is "a high port stays high" 0 \
	"$(mappings 'map(select(.assigned_port < 1024)) | length')"
# In order of the ports inside, which is that of their being mapped: how often is
# the next one near?
check "what comes next can't be guessed" test 10 -ge \
	"$(mappings 'map(select(.proto == "udp")) | sort_by(.port) |
		map(.assigned_port) | [.[1:], .[:-1]] | transpose |
		map(.[0] - .[1] | select(. >= -2 and . <= 2)) | length')"
reported() {
	[ "$(jq -s 'map(select(.owner == "blue")) | length' "$scratch/ranges")" -ge 1 ]
}
check "blocks are told of" wait_for 20 reported
check_is "whoever the VM talks to" 0 "$(grep -c 10.1.1.2 "$scratch/ranges")"
conn close >"$scratch/out"

# --- no more than it may have -----------------------------------------------

in_client nft -f - <<-END
table ip test {
	chain in {
		type filter hook input priority filter;
		icmp type destination-unreachable icmp code 13 counter
	}
}
END
refusals() { packets_seen in_client ip test; }
for port in $(seq 6000 6063); do ask "$green" "$port" 10.1.1.2 53 mute; done >"$scratch/out"
check_is "a VM can use every port that it may have" "64 64" \
	"$(psj '.[] | "\(.ports_held) \(.ports_in_use)"' vm show green)"
before=$(counter no_port)
check_is "the next one is refused" "[Errno 113] No route to host" \
	"$(ask "$green" 6064 10.1.1.2 53 hello)"
check_is "which is told by ICMP, and counted" "1 1" \
	"$(refusals) $(($(counter no_port) - before))"
check_is "the others go on" "server1 same" \
	"$(ask "$green" 6000 10.1.1.2 53 hello | cut -d' ' -f1,4)"
check_is "to other servers, too" 64 "$(ask "$green" 6000 10.1.2.2 53 mute >"$scratch/out"
	psj '.[].ports_in_use' vm show green)"
check_is "and the neighbour" "server1 same" \
	"$(ask "$blue" 6064 10.1.1.2 53 hello | cut -d' ' -f1,4)"
check "TCP has ports of its own" in_client curl -s --max-time 10 \
	--interface "$green" -o /dev/null http://10.1.1.2/
withdrawn=$(psj '.[].ranges[0].address' vm show green)
ps_ pool set nat4 address "$withdrawn" state withdrawn >"$scratch/out"
check_is "who has all it may have leaves an address that is withdrawn" "server1 same" \
	"$(ask "$green" 6065 10.1.1.2 53 hello | cut -d' ' -f1,4)"
ps_ pool set nat4 address "$withdrawn" state active >"$scratch/out"
ps_ vm set blue max-sessions $((1 + $(psj '.[].sessions' vm show blue)))
read -r address port < <(psj '.[] | select(.port == 6064) |
	"\(.pool_address) \(.assigned_port)"' mapping show vm blue proto udp)
before=$(counter vm_full)
in_server 1 hping3 -n --udp -c 1 -k -s 99 -p "$port" "$address" >"$scratch/out" 2>&1
check_is "others leave it a quarter of its sessions" 1 \
	$(($(counter vm_full) - before))
check_is "which it can open itself" "server1 same" \
	"$(ask "$blue" 6066 10.1.1.2 53 hello | cut -d' ' -f1,4)"
ps_ vm set blue max-sessions "$(psj '.[].sessions' vm show blue)"
before=$(counter vm_full)
ask "$blue" 6067 10.1.1.2 53 mute >"$scratch/out"
check_is "a session more than it may have is not opened" 1 \
	$(($(counter vm_full) - before))
check_is "those that there are go on" "server1 same" \
	"$(ask "$blue" 6064 10.1.1.2 53 hello | cut -d' ' -f1,4)"

# --- how long ---------------------------------------------------------------

ps_ session flush >"$scratch/out"
left() { psj '.[] | select(.client_port == 5100).expires_s / 100 | round' session show vm red; }
ps_ config set timeout-udp 1000s
ask 10.0.0.2 5100 10.1.1.2 53 mute >"$scratch/out"
port=$(psj '.[] | select(.port == 5100).assigned_port' mapping show vm red)
check_is "a new one has the time that is set" 10 "$(left)"
ps_ config set timeout-udp 2000s
ask 10.0.0.2 5100 10.1.1.2 53 mute >"$scratch/out"
check_is "a packet from inside prolongs it" 20 "$(left)"
ps_ config set timeout-udp 3000s
address=$(psj '.[] | select(.port == 5100).pool_address' mapping show vm red)
in_server 1 hping3 -n --udp -c 1 -k -s 53 -p "$port" "$address" >"$scratch/out" 2>&1
check_is "one from outside, too" 30 "$(left)"

# --- what passes ------------------------------------------------------------

for where in "10.0.0.2 10.1.1.2" "fd00::2 fd00:1:1::2"; do
	read -r vm server <<<"$where"
	for size in 1473 9000; do
		check_is "fragments of $size bytes from $vm, both ways" "server1 same" \
			"$(ask "$vm" 5200 "$server" 53 "+$size" | cut -d' ' -f1,4)"
	done
done
in_client /usr/bin/python3 - >"$scratch/answers" <<'END'
import os, socket
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment, fragment6
datagram = UDP(sport=5201, dport=53) / os.urandom(4000)
for vm, server, parts in (
        ("10.0.0.2", "10.1.1.2",
         fragment(IP(src="10.0.0.2", dst="10.1.1.2", id=77) / datagram, 1480)),
        ("fd00::2", "fd00:1:1::2",
         fragment6(IPv6(src="fd00::2", dst="fd00:1:1::2") /
                   IPv6ExtHdrFragment(id=77) / datagram, 1500))):
    family = socket.AF_INET6 if ":" in vm else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as answer, \
         socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        answer.settimeout(10)
        answer.bind((vm, 5201))
        for part in reversed(parts):
            raw.sendto(bytes(part), (server, 0))
        print(len(parts), answer.recv(65535).endswith(bytes(datagram.payload)))
END
check_is "the last fragment first" "3 True,3 True" "$(paste -sd, "$scratch/answers")"

# A host outside that has an address of the inside network.
ip -n "server1-$suffix" addr add 10.0.77.1/32 dev lo
ip -n "gateway-$suffix" route add 10.0.77.1 via 10.1.1.2
ip -n "client-$suffix" route add 10.0.77.1 via 10.0.0.1
check_is "an address of the inside network that is outside" "server1 $address" \
	"$(in_client curl -s --max-time 10 --interface 10.0.0.2 http://10.0.77.1/ | cut -d' ' -f1,2)"
in_gateway sysctl -qw net.ipv6.conf.all.forwarding=1
ps_ exempt add fd00:1:2::/64
check_is "an exempt destination sees the VM itself" "server2 fd00::2" \
	"$(in_client curl -s --max-time 10 'http://[fd00:1:2::2]/' | cut -d' ' -f1,2)"
check_is "others do not" "server1 $POOL6" \
	"$(in_client curl -s --max-time 10 'http://[fd00:1:1::2]/' | cut -d' ' -f1,2)"

finish
