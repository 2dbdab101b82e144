#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a stranger finds out about the NAT: coturn's discovery (RFC 5780), from a
# VM, says that mappings are endpoint-independent, that the filter is the one
# configured, and that a packet to a mapping of the same gateway turns round.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
# The discovery wants answers from another address and another port.
ip -n "server1-$suffix" addr add 10.1.1.3/24 dev s1
in_server 1 turnserver -n -S -L 10.1.1.2 -L 10.1.1.3 -p 3478 \
	--alt-listening-port 3479 --no-auth --no-tls --no-dtls --no-tcp \
	--no-cli --log-file stdout --pidfile "$scratch/turn.pid" \
	--userdb "$scratch/turn.db" >"$scratch/turn" 2>&1 &
disown
is_up() { in_server 1 ss -Hlun | grep -q 10.1.1.3:3479; }
check "a STUN server is up" wait_for 60 is_up
ps_ restore <<-END
	pool add nat4 address $POOL
	vm add red address 10.0.0.2 pool nat4
END

# found TEXT: the last discovery has said so; all that it said is shown
found() { cat "$scratch/found"; grep -q "$1" "$scratch/found"; }
# finds TEXT OPTION: a discovery says so. A machine that was so slow that an
# answer came too late makes it say something else: three tries.
finds() {
	local try

	for try in 1 2 3; do
		in_client timeout 60 turnutils_natdiscovery -p 3478 \
			-L 10.0.0.2 "$2" 10.1.1.2 >"$scratch/found" 2>&1
		found "$1" && return
		echo "try $try"
	done
	return 1
}

# with_filter FILTER WORDS: what there is to find
with_filter() {
	local before

	ps_ vm set red filtering "$1"
	check "$1: the mapping found is endpoint-independent" \
		finds "^NAT with Endpoint Independent Mapping!" -m
	check "$1: it is a port of the pool's address" \
		found "UDP reflexive addr: $POOL:"
	before=$(counter filtered)
	check "$1: the filter found is that" finds "^NAT with $2 Filtering!" -f
	check_is "$1: is anything filtered" "$3" \
		"$([ "$(counter filtered)" = "$before" ] && echo no || echo yes)"
}
with_filter endpoint-independent "Endpoint Independent" no
check "a hairpin passes" finds "successful hairpinning" -H
with_filter address-dependent "Address Dependent" yes
with_filter address-and-port-dependent "Address and Port Dependent" yes

# It comes from a port that the one it is sent to has never sent anything to.
before=$(counter filtered)
finds "STUN receive timeout" -H >"$scratch/said"
check "a hairpin is filtered like everything else" \
	eval '! found "successful hairpinning"'
check "and counted" test "$(counter filtered)" -gt "$before"

finish
