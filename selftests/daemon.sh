#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# portsteerd on a gateway: reports of agents get into the module and ranges back to
# them, a reload keeps connections, the module may go and come under it, and the
# log of blocks tells everything, or how much it does not.
SERVERS=1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_daemon.sh"

setup
give ca
give gateway g1
give vm red
give server 10.1.1.2
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
		tls_section gateway-g1
		echo "agents: {listen: '10.0.0.1:7443', interval: 100ms, silence: 30m}"
		printf '%s\n' "$@"
	} | configure
}
blocks_section() { echo "blocks: {file: $1}"; }

# --- the module comes under it ----------------------------------------------

rmmod portsteer
sections
start_daemon
check "it starts without the module" pd daemon show
check "and says so" daemon_said "the portsteer module is not loaded: waiting for it"
insmod "$PSTEER_MODULE"
module() { [ "$(pdj '.[].module' daemon show)" = "$1" ]; }
check "it finds the module when it is loaded" wait_for 30 module true
configuration

# --- agents -----------------------------------------------------------------

type_agent red vm-red
hello red vm:red
check "an agent is welcome" wait_for 30 told red 'select(.type == "welcome") | true'
ports='select(.type == "ranges") | [.ranges[] | .last - .first + 1] | add'
check "and is told its ranges" wait_for 30 told red "$ports == 64"
say red '{"type": "report", "sequence": 1, "for": "vm:red", "pps": 812, "bandwidth": 103000, "connections": 40}'
reports() { [ "$(psj '.[] | "\(.reports) \(.connections)"' vm show red)" = "$*" ]; }
check "what it reports is with the module" wait_for 30 reports 1 40
ps_ vm set red min 512
check "its ranges grow, and it is told" wait_for 30 told red "$ports >= 512"

type_agent web server-10.1.1.2
hello web server:10.1.1.2
say web '{"type": "report", "sequence": 1, "for": "server:10.1.1.2", "cpu": 0.41, "memory": 0.2, "network": 0.05, "retransmits": 0.001, "latency_us": 900, "errors": 0.0, "app": 0.3, "connections": 7}'
# The servers by their ports, and what they are known to do.
cpus() { psj 'map("\(.port) \(.cpu)") | sort | join(", ")' server show; }
all_report() { [ "$(cpus)" = "80 41, 81 41, 81 null" ]; }
check "a server reports for all that have its address" wait_for 30 all_report
ps_ server add more 10.1.1.2:82
say web '{"type": "report", "sequence": 2, "for": "server:10.1.1.2", "cpu": 0.5}'
newest() { [ "$(psj '.[] | select(.port == 82).cpu' server show)" = 50 ]; }
check "also for one that came later" wait_for 30 newest

type_agent liar vm-red
hello liar vm:blue
check "who speaks for another is refused" wait_for 30 told liar \
	'select(.type == "refused") | .why == "the certificate does not allow to speak for vm:blue"'
check "which is said once" wait_for 30 daemon_said "allow to speak for vm:blue"

# --- a reload, and the log of blocks ----------------------------------------

log=$scratch/blocks
sections "$(blocks_section "$log")"
check "a reload with one part more" reload "the configuration is reloaded"
say red '{"type": "report", "sequence": 2, "for": "vm:red", "pps": 813, "connections": 41}'
check "connections go on" wait_for 30 reports 2 41
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
none_held() { [ "$(psj 'map(select(.state == "held")) | length' range show)" = 0 ]; }
wait_for 60 none_held
mark mark-a
{
	for n in $(seq 100); do echo "vm add v$n address 10.8.0.$n pool nat4"; done
	for n in $(seq 100); do echo "vm set v$n min 128"; done
} | ps_ restore
mv "$log" "$log.1"
kill -USR1 "$daemon"
for n in $(seq 50); do ps_ vm del "v$n"; done
wait_for 30 test -e "$log"
for n in $(seq 51 100); do ps_ vm del "v$n"; done
wait_for 60 none_held
mark mark-z
# What happened from one mark to the other. What happens at once has no order.
between() {
	jq -c '{event, pool, address, first, last, owner_type, owner, state}' "$@" |
		sed -n '/"mark-a"/,/"mark-z"/p' | sort
}
wait_for 30 has '.owner == "mark-z"'
wait_for 30 grep -q '"mark-z"' "$scratch/monitor"
between "$scratch/monitor" >"$scratch/seen"
between "$log.1" "$log" >"$scratch/logged"
check "monitor has seen a lot" test "$(wc -l <"$scratch/seen")" -ge 250
check "the log says the same, through logrotate too" \
	diff "$scratch/seen" "$scratch/logged"
check "with a time each" jq -es \
	'all(.time | test("^20[0-9-]+T[0-9:.]+[+-][0-9:]+$"))' "$log"

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

# --- the module goes and comes under it -------------------------------------

check "the module goes under it" rmmod portsteer
check "which it knows" wait_for 30 module false
say red '{"type": "report", "sequence": 3, "for": "vm:red", "pps": 814}'
insmod "$PSTEER_MODULE"
check "it comes again" wait_for 30 module true
check "which the log of blocks has" wait_for 30 has '.event == "gap"'
configuration
check "agents are told anew" wait_for 30 told red "$ports == 64"
say red '{"type": "report", "sequence": 4, "for": "vm:red", "pps": 815, "connections": 43}'
check "and are heard" wait_for 30 reports 1 43
goes_on() { sed '1,/"gap"/d' "$log" | jq -es 'any(.owner == "red")'; }
check "the log goes on" wait_for 30 goes_on

# --- and is loaded anew with all that it has --------------------------------

# Without the line that tells when.
saved() { ps_ save | sed 1d; }
before=$(saved)
check "the module is loaded anew by one command" portsteer reload "$PSTEER_MODULE"
check_is "with all that it had" "$before" "$(saved)"
check "it knows the new one" wait_for 30 daemon_said "module is loaded anew"
say red '{"type": "report", "sequence": 5, "for": "vm:red", "pps": 816, "connections": 44}'
connected() { [ "$(psj '.[].connections' vm show red)" = "$1" ]; }
check "which hears its agents" wait_for 30 connected 44
mark anew
check "and tells of blocks" wait_for 30 has '.owner == "anew"'
check "it stops when it is told to" stop_daemon
check_is "and is done with its log" end "$(jq -rs 'last.event' "$log")"
umount "$scratch/small"

finish
