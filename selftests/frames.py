#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Unusual frames of a UDP flow that goes on.

frames.py DEVICE GATEWAY_MAC SOURCE PORT ADDRESS PORT KIND...
    Hold a flow with an echo service, then for each KIND send a frame of it by
    hand, and print "KIND answered", or "KIND silent" if the answer to the usual
    frame that follows is what comes first.
"""
import os
import socket
import struct
import sys

device, gateway, source, sport, address, dport = sys.argv[1:7]
gateway = bytes.fromhex(gateway.replace(":", ""))
V6 = ":" in address
FAMILY = socket.AF_INET6 if V6 else socket.AF_INET
SRC, DST = (socket.inet_pton(FAMILY, a) for a in (source, address))
ETHERTYPE = struct.pack("!H", 0x86dd if V6 else 0x0800)


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp(text):
    length = 8 + len(text)
    head = struct.pack("!HHHH", int(sport), int(dport), length, 0)
    pseudo = SRC + DST + struct.pack("!II", length, 17)
    return head[:6] + struct.pack("!H", checksum(pseudo + head + text)) + text


def ipv4(body, options=b"", frag=0, ttl=64, version=4, length=0, wrong=0):
    words = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH", version << 4 | words, 0,
                       words * 4 + len(body) + length, 99, frag, ttl, 17, 0)
    total = checksum(head + SRC + DST + options) ^ wrong
    return (head[:10] + struct.pack("!H", total) + SRC + DST + options + body)


def ipv6(body, options=b"", hops=64, version=6, length=0):
    return struct.pack("!IHBB", version << 28,
                       len(options) + len(body) + length,
                       0 if options else 17, hops) + SRC + DST + options + body


def packets(kind, body):
    """The packets of a kind, without their frames."""
    ip = ipv6 if V6 else ipv4
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
    own = wire.getsockname()[4]
    target = {"other-host": b"\2other", "broadcast": b"\xff" * 6}
    head = target.get(kind, gateway) + own
    if kind == "tag":
        head += b"\x81\0\0\7"
    return [head + ETHERTYPE + p for p in packets(kind, udp(text))]


os.sched_setaffinity(0, {0})    # what is sent first comes first
flow = socket.socket(FAMILY, socket.SOCK_DGRAM)
flow.settimeout(20)
flow.bind((source, int(sport)))
flow.connect((address, int(dport)))
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((device, 0))


def heard():
    """What the echo answers to."""
    return flow.recv(2000).split()[-1].decode()


for n in range(3):
    flow.send(b"hello")
    heard()
for kind in sys.argv[7:]:
    for frame in frames(kind, kind.encode()):
        wire.send(frame)
    flow.send(b"usual")
    answer = heard()
    print(kind, "answered" if answer == kind else "silent", flush=True)
    if answer == kind:
        heard()
