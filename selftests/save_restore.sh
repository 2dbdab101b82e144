#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What save prints restore reads: all of the configuration, byte for byte. A
# file with a bad line is refused by line, and nothing of it stays.
. "$(dirname "$0")/lib.sh"

setup
saved() { ps_ save | grep -v '^# portsteer configuration'; }
saved >"$scratch/empty"
cat >"$scratch/all" <<END
# every option, both families
config set port-range-size 128 port-range-max 2048 prediction-horizon 7500ms weight-load 0.1234 weight-capacity 100 weight-ports 0
config set select wrand slow-start 0 health-failures 0 health-retry 1m range-idle 90s client-idle 1h sessions-max 1000 clients-max 2000
config set weight-zone 0.75 range-adapt on
config set timeout-tcp-opening 1001ms timeout-tcp-established 5h timeout-tcp-closing 2m timeout-tcp-time-wait 3m timeout-udp 4m

pool add p4 address 203.0.113.1,203.0.113.9,203.0.113.5 ports 2000-40000 block 256 hold 1500ms
pool add p6 address $POOL6,2001:db8:2::ff
pool add any.name_of-31-characters--xxxx address 198.51.100.1 block 16 hold 0
service add follow address $VIP proto tcp port 80 pool p4	# a comment
service add own address $VIP proto udp port 80 pool p4 weights 0.25,0.0001,0 select argmax
service add six address $VIP6 proto tcp port 65535 pool p6 select p2c zone-weight 0 needs two,one emphasis app
service set follow needs gpu emphasis latency
server add follow 10.1.1.2:80
server add follow 10.1.2.2:81 max 77 zone east tags gpu,ssd state drain
server add six [fd00:1:1::2]:80 state down tags one
server add own 10.1.3.2:53 zone west
zone add 10.0.0.0/8 west
zone add 0.0.0.0/0 far
zone add fd00::/64 east
zone distance west far 50%
zone distance far east 12.34%
zone distance east far 30%
END
check "a file of all options" ps_ restore "$scratch/all"
saved >"$scratch/first"
check_is "is saved as so many lines" 16 "$(grep -c '^[a-z]' "$scratch/first")"
wipe() {
	ps_ session flush >/dev/null
	ps_ zone flush >/dev/null
	ps_ -j zone distance show | jq -r '.[] | "\(.from) \(.to)"' |
		while read -r pair; do ps_ zone distance del $pair; done
	for name in $(psj '.[].name' service show); do ps_ service del "$name"; done
	for name in $(psj '.[].name' pool show); do ps_ pool del "$name"; done
	ps_ restore <"$scratch/empty"
}
wipe
check "all deleted" diff "$scratch/empty" <(saved)
check "what was saved is restored" ps_ restore "$scratch/first"
check "and saved again is the same" diff "$scratch/first" <(saved)

# bad WHAT STATUS SAID LINE...: refused, and all is as it was
bad() {
	local what=$1 status=$2 said=$3 got
	shift 3
	printf '%s\n' "$@" >"$scratch/bad"
	ps_ restore "$scratch/bad" >"$scratch/said" 2>&1
	got=$?
	check_is "$what: exit status" "$status" "$got"
	check_is "$what: what is said" "$scratch/bad:$said" "$(cat "$scratch/said")"
	check "$what: nothing has changed" diff "$scratch/first" <(saved)
}
good=("config set slow-start 5s" "pool add n address 192.0.2.77"
	"service add n address 192.0.2.78 proto tcp port 1 pool n"
	"server add n 10.1.1.2:80" "server set follow 10.1.2.2:81 max 5 zone w tags t state up"
	"service set own inherit" "service set follow weights 1,2,3 select argmax needs x"
	"service set six needs x emphasis none zone-weight 1" "zone add 10.9.0.0/16 mid"
	"zone distance mid west 1%" "zone distance far east 100%")
bad "a word too many" 2 '12: "x" is unknown, service add takes: address, proto, port, pool, weights, select, zone-weight, needs, emphasis' \
	"${good[@]}" "service add z x y"
bad "no command for a file" 2 \
	'1: "pool del" is no command for a file: config set, model load, zone distance, add or set only' \
	"pool del p4" "${good[@]}"
bad "an unknown pool" 1 "12: there is no pool nil (attribute pool)" \
	"${good[@]}" "service add z address 192.0.2.79 proto tcp port 1 pool nil" \
	"pool add never address 192.0.2.99"
bad "something that is there already" 1 "12: pool n exists already (attribute name)" \
	"${good[@]}" "pool add n address 192.0.2.76"
bad "a server that is not there" 1 \
	"12: service follow has no such server (attribute server)" "${good[@]}" \
	"server set follow 10.9.9.9:1 state up"

check_is "of standard input it is said so" \
	"<stdin>:3: there is no service nil (attribute service)" \
	"$(printf '\n# x\nserver add nil 10.1.1.2:80\n' | ps_ restore 2>&1)"
check_refused "restoring what is there already" "exists already" \
	ps_ restore "$scratch/first"
check "changes nothing" diff "$scratch/first" <(saved)

# Who has only sent a SYN, and may be a forgery, is that after it, too.
wipe
web_service
for n in 1 2 3; do web_input "$n" drop; done
in_client hping3 -q -S -p 80 -a 10.0.7.7 -c 1 "$VIP" >/dev/null 2>&1
forged() { psj '.[] | select(.address == "10.0.7.7") | "\(.proven) \(.ports) \(.sessions)"' client show; }
check_is "a client that is not proven" "false 64 1" "$(forged)"
ps_ save state >"$scratch/state"
wipe
check_is "is gone" "" "$(forged)"
check "its session is restored" ps_ restore "$scratch/state"
check_is "it is still not proven" "false 64 1" "$(forged)"

finish
