#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Everything the kernel refuses: one sentence that says what is wrong, exit
# status 1, and nothing has changed. The man pages promise these sentences.
. "$(dirname "$0")/lib.sh"

setup
ps_ restore <<END
pool add pool4 address 203.0.113.1,203.0.113.2 ports 1024-2047
pool add pool6 address $POOL6 ports 2048-4095
service add web address $VIP proto tcp port 80 pool pool4
service add two address $VIP proto udp port 80 pool pool4
service add six address $VIP6 proto tcp port 80 pool pool6 weights 1,0,0
server add web 10.1.1.2:80 max 5 zone a tags b,c
server add web 10.1.3.2:80 zone c
server add six [fd00:1:1::2]:80
zone add 10.0.0.0/8 b
zone distance a b 5%
END
ps_ server report web 10.1.1.2:80 load 50% sequence 10
saved() { ps_ save | grep -v '^# portsteer configuration'; }
state() { saved; ps_ -j server show | jq -c 'map([.reports, .load, .sequence])'; }
state >"$scratch/before"

many=$(seq -f 203.0.113.%g -s , 1 129)
web="server report web 10.1.1.2:80"
long=0123456789012345678901234567890123456789012345678901234567890123456789
# SENTENCE|COMMAND, the sentence as the kernel or the tool ends it
while IFS='|' read -r sentence command; do
	# shellcheck disable=SC2086 # words
	check_refused "$command" "$sentence" ps_ $command
