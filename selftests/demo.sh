#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A tour of portsteer in seven steps, for someone who has never seen it. Every
# figure is of this run, every step ends in a verdict, and the exit status is 1
# if one of them does not hold.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/demo_words.sh"

# How many downloads each server gives at a time; nginx refuses more.
CAPACITY=(0 40 20 10)
# Connections opened in each second of step 3
PER_SECOND=60

nginx_pid=()

# --- servers -----------------------------------------------------------------

# Every request is logged with the address and port that the server saw. /slow
# lasts longer than the tour, /checked some seconds.
start_server() {
	local n=$1 dir=$scratch/nginx-$1

	mkdir -p "$dir"
	cat >"$dir/conf" <<-END
	user root;
	pid $dir/pid;
	error_log $dir/error;
	events { worker_connections 1024; }
	http {
		log_format seen '$n \$remote_addr \$remote_port';
		access_log $scratch/access-$n seen;
		client_body_temp_path $dir/body;
		proxy_temp_path $dir/proxy;
		fastcgi_temp_path $dir/fastcgi;
		uwsgi_temp_path $dir/uwsgi;
		scgi_temp_path $dir/scgi;
		limit_conn_zone \$server_port zone=downloads:64k;
		server {
			listen 80 backlog=1024;
			root $scratch/www;
			location = / { return 200 "server $n\n"; }
			location = /slow {
				limit_rate 1k;
				limit_conn downloads ${CAPACITY[n]};
			}
			location = /checked {
				limit_rate 64k;
				limit_conn downloads ${CAPACITY[n]};
			}
		}
	}
	END
	in_server "$n" nginx -c "$dir/conf" 2>>"$dir/error"
	read -r "nginx_pid[n]" <"$dir/pid"
}

# active N: $active is how many connections server N has open, as its own kernel
# counts them; one more socket only listens.
active() {
	local word

	while read -r word _ active _; do
		[ "$word" = TCP: ] && break
	done <"/proc/${nginx_pid[$1]}/net/sockstat"
	active=$((active - 1))
}

# What an agent on each server would do: measure and report.
report() {
	local n load agents=()

	for n in 1 2 3; do
		active "$n"
		load=$((100 * active / CAPACITY[n]))
		ps_ server report web "10.1.$n.2:80" \
			load "$((load < 100 ? load : 100))%" &
		agents+=("$!")
	done
	wait "${agents[@]}"
}

