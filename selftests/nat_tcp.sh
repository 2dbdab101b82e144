#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TCP through the NAT (RFC 5382, RFC 7857): what nobody has asked for is met with
# silence; every way to open, close and reset a connection passes; no reset and
# no ICMP error ends one before its ends do; timers are the configured ones.
SERVERS=2
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
ps_ restore <<-END
	pool add nat4 address $POOL
	pool add nat6 address $POOL6
	vm add red address 10.0.0.2 pool nat4
	vm add red6 address fd00::2 pool nat6
END
# All that reaches the first server from the pool, and errors that reach the VM.
in_server 1 nft -f - <<-END
table inet test {
	chain in {
		type filter hook prerouting priority raw;
		ip saddr $POOL counter comment "heard"
		ip6 saddr $POOL6 counter comment "heard"
		tcp dport 7000 tcp flags & (syn | ack) == syn counter drop comment "syn"
	}
	chain input { type filter hook input priority filter; }
}
END
in_client nft -f - <<-END
table inet test {
	chain in {
		type filter hook input priority filter;
		icmp type destination-unreachable counter comment "unreach"
	}
}
END
# seen in_NAMESPACE... COMMENT: packets that the rules have matched
seen() {
	"${@:1:$#-1}" nft -j list table inet test | jq --arg name "${!#}" \
		'[.nftables[].rule | select(.comment? == $name).expr[].counter? //
		  empty | .packets] | add'
}
is() { [ "$1" = "$("${@:2}")" ]; }
grown() { [ "$("${@:2}")" -gt "$1" ]; }

# --- nobody has asked -------------------------------------------------------

first() { psj ".[] | select(.name == \"$1\").ranges[0].first" vm show; }
# Longer than it would take to answer, and than the six seconds of the RFC.
in_server 1 timeout 7 bash -c "exec 3<>/dev/tcp/$POOL6/$(first red6)" \
	2>"$scratch/said6" &
silent6=$!
status=0
in_server 1 timeout 7 bash -c "exec 3<>/dev/tcp/$POOL/$(first red)" \
	2>"$scratch/said" || status=$?
check_is "an unsolicited SYN is left without an answer" 124 "$status"
status=0
wait "$silent6" || status=$?
check_is "over IPv6 too" 124 "$status"
check "both are counted" test "$(counter unsolicited)" -ge 2
before=$(counter unsolicited)
in_server 1 bash -c "for flags in -A -R -SA -F; do hping3 -n -c 1 -p $(first red) \
	\$flags $POOL; done" >"$scratch/said" 2>&1
check_is "so is every other segment" 4 $(($(counter unsolicited) - before))
check_is "nothing at all came back" 0 "$(seen in_server 1 heard)"
check_is "and there is no session of it" 0 "$(psj length session show)"

# --- opening and closing ----------------------------------------------------

# from PORT SERVER: address and port that the server sees. It closes, and first,
# so that the port can be used again.
from() {
	printf 'GET / HTTP/1.0\r\n\r\n' | in_client socat -t 20 - \
		"TCP:$2:80,bind=10.0.0.2:$1,reuseaddr,shut-none" |
		awk '/^server/ { print $2, $3 }'
}
# end SOURCE PORT ADDRESS PORT: open a connection from both ends, say and hear
cat >"$scratch/end.py" <<'END'
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2])))
s.settimeout(40)
s.connect((sys.argv[3], int(sys.argv[4])))
s.send(b"from " + sys.argv[1].encode())
print(s.recv(100).decode())
END
ps_ vm set red filtering address-dependent
read -r _ port < <(from 7001 10.1.2.2)
before=$(counter filtered)
in_server 1 /usr/bin/python3 -ES "$scratch/end.py" 10.1.1.2 7000 "$POOL" "$port" \
	>"$scratch/outer" 2>&1 &
outer=$!
check "a SYN that the filter does not let in" wait_for 20 grown "$before" \
	counter filtered
check_is "is left without an answer, too" 0 "$(seen in_server 1 heard)"
# The server's firewall takes ours, so that the two SYNs cross.
in_client /usr/bin/python3 -ES "$scratch/end.py" 10.0.0.2 7001 10.1.1.2 7000 \
	>"$scratch/inner" 2>&1
wait "$outer"
check_is "both ends at once open one connection" "from 10.1.1.2 from 10.0.0.2" \
	"$(cat "$scratch/inner") $(cat "$scratch/outer")"
check "by two SYNs that have crossed" grown 0 seen in_server 1 syn

in_server 1 socat -t 60 TCP-LISTEN:81,fork,reuseaddr 'SYSTEM:cat; echo late' \
	2>>"$scratch/socat" &
disown
wait_for 20 listens server1 81
check_is "data after one end has closed" "early late" \
	"$(echo early | in_client socat -t 60 - TCP:10.1.1.2:81 | tr '\n' ' ' |
		sed 's/ $//')"
