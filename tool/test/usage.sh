#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tool says to commands that make no sense; needs no module.
# Prints TAP. Usage: usage.sh PORTSTEER

portsteer=$1
# shellcheck source=tap.sh
. "$(dirname "$0")/tap.sh"

# misused SENTENCE WORD...: exit status 2 and that sentence alone
misused()
{
	want=$1
	shift
	said=$("$portsteer" "$@" 2>&1 >/dev/null </dev/null)
	status=$?
	[ "$status" = 2 ] && [ "$said" = "$want" ]
	verdict $? "$*" "$status $said"
}

# bad_file SENTENCE TEXT: restore refuses the text, with that sentence
bad_file()
{
	said=$(printf '%b' "$2" | "$portsteer" restore 2>&1)
	status=$?
	[ "$status" = 2 ] && [ "$said" = "$1" ]
	verdict $? "restore $2" "$status $said"
}

# bad_load SENTENCE TEXT: predict refuses the file, with that sentence
load=$(mktemp)
trap 'rm -f "$load" "$load".*' EXIT
bad_load()
{
	printf '%b' "$2" >"$load"
	said=$("$portsteer" predict "$load" column cpu horizon 1 2>&1)
	status=$?
	[ "$status" = 2 ] && [ "$said" = "$load$1" ]
	verdict $? "predict $2" "$status $said"
}

p=portsteer
misused "$p: \"poool\" is no object, see portsteer -h" poool
misused "$p: option -x is unknown, see portsteer -h" -x
misused "$p: pool needs one of: add, set, del, show" pool
misused "$p: \"ad\" is unknown, pool takes: add, set, del, show" pool ad
misused "$p: pool add needs NAME" pool add
misused "$p: pool add needs address ADDR[,ADDR...]" pool add p
misused "$p: a value is missing: address ADDR[,ADDR...]" pool add p address
misused "$p: address \"1.2.3\" is not an IPv4 or IPv6 address" \
	pool add p address 1.2.3
misused "$p: \"blok\" is unknown, pool add takes: address, ports, block, hold, by-grants, force" \
	pool add p address 192.0.2.1 blok 64
misused "$p: block is given twice" pool add p address 192.0.2.1 block 1 block 1
misused "$p: hold \"5us\" is finer than a millisecond" \
	pool add p address 192.0.2.1 hold 5us
misused "$p: proto \"sctp\" is none of tcp, udp, icmp, icmpv6" \
	service add s address 192.0.2.1 port 80 pool p proto sctp
misused "$p: weights \"1,2\" is not L,C,P with three decimal numbers" \
	service set s weights 1,2
misused "$p: server \"::1:80\" is not ADDR:PORT (an IPv6 address stands in brackets)" \
	server del s ::1:80
misused "$p: load \"101%\" is more than 100%" \
	server report s 192.0.2.1:80 load 101%
misused "$p: \"tags\" is unknown, server report takes: load, cpu, memory, network, latency, errors, app, capacity, sequence" \
	server report s 192.0.2.1:80 tags a
misused "$p: service set needs at least one of: weights, select, zone-weight, needs, emphasis, inherit" \
	service set s
misused "$p: vm add needs address ADDR|PREFIX" vm add v
misused "$p: min \"5k\" is not a whole number" \
	vm add v address 10.0.0.2 pool p min 5k
misused "$p: vm report needs at least one of: pps, bandwidth, connections" \
	vm report v
misused "$p: port \"70000\" is not a port number (1 to 65535)" \
	mapping add v proto tcp port 70000
misused "$p: endpoint \"1.2.3.4\" is not ADDR:PORT (an IPv6 address stands in brackets)" \
	range who 1.2.3.4
misused "$p: grant add needs address ADDR" grant add
misused "$p: zone needs one of: add, del, show, flush, import" zone
misused "$p: zone add needs NAME" zone add 10.0.0.0/8
misused "$p: prefix \"10/8\" is not ADDR or ADDR/LENGTH" zone add 10/8 a
misused "$p: name \"a,b\" is not a name (letters, digits, . _ -)" \
	zone add 10.0.0.0/8 a,b
misused "$p: zone distance needs one of: del, show, ZONE ZONE P%" zone distance
misused "$p: zone distance needs P%" zone distance a b
misused "$p: distance \"101%\" is more than 100%" zone distance a b 101%
misused "$p: zone distance del needs ZONE" zone distance del a
misused "$p: zone import needs FILE" zone import
misused "$p: level \"planet\" is none of continent, country, city" \
	zone import x planet
misused "$p: /nowhere/x cannot be read" zone import /nowhere/x
misused "$p: emphasis \"speed\" is none of none, latency, throughput, app" \
	service set s emphasis speed
misused "$p: explain needs client ADDR" explain s
misused "$p: \"x\" is unknown, save takes: state" save x
misused "$p: \"b\" is unknown, reload takes: old" reload a.ko b
misused "$p: a value is missing: old FILE" reload a.ko old
misused "$p: cert needs one of: ca, vm, server, gateway" cert
misused "$p: cert vm needs NAME" cert vm
misused "$p: address \"a\" is not an IPv4 or IPv6 address" cert server a
misused "$p: days is out of range (1 to 36500)" cert ca days 0

bad_file '<stdin>:2: "pool del" is no command for a file: config set, model load, zone distance, add or set only' \
	'# a comment\npool del p\n'
bad_file '<stdin>:1: "foo" is no object
<stdin>:4: pool add needs address ADDR[,ADDR...]' \
	'foo\n\n  # bar\npool add p # address 192.0.2.1\n'