# Work of other people: slow downloads that do not come through the virtual
# address. work_to N COUNT opens as many as make server N COUNT connections.
start_work() {
	# shellcheck disable=SC2016
	coproc WORK { in_gateway bash -c '
		while read -r n count; do
			for ((; count > 0; count--)); do
				exec {fd}<>"/dev/tcp/10.1.$n.2/80" &&
				printf "GET /slow HTTP/1.0\r\n\r\n" >&$fd
			done
			echo
		done'; }
}
work_to() {
	active "$1"
	echo "$1 $(($2 - active))" >&"${WORK[1]}"
	read -r -u "${WORK[0]}"
}
end_work() {
	local told=${WORK[1]} pid=$WORK_PID

	exec {told}>&-
	wait "$pid"
}

# --- what the gateway says ---------------------------------------------------

# look: arrays by number of the server, of what `server show` says
look() {
	local line n

	while read -r line; do
		[[ $line =~ 10\.1\.([0-9])\.2:80 ]] && n=${BASH_REMATCH[1]}
		[[ $line =~ \ created\ ([0-9]+) ]] && created[n]=${BASH_REMATCH[1]}
		[[ $line =~ \ load\ ([0-9.]+) ]] && load[n]=${BASH_REMATCH[1]}
		[[ $line =~ \ predicted-load\ ([0-9.]+) ]] &&
			predicted[n]=${BASH_REMATCH[1]}
		[[ $line =~ \ capacity-score\ ([0-9.]+) ]] &&
			score[n]=${BASH_REMATCH[1]}
		[[ $line =~ \ healthy\ ([a-z]+) ]] &&
			healthy[n]=${BASH_REMATCH[1]}
	done < <(ps_ server show web)
}
created=() load=() predicted=() score=() healthy=()

# look_again: $got is how many sessions each server got since the last look
look_again() {
	local n before

	before=("${created[@]}")	# from index 0
	look
	for n in 1 2 3; do
		got[n]=$((created[n] - before[n - 1]))
	done
	all=$((got[1] + got[2] + got[3]))
}
got=() all=0

# pages COUNT ADDRESS: so many connections from a client address, each for a page
pages() {
	in_client ab -q -l -B "$2" -n "$1" -c 10 "http://$VIP/" >"$scratch/ab"
	grep -q "^Complete requests: *$1\$" "$scratch/ab" &&
		grep -q '^Failed requests: *0$' "$scratch/ab" ||
		pages_failed=$((pages_failed + 1))
}
pages_failed=0

# fetches COUNT ADDRESS FILE: the same, all at once, with the status and the
# seconds of each in the file
fetches() {
	in_client curl -s --parallel --parallel-immediate --parallel-max "$1" \
		-H 'Connection: close' --interface "$2" --max-time 20 \
		-o /dev/null -w '%{http_code} %{time_connect}\n' \
		"http://$VIP/?[1-$1]" >"$3" 2>"$scratch/progress"
}

# download FILE COUNT OUTPUT: so many at once from 10.0.0.2, in the background
download() {
	in_client curl -s --parallel --parallel-immediate \
		--interface 10.0.0.2 -o "$3" "http://$VIP/$1?[1-$2]" \
		2>"$scratch/progress" &
	download_pid=$!
}

# live: a line for each session that client 10.0.0.2 has established
live() {
	psj '.[] | [.client_port, .assigned_port, .server, .bytes] | @tsv' \
		session show client 10.0.0.2 state established | sort
}
live_are() { live >"$scratch/live" && [ "$(wc -l <"$scratch/live")" = "$1" ]; }

# --- the tour ----------------------------------------------------------------

draw_network() {
	cat <<-END
	 clients                  gateway                          servers
	+----------------+       +------------------------+       +------------------------+
	| 10.0.0.2       |       | virtual address        |---+---| 1  10.1.1.2  weight 40 |
	| 10.0.1.1 to    |-------|   $VIP port 80    |   |---| 2  10.1.2.2  weight 20 |
	| 10.0.1.20      |       | pool address           |   +---| 3  10.1.3.2  weight 10 |
	+----------------+       |   $POOL          |       +------------------------+
	                         +------------------------+
	END
}

step_network() {
	step 'A gateway with one service, and three nginx of unlike strength behind it.'
	draw_network | sed 's/weight \(..\)/takes \1 /' | indent
	say '' 'Server 1 gives 40 downloads at a time, server 2 gives 20, server 3 gives 10.' ''
	show pool add pool4 address "$POOL" ports 1024-32767
	show service add web address "$VIP" proto tcp port 80 pool pool4
	for n in 1 2 3; do
		show server add web "10.1.$n.2:80"
	done
	look
	verdict "${#created[@]} == 3" 'the gateway knows three servers, and will send clients to them.'
}

step_ports() {
	local i sessions matches

	step 'Each client holds a range of ports, and each of its sessions is one of them.'
	for i in 0 1 2; do
		fetches 4 "$(client_address "$i")" "$scratch/fetched-$i"
	done
	ps_ -j session show >"$scratch/sessions"
	ps_ -j range show >"$scratch/ranges"
	cat "$scratch"/access-? >"$scratch/log"
	jq -rn --slurpfile sessions "$scratch/sessions" \
		--slurpfile ranges "$scratch/ranges" \
		--rawfile log "$scratch/log" '
		($log | split("\n") | map(split(" "))) as $log |
		["client", "holds the ports", "session has", "goes to",
		 "the log of", "says it came from", "same"],
		($sessions[0] | sort_by(.client, .assigned_port)[] |
		 . as $s | (.server | split(".")[2]) as $n |
		 ($ranges[0][] | select(.owner == $s.client and
			.first <= $s.assigned_port and
			.last >= $s.assigned_port)) as $range |
		 ([$log[] | select(.[0] == $n and
			.[2] == ($s.assigned_port | tostring))] | first) as $l |
		 [$s.client, "\($range.first)-\($range.last)",
		  $s.assigned_port, "server \($n)", "server \($l[0])",
		  "\($l[1]):\($l[2])",
		  if $l[1] == $s.pool_address then "yes" else "NO" end]) |
		@tsv' >"$scratch/table"
	column -t -s $'\t' "$scratch/table" | indent
	sessions=$(wc -l <"$scratch/log")
	matches=$(grep -c 'yes$' "$scratch/table")
	verdict "sessions == 12 && matches == 12" \
		"the servers logged $sessions requests, and $matches of them from the very address and port that the gateway says the session has."
}

# One second of step 3: its row goes to the table and to the screen.
second() {
	work_to 1 "$1"
	report
	pages "$PER_SECOND" "$2"
	look_again
	local row=("$(((${EPOCHREALTIME/./} - began) / 1000000))" "${load[1]}"
		"${predicted[1]}" "${score[1]}" "$((100 * got[1] / all))"
		"$((100 * got[2] / all))" "$((100 * got[3] / all))")
	local bar=######################################################

	echo "${row[*]}" >>"$scratch/rows"
	printf '    %6d %9s %% %9s %% %9s %7d %% %7d %% %7d %%  %s\n' \
		"${row[@]}" "${bar:0:row[4] * 2 / 3}"
}

# until_second BEGAN N: sleep till N seconds after it, if that is to come
until_second() {
	local left=$(($1 + $2 * 1000000 - ${EPOCHREALTIME/./}))

	[ "$left" -le 0 ] || sleep "$(printf '0.%06d' "$left")"
}

judge_rise() {
	# shellcheck disable=SC2016
	awk -v steady="$1" '
		NR <= steady { first += $5 }
		NR > steady {
			ahead += $3 > $2
			falls += $4 < before || !$4
			if (!left && $5 < first / steady * 2 / 3)
				left = $2
		}
		{ before = $4; row[NR] = $5; last = $2; said = $3 }
		END {
			printf "rows=%d ahead=%d falls=%d first=%d last=%d left=%d full=%d\n",
				NR - steady, ahead, falls, first,
				row[NR] + row[NR - 1] + row[NR - 2],
				left, last
		}' "$scratch/rows"
}

step_forecast() {
	# shellcheck disable=SC2034
	local began i=3 count rows ahead falls first last left full same grown

	step 'A server that is filling up loses new sessions before it is full, and keeps the old ones.'
	download slow 6 /dev/null
	wait_for 20 live_are 6
	mv "$scratch/live" "$scratch/live-before"
	start_work
	work_to 2 9
	work_to 3 5
	say 'Six long downloads go on all the time. Each second every server reports its load:' \
	    'the connections it has, of those it can take. Other work, which does not come' \
	    'through the gateway, takes up more and more of server 1. The forecast is for ten' \
	    'seconds later; the capacity score is what the server is expected to have free by' \
	    "then. Each second some $PER_SECOND sessions are opened." ''
	say '           server 1    server 1  server 1          of the new sessions' \
	    'second      reports    forecast  capacity  server 1  server 2  server 3'
	look
	began=${EPOCHREALTIME/./}
	for count in 8 8 8 12 16 20 24 28 32; do
		second "$count" "$(client_address "$i")"
		i=$((i + 1))
		until_second "$began" "$((i - 3))"
	done
	eval "$(judge_rise 3)"
	verdict "rows == 6 && 2 * ahead >= rows && falls == rows" \
		"while the load rose, the forecast was ahead of it in $ahead of $rows seconds and the capacity score fell in $falls."
	verdict "left && left <= full && 3 * last < 2 * first" \
		"server 1 got $((first / 3)) % of the new sessions before, $((last / 3)) % at the end; its share was down by a third when it was $left % full."

	live >"$scratch/live-after"
	say '' 'The six downloads, before and after. A port can serve once for each server.' ''
	join -t $'\t' "$scratch/live-before" "$scratch/live-after" >"$scratch/both"
	awk -F '\t' 'BEGIN {print "client port\tassigned port\tserver\tbytes\tassigned port\tserver\tbytes"} 1' \
		"$scratch/both" | column -t -s $'\t' | indent
	same=$(awk -F '\t' '$2 == $5 && $3 == $6' "$scratch/both" | wc -l)
	grown=$(awk -F '\t' '$7 > $4' "$scratch/both" | wc -l)
	verdict "same == 6 && grown == 6" \
		"$same of 6 are on the same server and port as before, and $grown have received more."
}

step_explain() {
	local right

	step 'The gateway tells why: every server, and every term of its score.'
	report
	show explain web client 10.0.1.3
	right=$(psj 'map(select(((.weight_load * (100 - .load) +
			.weight_capacity * .capacity +
			.weight_ports * .ports) / 100 * .slow_start / 100 -
			.score) | fabs < 0.0002)) | length' \
		explain web client 10.0.1.3)
	verdict "right == 3" \
		"for $right of 3 servers the terms add up to the score."
}

