# SPDX-License-Identifier: GPL-2.0-only
"""What those beyond a gateway send."""
import struct

import wire


def in_ip(proto, src, dst, body):
    return wire.ip(src, dst, proto, body)


def tcp(src, dst, sport, dport):
    return in_ip(wire.TCP, src, dst, wire.tcp(src, dst, sport, dport, wire.SYN))


def udp(src, dst, sport, dport, data=b"hello"):
    return in_ip(wire.UDP, src, dst, wire.udp(src, dst, sport, dport, data))


def echo(src, dst, ident, _port):
    v6 = len(src) == 16
    body = wire.icmp(src, dst, 128 if v6 else 8, 0,
                     struct.pack("!HH", ident, 1), b"ping")
    return in_ip(wire.ICMPV6 if v6 else wire.ICMP, src, dst, body)


def parts(src, dst, sport, dport):
    """Two fragments."""
    body = wire.udp(src, dst, sport, dport, bytes(64))
    if len(src) == 4:
        return [wire.ipv4(src, dst, wire.UDP, body[:32], frag=0x2000, ident=sport),
                wire.ipv4(src, dst, wire.UDP, body[32:], frag=4, ident=sport)]
    return [wire.ipv6(src, dst, wire.UDP, piece, first=44,
                      options=struct.pack("!BBHI", wire.UDP, 0, where, sport))
            for where, piece in ((1, body[:32]), (32, body[32:]))]


def newcomer(near, n):
    """A client's address that was not there yet."""
    return near[:-2] + struct.pack("!H", 256 + n)
