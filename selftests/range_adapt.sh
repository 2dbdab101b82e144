#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Range size by what a client's sessions will need: arrival rate times mean
# duration, one horizon ahead. Ports are there before they are needed, and go when
# they are not.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
client_addresses 2
first=$(client_address 0) second=$(client_address 1)
ps_ config set port-range-size 16 prediction-horizon 60s \
	timeout-tcp-closing 20s timeout-tcp-time-wait 20s
ps_ pool add pool4 address "$POOL" block 16
ps_ service add web address "$VIP" proto tcp port 80 pool pool4
ps_ server add web 10.1.1.2:80
start_connections

of() { psj ".[] | $2" client show "$1"; }
check_is "off unless it is set" off "$(psj '.[].range_adapt' config show)"
check_is "connections that will last" "open=8 answered=0" "$(conn open 8 "$VIP" "$first")"
check_is "before one has ended nothing is known of them" "null 8" \
	"$(of "$first" '"\(.mean_duration_ms) \(.ports_expected)"')"
conn ask >/dev/null
conn close >/dev/null
check "they end" wait_for 90 eval '[ "$(of "$first" .sessions)" = 0 ]'
check_is "then their duration is known: 20 s and more" true \
	"$(of "$first" '.mean_duration_ms | . >= 20000 and . < 60000')"
check_is "and the rate at which they come" true \
	"$(of "$first" '.arrival_rate | . > 0 and . < 1')"

check_is "thirty at once" "open=30 answered=0" "$(conn open 30 "$VIP" "$first")"
# At once: what is expected gets less with every second in which none comes.
check_is "off: the range is what thirty need, though more are expected" "48 true" \
	"$(of "$first" '"\(.ports) \(.ports_expected > .ports_in_use)"')"
conn ask >/dev/null
conn close >/dev/null

ps_ config set range-adapt on
check_is "another client" "open=8 answered=0" "$(conn open 8 "$VIP" "$second")"
conn ask >/dev/null
conn close >/dev/null
check "whose connections end" wait_for 90 eval \
	'[ "$(of "$second" .sessions)" = 0 ]'
check_is "thirty at once" "open=30 answered=0" "$(conn open 30 "$VIP" "$second")"
check_is "on: its range has room for what is expected" true "$(of "$second" \
	'.ports > 48 and .ports >= .ports_expected')"
size=$(of "$second" .ports)
check_is "as many more" "open=$((size - 16)) answered=0" \
	"$(conn open $((size - 46)) "$VIP" "$second")"
check_is "find their ports there" 0 "$(counter no_port)"
conn ask >/dev/null
conn close >/dev/null
ps_ config set range-idle 1s
check "without sessions the ranges shrink to their first size" wait_for 90 eval \
	'[ "$(psj "map(.ports) | max" client show)" = 16 ]'

finish
