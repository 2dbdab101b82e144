#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A VM's ports follow what its agent reports: policy seed exactly as its rule says,
# in whole blocks as held; what makes no sense is refused in one sentence.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
ps_ restore <<-END
	pool add nat4 address $POOL,203.0.113.2,203.0.113.3 hold 1s
	pool add small address 203.0.113.9 ports 1024-2047
	pool add nat6 address $POOL6
END

# decided PORTS PPS: after one report
decided() {
	ps_ vm add v address 10.9.0.1 pool nat4 ports "$1" policy seed
	ps_ vm report v pps "$2" bandwidth 0 connections 1
	psj '.[].ports' vm show v
	ps_ vm del v
}
check_is "half below the low threshold" 512 "$(decided 1024 50)"
check_is "the same between" 1024 "$(decided 1024 500)"
check_is "half as many more above the high one" 1536 "$(decided 1024 2000)"
check_is "no more than there can be" 65535 "$(decided 60000 2000)"
check_is "one block at least" 64 "$(decided 64 0)"

ps_ vm add v address 10.9.0.1 pool nat4 ports 1000 policy seed
check_is "held are whole blocks" 1024 "$(psj '.[].ports_held' vm show v)"
check_is "and they are its ranges" 1024 \
	"$(psj '.[].ranges | map(.last - .first + 1) | add' vm show v)"
ps_ vm report v pps 1000 bandwidth 1000kbps
check_is "both terms count: 0.7 of packets, 0.3 of kB" 1000 \
	"$(psj '.[].demand' vm show v)"
check_is "exactly the threshold changes nothing" 1000 \
	"$(psj '.[].ports' vm show v)"
check_is "the report is shown" "1000 1000000 1" "$(psj '.[] |
	"\(.pps) \(.bandwidth_Bps) \(.reports)"' vm show v)"
ps_ vm set v max 1200
ps_ vm report v pps 9000
check_is "not above its maximum" 1200 "$(psj '.[].ports' vm show v)"
ps_ vm set v min 700
ps_ vm report v pps 0
check_is "not below its minimum" 700 "$(psj '.[].ports' vm show v)"
fits() { [ "$(psj '.[].ports_held' vm show v)" = 704 ]; }
check "what is too much goes back" wait_for 20 fits
ps_ vm set v policy safe ports 1200
check_is "set by hand" "safe 1200 1216" \
	"$(psj '.[] | "\(.policy) \(.ports) \(.ports_held)"' vm show v)"

config() { ps_ save | sed "s/^#.*//"; }
before=$(config)
check_refused "unknown vm" "there is no vm x" ps_ vm report x pps 1
check_refused "min above max" "min 300 is more than max 200" \
	ps_ vm add w address 10.9.0.2 pool nat4 min 300 max 200
check_refused "ports above max" "ports 300 is not between min 64 and max 200" \
	ps_ vm add w address 10.9.0.2 pool nat4 ports 300 max 200
check_refused "minimums beyond the pool" "minimums of all VMs are 17 blocks" \
	ps_ vm add w address 10.9.0.2 pool small min 1088
check_refused "the same address" "vm v has such addresses already" \
	ps_ vm add w address 10.9.0.1 pool nat4
check_refused "a prefix around it" "vm v has such addresses already" \
	ps_ vm add w address 10.9.0.0/24 pool nat4
check_refused "bits behind the prefix" "bits set behind its prefix" \
	ps_ vm add w address 10.8.0.1/24 pool nat4
check_refused "another family" "pool nat4 is IPv4 and the address is not" \
	ps_ vm add w address fd00::9 pool nat4
check_refused "an address of a pool" "an address of pool nat4 is among them" \
	ps_ vm add w address 203.0.113.0/24 pool nat4
check_refused "a pool of its address" "10.9.0.1 is an address of vm v" \
	ps_ pool add p address 10.9.0.1
check_refused "a mapping by another family" "IPv4 and IPv6 don't go together here" \
	ps_ mapping add v proto tcp port 22 pool-address 2001:db8::1 assigned-port 2222
check_refused "an address of another family" "IPv4 and IPv6 don't go together here" \
	ps_ pool set nat4 address 2001:db8::1 state withdrawn
check_refused "a range there" "IPv4 and IPv6 don't go together here" \
	ps_ range add pool nat4 address 2001:db8::1 ports 1024-1087 \
	owner-type probation
check_refused "a range for such a client" "IPv4 and IPv6 don't go together here" \
	ps_ range add pool nat4 address "$POOL" ports 1024-1087 \
	owner-type client owner fd00::2
check_refused "a name twice" "vm v exists already" \
	ps_ vm add v address 10.9.0.3 pool nat4
check_refused "an absurd rate" "attribute pps" ps_ vm report v pps 4000000000
check_refused "absurd bandwidth" "attribute bandwidth" \
	ps_ vm report v bandwidth 9tbps
misused() { "$@" >"$scratch/said" 2>&1; [ $? = 2 ]; }
check "a negative rate" misused ps_ vm report v pps -1
check "a report of nothing" misused ps_ vm report v
check_refused "a report without a rate" "pps, bandwidth, or both" \
	ps_ vm report v connections 3
check_refused "a pool in use" "is in use by 1 vm" ps_ pool del nat4
check_refused "two addresses at a time" "one address at a time" \
	ps_ pool set nat4 address "$POOL",203.0.113.2 state withdrawn
check_is "nothing has changed" "$before" "$(config)"
check "an exempt" ps_ exempt add 10.7.0.0/16
check_refused "an exempt twice" "exempt already" ps_ exempt add 10.7.0.0/16

# Withdrawn, an address gives out no port; who had some of it has others.
ps_ vm add w address 10.9.1.0/24 pool nat4 min 640
home=$(psj '.[].ranges[0].address' vm show w)
ps_ pool set nat4 address "$home" state withdrawn
moved() {
	[ "$(psj "[.[].ranges[] | select(.address == \"$home\")] | length" \
		vm show w)" = 0 ] &&
	[ "$(psj '.[].ports_held' vm show w)" = 640 ]
}
check "a withdrawn address is left" wait_for 20 moved
check_is "and shown as such" "$home" "$(psj '.[].withdrawn[0]' pool show nat4)"
ps_ pool set nat4 address "$home" state active
check_is "and back" null "$(psj '.[].withdrawn' pool show nat4)"

finish
