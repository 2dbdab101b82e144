#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2046,SC2317 # words of loads
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
steady() { printf '20 %.0s' $(seq 45); }
# It stays where it is, and jumps now and then.
jumps() {
	local load
	for load in 70 10 90 40 5 80 30 95 15; do
		printf "$load %.0s" $(seq $((12 + RANDOM % 12)))
	done
}
noise() { for _ in $(seq 240); do echo $((10 + RANDOM % 81)); done; }
# told STATE: the first notice of it
told() { grep -m1 -E "server predictor-$1 web $server .*predictor $1 " "$scratch/told"; }
# error STATE KIND: an error in that notice, in 1/100 %
error() { told "$1" | sed -E "s/.* $2-error ([0-9.]+)%.*/\1/" | awk '{printf "%d", $1 * 100 + 0.5}'; }

report $(steady)
check_is "a steady load is its own forecast" "20 on" \
	"$(is '"\(.predicted_load) \(.predictor)"')"
check "forecasts come due" [ "$(is .forecasts)" -gt 0 ]
check_is "none was wrong" "0 0" "$(is '"\(.forecast_error) \(.same_error)"')"
check_is "the experts' weights are shares of one" 100 \
	"$(is '.experts | add | round')"

report $(jumps)
check "where a load jumps, which no mean can follow, it is switched off" \
	wait_for 60 told off
check "because it has been worse than same as now" \
	test "$(error off forecast)" -gt "$(error off same)"
report $(noise)
check "in noise, where a mean is better, it is on again" wait_for 60 told on
check "because it is better again" \
	test "$(error on forecast)" -lt "$(error on same)"

ps_ config set prediction-horizon 2s
report 40
check_is "with another horizon it begins anew" "40 0 on" \
	"$(is '"\(.predicted_load) \(.forecasts) \(.predictor)"')"

finish
