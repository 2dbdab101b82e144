#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Packets that are none, and packets that begin nothing: counted or refused,
# never translated, and no session comes of them.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
start_nginxes
web_service
web6_service
ps_ service add dns address "$VIP" proto udp port 53 pool pool4
ps_ server add dns 10.1.1.2:53
packets=5
# hping WORD...: so many packets; which kinds of answers it sees
hping() {
	in_client hping3 -n -i u100000 -c "$packets" "$@" "$VIP" 2>/dev/null |
		grep -o 'flags=[A-Z]*' | sort -u
}
# counted WHAT COUNTER WANTED-ANSWERS WORD...: all of them in that counter
declare -A before
for name in malformed no_session bad_source; do before[$name]=$(counter $name); done
counted() {
	local what=$1 name=$2 answers=$3 now got
	shift 3
	got=$(hping "$@")
	now=$(counter "$name")
	check_is "$what: counted as $name, answers: ${answers:-none}" \
		"$packets $answers" "$((now - before[$name])) $got"
	before[$name]=$now
}

counted "a TCP header of 4 bytes" malformed "" --rawip -H 6 -d 4
counted "a TCP header of 19 bytes" malformed "" --rawip -H 6 -d 19
counted "a UDP header of 4 bytes" malformed "" --rawip -H 17 -d 4
counted "a UDP header of none" malformed "" --rawip -H 17
counted "a data offset inside the header" malformed "" -S -p 80 -O 4
counted "a data offset beyond the packet" malformed "" -S -p 80 -O 15
counted "UDP from port 0" malformed "" --udp -p 53 -s 0 -k

counted "an ACK without a session" no_session "flags=R" -A -p 80
counted "a FIN scan" no_session "flags=RA" -F -p 80
counted "a null scan" no_session "flags=RA" -p 80
counted "an Xmas scan" no_session "flags=RA" -F -P -U -p 80
counted "a SYN+ACK without a session" no_session "flags=R" -S -A -p 80
counted "a reset without a session is not answered" no_session "" -R -p 80
counted "SYN+RST" no_session "" -S -R -p 80
# Whom the gateway itself is, and who nobody can be.
nobody=(10.0.0.1 "$VIP" 127.0.0.1 224.0.0.1 255.255.255.255)
# refuses HOW SOURCE...
refuses() {
	local how=$1 source
	shift
	for source; do
		counted "a SYN from $source$how" bad_source "" -S -p 80 -a "$source"
	done
}
refuses "" "${nobody[@]}"
# What the route tells of a source comes on top of that; it is asked for even if there is
# none to the virtual address.
in_gateway sysctl -qw net.ipv4.conf.all.rp_filter=1
refuses " with rp_filter" "${nobody[@]}" 10.1.1.77
in_gateway ip addr del "$VIP/32" dev lo
refuses " with rp_filter, without a route" "${nobody[@]}" 10.1.1.77
in_gateway sysctl -qw net.ipv4.conf.all.rp_filter=0
refuses " without a route" 10.0.0.1 127.0.0.1 224.0.0.1 255.255.255.255
in_gateway sysctl -qw net.ipv4.conf.all.rp_filter=1
check_is "no session came of all that" "[]" "$(ps_ -j session show)"
check_is "no client" "[]" "$(ps_ -j client show)"
check_is "nothing was translated" 0 "$(counter translated)"

# IPv6: the same by a raw socket, which hping3 has not.
cat >"$scratch/raw6.py" <<'END'
import socket, struct, sys
for proto, size in (6, 4), (6, 19), (17, 4), (17, 0):
    raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, proto)
    raw.sendto(bytes(size), (sys.argv[1], 0))
raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 6)
for offset, flags in (4, 2), (15, 2), (5, 16):
    raw.sendto(struct.pack("!HHIIBBHHH", 1234, 80, 1, 0, offset << 4, flags,
                           99, 0, 0), (sys.argv[1], 0))
END
malformed=$(counter malformed) none=$(counter no_session)
check "IPv6: six malformed packets and an ACK" \
	in_client /usr/bin/python3 "$scratch/raw6.py" "$VIP6"
# Wait for the neighbour that has to be found first.
came() { [ "$(counter no_session)" = $((none + 1)) ]; }
check "the ACK is refused" wait_for 60 came
check_is "the others are malformed" 6 $(($(counter malformed) - malformed))

check "a page with rp_filter, without a route" fetch
check "a page over IPv6" fetch6
check_is "two sessions" 2 "$(psj length session show)"

finish
