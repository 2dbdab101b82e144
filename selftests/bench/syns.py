# SPDX-License-Identifier: GPL-2.0-only
"""syns.py GATEWAY_MAC ADDRESS PORT FIRST COUNT >CAPTURE

The first segments of so many connections, from 10.0.2.1 to 10.0.2.250 in turn, each
from a port of its own, beginning with FIRST.
"""
import socket
import struct
import sys

import wire

CLIENTS, DONT_FRAGMENT = 250, 0x4000


def syn(nr, sport, dst, dport):
    src = struct.pack("!BBBB", 10, 0, 2, 1 + nr % CLIENTS)
    return wire.ipv4(src, dst, wire.TCP,
                     wire.tcp(src, dst, sport, dport, wire.SYN),
                     frag=DONT_FRAGMENT, ident=nr)


gateway, address = bytes.fromhex(sys.argv[1].replace(":", "")), sys.argv[2]
to, first, count = map(int, sys.argv[3:6])
out = sys.stdout.buffer
out.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
for i in range(count):
    frame = (gateway + b"\2\0\0\0\0\1" + b"\x08\0" +
             syn(i, first + i, socket.inet_aton(address), to))
    out.write(struct.pack("=IIII", 0, i, len(frame), len(frame)) + frame)
