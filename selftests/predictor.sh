#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2046 # words of loads
# The load predictor learns from what becomes of its forecasts, says how good they
# have been, is switched off while "same as now" would be better, and comes back.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
ps_ config set prediction-horizon 1s
web_service
server=10.1.1.2:80
is() { psj ".[0] | $1" server show web "$server"; }

check_is "before a report there is nothing to say" "null null null" \
	"$(is '"\(.predictor) \(.forecasts) \(.experts)"')"
ps_ monitor server >"$scratch/told" &
disown
tick() { ps_ server set web $server max 0; [ -s "$scratch/told" ]; }
check "a monitor listens" wait_for 60 tick

# report LOAD...: ten a second
report() { in_gateway /usr/bin/python3 -ES "$(dirname "$0")/reports.py" "$@"; }
# until_ STATE LOADS: reports of the loads that a function prints, at most 40 times
until_() {
	for _ in $(seq 40); do
		report $("$2")
		[ "$(is .predictor)" != "$1" ] || return 0
	done
	return 1
}
steady() { printf '20 %.0s' $(seq 45); }
jumped() { echo 70 70 70 70 70; }
noise() { for _ in $(seq 8); do echo $((10 + RANDOM % 81)); done; }
told() { grep -qE "server predictor-$1 web $server .*predictor $1 " "$scratch/told"; }

report $(steady)
check_is "a steady load is its own forecast" "20 on" \
	"$(is '"\(.predicted_load) \(.predictor)"')"
check "forecasts come due" [ "$(is .forecasts)" -gt 0 ]
check_is "none was wrong" "0 0" "$(is '"\(.forecast_error) \(.same_error)"')"
check_is "the experts' weights are shares of one" 100 \
	"$(is '.experts | add | round')"

check "after a jump, which no mean can follow, it is switched off" \
	until_ off jumped
check "which is told" wait_for 60 told off
check_is "because it has been worse than same as now" true \
	"$(is '.forecast_error > .same_error')"
check_is "of which the forecast is left" 70 "$(is .predicted_load)"

check "in noise, where a mean is better, it is switched on" until_ on noise
check "which is told, too" wait_for 60 told on
check_is "because it is better again" true \
	"$(is '.forecast_error < .same_error')"

ps_ config set prediction-horizon 2s
report 40
check_is "with another horizon it begins anew" "40 0 on" \
	"$(is '"\(.predicted_load) \(.forecasts) \(.predictor)"')"

finish
