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
ps_ service add dns address "$VIP" proto udp port 53 pool pool4
ps_ server add dns 10.1.1.2:53
# Never answers, never closes.
ps_ service add deaf address "$VIP" proto tcp port 81 pool pool4
ps_ server add deaf 10.1.1.2:81
in_server 1 socat -t 600 TCP-LISTEN:81,fork,reuseaddr 'EXEC:sleep 600' \
	2>>"$scratch/socat" &
disown
ps_ service add silent address "$VIP" proto tcp port 82 pool pool4
ps_ server add silent 10.1.1.2:82
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
# expires STATE SECONDS FILTER...: it is there in that state, for no longer than
# that, and then it is not. The machine may be slow.
expires() {
	local state=$1 timeout=$2
	shift 2
	wait_for 10 is 1 sessions "$@" state "$state" || return
	[ "$(psj '.[].expires_s' session show "$@")" -le "$timeout" ] || return
	wait_for $((timeout + 20)) is 0 sessions "$@"
}

ps_ config set timeout-udp 3s timeout-tcp-opening 3s \
	timeout-tcp-established 4s timeout-tcp-closing 3s \
	timeout-tcp-time-wait 3s
ask 10.0.0.2 5000 "$VIP" 53 mute >"$scratch/said"
check "a UDP session without an answer expires" \
	expires unreplied 3 client-port 5000
ask 10.0.0.2 5001 "$VIP" 53 hello >"$scratch/said"
check "a UDP session with one expires" expires established 3 client-port 5001
fetch --local-port 5002 >"$scratch/said"
check "a TCP session that was closed expires" expires time-wait 3 client-port 5002
in_client curl -s --connect-timeout 0.5 --local-port 5003 "http://$VIP:82/"
check "one that was never answered expires" expires opening 3 client-port 5003
in_client socat -t 600 /dev/null "TCP:$VIP:81,sourceport=5004" \
	2>>"$scratch/socat" &
disown
check "one that one end has closed expires" expires closing 3 client-port 5004

# An idle connection, kept open by a shell that waits for its cue.
mkfifo "$scratch/cue"
in_client bash -c "exec 3<>/dev/tcp/$VIP/80; read -r _ <$scratch/cue
		   echo GET >&3; cat <&3" >"$scratch/said" 2>&1 &
idle=$!
check "one that is idle expires" expires established 4 service web
before=$(counter no_session)
echo go >"$scratch/cue"
wait "$idle"
check "and is reset when it speaks again" \
	grep -q "Connection reset" "$scratch/said"
check_is "which is counted" $((before + 1)) "$(counter no_session)"
check_is "no session is left" 0 "$(sessions)"
check_is "no port is in use" 0 "$(psj 'map(.in_use) | add' range show)"

# A flow that is never silent for as long as its timeout is not ended. On a
# machine so slow that it was silent, nothing is known.
steady() {
	local i last now created

	ps_ config set timeout-udp 1s
	for _ in 1 2 3 4 5; do
		created=$(counter session_created)
		last=${EPOCHREALTIME/./}
		for i in $(seq 60); do
			ask 10.0.0.2 5005 "$VIP" 53 hello >"$scratch/said"
			pause 0.05
			now=${EPOCHREALTIME/./}
			[ $((now - last)) -lt 900000 ] || continue 2
			last=$now
		done
		is $((created + 1)) counter session_created
		return
	done
}
check "a flow that goes on does not expire" steady

# Closed by the server, the client's port is free to be used again at once.
again() { fetch --local-port 5100 -H 'Connection: close'; }
ps_ config set timeout-tcp-time-wait 120s
again >"$scratch/first"
again >"$scratch/second"
check "a client port that is used again is served" grep -q ^server "$scratch/second"
check "with the same server and port" cmp "$scratch/first" "$scratch/second"
check_is "in the same session" 1 "$(sessions client-port 5100)"
check_is "opened again" 1 "$(counter session_reopened)"

server=$(psj '.[].server' session show client-port 5100)
ps_ server set web "$server:80" state drain
before=$(counter session_resteered)
again >"$scratch/second"
check "if its server drains it is served" grep -q ^server "$scratch/second"
check "by another" test "$(psj '.[].server' session show client-port 5100)" \
	!= "$server"
check_is "steered anew" $((before + 1)) "$(counter session_resteered)"

finish
