#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Unusual frames of a UDP flow that goes on.

frames.py DEVICE GATEWAY_MAC SOURCE PORT ADDRESS PORT KIND...
    Hold a flow with an echo service, then for each KIND send a frame of it by
    hand, and print "KIND answered", or "KIND silent" if the answer to the usual
    frame that follows is what comes first.
"""
import functools
import os
import socket
import struct
import sys

import wire

device, gateway, source, sport, address, dport = sys.argv[1:7]
gateway = bytes.fromhex(gateway.replace(":", ""))
V6 = ":" in address
FAMILY = socket.AF_INET6 if V6 else socket.AF_INET
SRC, DST = (socket.inet_pton(FAMILY, a) for a in (source, address))
ETHERTYPE = struct.pack("!H", 0x86dd if V6 else 0x0800)


def packets(kind, body):
    """The packets of a kind, without their frames."""
    ip = functools.partial(wire.ipv6 if V6 else wire.ipv4, SRC, DST, wire.UDP)
    if kind == "options":
        return [ip(body, options=bytes([17, 0, 1, 4, 0, 0, 0, 0]) if V6 else
                   b"\1\1\1\0")]
    if kind == "version":
        return [ip(body, version=5)]
    if kind == "last-hop":
        return [ip(body, hops=1) if V6 else ip(body, ttl=1)]
    if kind == "beyond":
        return [ip(body, length=1)]
    if kind == "checksum":
        return [ip(body, wrong=1)]
    if kind == "fragments":
        return [ip(body[:8], frag=0x2000), ip(body[8:], frag=1)]
    if kind == "trailing":
        return [ip(body) + b"trailing"]
    return [ip(body)]


def frames(kind, text):
    """What a kind looks like on the wire."""
    own = link.getsockname()[4]
    target = {"other-host": b"\2other", "broadcast": b"\xff" * 6}
    head = target.get(kind, gateway) + own
    if kind == "tag":
        head += b"\x81\0\0\7"
    datagram = wire.udp(SRC, DST, int(sport), int(dport), text)
    return [head + ETHERTYPE + p for p in packets(kind, datagram)]


os.sched_setaffinity(0, {0})    # what is sent first comes first
flow = socket.socket(FAMILY, socket.SOCK_DGRAM)
flow.settimeout(20)
flow.bind((source, int(sport)))
flow.connect((address, int(dport)))
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((device, 0))


def heard():
    """What the echo answers to."""
    return flow.recv(2000).split()[-1].decode()


for n in range(3):
    flow.send(b"hello")
    heard()
for kind in sys.argv[7:]:
    for frame in frames(kind, kind.encode()):
        link.send(frame)
    flow.send(b"usual")
    answer = heard()
    print(kind, "answered" if answer == kind else "silent", flush=True)
    if answer == kind:
        heard()
