#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Datagrams that are bigger than the MTU, whatever the order in which their parts
# arrive.
. "$(dirname "$0")/lib.sh"

SERVERS=1
setup
start_udp 1 53
start_asker client
dns_services

# answered SOURCE ADDRESS SIZE [nocheck]
answered() { ask "$1" 5000 "$2" 53 "+$3" ${4:-} | cut -d' ' -f 1,2,4; }
for size in 1 1472 1473 4000 40000; do
	check_is "$size bytes over IPv4" "server1 $POOL same" \
		"$(answered 10.0.0.2 "$VIP" "$size")"
	check_is "$size bytes over IPv6" "server1 $POOL6 same" \
		"$(answered fd00::2 "$VIP6" "$size")"
done
check_is "4000 bytes without a checksum" "server1 $POOL same" \
	"$(answered 10.0.0.2 "$VIP" 4000 nocheck)"

# created NAME: a counter of fragments that the gateway made
created() {
	in_gateway nstat -asz "$1" | awk -v name="$1" '$1 == name { print $2 }'
}
check "they were cut again on their way out" test "$(created IpFragCreates)" -gt 12
check "over IPv6 too" test "$(created Ip6FragCreates)" -gt 12

# The parts of 4000 bytes from port 6000, the last first; the answer.
in_client /usr/bin/python3 - "$VIP" "$VIP6" >"$scratch/answers" <<'END'
import os, socket, sys
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment, fragment6

vip, vip6 = sys.argv[1:]
datagram = UDP(sport=6000, dport=53) / os.urandom(4000)
ip4 = fragment(IP(src="10.0.0.2", dst=vip, id=77) / datagram, 1480)
ip6 = fragment6(IPv6(src="fd00::2", dst=vip6) / IPv6ExtHdrFragment(id=77) /
                datagram, 1500)
for family, source, dest, parts in ((socket.AF_INET, "10.0.0.2", vip, ip4),
                                    (socket.AF_INET6, "fd00::2", vip6, ip6)):
    with socket.socket(family, socket.SOCK_DGRAM) as answer, \
         socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        answer.settimeout(10)
        answer.bind((source, 6000))
        for part in reversed(parts):
            raw.sendto(bytes(part), (dest, 0))
        data = answer.recv(65535)
        print(len(parts), data.endswith(bytes(datagram.payload)))
END
check_is "parts in the wrong order make an answer over IPv4" "3 True" \
	"$(sed -n 1p "$scratch/answers")"
check_is "and over IPv6" "3 True" "$(sed -n 2p "$scratch/answers")"
check_is "no part was passed on alone" 0 "$(counter fragment)"

finish
