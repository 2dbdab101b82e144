#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# State that was saved is there again when the module has been loaded anew: VMs,
# ranges, clients and live sessions, so that connections through the gateway go on.
# A file that does not fit is refused, and nothing is left of it.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
size=6000000 rate=400k
[ ! -e /sys/kernel/debug/kmemleak ] || size=1500000 rate=40k
head -c "$size" /dev/urandom >"$scratch/www/file"
ps_ restore <<-END
	pool add nat4 address $POOL
	pool add nat6 address $POOL6
	pool add web4 address 203.0.113.7
	exempt add 10.7.0.0/16
	vm add red address 10.0.0.2 pool nat4 min 128 max 4096 filtering address-dependent
	vm add blue address 10.0.1.0/24 pool nat4
	vm add red6 address fd00::2 pool nat6
	mapping add red proto tcp port 22 pool-address $POOL assigned-port 2222
	service add web address $VIP proto tcp port 80 pool web4
	server add web 10.1.1.2:80
END
in_gateway ip addr add 203.0.113.7/32 dev lo
client_addresses 1

# Three that last: a download by the VM, one over IPv6, one of a client; and a
# talk that is silent meanwhile, as that of a terminal.
fetch_slowly() { in_client curl -sS --limit-rate "$rate" -o "$scratch/$1" "${@:2}"; }
fetch_slowly got4 http://10.1.1.2/file &
downloads=$!
fetch_slowly got6 'http://[fd00:1:1::2]/file' &
downloads="$downloads $!"
fetch_slowly gotv --interface "$(client_address 0)" "http://$VIP/file" &
downloads="$downloads $!"
start_talk
echo before >&"$keys"
check "a talk" wait_for 60 says before
under_way() {
	[ -s "$scratch/got4" ] && [ -s "$scratch/got6" ] && [ -s "$scratch/gotv" ]
}
check "downloads are under way" wait_for 20 under_way

flows() {
	psj '.[] | [.service, .vm, .proto, .client, .client_port, .pool_address,
		.assigned_port, .server, .server_port, .inbound] | map(tostring) |
		join(" ")' session show | sort
}
owners() {
	psj '.[] | select(.owner and (.state == "active" or .in_use > 0)) | range(.first; .last; 64) as $first |
		"\(.address) \($first) \(.owner)"' range show | sort
}
# Packets have to wait outside while nobody knows them.
stop_packets
flows=$(flows) owners=$(owners)
ps_ save >"$scratch/config"
ps_ save state >"$scratch/state"
rmmod portsteer && insmod "$PSTEER_MODULE"
check "the module is loaded anew, and empty" [ "$(ps_ -j vm show)" = "[]" ]
check "the state is restored" ps_ restore "$scratch/state"
check_is "the same sessions" "$flows" "$(flows)"
# What is spare may go at any time; what a quiet VM has at least may not.
owners >"$scratch/owners"
check_is "no other ranges" "" "$(comm -13 <(echo "$owners") "$scratch/owners")"
check "the quiet VM's are the same" \
	grep -qx "$(grep ' blue$' <<<"$owners")" "$scratch/owners"
check_is "the same configuration" "$(sed 's/^#.*//' "$scratch/config")" \
	"$(ps_ save | sed 's/^#.*//')"
let_packets_go

echo after >&"$keys"
check "the talk goes on" wait_for 30 says after
# Not in check, whose subshell has no children.
ended=0
for pid in $downloads; do
	wait "$pid" && ended=$((ended + 1))
done
check_is "the downloads end" 3 "$ended"
check "whole, over IPv4" cmp "$scratch/www/file" "$scratch/got4"
check "over IPv6" cmp "$scratch/www/file" "$scratch/got6"
check "and through the virtual address" cmp "$scratch/www/file" "$scratch/gotv"
check "new sessions of the VM have ports of its own" \
	in_client curl -s -o /dev/null http://10.1.1.2/
exec {keys}>&-

# refused_whole LINE SENTENCE: appended to a file that fits
refused_whole() {
	rmmod portsteer && insmod "$PSTEER_MODULE"
	{ cat "$scratch/state"; echo "$1"; } >"$scratch/bad"
	refused "$2" ps_ restore "$scratch/bad" &&
	[ "$(ps_ -j pool show)$(ps_ -j vm show)$(ps_ -j session show)" = "[][][]" ]
}
range="range add pool nat4 address $POOL"
check "a range that is not in its pool" refused_whole \
	"range add pool nat4 address 203.0.113.99 ports 2048-2111 owner-type vm owner red" \
	"pool nat4 does not have port 2048 there"
check "one that is not whole blocks" refused_whole \
	"$range ports 2048-2110 owner-type vm owner red" "not whole blocks of 64"
check "one that another has" refused_whole "$(grep -m1 "^range.*owner red$" \
	"$scratch/state" | sed 's/owner red$/owner blue/')" "not free"
check "a session of a port in use" refused_whole "$(grep -m1 '^session add vm red ' \
	"$scratch/state" | sed 's/client-port [0-9]*/client-port 9/')" "in use already"
check "a session of no vm" refused_whole "$(grep -m1 '^session add vm red ' \
	"$scratch/state" | sed 's/vm red/vm x/')" "there is no vm x"

finish
