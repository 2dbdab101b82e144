#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Netlink messages by chance, of which most are wrong in some way, to a gateway of
their own that has traffic.

messages.py SECONDS SEED    the same seed makes the same messages

Each has an answer, and all agree on how many sessions and ports there are. Prints
the figures; what is wrong goes before them, a line each, with the seed of its round.
"""
import random
import struct
import sys
import time

import lone
from beyond import tcp, udp
from chance import Chance
from genl import NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, Genl, attr
from lone import address

ROUND = 300         # messages of one seed
SENT_MOST = 1 << 17 # bytes
NESTED = 1 << 15    # NLA_F_NESTED
ERROR, DONE = 2, 3


class Spoiler:
    """Changes to a request that is right."""
    def __init__(self, rng):
        self.rng = rng
        self.changes = [getattr(self, name) for name in dir(self)
                        if name.startswith("make_")]

    def spoil(self, attrs):
        """Attributes as bytes, a few changes made to them."""
        for _ in range(self.rng.randrange(1, 4)):
            attrs = self.rng.choice(self.changes)(list(attrs))
        return attrs

    def some(self, attrs):
        return self.rng.randrange(len(attrs)) if attrs else None

    def at_one(self, attrs, change):
        """The attributes with another payload of one of them."""
        at = self.some(attrs)
        if at is not None:
            attrs[at] = (attrs[at][0], change(attrs[at][1]))
        return attrs

    def make_off_by_one(self, attrs):
        step = self.rng.choice((-1, 1))

        def change(data):
            value = int.from_bytes(data, sys.byteorder) + step
            return (value % (1 << 8 * len(data))).to_bytes(len(data),
                                                           sys.byteorder)
        return self.at_one(attrs, change)

    def make_extreme(self, attrs):
        return self.at_one(attrs, lambda data: self.rng.choice(
            (bytes(len(data)), b"\xff" * len(data), b"\x7f" * len(data))))

    def make_random(self, attrs):
        return self.at_one(attrs, lambda data: self.rng.randbytes(len(data)))

    def make_short(self, attrs):
        return self.at_one(attrs, lambda data:
                           data[:self.rng.randrange(len(data) + 1)])

    def make_long(self, attrs):
        return self.at_one(attrs, lambda data: data + self.rng.choice(
            (b"\0", b"x", b"x" * 32, bytes(400), b"x" * 30000)))

    def make_nested(self, attrs):
        at = self.some(attrs)
        if at is not None:
            kind, data = attrs[at]
            attrs[at] = (kind | NESTED, attr(kind, data))
        return attrs

    def make_deep(self, attrs):
        at = self.some(attrs)
        if at is not None:
            kind, data = attrs[at]
            for _ in range(20):
                data = attr(kind | NESTED, data)
            attrs[at] = (kind | NESTED, data)
        return attrs

    def make_twice(self, attrs):
        at = self.some(attrs)
        return attrs if at is None else attrs + [attrs[at]] * self.rng.choice(
            (1, 1, 2, 130))

    def make_other(self, attrs):
        at = self.some(attrs)
        if at is not None:
            attrs[at] = (self.rng.randrange(64), attrs[at][1])
        return attrs

    def make_less(self, attrs):
        at = self.some(attrs)
        if at is not None:
            del attrs[at]
        return attrs

    def make_more(self, attrs):
        return attrs + [(self.rng.randrange(1 << 14),
                         self.rng.randbytes(self.rng.randrange(40)))]

    def make_mixed(self, attrs):
        self.rng.shuffle(attrs)
        return attrs


class Talker:
    """Sends what it is told to and hears all answers."""
    def __init__(self, rng):
        self.rng = rng
        self.genl = Genl()
        self.spoiler = Spoiler(rng)
        self.counts = {"messages": 0, "granted": 0, "refused": 0}

    def message(self, operation, way, attrs):
        """As bytes; some changes are made to the whole of it."""
        rng = self.rng
        payload = b"".join(attr(kind, data) for kind, data in attrs
                           if len(data) < 65000)
        command, version, reserved = operation.number, 1, 0
        flags = NLM_F_REQUEST | (NLM_F_DUMP if way == "dump" else NLM_F_ACK)
        how = rng.randrange(40)
        if how == 0:
            command = rng.randrange(256)
        elif how == 1:
            flags = rng.randrange(1 << 16) | NLM_F_REQUEST | NLM_F_ACK
        elif how == 2:
            version, reserved = rng.randrange(256), rng.randrange(1 << 16)
        elif how == 3:
            payload = payload[:rng.randrange(len(payload) + 1)]
        elif how == 4:
            payload += rng.randbytes(rng.randrange(1, 40))
        elif how == 5:
            payload += struct.pack("=HH", rng.choice((0, 1, 3, 5, 400, 65535)),
                                   rng.randrange(1 << 16))
        body = struct.pack("=BBH", command, version, reserved) + payload
        size = 16 + len(body)
        if how == 6:
            size = rng.choice((0, 15, 16, 19, size - 1, size + 1, 1 << 31))
        self.genl.seq += 1
        return struct.pack("=IHHII", size & 0xffffffff, self.genl.family, flags,
                           self.genl.seq, 0) + body

    def hear(self):
        """All that is there; an answer to a request is there when it was sent,
        the rest of a dump once the part before it was read."""
        sock = self.genl.sock
        sock.settimeout(0)
        heard = b""
        try:
            while True:
                heard += sock.recv(1 << 17)
        except BlockingIOError:
            pass
        sock.settimeout(20)
        return heard

    def ends(self, heard):
        """The errors of the answers in it."""
        while len(heard) >= 20:
            size, kind = struct.unpack_from("=IH", heard)
            if kind in (ERROR, DONE):
                yield -struct.unpack_from("=i", heard, 16)[0]
            heard = heard[max(size, 16) + -size % 4:]

    def send(self, chance):
        """One datagram, of one message or two."""
        data = b""
        for _ in range(self.rng.choice((1, 1, 1, 2))):
            operation, way, attrs = chance.request()
            if self.rng.random() < 0.8:
                attrs = self.spoiler.spoil(attrs)
            data += self.message(operation, way, attrs)
            data += bytes(-len(data) % 4)
            self.counts["messages"] += 1
        # Of more than that the socket takes nothing.
        self.genl.sock.send(data[:SENT_MOST])
        for error in self.ends(self.hear()):
            self.counts["refused" if error else "granted"] += 1


def traffic(gateway, rng):
    """Some packets, so that there are sessions to look at and to end."""
    vip, client, vm, far = (address(one) for one in (
        lone.VIP, lone.CLIENT, lone.VM, lone.FAR))
    for make, src, dst, port in ((tcp, client, vip, 80), (udp, client, vip, 53),
                                 (udp, vm, far, 53), (tcp, vm, far, 80)):
        gateway.send(make(src, dst, rng.randrange(2000, 3000), port))
    gateway.heard()


def rounds(gateway, end, seed):
    """What is wrong, and the figures."""
    rng = random.Random()
    talker, chance = Talker(rng), Chance(rng)
    wrong = []
    while time.monotonic() < end:
        rng.seed(seed)
        for _ in range(ROUND):
            talker.send(chance)
            if rng.random() < 0.1:
                traffic(gateway, rng)
        if talker.genl.talk(talker.genl.family, 200, b"")[0] <= 0:
            wrong.append(f"seed {seed}: a command that there is not is granted")
        wrong += [f"seed {seed}: {one}" for one in gateway.disagree()[1]]
        seed += 1
    return wrong, talker.counts


def main():
    end = time.monotonic() + float(sys.argv[1])
    wrong, counts = rounds(lone.Gateway(), end, int(sys.argv[2]))
    print(*wrong, sep="\n")
    print(*(f"{name}={n}" for name, n in counts.items()), f"wrong={len(wrong)}")
    sys.exit(bool(wrong))


main()
