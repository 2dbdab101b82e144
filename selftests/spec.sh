#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The netlink family is the one that the spec describes: its commands, groups and each
# command's policy, as the kernel tells them; and what can't be told so, by requests.
SERVERS=1
. "$(dirname "$0")/lib.sh"

live() { in_gateway /usr/bin/python3 -E "$(dirname "$0")/spec_live.py" "$1"; }

setup
start_nginx 1
web_service
ps_ restore <<-END
	zone add 10.9.0.0/16 far
	zone distance far near 50%
	server set web 10.1.1.2:80 zone near tags a,b max 100
	pool add nat address 203.0.113.7
	pool add granted address 203.0.113.8 by-grants
	vm add red address 10.0.0.9 pool nat
	mapping add red proto tcp port 80
	exempt add 10.8.0.0/16
	grant add address 203.0.113.8 ports 1024-1087 pool granted
	model add all horizon 10s step 1s cpu 0:100:0 latency 0:100:1
END
ps_ server report web 10.1.1.2:80 cpu 20% sequence 5
fetch >"$scratch/page"

check "commands with their flags, groups, version" live family
check "policies: attributes of each command, types, bounds, lengths" live policies
check "objects' messages have what they may have" live replies
check "what a request needs is needed, and nothing else" live needs
check "addresses and inputs of too few bytes are refused everywhere" live lengths
check "a dump takes no attribute that only asks for one object" live dumps

finish
