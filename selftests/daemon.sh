#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# portsteerd on a gateway: reports of agents get into the module and ranges back to
# them, a reload keeps connections, the module may go and come under it, and the
# log of blocks tells everything, or how much it does not.
SERVERS=1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_daemon.sh"

setup
authority
certificate gateway gateway:g1
certificate red vm:red
certificate web server:10.1.1.2
mkdir "$scratch/small"
mount -t tmpfs -o size=64k none "$scratch/small"

configuration() {
	ps_ restore <<-END
		pool add nat4 address $POOL hold 1s
		vm add red address 10.0.0.2 pool nat4
		service add web address $VIP proto tcp port 80 pool nat4
		service add more address $VIP proto tcp port 81 pool nat4
		server add web 10.1.1.2:80
		server add more 10.1.1.2:81
		server add more 10.1.1.3:81
	END
}
# sections WORD...: the configuration, with these more
sections() {
	{
		tls_section gateway
		echo "agents: {listen: '[::]:7443', interval: 100ms}"
		printf '%s\n' "$@"
	} | configure
}
blocks_section() { echo "blocks: {file: $1}"; }

# --- the module comes under it ----------------------------------------------

rmmod portsteer
sections
check "it starts without the module" start_daemon
check "and says so" daemon_said "the portsteer module is not loaded: waiting for it"
insmod "$PSTEER_MODULE"
module() { [ "$(pdj '.[].module' daemon show)" = "$1" ]; }
check "it finds the module when it is loaded" wait_for 30 module true
configuration

# --- agents -----------------------------------------------------------------

