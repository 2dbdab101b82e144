#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Servers without our agent: node_exporter scraped, agent-check asked. What they say
# becomes load, capacity and state; those that hang, talk nonsense or too much are
# counted, complained of once, and left alone for a while.
SERVERS=3
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_daemon.sh"

setup
web_service
ps_ service add other address "$VIP" proto tcp port 81 pool pool4
printf 'server add other 10.1.%d.2:81\n' 1 2 3 | ps_ restore

# It reads /sys, too.
ip netns exec "server1-$suffix" prometheus-node-exporter --web.listen-address=10.1.1.2:9100 \
	--log.level=error 2>"$scratch/exporter" &
disown
# says N PORT FILE: an agent on server N that answers with what is in the file
says() {
	in_server "$1" socat "TCP-LISTEN:$2,fork,reuseaddr" "SYSTEM:cat $3" &
	disown
}
echo "75%" >"$scratch/agent2"
says 2 9707 "$scratch/agent2"
echo "down#on fire" >"$scratch/agent3"
says 3 9707 "$scratch/agent3"

leave_ports
configure <<END
status: {}
scrape:
  - {service: web, server: "10.1.1.2:80", url: "http://10.1.1.2:9100/metrics", interval: 1s, timeout: 20s}
agent-check:
  - {service: web, server: "10.1.2.2:80", address: "10.1.2.2:9707", interval: 1s, set-state: yes}
  - {service: web, server: "10.1.3.2:80", address: "10.1.3.2:9707", interval: 1s}
END
start_daemon

# server N KEY: of service web
server() { psj ".[0].$2" server show web "10.1.$1.2:80"; }
is() { [ "$(server "$1" "$2")" = "$3" ]; }

# --- node_exporter ----------------------------------------------------------

reported() { [ "$(server 1 reports)" -ge "$1" ]; }
check "a server with node_exporter reports" wait_for 120 reported 2
for what in cpu memory network; do
	check "its $what" test "$(server 1 $what)" != null
