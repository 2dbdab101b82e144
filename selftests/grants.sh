#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two hosts share a pool address that an edge has: each gives out what was granted
# to it, and the edge finds the host of every packet without a session. Grants are
# prepared, made active, drained; they move to another host when theirs is dead;
# a manager that others have followed is not heard any more.
SERVERS=1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_hosts.sh"

setup
setup_hosts
start_nginx 1

for n in 1 2; do
	host "$n" restore <<-END
		pool add nat4 address $POOL by-grants hold 1s
		pool add nat6 address $POOL6 by-grants
		vm add vm$n address 10.8.$n.2 pool nat4
		vm add six$n address fd00:8:$n::2 pool nat6
	END
done
page() { in_vm "$1" curl -s --max-time 10 "${2:-http://10.1.1.2/}"; }
check "without a grant there is no port" eval '! page 1'
stat() { host "$1" -j stats show | jq ".[] | select(.name == \"$2\").value"; }
check_is "each VM that waits for ports is counted once" "2 0" \
	"$(stat 1 range_waited) $(stat 1 range_grown)"

check "a grant for host 1" grow 1 1 1024-5119
check "and one for host 2" grow 2 1 8192-12287
edge grant add address "$POOL6" ports 1024-5119 host fd00:4::11 epoch 1
host 1 grant add address "$POOL6" ports 1024-5119 pool nat6 epoch 1

# seen N LO HI: VM N's page, from a port between
seen() {
	local server address port
	read -r server address port < <(page "$1")
	[ "$server $address" = "server1 $POOL" ] && [ "$port" -ge "$2" ] &&
	[ "$port" -le "$3" ]
}
check "VM 1 has its ports out of it" wait_for 10 seen 1 1024 5119
check "VM 2 out of the other" wait_for 10 seen 2 8192 12287
check_is "over IPv6 too" "server1 $POOL6" \
	"$(page 1 'http://[fd00:1:1::2]/' | cut -d' ' -f1,2)"
check "ping finds its way back by its identifier" in_vm 1 ping -c 2 -W 5 10.1.1.2
check "that it has grown is counted" test "$(stat 1 range_grown)" -gt 1
check_is "the edge keeps no session" 0 "$(edge -j session show | jq length)"
check_is "and no port is in use there" "[]" "$(edge -j range show)"
check "what it has passed on is counted" test "$(edge -j grant show |
	jq 'map(.packets) | min')" -gt 0
host 1 mapping add vm1 proto tcp port 80 pool-address "$POOL" assigned-port 4000
start_nginx vm vm1
check_is "from outside to a fixed mapping" "servervm 10.1.1.2" \
	"$(in_server 1 curl -s --max-time 10 "http://$POOL:4000/" | cut -d' ' -f1,2)"
check_is "from one host's VM to the other's" "servervm $POOL" \
	"$(page 2 "http://$POOL:4000/" | cut -d' ' -f1,2)"

# Host 2 sends what is not its own.
before=$(edge -j stats show | jq '.[] | select(.name == "spoofed").value')
in_host 2 ip addr add "$POOL/32" dev lo
in_host 2 nft -f - <<-END
table ip lie {
	chain out {
		type filter hook output priority -300
		udp sport 1500 notrack
	}
}
END
in_host 2 /usr/bin/python3 -ES - "$POOL" <<'END'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 1500))
s.sendto(b"lie", ("10.1.1.2", 53))
END
check_is "a host that uses another's port is not believed" $((before + 1)) \
	"$(edge -j stats show | jq '.[] | select(.name == "spoofed").value')"
in_host 2 ip addr del "$POOL/32" dev lo

# Conflicts, and what makes no sense.
check_refused "a grant that another has is refused by name" \
	"ports 1024-5119 are granted to host 10.4.0.11; 5120-6143 are free" \
	edge grant add address "$POOL" ports 4096-5119 host 10.4.0.12 epoch 1
check "an alternative" edge grant add address "$POOL" size 1024 \
	host 10.4.0.12 epoch 1
check_is "is the first that is free" "5120 6143" "$(edge -j grant show |
	jq -r '.[-1] | "\(.first) \(.last)"')"
