# SPDX-License-Identifier: GPL-2.0-only
"""Datagrams that are sent on two CPUs at the same moment, a pair for each flow:

race.py same FLOWS VIRTUAL            its first packet twice, of 400 addresses
race.py ends FLOWS VM-NS PEER-NS POOL one from each of its ends, where these are
"""
import mmap
import os
import socket
import struct
import sys

import netns


def same(_me, virtual):
    def ends(i):
        source = "10.0.%d.%d" % (1 + i % 400 // 200, 1 + i % 200)
        return source, 20000 + i, virtual, 5000
    return ends


def ends(me, vm, peer, pool):
    netns.enter(netns.FOLDER + (vm, peer)[me])
    if me:
        return lambda i: ("10.1.1.2", 20000 + i, pool, 4000)
    return lambda i: ("10.0.0.2", 4000, "10.1.1.2", 20000 + i)


def datagram(source, sport, target, dport):
    return struct.pack("!BBHHHBBH4s4sHHHH", 0x45, 0, 0, 0, 0, 64, 17, 0,
                       socket.inet_aton(source), socket.inet_aton(target),
                       sport, dport, 9, 0) + b"x"


def main():
    flows = int(sys.argv[2])
    turn = memoryview(mmap.mmap(-1, 8)).cast("i")
    child = os.fork()
    me = int(child == 0)
    os.sched_setaffinity(0, {me})
    packet_of = {"same": same, "ends": ends}[sys.argv[1]](me, *sys.argv[3:])
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for i in range(flows):
        packet = packet_of(i)
        data = datagram(*packet)
        turn[me] = i + 1
        while turn[1 - me] <= i:    # spin: together to the instruction, nearly
            pass
        raw.sendto(data, (packet[2], 0))
    if child:
        sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))


main()