step_drain() {
	local right sum

	step 'A server is taken out of service without cutting anybody off.'
	kill "$download_pid"
	end_work
	wait "$download_pid" 2>/dev/null
	report
	download checked 3 "$scratch/got-#1"
	wait_for 20 live_are 3
	drained=$(awk -F '[\t.]' '{n[$5]++} END {for (i in n) if (n[i] > n[best]) best = i; print best}' \
		"$scratch/live")
	show server set web "10.1.$drained.2:80" state drain
	say '' 'Three downloads are under way as this is said:' ''
	awk -F '\t' 'BEGIN {print "assigned port\tserver\tbytes so far"} {print $2 "\t" $3 "\t" $4}' \
		"$scratch/live" | column -t -s $'\t' | indent
	look
	pages "$PER_SECOND" "$(client_address 12)"
	look_again
	say '' "New sessions since: server 1 ${got[1]}, server 2 ${got[2]}, server 3 ${got[3]}."
	wait "$download_pid"
	read -r sum _ < <(sha256sum "$scratch/www/checked")
	right=$(sha256sum "$scratch"/got-? | grep -c "^$sum")
	say "Downloads that came to their end with the right checksum: $right of 3."
	verdict "right == 3 && all >= PER_SECOND && got[drained] == 0" \
		"server $drained got ${got[drained]} of $all new sessions, and its downloads ended whole."
	victim=$((drained % 3 + 1))
}

