#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two CPUs that see first packets of one flow at the same time make one session
# of it; a busy gateway that is being reconfigured loses no request.
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
web_service
ps_ service add sink address "$VIP" proto udp port 5000 pool pool4
printf 'server add sink 10.1.%d.2:5000\n' $(seq "$SERVERS") | ps_ restore
for n in $(seq "$SERVERS"); do
	in_server "$n" socat -u UDP4-RECV:5000 OPEN:/dev/null & disown
done

# Flows of 400 addresses, each flow begun on both CPUs as one.
flows=2000
[ ! -e /sys/kernel/debug/kmemleak ] || flows=500
check "$flows flows, each begun on two CPUs at once" \
	in_client /usr/bin/python3 -ES "$(dirname "$0")/race.py" same "$flows" "$VIP"
ps_ -j session show >"$scratch/sessions"
ps_ -j range show >"$scratch/ranges"
check_is "one session each" "$flows" "$(jq length "$scratch/sessions")"
check_is "no two of one flow" "$flows" \
	"$(jq 'unique_by([.client, .client_port]) | length' "$scratch/sessions")"
check_is "no port twice towards a server" "$flows" \
	"$(jq 'unique_by([.server, .assigned_port]) | length' "$scratch/sessions")"
check_is "no packet is lost, the loser's neither" "$((2 * flows))" \
	"$(counter translated)"
check_is "as many ports in use" "$flows" \
	"$(jq 'map(.in_use) | add' "$scratch/ranges")"
check_is "as many sessions created" "$flows" "$(counter session_created)"
check "and races there were: $(counter session_race)" \
	test "$(counter session_race)" -gt 0
check_is "clients' sessions add up" "$flows" \
	"$(psj 'map(.sessions) | add' client show)"

client_addresses 3
# On a kernel full of checks fewer at a time: handshakes that take seconds have the SYN
# repeated, and that goes to another server.
requests=500 crowd=50
[ ! -e /sys/kernel/debug/kmemleak ] || requests=150 crowd=10
for i in 0 1 2; do
	in_client ab -q -l -c "$crowd" -n "$requests" -B "$(client_address "$i")" \
		"http://$VIP/" >"$scratch/ab-$i" 2>&1 &
done
changes=0
while [ -n "$(jobs -r)" ]; do
	for max in 2000 3000 0; do
		printf "server set web 10.1.%d.2:80 max $max\n" 1 2 3
		echo "service set web weights 0.$max,0.5,0.1 select p2c"
		echo "config set slow-start $max"ms
		echo "service set web inherit"
	done | ps_ restore || break
	changes=$((changes + 1))
	ps_ server report web 10.1.$((1 + changes % 3)).2:80 \
		load $((changes % 100))% errors 1% || break
done
wait
check "the configuration was changed meanwhile ($changes times 19 changes)" \
	test "$changes" -gt 2
for i in 0 1 2; do
	check_is "client $i: no request failed" "$requests 0" \
		"$(awk '/^Complete requests/ {c = $3} /^Failed requests/ {f = $3}
			/^Non-2xx/ {f += $3} END {print c, f}' "$scratch/ab-$i")"
done
# A session that was reset ends soon, and may do so between two looks.
add_up() {
	local live=$(($(counter session_created) - $(counter session_ended)))

	echo "$live $(psj length session show) $(psj 'map(.in_use) | add' range show)" \
		>"$scratch/counted"
	[ "$(cat "$scratch/counted")" = "$live $live $live" ]
}
check "sessions created less ended are as many as there are, and ports in use" \
	wait_for 60 add_up
echo "# $(cat "$scratch/counted")"

finish
