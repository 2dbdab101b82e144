# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Floods, and what others have of the service meanwhile. Source it after held.sh.

others=() flooded=0 tried=0 answered=0 most_sessions=0 most_slab=0

# hping SECONDS WORD...: as fast as it goes; how many packets
hping() {
	local seconds=$1
	shift
	in_client timeout -s INT "$seconds" hping3 -q -n -i u1 "$@" 2>&1 |
		sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p'
}

# What the module's slabs take, in kB.
slab() {
	awk '/^psteer_/ {kb += $3 * $4 / 1024} END {print int(kb)}' /proc/slabinfo
}

# ask_others: a connection and a page of each, twice
ask_others() {
	local answer sessions kb

	answer=$(conn cycle 2 "$VIP:81" "${others[@]}")
	answer=${answer#*answered=}
	tried=$((tried + 2 * ${#others[@]})) answered=$((answered + ${answer%% *}))
	sessions=$(psj 'map(.sessions) | add' service show)
	most_sessions=$((sessions > most_sessions ? sessions : most_sessions))
	kb=$(slab)
	most_slab=$((kb > most_slab ? kb : most_slab))
}

# flood SECONDS DESCRIPTION WORD...: one kind
flood() {
	local seconds=$1 what=$2 packets failed=$((tried - answered))
	shift 2

	hping "$seconds" "$@" >"$scratch/packets" &
	while [ -n "$(jobs -r)" ]; do
		ask_others
	done
	packets=$(cat "$scratch/packets")
	check "$what: ${packets:-no} packets" test "${packets:-0}" -gt 0
	flooded=$((flooded + ${packets:-0}))
	echo "# $((tried - answered - failed)) connections of others failed"
	check_held "the held sessions have answered"
}

# floods SECONDS: one kind after the other; less than some seconds is none
floods() {
	local each=$(($1 / 4)) n

	[ "$each" -ge 15 ] || each=15
	for n in $(seq 10 19); do
		others+=("$(client_address "$n")")
	done
	# What the servers answer goes out, as on the real Internet.
	ip -n "gateway-$suffix" route add default via 10.0.0.2
	ip -n "gateway-$suffix" addr add 203.0.113.9/32 dev lo
	ps_ restore <<-END
		config set timeout-tcp-closing 2s timeout-tcp-time-wait 2s
		pool add flooded address 203.0.113.9
		service add web address $VIP proto tcp port 81 pool flooded
		service add dns address $VIP proto udp port 54 pool flooded
		server add web 10.1.1.2:80
		server add web 10.1.2.2:80
		server add dns 10.1.1.2:53
	END
	ask_others
	flood "$each" "a flood of SYNs" -S -p 81 --rand-source "$VIP"
	flood "$each" "a flood of datagrams" --udp -p 54 --rand-source "$VIP"
	flood "$each" "a flood of fragments without an end" --udp -p 54 -x -d 64 \
		--rand-source "$VIP"
	flood "$each" "one client that wants all ports" -S -p 81 \
		-a 10.0.200.1 "$VIP"
	check "of $tried connections of others at least 99.9 % were answered ($answered)" \
		test $(((tried - answered) * 1000)) -le "$tried"
	# A block each till four fifths of 1008 are taken; then an eighth of the ports,
	# each towards each of three servers; 4096 ports of one client towards two of
	# them; and what the others have.
	check "sessions were bounded ($most_sessions at most)" \
		test "$most_sessions" -lt $((806 + 3 * 8064 + 2 * 4096 + 800))
	check "and so was memory ($most_slab kB of slabs at most)" \
		test "$most_slab" -lt 65536
}
