# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# TCP, for bench: what clients have sent in connections that are still open, sent
# once more by tcpreplay, as if it had been lost; the same in packets so large that
# they are still to be cut; and the first segments of new ones. What comes of it dies
# at the deaf server.

# replay LOOPS CAPTURE: tell nanoseconds, which are instructions, a packet
replay() {
	in_client tcpreplay -i c0 --preload-pcap --topspeed --no-flow-stats \
		--loop="$1" "$2" 2>/dev/null |
		awk '/^Actual:/ {printf "%d\n", $(NF - 1) * 1e9 / $2}'
}

# talk NAME: connections that stay open, and what their clients say in $scratch/said
talk() {
	local tcpdump

	# What is seen must be whole, or its checksum would be wrong the next time.
	in_client ethtool -K c0 tx off >/dev/null
	in_server 1 /usr/bin/python3 -ES "$here/echo.py" accept "$PORT" &
	pids+=" $!"
	wait_for 20 eval 'in_server 1 ss -Hltn "sport = $PORT" | grep -q .'
	# Not by in_client: it is this process that has to end.
	nsenter --net="/run/netns/client-$suffix" \
		tcpdump -U -q -w "$scratch/said" -i c0 -Q out \
		"tcp dst port $PORT and tcp[tcpflags] & tcp-push != 0" \
		2>"$scratch/tcpdump" &
	tcpdump=$!
	wait_for 20 grep -q 'listening on' "$scratch/tcpdump"
	in_client /usr/bin/python3 -ES "$here/echo.py" connect "${CLIENT[4]}" \
		"$(to "$1" 4)" "$PORT" "$FIRST" "$FLOWS" >"$scratch/talked" &
	pids+=" $!"
	wait_for 60 grep -q all "$scratch/talked" || note "$1" tcp failed
	# Or each packet that is sent again is seen by it, and so is not alone; but it is
	# given what it has seen by the block, after a while.
	pause 3
	kill "$tcpdump"
	wait "$tcpdump"
}

# of_wire SCRIPT WORD...: one that makes packets by wire.py, on the client
of_wire() {
	in_client env PYTHONPATH="$selftests" /usr/bin/python3 -S "$here/$1.py" \
		"${@:2}"
}

# syns ADDRESS FIRST COUNT: a capture of first segments, see syns.py
syns() { of_wire syns "$(mac gateway gw-c0)" "$1" "$PORT" "$2" "$3"; }

# The first segment of a new connection, once there are as many as in new_sessions.
new_connections() {
	syns "$VIP" 10000 "$OLD" >"$scratch/old"
	syns "$VIP" $((10000 + OLD)) "$NEW" >"$scratch/new"
	replay 1 "$scratch/old" >/dev/null
	note "$1" "tcp new" "$(replay 1 "$scratch/new")"
}

# tcp NAME: a segment of an established connection, and the first of new ones
tcp() {
	local name=$1 pids=

	PROTO=tcp
	begin
	"make_$name"
	case $name in
	drop|redirect)
		syns "${SERVER[4]}" 10000 "$FLOWS" >"$scratch/said" ;;
	*)	talk "$name" ;;
	esac
	deafen
	replay 4 "$scratch/said" >/dev/null
	# Two of each flow.
	note "$name" "tcp there" \
		"$(replay $((PACKETS / FLOWS / 2)) "$scratch/said")"
	in_client ethtool -K c0 tx on tso on >/dev/null
	note "$name" "gso there" \
		"$(of_wire gso c0 "$scratch/said" $((PACKETS / 20)))"
	case $name in
	drop|redirect|forward) ;;
	*)	new_connections "$name" ;;
	esac
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids
	end
	PROTO=udp
}
