#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# UDP flows through the virtual address: answered from it, each by one server,
# until that server is down; refused when there is none; and no checksum is made
# up for datagrams that go without.
. "$(dirname "$0")/lib.sh"

setup
for n in $(seq "$SERVERS"); do start_udp "$n" 53 & done
start_asker client
client_addresses 4

ps_ restore <<-END
	pool add pool4 address $POOL
	pool add pool6 address $POOL6
	service add dns address $VIP proto udp port 53 pool pool4
	service add dns6 address $VIP6 proto udp port 53 pool pool6
END

check_is "without a server a datagram is refused" refused \
	"$(ask 10.0.0.2 5000 "$VIP" 53 hello)"
check_is "the same over IPv6" refused "$(ask fd00::2 5000 "$VIP6" 53 hello)"
check_is "both are counted" 2 "$(counter no_server)"

for n in $(seq "$SERVERS"); do
	echo "server add dns 10.1.$n.2:53"
	echo "server add dns6 [fd00:1:$n::2]:53"
done | ps_ restore
wait_for 60 test -s "$scratch/udp-1" -a -s "$scratch/udp-2" -a -s "$scratch/udp-3"

# The asker hears nobody but the virtual address.
ask 10.0.0.2 5000 "$VIP" 53 hello >"$scratch/answer"
read -r server address port same <"$scratch/answer"
check_is "an answer from the virtual address" same "$same"
check_is "the server sees the pool's address" "$POOL" "$address"
check_is "and the session's port" "$port" \
	"$(psj '.[].assigned_port' session show client-port 5000 service dns)"
check_is "IPv6: the server sees the pool's address" "$POOL6 same" \
	"$(ask fd00::2 5000 "$VIP6" 53 hello | cut -d' ' -f 2,4)"
check_is "answered sessions are established" established \
	"$(psj 'map(.state) | unique[]' session show)"

for _ in 1 2 3 4 5; do ask 10.0.0.2 5000 "$VIP" 53 again; done >"$scratch/answers"
check_is "a flow stays with its server and port" "$server $POOL $port same" \
	"$(sort -u "$scratch/answers")"

check "a datagram without an answer" ask 10.0.0.2 5001 "$VIP" 53 mute
check_is "its session is unreplied" unreplied \
	"$(psj '.[].state' session show client-port 5001)"

# Further clients, each with a range of its own.
for i in 0 1 2 3; do
	address=$(client_address "$i")
	range=$(ask "$address" 5000 "$VIP" 53 hello)
	for port in 5001 5002 5003 5004; do
		ask "$address" "$port" "$VIP" 53 hello
	done | cat <(echo "$range") - | sed "s/^/$address /"
done >"$scratch/answers"
check_is "20 flows of other clients are answered" 20 \
	"$(grep -c "same$" "$scratch/answers")"
for n in $(seq "$SERVERS"); do
	check "server $n has its share" grep -q "server$n " "$scratch/answers"
done
in_ranges() {
	psj '.[] | "\(.owner) \(.first) \(.last)"' range show pool pool4 |
		awk 'NR == FNR { first[$1] = $2; last[$1] = $3; next }
		     $4 < first[$1] || $4 > last[$1] { print; bad = 1 }
		     END { exit bad }' - "$scratch/answers"
}
check "from ports of their own ranges" in_ranges

# No check at all is a checksum of zero on the wire.
for n in $(seq "$SERVERS"); do
	in_server "$n" nft -f - <<-END
	table ip test {
		chain in {
			type filter hook prerouting priority raw;
			udp dport 53 udp checksum 0 counter
		}
	}
	END
done
unchecked() {
	local n
	for n in $(seq "$SERVERS"); do
		in_server "$n" nft -j list table ip test
	done | jq -s '[.. | .counter? // empty | .packets] | add'
}
check_is "a datagram with a checksum" "same" \
	"$(ask 10.0.0.2 5000 "$VIP" 53 sum | cut -d' ' -f 4)"
check_is "keeps one" 0 "$(unchecked)"
check_is "a datagram without a checksum" "same" \
	"$(ask 10.0.0.2 5000 "$VIP" 53 nosum nocheck | cut -d' ' -f 4)"
check_is "is passed on without" 1 "$(unchecked)"

before=$(counter session_resteered)
ps_ server set dns "10.1.${server#server}.2:53" state down
ask 10.0.0.2 5000 "$VIP" 53 hello >"$scratch/answer"
read -r other _ _ same <"$scratch/answer"
check_is "a flow goes on when its server is down" same "$same"
check "at another server" test "$other" != "$server"
check_is "which is counted" $((before + 1)) "$(counter session_resteered)"

for n in $(seq "$SERVERS"); do ps_ server set dns "10.1.$n.2:53" state down; done
check_is "and is refused when all are" refused \
	"$(ask 10.0.0.2 5000 "$VIP" 53 hello)"

finish
