#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 2,000 connections of 200 clients: none fails, each comes from its client's
# own range, and servers have shares as their scores are.
. "$(dirname "$0")/lib.sh"

CLIENTS=200
setup
start_nginxes
client_addresses "$CLIENTS"
# Reports and sessions last for the whole test, and nobody is new.
ps_ config set prediction-horizon 60s slow-start 0 timeout-tcp-time-wait 1h
web_service

start_connections
mapfile -t clients < <(for i in $(seq 0 $((CLIENTS - 1))); do
	client_address "$i"
done)

# So far away that a handshake which waits for a machine with too much to do is not
# held against this server or that, as long as few wait at the same time.
for n in 1 2 3; do in_server "$n" tc qdisc add dev "s$n" root netem delay 60ms; done
at_once=8
# Five connections from every address, one after the other, and all are held: of equal
# servers that with the fewest is chosen, while those that end would leave it to chance.
# Whether all were answered.
connect_and_hold() {
	local i n

	conn record "$scratch/equal" >"$scratch/recorded"
	for ((i = 0; i < CLIENTS; i += at_once)); do
		for n in 1 2 3 4 5; do
			conn open 1 "$VIP" "${clients[@]:i:at_once}"
		done
	done >"$scratch/opened"
	conn ask
	conn close >"$scratch/closed"
}
# As many that end, each before the next. Whether all were answered, or what else has
# happened
connect_and_close() {
	local i

	conn record "$scratch/unequal" >"$scratch/recorded"
	for ((i = 0; i < CLIENTS; i += at_once)); do
		conn cycle 5 "$VIP" "${clients[@]:i:at_once}"
	done | sort | uniq -c | awk -v n=$((5 * at_once)) '
		$2 == "open=0" && $3 == "answered=" n && NF == 3 { ok += $1 * n; next }
		{ print }
		END { print "answered=" ok }'
}
# share NAME N: connections that server N had
share() { grep -c "server$2 " "$scratch/$1"; }
report() { ps_ server report web "10.1.$1.2:80" load "$2%"; }

for n in 1 2 3; do report "$n" 50; done
check_is "1,000 connections with equal reports" "open=1000 answered=1000" \
	"$(connect_and_hold)"
for n in 1 2 3; do report "$n" $((10 + 40 * (n - 1))); done
check_is "1,000 more with loads of 10, 50 and 90 %" answered=1000 \
	"$(connect_and_close)"

# The client's address, then server, address and port as the server saw them.
cat "$scratch"/{equal,unequal} >"$scratch/pages"
check_is "2,000 pages" 2000 "$(wc -l <"$scratch/pages")"
check_is "of 200 clients" 200 "$(cut -d' ' -f 1 "$scratch/pages" | sort -u | wc -l)"
check "just what is in the servers' logs" cmp \
	<(cut -d' ' -f 3,4 "$scratch/pages" | sort) <(sort "$scratch"/access-?)
in_ranges() {
	psj '.[] | "\(.owner) \(.address) \(.first) \(.last)"' range show |
		awk 'NR == FNR { ranges[$1] = ranges[$1] " " $2 " " $3 " " $4; next }
		     { n = split(ranges[$1], r, " "); found = 0
		       for (i = 1; i < n; i += 3)
				found += r[i] == $3 && r[i + 1] <= $4 && $4 <= r[i + 2]
		       if (!found) { print $0, "not in", ranges[$1]; bad = 1 } }
		     END { exit bad }' - "$scratch/pages"
}
check "every port is of its client's own ranges" in_ranges
check_is "200 clients have ranges" 200 \
	"$(psj 'map(.owner) | unique | length' range show)"
# A client port that was free again may have come to be used twice.
check_is "every connection has a session" 2000 \
	"$(($(psj length session show) + $(counter session_reopened)))"

a=$(share equal 1) b=$(share equal 2) c=$(share equal 3)
within() {
	sort -n <<<"$1"$'\n'"$2"$'\n'"$3" |
		awk 'NR == 1 { least = $1 } END { exit !($1 <= 1.05 * least) }'
}
check "equal servers have equal shares: $a $b $c" within "$a" "$b" "$c"
a=$(share unequal 1) b=$(share unequal 2) c=$(share unequal 3)
check "the less load, the more connections: $a $b $c" \
	test "$a" -gt "$b" -a "$b" -gt "$c" -a "$c" -gt 0
check_is "as the scores say" "10.1.1.2 10.1.2.2 10.1.3.2" \
	"$(psj 'sort_by(-.score) | map(.server) | join(" ")' \
	   explain web client 10.0.0.2)"

finish