done <<END
pool pool4 exists already|pool add pool4 address 198.51.100.1
203.0.113.2 ports 2047-4000 overlap pool pool4|pool add p address 198.51.100.1,203.0.113.2 ports 2047-4000
2001:db8:2::1 ports 1024-65535 overlap pool pool6|pool add p address $POOL6
an address is given twice|pool add p address 198.51.100.1,198.51.100.2,198.51.100.1
a pool's addresses are all IPv4 or all IPv6|pool add p address 198.51.100.1,2001:db8::9
a pool has at most 128 addresses|pool add p address $many
not a unicast IPv4 or IPv6 address|pool add p address 224.0.0.1
not a unicast IPv4 or IPv6 address|pool add p address 255.255.255.255
not a unicast IPv4 or IPv6 address|pool add p address 0.0.0.0
not a unicast IPv4 or IPv6 address|pool add p address ff02::1
not a unicast IPv4 or IPv6 address|pool add p address ::ffff:1.2.3.4
a block is a power of two of ports|pool add p address 198.51.100.1 block 48
(attribute block, 16 to 4096)|pool add p address 198.51.100.1 block 8
(attribute block, 16 to 4096)|pool add p address 198.51.100.1 block 8192
(attribute hold, 0|pool add p address 198.51.100.1 hold 25h
the ports hold no whole block|pool add p address 198.51.100.1 ports 1025-1150
there is no pool nil|pool del nil
there is no pool nil|pool show nil
pool pool4 is in use by 2 services|pool del pool4
pool pool6 is in use by 1 service|pool del pool6
service web exists already|service add web address 192.0.2.9 proto tcp port 80 pool pool4
service web has this address, protocol and port|service add s address $VIP proto tcp port 80 pool pool4
there is no pool nil|service add s address $VIP proto tcp port 81 pool nil
pool pool6 is IPv6 and the service is not|service add s address $VIP proto tcp port 81 pool pool6
pool pool4 is IPv4 and the service is not|service add s address $VIP6 proto tcp port 81 pool pool4
not a unicast IPv4 or IPv6 address|service add s address 239.1.1.1 proto tcp port 81 pool pool4
weights can't all be zero|service add s address $VIP proto tcp port 81 pool pool4 weights 0,0,0
integer out of range (attribute weights)|service add s address $VIP proto tcp port 81 pool pool4 weights 101,1,1
there is no service nil|service set nil select p2c
there is no service nil|service del nil
there is no service nil|service show nil
weights can't all be zero|service set web weights 0,0,0
say weights or select, or else inherit|service set web select p2c inherit
there is no service nil|server add nil 10.1.1.2:80
service web is IPv4 and the server is not|server add web [fd00:1:1::2]:80
service six is IPv6 and the server is not|server add six 10.1.1.2:80
service web has this server already|server add web 10.1.1.2:80
not a unicast IPv4 or IPv6 address|server add web 224.0.0.1:80
service web has no such server|server set web 10.1.1.2:81 state down
service web has no such server|server del web 10.1.9.2:80
service web has no such server|server report web 10.1.9.2:80 load 1%
there is no service nil|server report nil 10.1.1.2:80 load 1%
a report says load, or at least one of cpu, memory, network|$web latency 5ms errors 1%
report 10 is not newer than the last, 10|$web load 1% sequence 10
report 3 is not newer than the last, 10|$web load 1% sequence 3
(attribute port-range-size, 1 to 64512)|config set port-range-size 0
(attribute port-range-max, 1 to 64512)|config set port-range-max 64513
(attribute prediction-horizon, 1s to 1m)|config set prediction-horizon 999ms
(attribute weight-load, 0 to 100)|config set weight-load 100.0001
port-range-size 65 is more than port-range-max 64|config set port-range-size 65 port-range-max 64
port-range-size 5000 is more than port-range-max 4096|config set port-range-size 5000
(attribute health-failures, 0 to 100)|config set weight-ports 1 health-failures 101
(attribute slow-start, 0s to 10m)|config set slow-start 600001ms
(attribute timeout-udp, 1s to 24h)|config set timeout-udp 999ms
weights can't all be zero|config set weight-load 0 weight-capacity 0 weight-ports 0
there is no service nil|explain nil client 10.0.0.2
service web is IPv4 and the client is not|explain web client fd00::2
not a unicast IPv4 or IPv6 address|explain web client 224.0.0.1
no model is loaded for all services|model unload
service web has no model of its own|model show service web
there is no service nil|model unload service nil
there is no service nil|model show service nil
there is no service nil|model add m service nil horizon 10s step 1s load 0:100:1
a model has at least one input|model add m horizon 10s step 1s
(attribute horizon, 1s to 1m)|model add m horizon 999ms step 1s load 0:100:1
(attribute step, 100ms to 1m)|model add m horizon 10s step 61s load 0:100:1
nobody holds 203.0.113.1:1024|range who 203.0.113.1:1024
this prefix is in zone b already|zone add 10.0.0.0/8 b
this prefix is in zone b already|zone add 10.0.0.0/8 c
the address has bits set behind its prefix|zone add 10.0.0.1/8 b
this prefix is in no zone|zone del 10.0.0.0/9
there is no zone nil|zone flush name nil
nothing is said of the distance of these zones|zone distance del a nil
from a zone to itself there is no distance|zone distance a a 0%
nothing is said of the distance of these zones|zone distance del a c
(attribute zone-weight, 0 to 100)|service set web zone-weight 101
(attribute weight-zone, 0 to 100)|config set weight-zone 101
END
check "nothing has changed" diff "$scratch/before" <(state)

# What the tool finds wrong by itself; tool/test/usage.sh has more.
misused() { ps_ "$@" >/dev/null 2>&1; [ $? = 2 ]; }
check "a load of more than 100% is a usage error" misused $web load 101%
check "so is a name that is too long" misused pool del "$long"
check "so is an unknown keyword" misused pool add p address 192.0.2.3 port 1
check_refused "a namespace that is not there" "there is no network namespace" \
	portsteer -n "no-$suffix" pool show

# Without CAP_NET_ADMIN in the namespace everything is refused.
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all)
while read -r command; do
	# shellcheck disable=SC2086 # words
	check_refused "an ordinary user: $command" "CAP_NET_ADMIN" \
		in_gateway timeout 5 "${nobody[@]}" portsteer $command
done <<END
config set port-range-size 128
pool show
session show
session flush
service del web
monitor
END
check_refused "root of another user namespace" "CAP_NET_ADMIN" \
	in_gateway "${nobody[@]}" unshare -Ur portsteer service del web
check "but it may what it likes in a network namespace of its own" \
	"${nobody[@]}" unshare -Urn portsteer config set port-range-size 128
check "and that changes nothing here" diff "$scratch/before" <(state)

check "raw netlink: what no tool would send is refused too" \
	in_gateway /usr/bin/python3 "$(dirname "$0")/raw_netlink.py"
check "and changes nothing" diff "$scratch/before" <(state)

finish