check "and goes again" edge grant del address "$POOL" ports 5120-6143 epoch 1
check_refused "half a unit" "not whole runs of 64" \
	edge grant add address "$POOL" ports 20000-20031 host 10.4.0.12 epoch 1
check_refused "nobody's" "a grant is to a host, or on a host to a pool" \
	edge grant add address "$POOL" ports 20480-20543 epoch 1
check_refused "no epoch" "a manager of epoch 1 is in charge" \
	edge grant add address "$POOL" ports 20480-20543 host 10.4.0.12
edge grant add address "$POOL" ports 20480-20543 host 10.4.0.12 state prepared \
	epoch 1
grants() { edge -j grant show | jq length; }
is_forgotten() { [ "$(grants)" = 3 ]; }
check "what was prepared and not made active is forgotten" \
	wait_for 30 is_forgotten

check_refused "what is in force can't be prepared again" \
	"it is in force already: set it draining, or delete it" \
	edge grant set address "$POOL" ports 1024-5119 state prepared epoch 1
host 1 session flush >"$scratch/out"
check_refused "a grant out of which somebody has ports can't go" \
	"blocks of it are given out, " \
	host 1 grant del address "$POOL6" ports 1024-5119 epoch 1
check "and serves as before" in_vm 1 curl -s --max-time 10 -o /dev/null \
	'http://[fd00:1:1::2]/'

# Shrinking: the host first, and nobody is cut off.
head -c 400000 /dev/zero >"$scratch/www/file"
in_vm 1 curl -s --limit-rate 100k -o "$scratch/got" http://10.1.1.2/file &
download=$!
wait_for 10 test -s "$scratch/got"
host 1 grant set address "$POOL" ports 1024-5119 state draining epoch 1
check_refused "a grant in use can't go" ": set it draining, and wait" \
	host 1 grant del address "$POOL" ports 1024-5119 epoch 1
check "no new session out of it" eval '! page 1'
wait "$download"
check_is "the old one ends well" 0 $?

begin=${EPOCHREALTIME/./}
page 2 >"$scratch/page"
usual=$((${EPOCHREALTIME/./} - begin))

# Host 1 dies; host 2 takes what it had.
packets() { edge -j grant show | jq '.[] | select(.address == "'"$POOL"'" and .first == 1024).packets'; }
before=$(packets)
ip netns del "host1-$suffix"
check "its grant moves" eval "
	edge grant set address $POOL ports 1024-5119 host 10.4.0.12 epoch 2 &&
	host 2 grant add address $POOL ports 1024-5119 pool nat4 epoch 2"
check "with what was counted: $before packets" test "$(packets)" -ge "$before"
begin=${EPOCHREALTIME/./}
check "new connections work" page 2
spent=$((${EPOCHREALTIME/./} - begin))
check "within a second of the command, on a machine where a page takes $usual us" \
	test "$spent" -lt $((1000000 + usual))
# A VM's own port is kept if it is in a block of the VM's.
host 2 vm set vm2 ports 5000
works_there() {
	local port=$((1100 + RANDOM % 3900))
	in_vm 2 curl -s --local-port "$port" http://10.1.1.2/ | grep -q " $port$"
}
check "by ports that were the other's" wait_for 20 works_there
check_refused "a manager of before is not heard" "epoch 1 is stale, 2 is in charge" \
	edge grant set address "$POOL" ports 1024-5119 host 10.4.0.11 epoch 1
check_refused "nor on the host" "epoch 1 is stale, 2 is in charge" \
	host 2 grant del address "$POOL" ports 1024-5119 epoch 1

# What another has got meanwhile goes at once.
in_first() {
	host 2 -j session show | jq 'map(select(.assigned_port >= 1024 and
		.assigned_port <= 5119)) | length'
}
check "sessions in a grant" test "$(in_first)" -gt 0
check_refused "which can't go for that" ": set it draining" \
	host 2 grant del address "$POOL" ports 1024-5119 epoch 2
check "but goes by force" \
	host 2 grant del address "$POOL" ports 1024-5119 epoch 2 force
check_is "and they with it" 0 "$(in_first)"
check "others have ports elsewhere" wait_for 20 seen 2 8192 12287

finish
