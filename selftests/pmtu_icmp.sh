#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A link with a smaller MTU on either side of the gateway, or on it: the sender
# is told in its own terms and sends less, and all data arrives.
#
#   client --c0-- crouter ---- gateway ---- srouter --s0-- server1
. "$(dirname "$0")/lib.sh"

SERVERS=0
setup
ip -n "client-$suffix" link del c0

# wire NAME1 DEVICE1 NAME2 DEVICE2 PREFIX PREFIX6: .1 and .2, ::1 and ::2
wire() {
	local a=$1-$suffix b=$3-$suffix
	ip link add "$2" netns "$a" type veth peer name "$4" netns "$b"
	ip -n "$a" addr add "$5.1/24" dev "$2"
	ip -n "$b" addr add "$5.2/24" dev "$4"
	ip -n "$a" addr add "$6::1/64" dev "$2" nodad
	ip -n "$b" addr add "$6::2/64" dev "$4" nodad
	ip -n "$a" link set "$2" up
	ip -n "$b" link set "$4" up
}
# via NAME NET NET6 PREFIX PREFIX6 [OPTION...]: route to there through here
via() {
	local ns=$1-$suffix net=$2 net6=$3 gw=$4 gw6=$5
	shift 5
	ip -n "$ns" route replace "$net" via "$gw" "$@"
	ip -n "$ns" -6 route replace "$net6" via "$gw6" "$@"
}
for router in crouter srouter; do
	add_namespace "$router"
	ip netns exec "$router-$suffix" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
done
add_namespace server1
wire crouter rc0 client c0 10.0.0 fd00
wire gateway gw-c crouter rc1 10.2.1 fd00:2:1
wire gateway gw-s srouter rs1 10.2.2 fd00:2:2
wire srouter rs0 server1 s0 10.1.1 fd00:1:1
# Both ends offer the other a segment size that the link cannot carry.
via client default default 10.0.0.1 fd00::1 advmss 1440
via server1 default default 10.1.1.1 fd00:1:1::1 advmss 1440
via crouter default default 10.2.1.1 fd00:2:1::1
via srouter default default 10.2.2.1 fd00:2:2::1
via gateway 10.0.0.0/24 fd00::/64 10.2.1.2 fd00:2:1::2
via gateway 10.1.1.0/24 fd00:1:1::/64 10.2.2.2 fd00:2:2::2

SERVERS=1
start_nginx 1
web_service
web6_service
ps_ service add sink address "$VIP" proto tcp port 81 pool pool4
ps_ server add sink 10.1.1.2:81
ps_ service add sink6 address "$VIP6" proto tcp port 81 pool pool6
ps_ server add sink6 "[fd00:1:1::2]:81"
head -c 5000000 /dev/urandom >"$scratch/www/file"
in_server 1 socat -u TCP6-LISTEN:81,ipv6only=0,fork,reuseaddr \
	"OPEN:$scratch/sink,creat,trunc" 2>>"$scratch/socat" &
disown
wait_for 20 in_client curl -s "http://$VIP:81/" --max-time 1

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

via gateway 10.1.1.0/24 fd00:1:1::/64 10.2.2.2 fd00:2:2::2 mtu 1320
transfers "a route of 1320 on the gateway"
check "the client was told by the gateway" knows client "$VIP" 1320
check "over IPv6 too" knows client "$VIP6" 1320
check "which is counted" test "$(counter too_big)" -ge 2
via gateway 10.1.1.0/24 fd00:1:1::/64 10.2.2.2 fd00:2:2::2
forget

ip -n "crouter-$suffix" link set rc0 mtu 1340
ip -n "client-$suffix" link set c0 mtu 1340
transfers "a link of 1340 before the gateway"
check "the server was told by the router, of the pool's address" \
	knows server1 "$POOL" 1340
check "over IPv6 too" knows server1 "$POOL6" 1340

finish