seen=$(from 7002 10.1.1.2)
check_is "the same port again at once" "$POOL ${seen#"$POOL "}" "$(from 7002 10.1.1.2)"

# --- resets and errors ------------------------------------------------------

# left FILTER: state of the one session, and its time left, to the hundred
left() {
	psj ".[] | select($1) | \"\(.state) \(.expires_s / 100 | round)00\"" \
		session show vm red proto tcp
}
ps_ session flush >"$scratch/said"
ps_ config set timeout-tcp-opening 1100s timeout-tcp-established 1200s \
	timeout-tcp-closing 1300s timeout-tcp-time-wait 1400s
mkfifo "$scratch/cue"
in_client bash -c "
	exec 3<>/dev/tcp/10.1.1.2/80
	get() {
		printf 'GET / HTTP/1.1\r\nHost: test\r\n\r\n' >&3
		while read -ru 3 line && [[ \$line != server* ]]; do :; done
		echo \"\$line\"
	}
	get; while read -r line <$scratch/cue && [ \$line = go ]; do get; done
	" >"$scratch/talk" 2>&1 &
talk=$!
# talked N: the connection has been used so many times
talked() { [ "$(grep -c server1 "$scratch/talk")" = "$1" ]; }
wait_for 20 talked 1
read -r local port < <(psj '.[] | "\(.client_port) \(.assigned_port)"' \
	session show vm red proto tcp)
check_is "a connection that is open" "established 1200" "$(left true)"
# reset_by in_NAMESPACE... FROM TO HOST: out of window, so that ends ignore it
reset_by() {
	"${@:1:$#-3}" hping3 -n -c 1 -R -k -M 1 -s "${@: -3:1}" -p "${@: -2:1}" \
		"${!#}" >"$scratch/said" 2>&1
}
reset_by in_server 1 80 "$port" "$POOL"
check_is "after a reset it is closing" "closing 1300" "$(left true)"
check_is "and its mapping stays" 1 "$(psj length mapping show vm red proto tcp)"
echo go >"$scratch/cue"
check "who does not believe in the reset goes on" wait_for 20 talked 2
check_is "as does the session" "established 1200" "$(left true)"
reset_by in_client "$local" 80 10.1.1.2
check_is "after the VM's reset it is closing" "closing 1300" "$(left true)"
ps_ config set timeout-tcp-closing 2300s
reset_by in_client "$local" 80 10.1.1.2
check_is "and stays no longer for another one" "closing 1300" "$(left true)"
ps_ config set timeout-tcp-closing 1300s
echo go >"$scratch/cue"
check "the VM goes on, too" wait_for 20 talked 3

in_server 1 nft -f - <<-END
	add rule inet test input tcp dport 80 ip saddr $POOL \
		reject with icmp type host-unreachable
END
echo go >"$scratch/cue"
check "ICMP errors about it reach the VM" wait_for 30 grown 0 \
	seen in_client unreach
in_server 1 nft flush chain inet test input
check "and do not end the connection" wait_for 60 talked 4
check_is "by the same session and port" "$local $port established 1200" \
	"$(psj '.[] | "\(.client_port) \(.assigned_port)"' session show vm red \
		proto tcp) $(left true)"
echo end >"$scratch/cue"
wait "$talk"

# A reset that is meant: it arrives.
in_server 1 nft -f - <<-END
	add rule inet test input tcp dport 82 reject with tcp reset
END
in_client curl -s --max-time 10 http://10.1.1.2:82/
check_is "a refused connection is refused" 7 $?

# --- timers -----------------------------------------------------------------

in_server 1 nft add rule inet test input tcp dport 83 drop
ps_ session flush >"$scratch/said"
in_client curl -s --connect-timeout 0.5 http://10.1.1.2:83/
in_client curl -s http://10.1.1.2/ >"$scratch/said"
closes() { [ -n "$(left '.server_port == 80 and .state == "time-wait"')" ]; }
wait_for 20 closes
check_is "one that is not answered has the time to open" "opening 1100" \
	"$(left '.server_port == 83')"
check_is "one that is closed the time to close" "time-wait 1300" \
	"$(left '.server_port == 80')"
ps_ session flush >"$scratch/said"
ps_ config set timeout-tcp-established 2s
in_client bash -c "exec 3<>/dev/tcp/10.1.1.2/80; read -r _ <$scratch/cue
		   echo GET >&3; cat <&3" >"$scratch/talk" 2>&1 &
talk=$!
wait_for 20 grown 0 psj length session show
check "a silent one ends in its own" wait_for 30 is 0 psj length session show
before=$(counter no_session)
echo go >"$scratch/cue"
wait "$talk"
check "and is reset when it speaks again" \
	grep -q "Connection reset" "$scratch/talk"
check_is "which is counted" $((before + 1)) "$(counter no_session)"

finish
