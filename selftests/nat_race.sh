#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A VM and a host outside that send to each other at the same moment, on two CPUs,
# have one session, and neither packet is lost.
SERVERS=1
. "$(dirname "$0")/lib.sh"

setup
ps_ restore <<-END
	pool add nat4 address $POOL
	vm add red address 10.0.0.2 pool nat4 filtering endpoint-independent
	mapping add red proto udp port 4000 pool-address $POOL assigned-port 4000
END
# Nobody answers.
silence='add table ip sink; add chain ip sink in { type filter hook input priority 0; policy drop; }'
in_client nft "$silence"
in_server 1 nft "$silence"
flows=1500
[ ! -e /sys/kernel/debug/kmemleak ] || flows=400

cat >"$scratch/race.py" <<'END'
import ctypes, mmap, os, socket, struct, sys

flows = int(sys.argv[1])
turn = memoryview(mmap.mmap(-1, 8)).cast("i")
me = int(os.fork() == 0)
os.sched_setaffinity(0, {me})
with open("/run/netns/" + sys.argv[2 + me]) as namespace:
    if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0):
        sys.exit("setns: " + os.strerror(ctypes.get_errno()))
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
pool, vm, peer = sys.argv[4], "10.0.0.2", "10.1.1.2"
source, target = ((vm, peer), (peer, pool))[me]
for i in range(flows):
    ports = (20000 + i, 4000) if me else (4000, 20000 + i)
    packet = struct.pack("!BBHHHBBH4s4sHHHH", 0x45, 0, 0, 0, 0, 64, 17, 0,
                         socket.inet_aton(source), socket.inet_aton(target),
                         *ports, 9, 0) + b"x"
    turn[me] = i + 1
    while turn[1 - me] <= i:    # spin: together to the instruction, nearly
        pass
    raw.sendto(packet, (target, 0))
if not me:
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
os._exit(0)
END
check "$flows flows, each begun at both ends at once" /usr/bin/python3 \
	"$scratch/race.py" "$flows" "client-$suffix" "server1-$suffix" "$POOL"
ps_ -j session show >"$scratch/sessions"
begun() { jq "map(select(.inbound == $1)) | length" "$scratch/sessions"; }
check_is "one session each" "$flows" "$(jq length "$scratch/sessions")"
check_is "begun by the one ($(begun true) times) or by the other" "$flows" \
	$(($(begun true) + $(begun false)))
check_is "no packet is lost" "$((2 * flows))" "$(counter translated)"
check_is "the mapping knows of all of them" "$flows" \
	"$(psj '.[].sessions' mapping show)"
ps_ session flush >"$scratch/out"
check_is "and of none that is over" 0 "$(psj '.[].sessions' mapping show)"

finish
