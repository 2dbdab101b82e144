# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Hosts with VMs behind the gateway of lib.sh, which is their edge: the pool
# address is routed to it, and is nobody's own. Source it after lib.sh.
#
#   vm1 10.8.1.2 -- host1 10.4.0.11 --+                +-- server1 (outside)
#                                     +-- 10.4.0.1 edge
#   vm2 10.8.2.2 -- host2 10.4.0.12 --+
#
# IPv6: fd00:8:N::2, fd00:4::1N, fd00:4::1. HOSTS may say how many there are.

HOSTS=${HOSTS:-2}

in_edge() { in_gateway "$@"; }
in_host() { local n=$1; shift; in_namespace "host$n" "$@"; }
in_vm() { local n=$1; shift; in_namespace "vm$n" "$@"; }
edge() { ps_ "$@"; }
host() { local n=$1; shift; portsteer -n "host$n-$suffix" "$@"; }

setup_hosts() {
	local n hosts

	hosts=$(seq "$HOSTS")
	in_edge ip addr del "$POOL/32" dev lo
	in_edge ip addr del "$POOL6/128" dev lo
	in_edge sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	# shellcheck disable=SC2046
	namespace_lines $(seq -f 'host%.0f' "$HOSTS") $(seq -f 'vm%.0f' "$HOSTS") |
		ip -batch -
	# An address of its own, or it changes with the first host that goes.
	in_edge ip link add br0 address 02:00:00:00:00:01 type bridge
	for n in $hosts; do
		ip link add "h$n" netns "host$n-$suffix" type veth \
			peer name "gw-h$n" netns "gateway-$suffix"
		in_edge ip link set "gw-h$n" master br0 up
		ip link add "v$n" netns "vm$n-$suffix" type veth \
			peer name "hv$n" netns "host$n-$suffix"
		{
			end_lines "h$n" "10.4.0.1$n/24" "fd00:4::1$n"
			default_lines 10.4.0.1 fd00:4::1
			end_lines "hv$n" "10.8.$n.1/24" "fd00:8:$n::1"
		} | ip -n "host$n-$suffix" -batch -
		{
			end_lines "v$n" "10.8.$n.2/24" "fd00:8:$n::2"
			default_lines "10.8.$n.1" "fd00:8:$n::1"
		} | ip -n "vm$n-$suffix" -batch -
		in_host "$n" sysctl -qw net.ipv6.conf.all.forwarding=1
	done
	end_lines br0 10.4.0.1/24 fd00:4::1 | ip -n "gateway-$suffix" -batch -
	# What no grant has must not go round in circles.
	in_edge ip route add unreachable "$POOL/32" metric 1000
}

# node NAME ADDRESS: a machine beside the hosts
node() {
	ip netns add "$1-$suffix"
	ip link add "c$1" netns "$1-$suffix" type veth peer name "gw-$1" \
		netns "gateway-$suffix"
	in_edge ip link set "gw-$1" master br0 up
	printf '%s\n' "addr add $2/24 dev c$1" "link set c$1 up" "link set lo up" |
		ip -n "$1-$suffix" -batch -
}

# grow N EPOCH PORTS: a grant of the IPv4 pool for host N, prepared on both, then
# in force on the edge before it is on the host
grow() {
	edge grant add address "$POOL" ports "$3" host "10.4.0.1$1" \
		state prepared epoch "$2" &&
	host "$1" grant add address "$POOL" ports "$3" pool nat4 \
		state prepared epoch "$2" &&
	edge grant set address "$POOL" ports "$3" state active epoch "$2" &&
	host "$1" grant set address "$POOL" ports "$3" state active epoch "$2"
}
