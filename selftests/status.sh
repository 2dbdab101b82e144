#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The status part of portsteerd: metrics that promtool has nothing to say about, and a
# page that Chromium has nothing to say about. Visitors who misbehave are a matter of
# tool/test/status.py.
SERVERS=2
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_daemon.sh"

setup
start_nginxes
web_service
{
	echo "vm add red address 10.3.0.2 pool pool4 min 256"
	echo "vm add blue address 10.3.0.3 pool pool4"
} | ps_ restore
leave_ports
configure <<<"status: {}"
start_daemon
check "portsteerd answers" wait_for 60 get / -f

# --- metrics ----------------------------------------------------------------

fetch_times 20 >/dev/null
ps_ server report web 10.1.1.2:80 load 12.5%
check "promtool has nothing to say of the metrics" \
	eval 'get /metrics | promtool check metrics'
check_is "and knows when there is something" 3 \
	"$(get /metrics | sed 's/^# HELP portsteer_pool_vms .*//' |
		promtool check metrics >/dev/null 2>&1; echo $?)"
server='service="web",server="10.1.1.2:80"'
# A second later nobody sees an older picture.
fresh() { [ "$(metric "$1")" = "$2" ]; }
check "load in shares of one" wait_for 30 \
	fresh "portsteer_server_load_ratio{$server}" 0.125
check "what server show says is there" wait_for 30 \
	fresh "portsteer_server_sessions_created_total{$server}" \
	"$(psj '.[0].created' server show web 10.1.1.2:80)"
check_is "the score" "$(psj '.[].capacity_score' server show web 10.1.1.2:80)" \
	"$(metric "portsteer_server_capacity_score{$server}")"
check_is "its state among all" "1 0 0" \
	"$(for state in up drain down; do
		metric "portsteer_server_state{$server,state=\"$state\"}"
	   done | xargs)"
check "a server that never reported has no load" \
	test -z "$(metric 'portsteer_server_load_ratio{service="web",server="10.1.2.2:80"}')"
check_is "ports of a VM" 256 "$(metric 'portsteer_vm_ports_held{vm="red"}')"
check_is "blocks of a pool, whatever they are" \
	"$(psj '.[].blocks' pool show pool4)" \
	"$(get /metrics |
		awk '/^portsteer_pool_blocks{pool="pool4"/ {n += $2} END {print n}')"
check_is "counters" "$(counter session_created)" \
	"$(metric 'portsteer_events_total{event="session_created"}')"

series() { get /metrics | grep -c '^portsteer'; }
before=$(series)
client_addresses 20
for i in $(seq 0 19); do
	fetch --interface "$(client_address "$i")"
done >/dev/null
check "clients come" wait_for 30 \
	fresh 'portsteer_pool_clients{pool="pool4"}' 21
check_is "and bring no series of their own" "$before" "$(series)"

# --- the page ---------------------------------------------------------------

# What chromium says of the page itself, and what it has made of it.
browse() {
	in_gateway timeout 300 chromium-headless-shell --no-sandbox --disable-gpu \
		--user-data-dir="$scratch/chromium" --window-size=1200,1600 \
		--virtual-time-budget=6000 --enable-logging=stderr \
		--screenshot="$scratch/page.png" --dump-dom \
		http://127.0.0.1:7480/ \
		>"$scratch/dom" 2>"$scratch/said"
	grep CONSOLE "$scratch/said" >"$scratch/console"
}
answered() { metric 'portsteer_status_requests_total{result="answered"}'; }
before=$(answered)
browse
check_is "the page has nothing to complain of" "" "$(cat "$scratch/console")"
in_dom() { grep -qF -- "$1" "$scratch/dom"; }
check "it shows the servers" in_dom "10.1.2.2:80</th>"
check "the pool address, and who has ports there" \
	grep -qE '<code>203.0.113.1</code>.*class="client".*' "$scratch/dom"
check "the VMs" in_dom '>red</th>'
check "capacity scores as a line" \
	grep -qE '<path class="line c0" d="M[0-9.]+ [0-9.]+h0L' "$scratch/dom"
check "it was drawn" grep -q PNG <(head -c 8 "$scratch/page.png")
[ -z "${PSTEER_OUT:-}" ] || cp "$scratch/page.png" "$scratch/dom" "$PSTEER_OUT"
# Page, style, script, icon; the script reads the page again.
again() { [ "$(answered)" -ge $((before + 6)) ]; }
check "it reads itself anew" again
check_is "the same as JSON" "10.1.1.2:80 10.1.2.2:80" \
	"$(get /status.json | jq -r '.servers | map(.server) | join(" ")')"
check "with the last minutes" eval 'get /status.json |
	jq -e ".servers[0].history.sessions | length == 150 and last >= 0"'

finish
