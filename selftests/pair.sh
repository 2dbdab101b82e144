#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two gateways that keep each other's sessions. The active one loses its power: every
# connection goes on through the other. It comes back knowing nothing, is told, and
# only then takes over again; every connection goes on.
#
#   client 10.0.0.2 --+-- .11 gw1 .11 --+-- 10.1.1.2 server1
#                     |                 |
#      (10.0.0.1) ----+-- .12 gw2 .12 --+---- (10.1.1.1)      10.1.1.3 server2
#
# What is in brackets is the active one's, as keepalived says, and so are the virtual
# address and the pool address.
SERVERS=0
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_pair.sh"

connections=${PAIR_CONNECTIONS:-5000}
[ ! -e /sys/kernel/debug/kmemleak ] || connections=500
ulimit -n 16384

setup_pair
for n in 1 2; do
	start_nginx "$n"
	in_server "$n" socat TCP-LISTEN:7,fork,reuseaddr EXEC:cat &
	disown
done
in_server 1 iperf3 -s -D >/dev/null
head -c 3000000 /dev/zero >"$scratch/www/file"
client_addresses 200

start_gateway 1
check "alone, a gateway is active" wait_for 60 is_active 1
start_gateway 2
check "with another it is told that that has nothing" wait_for 60 is_ready 2
check "and so is the other" wait_for 60 is_ready 1
check "who was active still is" is_active 1
[ "$failures" = 0 ] || { gateways_said; finish; }

client_list() { local i; for i in $(seq 0 $(($1 - 1))); do client_address "$i"; done; }
start_connections
# shellcheck disable=SC2046
check_is "connections are opened" "open=$connections answered=0" \
	"$(conn open $((connections / 200)) "$VIP" $(client_list 200))"
check_is "and used" "open=$connections answered=$connections" "$(conn ask)"
# Slow by the server: curl by itself takes megabytes at once, and then rests.
in_client curl -sS -o "$scratch/got" "http://$VIP/slow" &
download=$!
ip netns exec "client-$suffix" iperf3 -c "$VIP" -p 5201 -b 200K -t 3600 -i 1 --forceflush >"$scratch/stream" &
stream=$!
start_pulse
# How far each has come: bytes, seconds in which there was something, lines.
got() { stat -c %s "$scratch/got"; }
streamed() { grep -cE 'sec +[1-9][0-9.]* .?Bytes' "$scratch/stream"; }
beaten() { pulse count; }
goes_on() { local before; before=$("$1"); wait_for 20 has_come "$1" "$before"; }
has_come() { [ "$("$1")" -gt "$2" ]; }
for what in got streamed beaten; do
	check "something more: $what" wait_for 60 has_come "$what" 0
done

own() { gw_json "$1" 'map(select(.state == "established" and .whose != "peer")) | length' session show; }
peers() { gw_json "$1" 'map(select(.state == "established" and .whose == "peer")) | length' session show; }
all_known() { [ "$(own "$1")" -ge "$connections" ] && [ "$(own "$1")" = "$(peers "$2")" ]; }
check "the other gateway knows of all" wait_for 120 all_known 1 2
check_is "none of them is its own" 0 "$(own 2)"
echo "# $(gw 2 -j sync show)"

# taken_over WHEN: what has become of everything
taken_over() {
	local gap

	check "$1: the pulse goes on" goes_on beaten
	check "$1: the stream goes on" goes_on streamed
	check "$1: the download goes on" goes_on got
	# Before all of them ask at once, which an emulated machine has to work off.
	gap=$(pulse gap)
	echo "# $1: the longest pause was $gap ms"
	check "$1: no pause of more than 3 s" [ "$gap" -le 3000 ]
	check_is "$1: all connections go on" \
		"open=$connections answered=$connections" "$(conn ask)"
}

pulse gap >/dev/null
power_off 1
check "the other gateway takes over" wait_for 60 is_active 2
taken_over "power off"
check_is "the connections are its own now" 0 \
	"$(gw_json 2 'map(select(.state == "established" and .whose == "peer" and .service == "web")) | length' session show)"

power_on 1
start_gateway 1
check "it is back, and is told" wait_for 120 is_ready 1
check "then it takes over again" wait_for 60 is_active 1
taken_over "back again"
check "all that it has learned" wait_for 120 all_known 1 2

# What one does not know of can't be kept there; that is said, and nothing else.
gw 1 service add mine address "$VIP" proto tcp port 81 pool pool4
gw 1 server add mine 10.1.1.2:80
check "a service that the other does not have" \
	in_client curl -sS -o /dev/null --max-time 20 "http://$VIP:81/" "http://$VIP:81/"
refused() { [ "$(gw_json 2 '.[0].refused' sync show)" -gt 0 ]; }
check "is refused there" wait_for 30 refused
check_is "and named once" 1 "$(grep -c 'sessions of "mine" are not kept here: there is no service mine' "$scratch/gw2/log")"

# Ends are told, too.
ended=1
wait "$download" && ended=0
check "the download is whole" [ "$ended" = 0 ]
check "to the last byte" cmp "$scratch/www/file" "$scratch/got"
conn close >/dev/null
kill "$stream" "$pulse"
ended() { [ "$(gw_json 2 'map(select(.state == "established")) | length' session show)" = 0 ]; }
check "what ends, ends there too" wait_for 60 ended

# Certificates in the place of those that are about to be over: a reload has them read.
rm -r "$scratch/ca"
certify
kill -HUP "${daemon[1]}"
reloaded() { grep -q "the configuration has not changed" "$scratch/gw1/log"; }
check "a reload with certificates of another authority" wait_for 30 reloaded
check "leaves the connection alone" is_ready 1
kill "${daemon[2]}"
is_alone() { ! is_ready 1; }
check "the other gateway's daemon ends" wait_for 30 is_alone
start_daemon 2
check "and is let in again with a new one, as it lets in" wait_for 60 is_ready 1
check "either way" wait_for 60 is_ready 2

[ "$failures" = 0 ] || gateways_said
finish
