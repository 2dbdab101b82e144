# SPDX-License-Identifier: GPL-2.0-only
"""syns.py GATEWAY_MAC ADDRESS PORT FIRST COUNT >CAPTURE

The first segments of so many connections, from 10.0.2.1 to 10.0.2.250 in turn, each
from a port of its own, beginning with FIRST.
"""
import socket
import struct
import sys

CLIENTS = 250


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", ~total & 0xffff)


def syn(nr, sport, dst, dport):
    src = struct.pack("!BBBB", 10, 0, 2, 1 + nr % CLIENTS)
    head = struct.pack("!BBHHHBBH", 0x45, 0, 40, nr, 0x4000, 64, 6, 0) + src + dst
    tcp = struct.pack("!HHIIBBHHH", sport, dport, 1, 0, 0x50, 2, 64240, 0, 0)
    sum_tcp = checksum(src + dst + struct.pack("!HH", 6, len(tcp)) + tcp)
    return (head[:10] + checksum(head) + head[12:] +
            tcp[:16] + sum_tcp + tcp[18:])


gateway, address = bytes.fromhex(sys.argv[1].replace(":", "")), sys.argv[2]
to, first, count = map(int, sys.argv[3:6])
out = sys.stdout.buffer
out.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
for i in range(count):
    frame = (gateway + b"\2\0\0\0\0\1" + b"\x08\0" +
             syn(i, first + i, socket.inet_aton(address), to))
    out.write(struct.pack("=IIII", 0, i, len(frame), len(frame)) + frame)
