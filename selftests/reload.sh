#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module is loaded anew, and another in its place, under live sessions in several
# network namespaces, and nobody is cut off. If the new one is no good the old one is
# back with all that it had; a file that is none changes nothing.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
size=12000000 rate=70k
head -c "$size" /dev/urandom >"$scratch/www/file"
client_addresses 1
vm=$(client_address 0)
# What ends meanwhile is told as long as all this takes, on any machine.
ps_ restore <<-END
	config set timeout-tcp-time-wait 1h timeout-tcp-closing 1h timeout-udp 1h
	pool add pool4 address $POOL
	pool add pool6 address $POOL6
	pool add nat address 203.0.113.7
	service add web address $VIP proto tcp port 80 pool pool4
	server add web 10.1.1.2:80
	service add web6 address $VIP6 proto tcp port 80 pool pool6
	server add web6 [fd00:1:1::2]:80
	service add dns address $VIP proto udp port 53 pool pool4
	server add dns 10.1.1.2:53
	service add bulk address $VIP proto tcp port 5201 pool pool4
	server add bulk 10.1.1.2:5201
	vm add red address 10.0.1.0/24 pool nat min 128
END
in_gateway ip addr add 203.0.113.7/32 dev lo

# A second gateway, and one that has a process and no name.
namespace_lines second | ip -batch -
second() { portsteer -n "second-$suffix" "$@"; }
second restore <<-END
	pool add out address 203.0.113.9
	vm add blue address 10.9.0.2 pool out
	session add vm blue proto udp client 10.9.0.2 client-port 4000 pool-address 203.0.113.9 assigned-port 5000 server 10.1.1.2 server-port 53 state established expires 1h
