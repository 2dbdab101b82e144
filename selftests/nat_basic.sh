#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A VM reaches the world by a port of its own range: TCP, UDP and ping, IPv4 and
# IPv6; one port of it is one port outside, whoever it talks to.
SERVERS=2
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
start_udp 1 53
start_udp 2 53
start_asker client
ps_ restore <<-END
	pool add nat4 address $POOL
	pool add nat6 address $POOL6
	vm add red address 10.0.0.2 pool nat4 min 128
	vm add red6 address fd00::2 pool nat6
END

# in_range VM ADDRESS PORT: is it one of the VM's
in_range() {
	[ "$(psj ".[] | select(.name == \"$1\") | .ranges[] | select(
		.address == \"$2\" and .first <= $3 and .last >= $3) | .owner" \
		vm show)" = "$1" ]
}

read -r server address port < <(in_client curl -s http://10.1.1.2/)
check_is "a page over IPv4" "server1 $POOL" "$server $address"
check "by a port of the VM's" in_range red "$address" "$port"
read -r server address port < <(in_client curl -s 'http://[fd00:1:2::2]/')
check_is "a page over IPv6" "server2 $POOL6" "$server $address"
check "by a port of the VM's" in_range red6 "$address" "$port"

read -r _ address port _ < <(ask 10.0.0.2 4001 10.1.1.2 53 hello)
check_is "a datagram and its answer" "$POOL" "$address"
check_is "to another server from the same port" "server2 $POOL $port same" \
	"$(ask 10.0.0.2 4001 10.1.2.2 53 hello)"
check_is "odd stays odd" 1 $((port % 2))
read -r _ address port _ < <(ask fd00::2 4002 fd00:1:1::2 53 hello)
check_is "a datagram over IPv6" "$POOL6" "$address"
check_is "even stays even" 0 $((port % 2))
check_is "another port inside is another outside" 2 \
	"$(psj 'map(select(.proto == "udp") | .assigned_port) | unique |
		length' mapping show)"

wanted=$(psj '.[] | select(.name == "red") | .ranges[0].last - 3' vm show)
check_is "a port that is the VM's own is kept" "server1 $POOL $wanted same" \
	"$(ask 10.0.0.2 "$wanted" 10.1.1.2 53 hello)"

in_server 1 tcpdump -Uni s1 -w "$scratch/ping" icmp or icmp6 2>/dev/null &
disown
wait_for 20 test -s "$scratch/ping"
check "ping" in_client ping -c 2 -i 0.3 -W 5 10.1.1.2
check "ping over IPv6" in_client ping -c 2 -i 0.3 -W 5 fd00:1:1::2
seen() { tcpdump -nr "$scratch/ping" 2>/dev/null | grep -q "$1"; }
check "the server sees the pool's address" wait_for 10 seen \
	"$POOL > 10.1.1.2: ICMP echo request"
check "over IPv6 too" wait_for 10 seen "$POOL6 > fd00:1:1::2: ICMP6, echo request"
check "and nothing of the VM's own" eval "! seen 10.0.0.2 && ! seen fd00::2"
check "a way as traceroute sees it" eval \
	"in_client ping -c 1 -t 1 -W 5 10.1.1.2 | grep -q 'Time to live exceeded'"

before=$(counter unsolicited)
check "the gateway's own ping, by an identifier that a VM holds" in_gateway \
	ping -c 1 -W 5 -e "$wanted" -I "$POOL" 10.1.1.2
check_is "is not taken for a stranger's" 0 $(($(counter unsolicited) - before))

sessions() { psj length session show "$@"; }
check_is "sessions of the VM" 1 "$(sessions vm red proto tcp)"
check_is "are shown with whom it talks to" "10.0.0.2 10.1.1.2 80" \
	"$(psj '.[] | "\(.client) \(.server) \(.server_port)"' session show \
		vm red proto tcp)"
check_is "ports in use are mappings" "$(psj length mapping show vm red)" \
	"$(psj '.[] | select(.name == "red").ports_in_use' vm show)"
check_is "a protocol that can't be translated stays inside" 1 "$(
	before=$(counter untranslatable)
	in_client /usr/bin/python3 -ES - <<-END
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
		s.sendto(b"x" * 20, ("10.1.1.2", 0))
	END
	echo $(($(counter untranslatable) - before)))"
before=$(counter untranslatable)
in_client /usr/bin/python3 -ES - <<-END
	import socket
	# TCP without any header length, and an IPv6 option that is cut off.
	for family, proto, data, to in (
	        (socket.AF_INET, 6, bytes(20), "10.1.1.2"),
	        (socket.AF_INET6, 60, b"x", "fd00:1:1::2")):
	    with socket.socket(family, socket.SOCK_RAW, proto) as s:
	        s.sendto(data, (to, 0))
END
check_is "nor does what is malformed get out" 2 \
	$(($(counter untranslatable) - before))
check "the gateway itself is reached as before" in_client ping -c 1 -W 5 10.0.0.1

in_gateway sysctl -qw net.ipv4.ip_forward=1
ps_ exempt add 10.1.2.0/24
check_is "what is exempt sees the VM itself" "server2 10.0.0.2" \
	"$(in_client curl -s http://10.1.2.2/ | cut -d' ' -f1,2)"
ps_ exempt del 10.1.2.0/24
check_is "and then no longer" "server2 $POOL" \
	"$(in_client curl -s http://10.1.2.2/ | cut -d' ' -f1,2)"

ps_ config set timeout-udp 1s timeout-icmp 1s timeout-tcp-closing 1s \
	timeout-tcp-time-wait 1s
ps_ session flush >"$scratch/said"
in_client curl -s http://10.1.1.2/ >"$scratch/said"
ask 10.0.0.2 4001 10.1.1.2 53 hello >"$scratch/said"
no_mapping() { [ "$(psj length mapping show)" = 0 ]; }
check "mappings go with their sessions" wait_for 30 no_mapping
check_is "and every port is back" "0 0" \
	"$(psj '[.[].ports_in_use] | "\(.[0]) \(.[1])"' vm show)"
check "the VM can be deleted" ps_ vm del red
check_refused "its pool too, not so the other" "in use by 1 vm" ps_ pool del nat6
check "now that nobody uses it" ps_ pool del nat4

finish
