#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Packets that nobody would send: good ones, changed by chance in headers, options,
extension headers, lengths and fragments, from every side and by the gateway's own
raw sockets.

packets.py SECONDS SEED    the same seed makes the same packets

Every so often a good one has to pass as if nothing had been. Prints the figures;
what is wrong goes before them, a line each.
"""
import random
import socket
import struct
import sys
import time

import lone
import wire
from beyond import echo, in_ip, parts, udp
from lone import address

ROUND = 500         # packets between two looks at whether all is well
PATIENCE = 20       # seconds, for a good one
ENDS = {4: (lone.VIP, lone.CLIENT, lone.VM, lone.FAR, lone.NAT, lone.SERVER,
            lone.POOL),
        6: (lone.VIP6, lone.CLIENT6, lone.VM6, lone.FAR6, lone.NAT6,
            lone.SERVER6, lone.POOL6)}
OPTIONS4 = (b"\1\1\1\0", b"\x83\7\4\x0a\1\1\2\0", b"\x44\x0c\5\0" + bytes(8),
            b"\x94\4\0\0", b"\7\x27\4" + bytes(37), b"\x82\x0b" + bytes(10))
# Next header, and an extension header that says what comes after it.
OPTIONS6 = ((0, b"%c\0\1\4\0\0\0\0"), (60, b"%c\0\1\4\0\0\0\0"),
            (43, b"%c\2\0\1\0\0\0\0" + bytes(16)), (51, b"%c\4" + bytes(22)),
            (135, b"%c\0\1\4\0\0\0\0"), (0, b"%c\0\5\2\0\0\1\0"))


class Forger:
    """Packets by chance; those that the gateway has sent are answered by chance,
    too, so that sessions come about and their ports are hit."""
    def __init__(self, rng):
        self.rng = rng
        self.seen = []

    def ends(self):
        """Source, destination and port of something that the gateway handles."""
        vip, client, vm, far, nat, server, pool = (
            address(one) for one in ENDS[self.rng.choice((4, 6))])
        port = self.rng.choice((80, 53, 2053, self.rng.randrange(65536)))
        return (*self.rng.choice(((client, vip), (vm, far), (far, nat),
                                  (vm, nat), (server, pool), (client, pool),
                                  (vm, vip), (client, client))), port)

    def segment(self, src, dst, port):
        """TCP of any state, with options that may make no sense."""
        rng = self.rng
        options = rng.choice((b"", b"\2\4\5\xb4", b"\1\1\x08\x0a" + bytes(8),
                              b"\2\0\0\0", rng.randbytes(4 * rng.randrange(11))))
        return in_ip(wire.TCP, src, dst, wire.tcp(
            src, dst, rng.randrange(2000, 2064), port,
            rng.choice((wire.SYN, wire.ACK, wire.FIN | wire.ACK, wire.RST,
                        wire.SYN | wire.ACK, rng.randrange(256))),
            rng.getrandbits(32), rng.getrandbits(32), options,
            bytes(rng.randrange(40))))

    def error(self, src, dst, port):
        """An ICMP error about a packet that the gateway has sent, or any other,
        changed or cut."""
        rng = self.rng
        about = rng.choice(self.seen or [udp(dst, src, port, 2000)])
        about = self.changed(about) if rng.random() < 0.5 else about
        about = about[:rng.choice((8, 20, 28, 40, 48, 576))]
        kinds = (1, 2, 3, 4, 137) if len(src) == 16 else (3, 4, 5, 11, 12)
        body = wire.icmp(src, dst, rng.choice(kinds), rng.randrange(16),
                         struct.pack("!I", rng.choice((0, 576, 1280, 68, 65535))),
                         about)
        return in_ip(wire.ICMPV6 if len(src) == 16 else wire.ICMP, src, dst, body)

    def optioned(self, src, dst, port):
        """A datagram with options or extension headers, up to four of them."""
        rng = self.rng
        sport = rng.randrange(2000, 2064)
        body = wire.udp(src, dst, sport, port, b"hello")
        if len(src) == 4:
            options = rng.choice(OPTIONS4)
            options += bytes(-len(options) % 4)
            return wire.ipv4(src, dst, wire.UDP, body, options=options)
        chain = [rng.choice(OPTIONS6) for _ in range(rng.randrange(1, 5))]
        after = [kind for kind, _ in chain[1:]] + [wire.UDP]
        return wire.ipv6(src, dst, wire.UDP, body, first=chain[0][0],
                         options=b"".join(header % bytes([kind]) for
                                          (_, header), kind in
                                          zip(chain, after)))

    def fragments(self, src, dst, port):
        """Of one datagram: some lost, twice, in any order, one over another."""
        rng = self.rng
        body = wire.udp(src, dst, rng.randrange(2000, 2064), port, bytes(200))
        ident, pieces = rng.randrange(8), []
        for begin in range(0, len(body), 48):
            at = max(0, begin // 8 + rng.choice((0, 0, 0, 0, -1, 1, 8000)))
            more = begin + 48 < len(body) or rng.random() < 0.1
            part = body[begin:begin + rng.choice((48, 48, 48, 47, 8))]
            if len(src) == 4:
                pieces.append(wire.ipv4(src, dst, wire.UDP, part, ident=ident,
                                        frag=more << 13 | at & 0x1fff))
            else:
                pieces.append(wire.ipv6(
                    src, dst, wire.UDP, part, first=44,
                    options=struct.pack("!BBHI", wire.UDP, 0,
                                        (at << 3 | more) & 0xffff, ident)))
        rng.shuffle(pieces)
        return pieces[:rng.randrange(1, len(pieces) + 1)]

    def answer(self, _src, _dst, _port):
        """To what the gateway has sent: both ends changed about."""
        if not self.seen:
            return b""
        packet = bytearray(self.rng.choice(self.seen))
        at, size = (8, 16) if packet[0] >> 4 == 6 else (12, 4)
        ports = (at + 2 * size) if packet[0] & 0xf in (0, 5) else len(packet)
        for first, length in ((at, size), (ports, 2)):
            packet[first:first + length], packet[first + length:
                                                 first + 2 * length] = (
                packet[first + length:first + 2 * length],
                packet[first:first + length])
        return bytes(packet)

    def changed(self, packet):
        """Some bytes others, and it may be cut, or longer than it says."""
        rng = self.rng
        packet = bytearray(packet)
        for _ in range(rng.randrange(4)):
            if packet:
                at = min(int(rng.expovariate(0.05)), len(packet) - 1)
                packet[at] = rng.choice((0, 255, packet[at] ^ 1 << rng.randrange(8),
                                         rng.randrange(256)))
        if rng.random() < 0.1:
            del packet[rng.randrange(len(packet) + 1):]
        if rng.random() < 0.05:
            packet += rng.randbytes(rng.randrange(64))
        return self.mended(packet) if rng.random() < 0.7 else bytes(packet)

    @staticmethod
    def mended(packet):
        """The header's checksum right again: else nobody looks at the rest."""
        size = 4 * (packet[0] & 0xf) if packet else 0
        if packet and packet[0] >> 4 == 4 and 20 <= size <= len(packet):
            packet[10:12] = b"\0\0"
            packet[10:12] = struct.pack("!H", wire.checksum(bytes(packet[:size])))
        return bytes(packet)

    def some(self):
        """Packets, one as a rule."""
        rng = self.rng
        src, dst, port = self.ends()
        make = rng.choice((self.segment, self.error, self.optioned, self.fragments,
                           self.answer, self.answer, udp_of(rng), echo_of(rng),
                           parts_of(rng)))
        made = make(src, dst, port)
        made = made if isinstance(made, list) else [made]
        return [self.changed(one) if rng.random() < 0.6 else one for one in made]


