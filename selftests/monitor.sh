#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# monitor prints a line for each range given or released, server changed,
# session opened or closed, with a time.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
# watch FILE [OPTION... --] WORD...: a monitor that is known to listen
watch() {
	local file=$scratch/$1
	shift
	ps_ "$@" >"$file" &
	disown
}
ps_ config set timeout-tcp-closing 1s timeout-tcp-time-wait 1s client-idle 1s \
	range-idle 1s port-range-size 64
ps_ pool add pool4 address "$POOL" hold 1s
watch all monitor
watch json -j monitor
watch servers monitor server
# Nothing tells when a monitor has subscribed, but that it prints.
ps_ service add web address "$VIP" proto tcp port 80 pool pool4
tick() {
	ps_ server add web 10.1.1.2:80
	ps_ server del web 10.1.1.2:80
	[ -s "$scratch/all" ] && [ -s "$scratch/json" ] && [ -s "$scratch/servers" ]
}
check "three monitors listen" wait_for 60 tick

ps_ server add web 10.1.1.2:80 zone a
line() { grep -qE "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+[+-][0-9:]+ $1" "$scratch/${2-all}"; }
sees() { check "$1" wait_for 60 line "$2" "${3-all}"; }
sees "a server added" "server added web 10.1.1.2:80 .*zone a"
ps_ server set web 10.1.1.2:80 state drain
sees "its state changed" "server changed web 10.1.1.2:80 .*state drain"
ps_ server set web 10.1.1.2:80 state up
ps_ server report web 10.1.1.2:80 load 12%
sees "a report" "server changed web 10.1.1.2:80 .*load 12%"
fetch >/dev/null
sees "a range given" "range given .*pool pool4 .*owner 10.0.0.2"
sees "a session opened" "session opened .*client 10.0.0.2 .*server 10.1.1.2"
sees "the same session closed" "session closed .*client 10.0.0.2 .*server 10.1.1.2"
sees "the range released" "range released .*pool pool4"
stop_nginx 1
for _ in 1 2 3; do fetch; done
sees "a server found unhealthy" "server changed web 10.1.1.2:80 .*healthy no"
ps_ server del web 10.1.1.2:80
sees "a server removed" "server removed web 10.1.1.2:80"

check_is "a monitor of servers is told of nothing else" "server" \
	"$(cut -d ' ' -f 2 "$scratch/servers" | sort -u)"
removed() { jq -s -e 'any(.object == "server" and .event == "removed")' "$scratch/json"; }
check "JSON: the same" wait_for 60 removed
check_is "each line an object of its own" "range server session" \
	"$(jq -r .object "$scratch/json" | sort -u | xargs)"
check_is "with time, event, and what show says" "given true 64" \
	"$(jq -r 'select(.object == "range" and .event == "given") |
		"\(.event) \(.time | length > 9) \(.last - .first + 1)"' \
		"$scratch/json" | head -1)"
check_is "every session that was opened was closed" \
	"$(grep -c ' session opened ' "$scratch/all")" \
	"$(ps_ session flush >/dev/null; pause 1
	   grep -c ' session closed ' "$scratch/all")"

finish
