#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tracepoints say what the tool shows, and the page tracing what it says to type.
# They go on and off only while no packet passes: a processor may hang in what the
# kernel patches, see vm/guest/init.
SERVERS=2
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_documents.sh"

tracing=/sys/kernel/tracing
if [ ! -d $tracing ]; then
	echo "1..0 # SKIP the kernel has no trace events"
	exit
fi
mountpoint -q $tracing || mount -t tracefs tracefs $tracing
setup
start_nginxes
client_addresses 1
red=$(client_address 0)
ps_ restore <<-END
	config set port-range-size 64 client-idle 1s range-idle 1s
	pool add pool4 address $POOL hold 1s
	pool add pool6 address $POOL6
	service add web address $VIP proto tcp port 80 pool pool4 weights 1,0,0 select argmax
	service add web6 address $VIP6 proto tcp port 80 pool pool6
	server add web 10.1.1.2:80
	server add web 10.1.2.2:80
	server add web6 [fd00:1:1::2]:80
	vm add red address $red pool pool4 min 64
END
ps_ server report web 10.1.1.2:80 load 25%
ps_ server report web 10.1.2.2:80 load 50%

switch() { echo "$1" >$tracing/events/portsteer/enable; }
# seen EVENT: its fields, in order, of this gateway
netns=$(in_gateway stat -Lc %i /proc/self/ns/net)
seen() { sed -n "s/.*: $1: \(.*\) netns=$netns\$/\1/p" $tracing/trace; }
has() { [[ $(seen "$1") =~ $2 ]]; }
sees() { check "$1" wait_for 30 has "$2" "$3"; }

: >$tracing/trace
switch 1
fetch_times 3 >"$scratch/answers"
fetch6 >"$scratch/answers6"
in_client curl -s --interface "$red" http://10.1.2.2/ >"$scratch/answer-red"
ends='def at(a; p): (if a | contains(":") then "[\(a)]" else a end) + ":\(p)";
	"\(if .vm then "vm=\(.vm)" else "service=\(.service)" end) proto=\(.proto) client=\(at(.client; .client_port)) pool=\(at(.pool_address; .assigned_port)) server=\(at(.server; .server_port))"'
shown=$(psj ".[] | $ends" session show | sort)
check_is "five sessions are created" 5 "$(wc -l <<<"$shown")"
check_is "and each traced as the tool shows it" "$shown" \
	"$(seen session_create | sort)"
explained=$(psj '.[] | select(.best) |
	"server=\(.server):\(.port) mode=\(.select) why=score score=\(.score * 10000) load=\(.load * 100)"' \
	explain web client 10.0.0.2)
check_is "each choice, with the score that explain shows" \
	"3 service=web client=10.0.0.2 $explained" \
	"$(seen server_choice | grep -F 'service=web ' |
		sed 's/ capacity=.*//' | uniq -c | xargs)"
check_is "each range, as the tool shows it" \
	"$(psj '.[] | "pool=\(.pool) ip=\(.address) first=\(.first) last=\(.last) owner_type=\(.owner_type) owner=\(.owner) what=grown"' \
		range show owner 10.0.0.2)" \
	"$(seen range_change | grep -F ' owner=10.0.0.2 ' | sed 's/ in_use=.*//')"

shown=$(psj ".[] | \"\($ends) reason=flushed state=\(.state) packets=\(.packets) bytes=\(.bytes)\"" \
	session show | sort)
pause 1
ps_ session flush >"$scratch/flushed"
check_is "what is flushed says so, with state, packets and bytes" "$shown" \
	"$(seen session_end | sed 's/ lived_ms=[0-9]*//' | sort)"
check "and has lived for as long as it has" awk -F 'lived_ms=' \
	'{n += $2 + 0 >= 1000 && $2 + 0 < 60000} END {exit n != 5}' \
	<<<"$(seen session_end)"
sees "the client's range is held" range_change "owner=10.0.0.2 what=held in_use=0"
sees "and freed" range_change "owner_type=none owner=- what=freed in_use=0"

ps_ config set timeout-tcp-closing 1s timeout-tcp-time-wait 1s
fetch >"$scratch/answer"
sees "a session that is closed expires" session_end \
	"reason=expired state=(time-wait|closing)"
in_client curl -s --interface "$red" http://10.1.2.2/ >"$scratch/answer-red"
ps_ vm del red
sees "those of a VM are removed with it" session_end "vm=red .* reason=removed"
start_connections
conn open 1 "$VIP" 10.0.0.2 >"$scratch/opened"
states() { printf 'server set web 10.1.%d.2:80 state %s\n' 1 "$1" 2 "$1" | ps_ restore; }
states down
conn ask >"$scratch/asked"
sees "that of a server that is down ends with its next packet" session_end \
	"service=web .* reason=server-down"
states up
is_quiet() { [ "$(ps_ session show)" = "" ] && [ "$(psj length client show)" = 0 ]; }
check "nothing is left" wait_for 60 is_quiet
switch 0
: >$tracing/trace
fetch >"$scratch/answer"
check "nothing is told while nobody watches" wait_for 60 is_quiet
check_is "of that" "" "$(seen '[a-z_]*')"

# The page. Whenever its command sleeps it watches, and something happens.
machine gateway
on gateway "mount -t tracefs tracefs $tracing"
sleeps() { pgrep -xf '(/usr/bin/)?sleep 10'; }
while wait_for 120 sleeps; do
	fetch_times 3
	while sleeps; do pause 0.5; done
done >"$scratch/busy" 2>&1 &
busy=$!
disown
# watched COMMAND: what shows something shows the client or the service, and of what
# has a filter something is left
watched() {
	local said
	said=$(on gateway "$1" 2>&1) || { echo "$said"; return 1; }
	[[ $1 != cat* || $said = *session_create* ]] &&
		[[ ! $1 =~ ^(perf|bpftrace|cat) || $said =~ 10\.0\.0\.2|web ]]
}
check "the page can be followed" steps_of Documentation/tracing.md
while IFS= read -rd '' _ && IFS= read -rd '' _ && IFS= read -rd '' what &&
	IFS= read -rd '' _; do
	check "tracing.md: $what" watched "$what"
	check "nothing is left of that" wait_for 60 is_quiet
done <"$scratch/steps"
kill "$busy"

finish