def udp_of(rng):
    return lambda src, dst, port: udp(src, dst, rng.randrange(2000, 2064), port)


def echo_of(rng):
    return lambda src, dst, port: echo(src, dst, rng.randrange(2000, 2064), port)


def parts_of(rng):
    return lambda src, dst, port: parts(src, dst, rng.randrange(2000, 2064), port)


class Attack:
    """A gateway and what is thrown at it."""
    def __init__(self, seed):
        self.gateway = lone.Gateway()
        self.forger = Forger(random.Random(seed))
        self.raw = {family: socket.socket(kind, socket.SOCK_RAW,
                                          socket.IPPROTO_RAW)
                    for family, kind in ((4, socket.AF_INET),
                                         (6, socket.AF_INET6))}
        self.counts = {"sent": 0, "own": 0, "refused": 0, "came_out": 0}
        self.wrong = []

    def throw(self, packet):
        """One packet, from beyond or, now and then, by the gateway itself."""
        own = self.forger.rng.random() < 0.2
        self.counts["own" if own else "sent"] += 1
        try:
            if not own:
                self.gateway.send(packet)
            elif packet and packet[0] >> 4 == 6:
                self.raw[6].sendto(packet, (lone.VIP6, 0))
            else:
                self.raw[4].sendto(packet, (lone.VIP, 0))
        except OSError:
            self.counts["refused"] += 1

    def look(self, seed):
        """Does a good packet pass, and do all agree on what there is?"""
        gateway = self.gateway
        for family, (vip, client, *_) in ENDS.items():
            src, dst = address(client), address(vip)
            gateway.order("session-flush", {})
            gateway.heard()
            gateway.send(udp(src, dst, 4000, 53, b"canary"))
            if not any(b"canary" in one for one in gateway.heard(PATIENCE)):
                self.wrong.append(f"seed {seed}: a good IPv{family} datagram "
                                  "does not pass")
        self.wrong += [f"seed {seed}: {one}" for one in gateway.disagree()[1]]

    def run(self, end, seed):
        """Each round has a seed of its own, so that one alone can be repeated."""
        while time.monotonic() < end:
            self.forger.rng.seed(seed)
            self.forger.seen = []
            for _ in range(ROUND):
                for packet in self.forger.some():
                    self.throw(packet)
                heard = self.gateway.heard()
                self.counts["came_out"] += len(heard)
                self.forger.seen = (self.forger.seen + heard)[-64:]
            self.look(seed)
            seed += 1


def main():
    end, seed = time.monotonic() + float(sys.argv[1]), int(sys.argv[2])
    attack = Attack(seed)
    attack.run(end, seed)
    print(*attack.wrong, sep="\n")
    print(*(f"{name}={n}" for name, n in attack.counts.items()),
          f"wrong={len(attack.wrong)}")
    sys.exit(bool(attack.wrong))


main()
