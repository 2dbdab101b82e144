#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A pool on the gateway's own address does not take ports on which the gateway
# itself listens, and warns of those that its own connections may take.
. "$(dirname "$0")/lib.sh"

setup
for socket in "TCP4-LISTEN:2000,bind=$POOL" UDP4-RECV:3000 \
	TCP6-LISTEN:4000,ipv6only=1 "UDP6-RECV:5000,ipv6only=1,bind=[$POOL6]"; do
	in_gateway socat -u "$socket" OPEN:/dev/null &
	disown
done
all_open() { [ "$(in_gateway ss -Htuln | wc -l)" = 4 ]; }
check "the gateway has four sockets" wait_for 60 all_open

uses() { echo "the gateway itself uses $1 of $2; leave it out or say force"; }
check_refused "a TCP socket on that address" "$(uses "tcp port 2000" "$POOL")" \
	ps_ pool add p address "$POOL" ports 1024-2047
check_refused "a UDP socket on any address" "$(uses "udp port 3000" "$POOL")" \
	ps_ pool add p address "$POOL" ports 2048-4095
check_refused "IPv6: a TCP socket on any address" \
	"$(uses "tcp port 4000" "$POOL6")" \
	ps_ pool add p address "$POOL6" ports 1024-65535
check_refused "IPv6: a UDP socket on that address" \
	"$(uses "udp port 5000" "$POOL6")" \
	ps_ pool add p address "$POOL6" ports 4096-8191
check_refused "a socket in a block of 16" "port 2000" \
	ps_ pool add p address "$POOL" ports 2000-2015 block 16
check_refused "the second of two addresses" "port 3000" \
	ps_ pool add p address "198.51.100.1,$POOL" ports 2048-4095
check_is "nothing was added" "[]" "$(ps_ -j pool show)"

check "ports that nobody uses" ps_ pool add a address "$POOL" ports 4096-8191
check "one family's socket is not the other's" \
	ps_ pool add b address "$POOL6" ports 2048-3071
check "an address of somebody else" \
	ps_ pool add c address 198.51.100.1 ports 1024-65535
check "force" ps_ pool add d address "$POOL" ports 1024-2047 force
check "IPv6: force" ps_ pool add e address "$POOL6" ports 4032-8191 force

# The gateway's own connections: setup() has reserved all ports.
in_gateway sysctl -qw net.ipv4.ip_local_reserved_ports= \
	net.ipv4.ip_local_port_range="10000 20000"
add() { ps_ pool add "$@" 2>&1; }
check_is "ports that its own connections don't use: no warning" "" \
	"$(add f address "$POOL" ports 20032-24000)"
check_is "nor for an address of somebody else" "" \
	"$(add g address 198.51.100.2 ports 8192-16383)"
warning=$(add h address "$POOL" ports 8192-16383)
check_is "such ports: accepted with a warning" "portsteer: warning: the gateway's\
 own connections may take ports 10000-16383 of this pool; reserve them: sysctl\
 -w net.ipv4.ip_local_reserved_ports=10000-16383" "$warning"
check_is "it is there" h "$(psj '.[].name' pool show h)"

# shellcheck disable=SC2086 # words
in_gateway ${warning#*reserve them: } >/dev/null
ps_ pool del h
check_is "after that very line there is no warning" "" \
	"$(add h address "$POOL" ports 8192-16383)"
warning=$(add i address "$POOL" ports 16384-18431)
check "another pool warns of its own ports" \
	grep -q "take ports 16384-18431 " <<<"$warning"
# shellcheck disable=SC2086 # words
in_gateway ${warning#*reserve them: } >/dev/null
ps_ pool del i
ps_ pool del h
check_is "after its line neither warns" "" \
	"$(add i address "$POOL" ports 16384-18431;
	   add h address "$POOL" ports 8192-16383)"

finish