type_agent red red
hello red vm:red
check "an agent is welcome" wait_for 30 told red 'select(.type == "welcome") | true'
ports='select(.type == "ranges") | [.ranges[] | .last - .first + 1] | add'
check "and is told its ranges" wait_for 30 told red "$ports == 64"
say red '{"type": "report", "sequence": 1, "for": "vm:red", "pps": 812, "bandwidth": 103000, "connections": 40}'
reported() { [ "$(psj '.[] | "\(.pps) \(.bandwidth_bytes // .bandwidth) \(.connections)"' vm show red)" = "812 103000 40" ]; }
check "what it reports is with the module" wait_for 30 reported
ps_ vm set red min 512
check "its ranges grow, and it is told" wait_for 30 told red "$ports >= 512"

type_agent web web
hello web server:10.1.1.2
say web '{"type": "report", "sequence": 1, "for": "server:10.1.1.2", "cpu": 0.41, "memory": 0.2, "network": 0.05, "retransmits": 0.001, "latency_us": 900, "errors": 0.0, "app": 0.3, "connections": 7}'
cpus() { psj 'map(.cpu // "none" | tostring) | join(" ")' server show; }
wait_for 30 eval '[[ $(cpus) == 0.41* ]]'
check_is "a server reports for all that have its address" "0.41 0.41 none" \
	"$(psj '[.[] | select(.address == "10.1.1.2"), select(.address != "10.1.1.2")] | map(.cpu // "none" | tostring) | join(" ")' server show)"
ps_ server add more 10.1.1.2:82
say web '{"type": "report", "sequence": 2, "for": "server:10.1.1.2", "cpu": 0.5}'
newest() { [ "$(psj '.[] | select(.port == 82).cpu' server show)" = 0.5 ]; }
check "also for one that came later" wait_for 30 newest

type_agent liar red
hello liar vm:blue
check "who speaks for another is refused" wait_for 30 told liar \
	'select(.type == "refused") | .why == "the certificate does not allow to speak for vm:blue"'
check "which is said once" daemon_said "allow to speak for vm:blue"

# --- a reload, and the log of blocks ----------------------------------------

log=$scratch/blocks
sections "$(blocks_section "$log")"
check "a reload with one part more" reload "the configuration is reloaded"
say red '{"type": "report", "sequence": 2, "for": "vm:red", "pps": 813}'
again() { [ "$(psj '.[].pps' vm show red)" = 813 ]; }
check "connections go on" wait_for 30 again
sections "$(blocks_section log)"
check "a bad one is refused with its place" \
	reload "portsteer.yaml:4:16: blocks.file \"log\" is not an absolute path"
check_is "and changes nothing" "daemon agents blocks" \
	"$(pdj '.[].parts | join(" ")' daemon show)"

has() { jq -es "any($1)" "$log"; }
check "the log begins with what is there" \
	wait_for 30 has '.event == "present" and .owner == "red" and .owner_type == "vm"'

in_gateway portsteer -j monitor range >"$scratch/monitor" &
disown
mark() {
	ps_ vm add "$1" address 10.9.9.9 pool nat4
	ps_ vm del "$1"
}
watched() { mark try; grep -q try "$scratch/monitor"; }
wait_for 60 watched
mark begin
{
	for n in $(seq 100); do echo "vm add v$n address 10.8.0.$n pool nat4"; done
	for n in $(seq 100); do echo "vm set v$n min 128"; done
} | ps_ restore
mv "$log" "$log.1"
kill -USR1 "$daemon"
for n in $(seq 50); do ps_ vm del "v$n"; done
wait_for 30 test -e "$log"
for n in $(seq 51 100); do ps_ vm del "v$n"; done
mark end
# What monitor has seen from one mark to the other, in its order.
between() {
	jq -c '{event, pool, address, first, last, owner_type, owner, state}' "$@" |
		sed -n '/"begin"/,/"end"/p'
}
wait_for 30 has '.owner == "end"'
wait_for 30 grep -q '"end"' "$scratch/monitor"
between "$scratch/monitor" >"$scratch/seen"
between "$log.1" "$log" >"$scratch/logged"
check "monitor has seen a lot" test "$(wc -l <"$scratch/seen")" -ge 300
check "the log says the same, through logrotate too" \
	diff "$scratch/seen" "$scratch/logged"
check "with a time each" has '.time | test("^20[0-9-]+T[0-9:.]+[+-][0-9:]+$")'

# --- a full disk ------------------------------------------------------------

log=$scratch/small/blocks
sections "$(blocks_section "$log")"
reload "the configuration is reloaded"
wait_for 30 has '.owner == "red"'
dd if=/dev/zero of="$scratch/small/filler" bs=1k 2>/dev/null
for n in $(seq 40); do echo "vm add v$n address 10.8.0.$n pool nat4"; done | ps_ restore
missed() { [ "$(pdj '.[].missed' blocks show)" -ge 1 ]; }
check "a full disk loses lines, which are counted" wait_for 30 missed
check "which is said" daemon_said "takes no more lines: No space left on device"
check_is "and shown" full "$(pdj '.[].state' blocks show)"
check "no line is half there" jq -e . "$log"
rm "$scratch/small/filler"
mark room
check "when there is room it goes on" wait_for 30 has '.owner == "room"'
check_is "and says how much is missing" "$(pdj '.[].missed' blocks show)" \
	"$(jq -s 'map(select(.event == "missed").lines) | add' "$log")"
check_is "it was said once" 1 "$(grep -c "takes no more lines" "$scratch/log")"

# --- more than it can take --------------------------------------------------

log=$scratch/blocks-2
sections "$(blocks_section "$log")"
reload "the configuration is reloaded"
ps_ pool add many address "$(seq -s, -f 198.51.100.%g 16)" hold 1s
many=12000
kill -STOP "$daemon"
for n in $(seq $many); do
	echo "vm add m$n address 10.$((100 + n / 62500)).$((n / 250 % 250)).$((n % 250 + 1)) pool many"
done | ps_ restore
kill -CONT "$daemon"
check "events that were lost leave a mark" wait_for 120 has '.event == "gap"'
listed() {
	jq -r 'select(.pool == "many") | "\(.address) \(.first) \(.owner)"' "$log" |
		sort -u >"$scratch/listed"
	[ "$(wc -l <"$scratch/listed")" -ge $many ]
}
check "what is there is listed then" wait_for 120 listed
psj '.[] | "\(.address) \(.first) \(.owner)"' range show pool many |
	sort -u >"$scratch/there"
check "all of it" diff "$scratch/there" "$scratch/listed"

# --- the module goes and comes under it -------------------------------------

check "the module goes under it" rmmod portsteer
check "which it knows" wait_for 30 module false
say red '{"type": "report", "sequence": 3, "for": "vm:red", "pps": 814}'
insmod "$PSTEER_MODULE"
check "it comes again" wait_for 30 module true
configuration
check "agents are told anew" wait_for 30 told red "$ports == 64"
say red '{"type": "report", "sequence": 4, "for": "vm:red", "pps": 815}'
anew() { [ "$(psj '.[].pps' vm show red)" = 815 ]; }
check "and are heard" wait_for 30 anew
check "the log goes on" wait_for 30 has '.owner == "red" and .event == "given"'
check "it stops when it is told to" stop_daemon
check_is "and is done with its log" end "$(jq -rs 'last.event' "$log")"
umount "$scratch/small"

finish
