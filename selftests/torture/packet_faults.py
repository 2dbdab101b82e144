#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Packets that come while memory fails: the first allocation that one makes, the
second and so on, until it passes without one having failed.

packet_faults.py SECONDS    as often as time allows

Whatever becomes of a packet, sessions, ports and their owners agree on how many
there are; a packet that passes has its session. Prints the figures; what is wrong
goes before them, a line each.
"""
import errno
import itertools
import socket
import sys
import time

import lone
from beyond import echo, newcomer, parts, tcp, udp
from fault import Faults
from lone import address

MOST = 500          # allocations of one packet: so many are none's
PATIENCE = 5        # seconds, for what must come out
ENDS = {4: (lone.VIP, lone.CLIENT, lone.VM, lone.FAR, lone.NAT, lone.OWN),
        6: (lone.VIP6, lone.CLIENT6, lone.VM6, lone.FAR6, lone.NAT6, lone.OWN6)}
# What the gateway's own sockets may say of a packet of theirs that did not leave.
REFUSALS = (errno.ENOMEM, errno.ENOBUFS, errno.EPERM, errno.EINPROGRESS,
            errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.EACCES,
            errno.ENETUNREACH)


class Torment:
    """Packets into a gateway, each once more for each allocation it makes."""
    def __init__(self):
        self.gateway = lone.Gateway()
        self.faults = Faults()
        self.fresh = itertools.count()
        self.hits, self.packets = 0, 0
        self.wrong = []
        self.begun = {}

    def written(self, *packets):
        for packet in packets:
            self.gateway.send(packet)

    def own(self, kind, family, far, port):
        """A packet of the gateway's own socket."""
        s = socket.socket(family, kind | socket.SOCK_NONBLOCK)
        self.begun[port] = s
        s.bind((lone.OWN6 if family == socket.AF_INET6 else lone.OWN, port))
        def act():
            if kind == socket.SOCK_DGRAM:
                s.sendto(b"hello", (far, 53))
            else:
                s.connect((far, 80))
        return act

    def kinds(self, family):
        """(what, function that makes a new one's act). Each act is one packet, or
        all parts of one."""
        vip, client, vm, far, nat, _ = (address(one) for one in ENDS[family])
        fresh = self.fresh
        af = socket.AF_INET6 if family == 6 else socket.AF_INET

        def packets(make, src, dst, port):
            def one():
                n = next(fresh) % 40000
                data = make(src, dst, 2100 + n, port)
                data = data if isinstance(data, list) else [data]
                return lambda: self.written(*data)
            return one

        def newcomers(make, port):
            def one():
                n = next(fresh) % 60000
                packet = make(newcomer(client, n), vip, 5000, port)
                return lambda: self.written(packet)
            return one

        yield "a new client's SYN", newcomers(tcp, 80)
        yield "a new client's datagram", newcomers(udp, 53)
        yield "a known client's SYN", packets(tcp, client, vip, 80)
        yield "a known client's datagram", packets(udp, client, vip, 53)
        yield "a datagram in parts", packets(parts, client, vip, 53)
        yield "a VM's SYN", packets(tcp, vm, far, 80)
        yield "a VM's datagram", packets(udp, vm, far, 53)
        yield "a VM's echo", packets(echo, vm, far, 0)
        yield "a VM's datagram in parts", packets(parts, vm, far, 53)
        yield "from outside to a mapping", packets(udp, far, nat, 2053)
        yield "a VM's to itself", packets(udp, vm, nat, 2053)
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            yield (f"the gateway's own {kind.name}",
                   lambda kind=kind: self.own(kind, af, ENDS[family][0],
                                              2100 + next(fresh) % 40000))

    def attempt(self, act, nth):
        """Was there a fault; what came out."""
        self.faults.arm(nth)
        try:
            act()
        except MemoryError:
            pass
        except OSError as error:
            if error.errno not in REFUSALS:
                raise
        hit = self.faults.disarm()
        self.packets += 1
        heard = self.gateway.heard(0 if hit else PATIENCE)
        for s in self.begun.values():
            s.close()
        self.begun.clear()
        return hit, heard

    def try_kind(self, what, make):
        for nth in range(1, MOST):
            before, _ = self.gateway.disagree()
            hit, heard = self.attempt(make(), nth)
            after, wrong = self.gateway.disagree()
            self.wrong += [f"{what}, fault {nth}: {one}" for one in wrong]
            if not hit:
                break
            self.hits += 1
        if after == before or not heard:
            self.wrong.append(f"{what}: without a fault {after - before} "
                              f"sessions, {len(heard)} packets")

    def clean(self, what):
        """All sessions end; nothing of them stays."""
        self.gateway.order("session-flush", {})
        left, wrong = self.gateway.disagree()
        if left:
            wrong.append(f"{left} sessions are left")
        self.wrong += [f"{what}, when all is over: {one}" for one in wrong]

    def run(self, end):
        """Rounds that were begun."""
        for rounds in itertools.count(1):
            for family in ENDS:
                for what, make in self.kinds(family):
                    if time.monotonic() > end:
                        return rounds
                    self.try_kind(f"IPv{family}: {what}", make)
                    self.clean(f"IPv{family}: {what}")


def main():
    end = time.monotonic() + float(sys.argv[1])
    torment = Torment()
    rounds = torment.run(end)
    print(*torment.wrong, sep="\n")
    print(f"faults={torment.hits} packets={torment.packets} rounds={rounds}"
          f" no_memory={torment.gateway.count('no_memory')}"
          f" wrong={len(torment.wrong)}")
    sys.exit(bool(torment.wrong))


main()
