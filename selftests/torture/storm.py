#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""First packets, and more of the same flows, to and from what the churn makes: by
raw sockets, as fast as it goes, from the namespace of the caller.

storm.py SECONDS SEED near|far    as clients and VMs, or as those whom VMs talk to
"""
import random
import socket
import sys
import time

import wire
from beyond import in_ip, tcp, udp
from chance import WORLD
from lone import address

NEAR = ["10.0.100.2", "10.0.101.7", "10.0.102.2", "10.0.103.2", "fd00:0:0:100::2"]
FAR = ["10.1.1.2", "10.1.2.2", "fd00:1:1::2"]


def packet(rng, side):
    """A SYN, an ACK or a datagram between two of one family."""
    to = WORLD["service", "address"] + FAR if side == "near" else \
        WORLD["pool", "address"]
    src = address(rng.choice(NEAR if side == "near" else FAR))
    dst = rng.choice([one for one in map(address, to) if len(one) == len(src)])
    sport, dport = rng.choice((80, 53, rng.randrange(2000, 2100))), \
        rng.choice((80, 53, rng.randrange(1024, 4096)))
    kind = rng.randrange(3)
    if kind == 2:
        return dst, udp(src, dst, sport, dport)
    if kind == 1:
        return dst, tcp(src, dst, sport, dport)
    return dst, in_ip(wire.TCP, src, dst, wire.tcp(src, dst, sport, dport, wire.ACK))


def main():
    end = time.monotonic() + float(sys.argv[1])
    rng = random.Random(int(sys.argv[2]))
    raw = {4: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
           16: socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)}
    family = {4: socket.AF_INET, 16: socket.AF_INET6}
    sent = 0
    while time.monotonic() < end:
        dst, data = packet(rng, sys.argv[3])
        try:
            raw[len(dst)].sendto(data, (socket.inet_ntop(family[len(dst)], dst), 0))
            sent += 1
        except OSError:     # an ICMP error about an earlier one
            pass
    print(f"sent={sent}")


main()
