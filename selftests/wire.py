# SPDX-License-Identifier: GPL-2.0-only
"""Packets by hand: headers, and the checksums in them."""
import struct

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def summed(src, dst, proto, head, at, rest):
    """A transport header with the checksum that it has at this offset."""
    length = len(head) + len(rest)
    pseudo = src + dst + struct.pack("!II", length, proto)
    return (head[:at] + struct.pack("!H", checksum(pseudo + head + rest)) +
            head[at + 2:] + rest)


def udp(src, dst, sport, dport, data):
    head = struct.pack("!HHHH", sport, dport, 8 + len(data), 0)
    return summed(src, dst, UDP, head, 6, data)


def tcp(src, dst, sport, dport, flags, seq=1, ack=0, options=b"", data=b""):
    words = 5 + len(options) // 4
    head = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, words << 4, flags,
                       65535, 0, 0)
    return summed(src, dst, TCP, head, 16, options + data)


def icmp(src, dst, kind, code, rest, data):
    """Of the family of its addresses; rest is what its second word is."""
    head = struct.pack("!BBH", kind, code, 0) + rest
    if len(src) == 16:
        return summed(src, dst, ICMPV6, head, 2, data)
    total = checksum(head + data)
    return head[:2] + struct.pack("!H", total) + head[4:] + data


def ipv4(src, dst, proto, body, options=b"", frag=0, ttl=64, version=4, length=0,
         wrong=0, ident=99):
    words = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH", version << 4 | words, 0,
                       words * 4 + len(body) + length, ident, frag, ttl, proto,
                       0)
    total = checksum(head + src + dst + options) ^ wrong
    return head[:10] + struct.pack("!H", total) + src + dst + options + body


def ipv6(src, dst, proto, body, options=b"", hops=64, version=6, length=0,
         first=0):
    """Extension headers are options, first is what the first of them is."""
    return struct.pack("!IHBB", version << 28,
                       len(options) + len(body) + length,
                       first if options else proto,
                       hops) + src + dst + options + body


def ip(src, dst, proto, body):
    return (ipv6 if len(src) == 16 else ipv4)(src, dst, proto, body)