bad_file '<stdin>:2: a NUL, which no text has' \
	'vm add red address 10.0.0.2 pool p\n\0000\n'

# A million sessions have to fit in: 100,000 of them in 200 MB.
sessions()
{
	awk 'BEGIN { for (i = 0; i < 100000; i++)
			printf "session add service web proto tcp client 10.0.2.%d client-port %d pool-address 203.0.113.1 assigned-port 2000 server 10.1.1.2 server-port 80 state established expires 60s\n", i % 256, 1024 + i / 256
		     print "end" }'
}
said=$(sessions | (ulimit -v 200000 && "$portsteer" restore) 2>&1)
[ "$said" = '<stdin>:100001: "end" is no object' ]
verdict $? "restore 100,000 sessions" "$(echo "$said" | head -c 1000)"

misused "$p: predict needs FILE" predict
misused "$p: predict needs column NAME" predict f
misused "$p: horizon \"0\" is no time ahead" predict f column c horizon 0
misused "$p: full \"-1\" is not a number above 0" \
	predict f column c horizon 1 full -1
bad_load ':1: there is no header that names the columns' ''
bad_load ':1: there is no column "t" with the time' 'time,cpu\n0,1\n1,1\n'
bad_load ':1: there is no column "cpu"' 't,mem\n0,1\n1,1\n'
bad_load ':3: cpu "x" is not a number' 't,cpu\n0,1\n1,x\n'
bad_load ':3: cpu "nan" is not a number' 't,cpu\n0,1\n1,nan\n'
bad_load ':2: t "" is not a number' 't,cpu\n,1\n1,2\n'
bad_load ':2: there are 2 columns in the header and more here' 't,cpu\n0,1,2\n1,2\n'
bad_load ':3: time steps back, to 1' 't,cpu\n2,1\n1,2\n'
bad_load ':3: there are fewer than two samples' 't,cpu\n0,1\n1,\n'

misused "$p: cannot read /: Is a directory" predict / column c horizon 1
misused "$p: cannot open /nowhere/x: No such file or directory" \
	predict /nowhere/x column c horizon 1
misused "$p: cannot read /: Is a directory" train / -o m

# refused SENTENCE WORD...: exit status 1, and that sentence alone
refused()
{
	want=$1
	shift
	said=$("$portsteer" "$@" 2>&1 >/dev/null)
	status=$?
	[ "$status" = 1 ] && [ "$said" = "$want" ]
	verdict $? "$*" "$status $said"
}
playable='t,cpu\n0,1\n1,2\n2,3\n3,4\n'
printf '%b' "$playable" >"$load"
ln -s "$load" "$load.link"
what_is_read="is what is read, name another file to write"
misused "$p: $load $what_is_read" predict "$load" column cpu horizon 1 -o "$load"
misused "$p: $load.link $what_is_read" \
	predict "$load" column cpu horizon 1 plot "$load.link"
misused "$p: $load.link $what_is_read" train "$load" -o "$load.link" name m
[ "$(cat "$load")" = "$(printf '%b' "$playable")" ]
verdict $? "what is read stays as it was" "$(cat "$load")"
refused "$p: $load is too short: no forecast comes due in its second half" \
	predict "$load" column cpu horizon 4 -o "$load.out"
[ ! -e "$load.out" ]
verdict $? "and nothing is written"
refused "$p: /nowhere/x cannot be written: No such file or directory" \
	predict "$load" column cpu horizon 1 -o /nowhere/x
refused "$p: /nowhere/x cannot be written: No such file or directory" \
	predict "$load" column cpu horizon 1 plot /nowhere/x
refused "$p: / cannot be written: Is a directory" \
	predict "$load" column cpu horizon 1 -o /
echo before >"$load.svg"
said=$(PATH=/nowhere "$portsteer" predict "$load" column cpu horizon 1 \
	plot "$load.svg" 2>&1 >/dev/null)
[ $? = 1 ] && [ "$said" = "$p: $load.svg cannot be drawn, which needs gnuplot" ]
verdict $? "no gnuplot" "$said"
[ "$(cat "$load".svg*)" = before ]
verdict $? "leaves what was there"
chmod 640 "$load.svg"
ln -s "$load.svg" "$load.csv"
"$portsteer" predict "$load" column cpu horizon 1 -o "$load.csv" >/dev/null
[ "$(stat -c %a "$load.svg")$(head -n 1 "$load.svg")" = 640t,value,forecast ]
verdict $? "a link stays a link, and its file's mode as it was"
"$portsteer" predict "$load" column cpu horizon 1 -o /dev/stdout | grep -q '^3,4'
verdict $? "a pipe is written to"
printf 't,cpu\n0,1\n100000,2\n200000,2\n' >"$load"
misused "$p: horizon is out of range (1ms to 37h)" \
	predict "$load" column cpu horizon 2
printf 't,cpu\n0,1\n0.0001,2\n0.0002,2\n' >"$load"
misused "$p: horizon is out of range (1ms to 37h)" \
	predict "$load" column cpu horizon 9

misused "$p: the delay is 100 ms to 1 h" top delay 99ms
misused "$p: the delay is 100 ms to 1 h" top delay 61m
misused "$p: frames \"all\" is not a number" top frames all
misused "$p: \"server\" is unknown, top takes: delay, frames" top server
misused "$p: top prints no JSON; server show, vm show and the others do" -j top

echo "1..$count"
exit $failed
