#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# argmax gives each new session to the server that explain says is the best,
# whatever has changed: reports, weights, states, limits, who has never reported.
SERVERS=5
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
client_addresses 1
client=$(client_address 0)
# Reports count for the whole test.
ps_ config set port-range-size 64 port-range-max 64 prediction-horizon 60s
web_service select argmax
start_connections
best() { psj '.[] | select(.best) | .server' explain web client "$client"; }

sessions() { psj '.[] | "\(.client_port) \(.server)"' session show | sort; }

# follows WHAT: one more connection goes to the best of now
open=0
follows() {
	local best

	best=$(best)
	open=$((open + 1))
	sessions >"$scratch/before"
	check_is "$1: a connection" "open=$open answered=0" \
		"$(conn open 1 "$VIP" "$client")"
	check_is "$1: goes to the best" "$best" \
		"$(sessions | comm -13 "$scratch/before" - | cut -d' ' -f2)"
}

follows "nobody has reported"
ps_ server report web 10.1.3.2:80 load 10%
follows "one has reported a low load"
check_is "it" 10.1.3.2 "$(best)"
ps_ server report web 10.1.3.2:80 load 90%
follows "then a high one"
for i in 1 2 4; do
	ps_ server report web "10.1.$i.2:80" load $((30 + 10 * i))% capacity $((10 * i))
done
follows "all but one have reported"
ps_ service set web weights 1,0,0
follows "only the load counts"
check_is "the lowest" 10.1.1.2 "$(best)"
ps_ service set web weights 0,1,0
follows "only the capacity counts"
check "another" [ "$(best)" != 10.1.1.2 ]
ps_ service set web inherit
ps_ config set weight-load 0 weight-capacity 0 weight-ports 1 select argmax
follows "only the ports count, by the config"
follows "and count again"
ps_ config set weight-load 0.4 weight-capacity 0.5 weight-ports 0.1
ps_ server report web 10.1.5.2:80 load 0% capacity 100
follows "the last one is idle"
check_is "the last" 10.1.5.2 "$(best)"
ps_ server set web 10.1.5.2:80 state drain
follows "the best one drains"
ps_ server set web 10.1.5.2:80 state up max 1
follows "it is at its limit"
ps_ server set web 10.1.5.2:80 max 0
ps_ server del web 10.1.2.2:80
follows "another one is gone"
check_is "the last again" 10.1.5.2 "$(best)"

finish
