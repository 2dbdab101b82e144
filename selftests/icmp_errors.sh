#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ICMP errors reach the end they are meant for, in its own terms; ones that are
# damaged reach nobody; ones that are about something else are left alone; and
# none ends a session.
. "$(dirname "$0")/lib.sh"

SERVERS=1
setup
start_nginx 1
start_udp 1 53
start_asker client
web_service
web6_service
# Servers listen on other ports than the services have, one on none.
ps_ restore <<-END
	service add dns address $VIP proto udp port 5300 pool pool4
	server add dns 10.1.1.2:53
	service add dns6 address $VIP6 proto udp port 5300 pool pool6
	server add dns6 [fd00:1:1::2]:53
	service add nobody address $VIP proto udp port 5400 pool pool4
	server add nobody 10.1.1.2:54
	service add nobody6 address $VIP6 proto udp port 5400 pool pool6
	server add nobody6 [fd00:1:1::2]:54
END

# What arrives, and from whom.
in_client nft -f - <<-END
table inet test {
	chain in {
		type filter hook input priority filter
		icmp type destination-unreachable ip saddr $VIP counter comment "unreach"
		icmpv6 type destination-unreachable ip6 saddr $VIP6 counter comment "unreach6"
		icmp type time-exceeded ip saddr 10.0.0.1 counter comment "ttl"
		icmpv6 type time-exceeded ip6 saddr fd00::1 counter comment "ttl6"
		icmpv6 type time-exceeded ip6 saddr $VIP6 counter comment "ttl6"
	}
}
END
# seen in_NAMESPACE... COMMENT: packets that the rule has matched
seen() {
	"${@:1:$#-1}" nft -j list table inet test | jq --arg name "${!#}" \
		'[.nftables[].rule | select(.comment? == $name).expr[].counter? //
		  empty | .packets] | add'
}

check_is "a datagram that the server refuses is refused" refused \
	"$(ask 10.0.0.2 5000 "$VIP" 5400 hello)"
check_is "over IPv6 too" refused "$(ask fd00::2 5000 "$VIP6" 5400 hello)"
check_is "by the virtual address" 1 "$(seen in_client unreach)"
check_is "over IPv6 too" 1 "$(seen in_client unreach6)"

in_client socat -u /dev/null "TCP:$VIP:80,ttl=1" 2>"$scratch/said"
check "a packet whose time is over is not sent on" \
	grep -q "No route to host" "$scratch/said"
check "the gateway has said so" test "$(seen in_client ttl)" -ge 1
in_client socat -u /dev/null "TCP:[$VIP6]:80,ipv6-unicast-hops=1" 2>"$scratch/said"
check "over IPv6 too" grep -q "No route to host" "$scratch/said"
check "the gateway has said so" test "$(seen in_client ttl6)" -ge 1
check "both are counted" test "$(counter ttl_exceeded)" -ge 2

# One TCP and two UDP sessions that errors will be told about, and go on.
mkfifo "$scratch/cue"
in_client bash -c "
	exec 3<>/dev/tcp/$VIP/80
	get() {
		printf 'GET / HTTP/1.1\r\nHost: test\r\n\r\n' >&3
		while read -ru 3 line && [[ \$line != server* ]]; do :; done
		echo \"\$line\"
	}
	get; read -r _ <$scratch/cue; get" >"$scratch/tcp" 2>&1 &
talk=$!
wait_for 20 grep -q server1 "$scratch/tcp"
port=$(psj '.[].client_port' session show service web state established)
udp=$(ask 10.0.0.2 5001 "$VIP" 5300 hello)
udp6=$(ask fd00::2 5001 "$VIP6" 5300 hello)

# Told of a session, the server is told of its own packet, to the session's port.
assigned=$(psj '.[].assigned_port' session show client 10.0.0.2 \
	state established)
in_server 1 nft -f - <<-END
table inet test {
	chain in {
		type filter hook input priority filter
		$(printf 'icmp type destination-unreachable ip saddr %s @th,240,16 %s counter comment "session"\n' \
			$(printf "$POOL %s\n" $assigned))
		icmp type destination-unreachable ip saddr 10.0.0.2 counter comment "other"
	}
}
END
in_gateway sysctl -qw net.ipv4.ip_forward=1
in_client /usr/bin/python3 - "$VIP" "$VIP6" "$port" >"$scratch/probes" <<'END'
import socket, sys
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6DestUnreach, IPv6

vip, vip6, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
raw6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
heard = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
heard.settimeout(10)

def tell(dst, about, **fields):
    raw.sendto(bytes(IP(src="10.0.0.2", dst=dst) /
                     ICMP(type=3, code=3, **fields) / about), (dst, 0))

answer = IP(src=vip, dst="10.0.0.2")
to_udp = answer / UDP(sport=5300, dport=5001) / b"hello"
tell(vip, to_udp, chksum=0x1234)                    # damaged
tell(vip, to_udp)
tell(vip, answer / TCP(sport=80, dport=port, flags="A", seq=1))
raw6.sendto(bytes(IPv6(src="fd00::2", dst=vip6) / ICMPv6DestUnreach(code=4) /
                  IPv6(src=vip6, dst="fd00::2") /
                  UDP(sport=5300, dport=5001) / b"hello"), (vip6, 0))
# about no session
tell("10.1.1.2", IP(src="10.1.1.2", dst="10.0.0.2") / UDP(sport=9, dport=9))

# What comes back about a datagram that is refused, byte by byte.
sent = IP(src="10.0.0.2", dst=vip, id=9) / UDP(sport=5002, dport=5400) / b"12345"
raw.sendto(bytes(sent), (vip, 0))
while True:
    got = IP(heard.recv(2000))
    inner = IP(bytes(got[ICMP].payload))
    if inner.id == 9:
        break
sum_got, got[ICMP].chksum = got[ICMP].chksum, None
print("outer", got.src, got.dst, sum_got == IP(bytes(got))[ICMP].chksum)
print("inner", inner.src, inner.dst, inner[UDP].sport, inner[UDP].dport)
print("sum", inner[UDP].chksum == IP(bytes(sent))[UDP].chksum)
END
probe() { grep "^$1 " "$scratch/probes"; }
check_is "an error comes from the virtual address, its checksum right" \
	"outer $VIP 10.0.0.2 True" "$(probe outer)"
check_is "it is about the datagram that the client sent" \
	"inner 10.0.0.2 $VIP 5002 5400" "$(probe inner)"
check_is "with the checksum that this had" "sum True" "$(probe sum)"
check_is "a client's errors reach the server" 2 "$(seen in_server 1 session)"
check_is "one that is damaged is counted, and dropped" 1 "$(counter bad_checksum)"
check_is "one about no session passes as it is" 1 "$(seen in_server 1 other)"

check_is "UDP goes on as before" "$udp" "$(ask 10.0.0.2 5001 "$VIP" 5300 hello)"
check_is "over IPv6 too" "$udp6" "$(ask fd00::2 5001 "$VIP6" 5300 hello)"
echo go >"$scratch/cue"
wait "$talk"
check_is "and TCP" "2 1" \
	"$(wc -l <"$scratch/tcp") $(sort -u "$scratch/tcp" | wc -l)"

finish