# A line about the fetches in a file; sets $failed
sum_up() {
	# shellcheck disable=SC2016
	sort -k 2n "$2" | awk -v what="$1" -v got="${got[*]}" '
		$1 == 200 { time[++ok] = $2; late += $2 > 0.9 }
		END {
			split(got, to)
			printf "    %-18s %7d %6d %9.2f s %9d %8.2f s %9d %9d %9d\n",
				what, NR, NR - ok, time[int((ok + 1) / 2)],
				late, time[ok], to[1], to[2], to[3]
		}'
	failed+=($((PER_SECOND - $(grep -c '^200 ' "$2"))))
}

step_failure() {
	local failed=() again n health=''

	step "A server dies without a word: its nginx is killed, its cable pulled."
	show server set web "10.1.$drained.2:80" state up
	say ''
	report
	say '                                      median      took            sessions opened towards' \
	    'when               fetched failed  to connect over 0.9 s  slowest  server 1  server 2  server 3'
	look
	fetches "$PER_SECOND" "$(client_address 13)" "$scratch/before"
	look_again
	sum_up 'before' "$scratch/before"
	again=$(counter session_resteered)
	ip -n "server$victim-$suffix" link set "s$victim" down
	ip netns pids "server$victim-$suffix" | xargs kill -9
	fetches "$PER_SECOND" "$(client_address 14)" "$scratch/at-once"
	look_again
	again=$(($(counter session_resteered) - again))
	sum_up "server $victim just died" "$scratch/at-once"
	fetches "$PER_SECOND" "$(client_address 15)" "$scratch/after"
	look_again
	sum_up 'then' "$scratch/after"
	for n in 1 2 3; do
		health+="server $n ${healthy[n]}, "
	done
	say '' "Sessions whose second try was sent to another server: $again." \
	    "Healthy: ${health%, }."
	verdict "again > 0 && failed[1] <= 2 && failed[0] + failed[2] == 0" \
		"the gateway saw it by the first three handshakes that failed; ${failed[1]} of $PER_SECOND fetches failed then, ${failed[2]} of $PER_SECOND afterwards."
	# shellcheck disable=SC2034
	[ "${healthy[victim]}" = no ] && marked=1 || marked=0
	verdict "marked && got[victim] <= 1" \
		"the gateway has marked server $victim by itself and gave it ${got[victim]} of the last $PER_SECOND sessions."
}

step_account() {
	local live in_use begun ended dropped

	step 'The books balance.'
	read_books ps_
	say '# portsteer stats show'
	awk '$2' "$scratch/stats" | indent
	# From `translated` to `session_created` are the reasons for not translating
	dropped=$(awk '$1 == "session_created" { exit } NR > 1 { sum += $2 }
			END { print sum + 0 }' "$scratch/stats")
	say '(all other counters are zero)' '' \
	    "sessions created, less those ended  $((begun - ended))" \
	    "sessions live                       $live" \
	    "ports in use                        $in_use" \
	    "packets not translated, in all      $dropped"
	verdict "begun - ended == live && live == in_use" \
		"every live session has one port, and no port is lost."
	verdict "!pages_failed && !dropped" "no page was refused, no packet dropped."
}

cat <<'END'
portsteer in seven steps. Every figure below is of this very run.

Clients connect to one address. The gateway gives each client a range of ports,
each of its sessions one port of that range, and sends the session on from that
port to the server that is likely to have most to spare in a few seconds.
END
setup
# The pool leaves the ports that the gateway's own connections use alone.
in_gateway sysctl -qw net.ipv4.ip_local_reserved_ports=
client_addresses 20
mkdir -p "$scratch/www"
truncate -s 1M "$scratch/www/slow"
head -c 524288 /dev/urandom >"$scratch/www/checked"
for n in 1 2 3; do
	start_server "$n"
done

step_network
step_ports
step_forecast
step_explain
step_drain
step_failure
step_account

end_tour