END
unshare -n sleep 1000 &
nameless=$!
disown
elsewhere() { [ "$(readlink "/proc/$nameless/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
wait_for 10 elsewhere
third() { portsteer -n "/proc/$nameless/ns/net" "$@"; }
third pool add alone address 203.0.113.11

fetch_slowly() { in_client curl -sS --limit-rate "$rate" -o "$scratch/$1" "${@:2}"; }
fetch_slowly got4 "http://$VIP/file" & downloads=$!
fetch_slowly got6 "http://[$VIP6]/file" & downloads="$downloads $!"
fetch_slowly gotv --interface "$vm" http://10.1.1.2/file & downloads="$downloads $!"
in_server 1 iperf3 -s -D >/dev/null
wait_for 30 listens server1 5201
in_client iperf3 -J -b 1M -t 180 -c "$VIP" >"$scratch/iperf" &
iperf=$!
start_udp 1 53
start_asker client
answer() { ask 10.0.0.2 4444 "$VIP" 53 hello; }
answered=$(answer)
under_way() {
	[ -s "$scratch/got4" ] && [ -s "$scratch/got6" ] && [ -s "$scratch/gotv" ] &&
	[ "$(psj length session show)" = 6 ]
}
check "downloads, iperf3 and a UDP talk are under way" wait_for 30 under_way

# all: who has which port towards whom, in all three
list='.[] | [.service, .vm, .proto, .client, .client_port, .pool_address, .assigned_port,
	.server, .server_port] | map(tostring) | join(" ")'
all() {
	psj "$list" session show | sort
	second -j session show | jq -r "$list"
	third pool show alone | sed 's/ #.*//'
}
gates() {
	local name
	for name in gateway second; do in_namespace "$name" nft list tables; done
}
# Who is refused, but for the end of iperf3, which resets what it has not read.
in_client nft 'add table inet seen; add chain inet seen input { type filter hook input priority 0; };
	add rule inet seen input tcp flags rst tcp sport != 5201 counter;
	add rule inet seen input icmp type destination-unreachable counter;
	add rule inet seen input icmpv6 type destination-unreachable counter'
before=$(all)
check_is "in all there are" 8 "$(wc -l <<<"$before")"

# as_it_was WHAT: nobody has lost anything, and nobody is kept out
as_it_was() {
	check_is "$1: who has which port towards whom is the same" "$before" "$(all)"
	check_is "$1: the gates are open" "" "$(gates)"
	check_is "$1: the UDP talk goes on from the same port" "$answered" "$(answer)"
}
files() { find /run/portsteer -name '*.state' | wc -l; }
strip -g -o "$scratch/portsteer.ko" "$PSTEER_MODULE"
patch() { "$(dirname "$0")/patched.py" "$scratch/portsteer.ko" "$scratch/$1.ko" "$1"; }
for how in version settings symbol kernel name sources; do patch "$how"; done

# refuses SENTENCE WORD...: exit status 1, and it is still the same module
loading() { stat -c %i /sys/module/portsteer; }
refuses() {
	local before
	before=$(loading)
	check_refused "$1" "$1" portsteer reload "${@:2}"
	check_is "changes nothing" "$before" "$(loading)"
}
refuses "$scratch/nothing is no kernel module" "$scratch/nothing"
refuses "$scratch/www/file is no kernel module" "$scratch/www/file"
refuses "$scratch/name.ko is another module: \"portstool\"" "$scratch/name.ko"
refuses "$scratch/kernel.ko is for the kernel 5." "$scratch/kernel.ko"
refuses "say where it is (old FILE)" "$scratch/sources.ko"
refuses "$scratch/sources.ko is not the module that is loaded" \
	"$scratch/version.ko" old "$scratch/sources.ko"
ip netns add "ghost-$suffix"
portsteer -n "ghost-$suffix" pool add lost address 203.0.113.13
exec {ghost}<"/run/netns/ghost-$suffix"
ip netns del "ghost-$suffix"
refuses "neither a name nor a process" "$scratch/version.ko"
exec {ghost}<&-
as_it_was "what was refused"

# returns SENTENCE FILE: another module is tried, and the old one comes back
returns() {
	check_refused "$1" "$1" portsteer reload "$2" old "$scratch/portsteer.ko"
	check_is "the module of before is back" 0.1 "$(cat /sys/module/portsteer/version)"
	as_it_was "$1"
	check_is "nothing is left of it" 0 "$(files)"
}
returns "symbol.ko cannot be loaded" "$scratch/symbol.ko"
returns "the module refuses what network namespace" "$scratch/settings.ko"

# A connection that is opened meanwhile waits.
gate_closes() { gates | grep -q gate; }
late() {
	wait_for 60 gate_closes || return
	in_client curl -sS --max-time 60 -o "$scratch/late" "http://$VIP/"
}
late &
late=$!
portsteer reload "$scratch/version.ko" old "$scratch/portsteer.ko" >"$scratch/said"
check_is "another module is in its place" 0 $?
check_is "which it is" 9.9 "$(cat /sys/module/portsteer/version)"
wait "$late"
check_is "who connected meanwhile was served" "0 server1" "$? $(cut -d' ' -f1 "$scratch/late")"
check "it says what it did" grep -qx \
	"from 0.1 to 0.1 namespaces 3 sessions [0-9]* closed [0-9]*ms" "$scratch/said"
sed 's/^/# /' "$scratch/said"
before=$(all)
as_it_was "another module"
# The one that is installed needs no name, and is its own way back.
cp "$scratch/portsteer.ko" "/lib/modules/$(uname -r)/portsteer.ko"
depmod
check "in JSON" eval "portsteer -j reload |
	jq -e '.[] | .namespaces == 3 and .closed_ms > 0'"
check_is "the one that is installed is loaded" 0.1 "$(cat /sys/module/portsteer/version)"
as_it_was "the one that is installed"
check_is "nothing is left of it" 0 "$(files)"
check_is "nobody was refused or reset" 0 "$(packets_seen in_client inet seen)"

ended=0
for pid in $downloads; do
	wait "$pid" && ended=$((ended + 1))
done
check_is "the downloads end" 3 "$ended"
for got in got4 got6 gotv; do
	check "$got is whole" cmp "$scratch/www/file" "$scratch/$got"
done
wait "$iperf"
check_is "iperf3 ends well" "0 null" "$? $(jq .error "$scratch/iperf")"
kill "$nameless"

finish
