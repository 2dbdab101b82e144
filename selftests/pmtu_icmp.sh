#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A link with a smaller MTU on either side of the gateway, or on it: the sender
# is told in its own terms and sends less, and all data arrives.
#
#   client --c0-- crouter ---- gateway ---- srouter --s0-- server1
. "$(dirname "$0")/lib.sh"

SERVERS=0
setup
# via GATEWAY GATEWAY6 NET NET6 [OPTION...]: lines for routes
via() {
	echo "route replace $3 via $1 ${*:5}"
	echo "route replace $4 via $2 ${*:5}"
}
wire() { echo "link add $2 netns $1-$suffix type veth peer name $4 netns $3-$suffix"; }
in_node() { ip -n "$1-$suffix" -batch -; }
ip -n "client-$suffix" link del c0
{
	namespace_lines crouter srouter server1
	wire client c0 crouter rc0
	wire crouter rc1 gateway gw-c
	wire gateway gw-s srouter rs1
	wire srouter rs0 server1 s0
} | ip -batch -
# Both ends offer the other a segment size that a smaller link cannot carry.
{ end_lines c0 10.0.0.2/24 fd00::2
  via 10.0.0.1 fd00::1 default ::/0 advmss 1440; } | in_node client
{ end_lines s0 10.1.1.2/24 fd00:1:1::2
  via 10.1.1.1 fd00:1:1::1 default ::/0 advmss 1440; } | in_node server1
{ end_lines rc0 10.0.0.1/24 fd00::1; end_lines rc1 10.2.1.2/24 fd00:2:1::2
  via 10.2.1.1 fd00:2:1::1 default ::/0; } | in_node crouter
{ end_lines rs0 10.1.1.1/24 fd00:1:1::1; end_lines rs1 10.2.2.2/24 fd00:2:2::2
  via 10.2.2.1 fd00:2:2::1 default ::/0; } | in_node srouter
{ end_lines gw-c 10.2.1.1/24 fd00:2:1::1; end_lines gw-s 10.2.2.1/24 fd00:2:2::1
  via 10.2.1.2 fd00:2:1::2 10.0.0.0/24 fd00::/64; } | in_node gateway
# servers_via [OPTION...]: the gateway's route to the servers
servers_via() {
	via 10.2.2.2 fd00:2:2::2 10.1.1.0/24 fd00:1:1::/64 "$@" | in_node gateway
}
servers_via
for router in crouter srouter; do
	in_namespace "$router" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
done

SERVERS=1
start_nginx 1
web_service
web6_service
ps_ restore <<-END
	service add sink address $VIP proto tcp port 81 pool pool4
	server add sink 10.1.1.2:8081
	service add sink6 address $VIP6 proto tcp port 81 pool pool6
	server add sink6 [fd00:1:1::2]:8081
END
head -c 5000000 /dev/urandom >"$scratch/www/file"
in_server 1 socat -u TCP6-LISTEN:8081,ipv6only=0,fork,reuseaddr \
	"OPEN:$scratch/sink,creat,trunc" 2>>"$scratch/socat" &
disown
wait_for 20 listens server1 8081

upload() {
	: >"$scratch/sink"
	in_client timeout 30 socat -u "FILE:$scratch/www/file" "TCP:$1:81" &&
		wait_for 10 cmp "$scratch/www/file" "$scratch/sink"
}
download() {
	in_client curl -s --max-time 30 -o "$scratch/file" "http://$1/file" &&
		cmp "$scratch/www/file" "$scratch/file"
}
# knows NAME ADDRESS MTU: has been told what fits on the way there
knows() {
	ip -n "$1-$suffix" route get "$2" | tee /dev/stderr | grep -q "mtu $3"
}
forget() {
	local ns
	for ns in client gateway server1; do
		ip -n "$ns-$suffix" route flush cache
		ip -n "$ns-$suffix" -6 route flush cache
	done
}
# transfers TEXT: 5 MB each way, both families
transfers() {
	check "upload over IPv4, $1" upload "$VIP"
	check "upload over IPv6, $1" upload "[$VIP6]"
	check "download over IPv4, $1" download "$VIP"
	check "download over IPv6, $1" download "[$VIP6]"
}

transfers "nothing in the way"
check_is "nobody was told of an MTU" 0 \
	"$(ip -n "client-$suffix" route get "$VIP" | grep -c mtu)"

ip -n "srouter-$suffix" link set rs0 mtu 1300
ip -n "server1-$suffix" link set s0 mtu 1300
transfers "a link of 1300 beyond the gateway"
check "the client was told by the router, of the virtual address" \
	knows client "$VIP" 1300
check "over IPv6 too" knows client "$VIP6" 1300
check_is "not by the gateway" 0 "$(counter too_big)"
ip -n "srouter-$suffix" link set rs0 mtu 1500
ip -n "server1-$suffix" link set s0 mtu 1500
forget

servers_via mtu 1320
transfers "a route of 1320 on the gateway"
check "the client was told by the gateway" knows client "$VIP" 1320
check "over IPv6 too" knows client "$VIP6" 1320
check "which is counted" test "$(counter too_big)" -ge 2
servers_via
forget

ip -n "crouter-$suffix" link set rc0 mtu 1340
ip -n "client-$suffix" link set c0 mtu 1340
transfers "a link of 1340 before the gateway"
check "the server was told by the router, of the pool's address" \
	knows server1 "$POOL" 1340
check "over IPv6 too" knows server1 "$POOL6" 1340

finish
