#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Health as the gateway sees it: a server that refuses or is silent gets no
# more sessions, a silent one's are steered anew, one that is back gets some
# again; where most servers fail health is not heeded.
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
ps_ config set slow-start 0 health-failures 3 health-retry 10m
web_service
start_connections
healthy() { [ "$(psj '.[].healthy' server show web "10.1.$1.2:80")" = "$2" ]; }
# One connection after the other: how many were answered, what went wrong
many() { conn cycle "$1" "$VIP" 10.0.0.2; }

check_is "all well" "open=0 answered=12" "$(many 12)"

stop_nginx 1
wait_for 60 test ! -e "$scratch/nginx-1/pid"
# Each refusal makes it less likely to be chosen.
refuses() { many 20; healthy 1 false; }
check "a server that refuses is found unhealthy" wait_for 60 refuses
check_is "after three failures" 3 \
	"$(psj '.[].failed' server show web 10.1.1.2:80)"
check_is "and explained" health "$(psj '.[0].reason' explain web client 10.0.0.2)"
check_is "no client fails any more" "open=0 answered=40" "$(many 40)"
start_nginx 1
# A change of state makes a new start.
ps_ server set web 10.1.1.2:80 state drain
ps_ server set web 10.1.1.2:80 state up
check "set up again it is healthy" healthy 1 true

ps_ config set health-retry 5s
web_input 2 drop
# Where connections are slow to begin, it is avoided before three have met it.
crowd=$(for i in $(seq 30); do echo 10.0.0.2; done)
meets_silence() {
	conn cycle 1 "$VIP" $crowd >>"$scratch/met"
	healthy 2 false
}
check "a server that is silent is found unhealthy" wait_for 120 meets_silence
check_is "and fails nobody" "open=0 answered=30" "$(sort -u "$scratch/met")"
check "its sessions were steered anew" test "$(counter session_resteered)" -ge 3
check "the trial now and then fails nobody" \
	test "$(many 10)" = "open=0 answered=10"
# One client alone: the others are there again when it repeats its SYN.
for state in up drain; do
	printf "server set web 10.1.%d.2:80 state $state\n" 1 3
done >"$scratch/states"
ps_ server set web 10.1.2.2:80 state drain
ps_ server set web 10.1.2.2:80 state up
tail -n 2 "$scratch/states" | ps_ restore
ps_ session flush state opening >/dev/null
is_opening() { [ "$(psj length session show state opening server 10.1.2.2)" = 1 ]; }
wait_for 60 is_opening && head -n 2 "$scratch/states" | ps_ restore &
check_is "a lone client's SYN is steered anew when it is repeated" \
	"open=0 answered=1" "$(many 1)"
wait $!
web_input 2
back() { many 5; healthy 2 true; }
check "a trial finds that it is back" wait_for 60 back

check_is "no panic till now" 0 "$(counter panic)"
ps_ config set health-retry 10m
stop_nginx 1
stop_nginx 2
gone() { [ ! -e "$scratch/nginx-1/pid" ] && [ ! -e "$scratch/nginx-2/pid" ]; }
wait_for 60 gone
both_fail() { many 10; healthy 1 false && healthy 2 false; }
check "two servers of three fail" wait_for 60 both_fail
check_is "then health is not heeded" "panic panic null" \
	"$(psj 'map(.reason) | map("\(.)") | join(" ")' explain web client 10.0.0.2)"
before=$(counter panic)
many 10 >/dev/null
check "which is counted" test "$(counter panic)" = $((before + 10))

finish
