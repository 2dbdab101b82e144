#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The fast path: usual packets of a session go straight to their next hop, past
# the rules, unless it is switched off. Routes, neighbours, links and MTUs change
# under live sessions, and none is lost.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginx 1
start_udp 1 53
start_asker client
web_service
web6_service
ps_ restore <<-END
	pool add nat4 address 203.0.113.9
	vm add red address 10.0.0.2 pool nat4
END
# A second way from the gateway to the server.
ip link add s2 netns "server1-$suffix" type veth peer name gw-s2 netns "gateway-$suffix"
end_lines gw-s2 10.2.1.1/24 fd00:2:1::1 | ip -n "gateway-$suffix" -batch -
end_lines s2 10.2.1.2/24 fd00:2:1::2 | ip -n "server1-$suffix" -batch -
in_gateway nft -f - <<-END
table inet test {
	chain pre {
		type filter hook prerouting priority raw
		meta l4proto tcp counter
	}
}
table netdev test {
	chain in {
		type filter hook ingress devices = { gw-c0, gw-s1 } priority 0
		meta l4proto tcp counter
	}
}
END
# seen inet|netdev: what the rules have
seen() { packets_seen in_gateway "$1" test; }
head -c 3000000 /dev/urandom >"$scratch/www/big"
head -c 160000 /dev/urandom >"$scratch/www/file"
whole() { cmp "$scratch/www/$2" "$1"; }

# seen_of URL: how many packets of a download the rules see, of how many, and how
# many those of the devices see
seen_of() {
	local rules device all
	rules=$(seen inet) device=$(seen netdev) all=$(counter translated)
	in_client curl -s --max-time 60 -o "$scratch/got" "$1"
	whole "$scratch/got" big || echo damaged
	echo $(($(seen inet) - rules)) $(($(counter translated) - all)) \
		$(($(seen netdev) - device))
}
few() { [ "$1" -gt 2 ] && [ $((4 * $1)) -lt "$2" ]; }
for url in "http://$VIP/big" "http://[$VIP6]/big" http://10.1.1.2/big; do
	ps_ config set fastpath on
	read -r seen all device <<<"$(seen_of "$url")"
	check "$url: of a download the rules see few packets ($seen of $all)" few "$seen" "$all"
	check_is "$url: those of the devices see all" "$all" "$device"
	ps_ config set fastpath off
	read -r seen all _ <<<"$(seen_of "$url")"
	check_is "$url: and all of them with it off" "$all" "$seen"
done

# Devices that come late: a VLAN, and a bridge, whose ports are not asked.
ps_ config set fastpath on
ip link add c1 netns "client-$suffix" type veth peer name gw-c1 netns "gateway-$suffix"
in_client ip link add link c0 name vlan5 type vlan id 5
in_gateway ip link add link gw-c0 name gw-vlan5 type vlan id 5
in_gateway ip link add gw-br0 type bridge
in_gateway ip link set gw-c1 master gw-br0 up
n=5
for device in vlan5 br0; do
	end_lines "gw-$device" "10.$n.0.1/24" "fd00:$n::1" | ip -n "gateway-$suffix" -batch -
	[ "$device" = vlan5 ] || device=c1
	{
		end_lines "$device" "10.$n.0.2/24" "fd00:$n::2"
		echo "route replace $VIP/32 via 10.$n.0.1"
	} | ip -n "client-$suffix" -batch -
	read -r seen all _ <<<"$(seen_of "http://$VIP/big")"
	check "through $device: the rules see few packets ($seen of $all)" few "$seen" "$all"
	n=$((n + 1))
done
in_client ip route del "$VIP/32"
ip -n "client-$suffix" link del c1
ip -n "gateway-$suffix" link del gw-br0

under_way() { [ -s "$scratch/got-1" ] && [ -s "$scratch/got-2" ] && [ -s "$scratch/got-3" ]; }
# changing WHAT COMMAND...: three downloads go on while it is done
changing() {
	local what=$1 got=0 n
	shift
	rm -f "$scratch"/got-*
	in_client curl -sZ --parallel-immediate --max-time 120 \
		-o "$scratch/got-1" "http://$VIP/slow" \
		-o "$scratch/got-2" "http://[$VIP6]/slow" \
		-o "$scratch/got-3" http://10.1.1.2/slow &
	wait_for 20 under_way
	"$@" >"$scratch/out" 2>&1
	wait $! || echo "# curl: $?"
	for n in 1 2 3; do
		whole "$scratch/got-$n" file && got=$((got + 1))
	done
	check_is "$what: downloads go on" 3 "$got"
}
ps_ config set fastpath on
for try in 1 2 3; do
	check_is "datagram $try too large for one packet" "server1 same" \
		"$(ask 10.0.0.2 5200 10.1.1.2 53 +3000 | cut -d' ' -f1,4)"
done
packets() { in_gateway awk -v device="$1:" '$1 == device {print $11}' /proc/net/dev; }
other_way() {
	in_gateway ip route replace 10.1.1.2/32 via 10.2.1.2
	in_gateway ip -6 route replace fd00:1:1::2/128 via fd00:2:1::2
}
before=$(packets gw-s2)
changing "another route" other_way
check "which packets take" test $(($(packets gw-s2) - before)) -ge 10
back() {
	in_gateway ip route del 10.1.1.2/32
	in_gateway ip -6 route del fd00:1:1::2/128
}
changing "and back" back
by_ipv6() { in_gateway ip route replace 10.1.1.2/32 via inet6 fd00:2:1::2 dev gw-s2; }
# No host answers for its IPv4 address there, so that nothing else leads to it.
in_server 1 sysctl -qw net.ipv4.conf.s2.arp_ignore=8
before=$(packets gw-s2)
changing "a next hop of IPv6" by_ipv6
check "which packets take" test $(($(packets gw-s2) - before)) -ge 10
in_gateway ip route del 10.1.1.2/32
lose_neighbours() { in_gateway ip neigh flush all; in_gateway ip -6 neigh flush all; }
changing "neighbours that are lost" lose_neighbours
down_and_up() {
	in_gateway ip link set gw-c0 down
	pause 0.5
	{
		echo "link set gw-c0 up"
		echo "addr replace fd00::1/64 dev gw-c0 nodad"
	} | ip -n "gateway-$suffix" -batch -
}
changing "a link that goes down and up" down_and_up
smaller() {
	in_gateway ip link set gw-c0 mtu 1300
	in_gateway ip link set gw-s1 mtu 1300
}
changing "a smaller MTU" smaller
no_route() {
	in_gateway ip route add unreachable 10.0.0.2/32
	pause 0.5
	in_gateway ip route del unreachable 10.0.0.2/32
}
changing "a route that is missing for a while" no_route
ttl() { in_client ping -c 1 -t "$1" -W 5 10.1.1.2; }
check "ping" ttl 2
check "a hop more is told of as before" eval "ttl 1 | grep -q 'Time to live exceeded'"
check "the server's device can go while sessions live" ip -n "gateway-$suffix" link del gw-s1

finish
