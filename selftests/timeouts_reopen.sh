#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sessions end after the silence that their state allows, and their ports come
# back; a client port that is used again goes on with its session, unless its
# server is draining.
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
start_udp 1 53
start_asker client
ps_ config set slow-start 0
web_service
# The server of "deaf" never answers nor closes; that of "silent" has no ears.
ps_ restore <<-END
	service add dns address $VIP proto udp port 53 pool pool4
	server add dns 10.1.1.2:53
	service add deaf address $VIP proto tcp port 81 pool pool4
	server add deaf 10.1.1.2:81
	service add silent address $VIP proto tcp port 82 pool pool4
	server add silent 10.1.1.2:82
END
in_server 1 socat -t 600 TCP-LISTEN:81,fork,reuseaddr 'EXEC:sleep 600' \
	2>>"$scratch/socat" &
disown
in_server 1 nft -f - <<-END
table ip test {
	chain in {
		type filter hook prerouting priority raw;
		tcp dport 82 drop
	}
}
END

sessions() { psj length session show "$@"; }
is() { [ "$1" = "$("${@:2}")" ]; }
# session FILTER: state of the one session, and its timeout, to the hundred
session() {
	jq -r ".[] | select($1) | \"\(.state) \(.expires_s / 100 | round)00\"" \
		"$scratch/sessions"
}
# idle: an open connection, of a shell that waits for its cue to speak
mkfifo "$scratch/cue"
idle() {
	in_client bash -c "exec 3<>/dev/tcp/$VIP/80; read -r _ <$scratch/cue
			   echo GET >&3; cat <&3" >"$scratch/idle" 2>&1
}

# Time enough to look at each of them, however slow the machine.
ps_ config set timeout-udp 1000s timeout-tcp-opening 1100s \
	timeout-tcp-established 1200s timeout-tcp-closing 1300s \
	timeout-tcp-time-wait 1400s
{
	ask 10.0.0.2 5000 "$VIP" 53 mute
	ask 10.0.0.2 5001 "$VIP" 53 hello
	fetch --local-port 5002
	in_client curl -s --connect-timeout 0.5 --local-port 5003 "http://$VIP:82/"
} >"$scratch/said"
in_client socat -t 600 /dev/null "TCP:$VIP:81,sourceport=5004" \
	2>>"$scratch/socat" &
disown
idle &
disown
wait_for 20 is 1 sessions state closing
wait_for 20 is 1 sessions state established proto tcp
ps_ -j session show >"$scratch/sessions"
check_is "UDP without an answer" "unreplied 1000" \
	"$(session '.client_port == 5000')"
check_is "UDP with one" "established 1000" "$(session '.client_port == 5001')"
check_is "TCP that was closed" "time-wait 1400" \
	"$(session '.client_port == 5002')"
check_is "TCP that was never answered" "opening 1100" \
	"$(session '.client_port == 5003')"
check_is "TCP that one end has closed" "closing 1300" \
	"$(session '.client_port == 5004')"
check_is "TCP that is open" "established 1200" \
	"$(session '.service == "web" and .client_port != 5002')"
echo go >"$scratch/cue"
ps_ session flush >"$scratch/said"
check_is "none is left when they are flushed" 0 "$(sessions)"

ps_ config set timeout-udp 2s timeout-tcp-opening 2s \
	timeout-tcp-established 2s timeout-tcp-closing 2s timeout-tcp-time-wait 2s
before=$(counter session_created)
{
	ask 10.0.0.2 5000 "$VIP" 53 mute
	ask 10.0.0.2 5001 "$VIP" 53 hello
	fetch --local-port 5012
} >"$scratch/said"
idle &
idle=$!
wait_for 20 is $((before + 4)) counter session_created
check "sessions expire by themselves" wait_for 30 is 0 sessions
check_is "and their ports come back" 0 "$(psj 'map(.in_use) | add' range show)"
before=$(counter no_session)
echo go >"$scratch/cue"
wait "$idle"
check "what was idle is reset when it speaks again" \
	grep -q "Connection reset" "$scratch/idle"
check_is "which is counted" $((before + 1)) "$(counter no_session)"

# A flow that is never silent for as long as its timeout is not ended. A try in
# which the machine was so slow that it was silent says nothing.
steady() {
	local last now created

	ps_ config set timeout-udp 1s
	for _ in 1 2 3 4 5 6 7 8; do
		created=$(counter session_created)
		last=${EPOCHREALTIME/./}
		for _ in $(seq 60); do
			ask 10.0.0.2 5005 "$VIP" 53 hello >"$scratch/said"
			pause 0.05
			now=${EPOCHREALTIME/./}
			[ $((now - last)) -lt 900000 ] || continue 2
			last=$now
		done
		is $((created + 1)) counter session_created
		return
	done
	echo "the machine was never fast enough"
	return 1
}
check "a flow that goes on does not expire" steady

# Closed by the server, the client's port is free to be used again at once.
again() { fetch --local-port 5100 -H 'Connection: close'; }
ps_ config set timeout-tcp-time-wait 120s
again >"$scratch/first"
before=$(counter session_reopened)
again >"$scratch/second"
check "a client port that is used again is served" grep -q ^server "$scratch/second"
check "with the same server and port" cmp "$scratch/first" "$scratch/second"
check_is "in the same session" 1 "$(sessions client-port 5100)"
check_is "opened again" $((before + 1)) "$(counter session_reopened)"

server=$(psj '.[].server' session show client-port 5100)
ps_ server set web "$server:80" state drain
before=$(counter session_resteered)
again >"$scratch/second"
check "if its server drains it is served" grep -q ^server "$scratch/second"
check "by another" test "$(psj '.[].server' session show client-port 5100)" \
	!= "$server"
check_is "steered anew" $((before + 1)) "$(counter session_resteered)"

finish