done
total=$(awk '/^MemTotal/ {total = $2} /^MemAvailable/ {free = $2}
	END {print int(100 - 100 * free / total)}' /proc/meminfo)
close() { awk -v a="$1" -v b="$2" 'BEGIN {exit !(a - b < 10 && b - a < 10)}'; }
check "memory as the machine's own files have it" \
	close "$(server 1 memory)" "$total"
busy() { awk -v a="$(server 1 load)" -v b="$1" 'BEGIN {exit !(a > b)}'; }
hogs=()
for _ in 1 2 3 4; do
	ip netns exec "server1-$suffix" sh -c 'while :; do :; done' &
	hogs+=($!)
	disown
done
check "its load rises when its processors are busy" wait_for 120 busy 90
kill "${hogs[@]}"
calm() { ! busy 85; }
check "and falls when they are not" wait_for 120 calm

# --- agent-check ------------------------------------------------------------

check "a weight is a capacity" wait_for 60 is 2 capacity_score 75
check "and what is left of it is load" is 2 load 25
echo "drain" >"$scratch/agent2"
check "drain, where the configuration allows it" wait_for 60 is 2 state drain
echo "up 60% maxconn:40" >"$scratch/agent2"
check "and back" wait_for 60 is 2 state up
check "maxconn is the session limit" wait_for 60 is 2 max 40
check "with a new weight" wait_for 60 is 2 load 40
ps_ server set web 10.1.2.2:80 state drain
before=$(server 2 reports)
went_on() { [ "$(server 2 reports)" -gt $((before + 2)) ]; }
check "reports go on" wait_for 60 went_on
check "what the operator has set is the operator's" is 2 state drain
echo "stopped#for the night" >"$scratch/agent2"
check "but what is worse counts" wait_for 60 is 2 state down
check "and is said, with the agent's own words" \
	grep -q 'set down, as its agent says: for the night' "$scratch/log"
ps_ server del web 10.1.2.2:80
ps_ server add web 10.1.2.2:80
check "also for a server that was added anew" wait_for 60 is 2 state down

ignored='portsteer_agent_check_ignored_total{service="web",server="10.1.3.2:80"}'
ignored() { is 3 state up && [ "$(metric "$ignored")" -gt 1 ]; }
check "down, where it is not allowed, is only counted" wait_for 60 ignored

# --- those who misbehave ----------------------------------------------------

mkdir -p "$scratch/www"
start_nginx 3
head -c 3000000 /dev/zero | tr '\0' '#' >"$scratch/www/long"
echo '<html>metrics?</html>' >"$scratch/www/page"
echo 'portsteer_server_load 1' >"$scratch/www/other"
says_for_ever() {
	in_server "$1" socat -U "TCP-LISTEN:$2,fork,reuseaddr" "$3" &
	disown
}
in_server 3 socat TCP-LISTEN:9101,fork,reuseaddr SYSTEM:'sleep 1000' &
disown
says_for_ever 3 9102 /dev/zero
yes 'too many words' | head -n 100 | tr '\n' ' ' >"$scratch/words"
says 3 9103 "$scratch/words"
echo "what?" >"$scratch/what"
says 3 9104 "$scratch/what"
bad() {
	printf '  - {service: %s, server: "10.1.%d.2:%d", %s, interval: 200ms, timeout: %s}\n' \
		"$1" "$2" "$3" "$4" "${5:-20s}"
}
# failed PART SERVICE SERVER REASON: twice at least
failed() {
	[ "$(metric "portsteer_$1_failures_total{service=\"$2\",server=\"$3\",reason=\"$4\"}")" -ge 2 ]
}
fails() { check "$1" wait_for 90 failed "${@:2}"; }
complaints() {
	grep -E "(scrape|agent-check): 10.1.$2 of service $1: " "$scratch/log" |
		grep -c "$3"
}

# One kind after the other: of more than ten complaints at once the log leaves some out.
configure <<END
status: {}
scrape:
$(bad web 1 80 'url: "http://10.1.3.2:9101/metrics"' 1s)
$(bad web 2 80 'url: "http://10.1.3.2/long"')
$(bad web 3 80 'url: "http://10.1.3.2/page"')
$(bad other 1 81 'url: "http://10.1.3.2/other"')
$(bad other 2 81 'url: "http://10.1.3.2/absent"')
$(bad other 3 81 'url: "http://10.1.3.2:9/metrics"')
END
reload "the configuration is reloaded"
fails "an exporter that hangs" scrape web 10.1.1.2:80 timeout
fails "one that says too much" scrape web 10.1.2.2:80 size
fails "one that is none" scrape web 10.1.3.2:80 answer
fails "one of something else" scrape other 10.1.1.2:81 answer
fails "one that has no metrics there" scrape other 10.1.2.2:81 answer
fails "one that is not there" scrape other 10.1.3.2:81 connect
exporters() {
	complaints web 1.2:80 'http.*9101/metrics gives no answer in time'
	complaints web 2.2:80 'http.*more than 1048576 bytes'
	complaints web 3.2:80 'http.*not in Prometheus'
	complaints other 1.2:81 'http.*has no node_cpu_seconds_total'
	complaints other 2.2:81 'http.*answers with status 404'
	complaints other 3.2:81 'http.*cannot be asked: Couldn'
}
check_is "each exporter is complained of once" "1 1 1 1 1 1" \
	"$(exporters | paste -sd' ')"
check "promtool has nothing to say of their metrics" \
	eval 'get /metrics | promtool check metrics'

configure <<END
status: {}
agent-check:
$(bad web 1 80 'address: "10.1.3.2:9101"' 1s)
$(bad web 2 80 'address: "10.1.3.2:9102"')
$(bad web 3 80 'address: "10.1.3.2:9103"')
$(bad other 1 81 'address: "10.1.3.2:9104"')
$(bad other 2 81 'address: "10.1.3.2:9"')
END
reload "the configuration is reloaded"
fails "an agent that hangs" agent_check web 10.1.1.2:80 timeout
fails "one that never ends its line" agent_check web 10.1.2.2:80 size
fails "one with a line too long" agent_check web 10.1.3.2:80 size
fails "one that talks of something else" agent_check other 10.1.1.2:81 answer
fails "one that is not there" agent_check other 10.1.2.2:81 connect
agents() {
	complaints web 1.2:80 '9101 gives no answer in time'
	complaints web 2.2:80 '9102 gives a line of more than 256'
	complaints web 3.2:80 '9103 gives a line of more than 256'
	complaints other 1.2:81 '9104 gives an answer that has a word'
	complaints other 2.2:81 '10.1.3.2:9 cannot be asked: Connection refused'
}
check_is "each agent is complained of once" "1 1 1 1 1" "$(agents | paste -sd' ')"
check "promtool has nothing to say of their metrics" \
	eval 'get /metrics | promtool check metrics'
check "memory stays small" test \
	"$(awk '/^VmRSS/ {print $2}' "/proc/$daemon/status")" -lt 40000
echo "44%" >"$scratch/what"
well() { [ "$(psj '.[0].load' server show other 10.1.1.2:81)" = 56 ]; }
check "one that comes to its senses is heard again" wait_for 120 well
check "which is said" grep -q '10.1.1.2:81 of service other answers well again' "$scratch/log"

finish
