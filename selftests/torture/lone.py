# SPDX-License-Identifier: GPL-2.0-only
"""A gateway in a network namespace of this process alone. All that is beyond it,
clients, VMs, servers and the Internet, is this process too, at the other end of
one tun device. What it writes there passes the hooks while it writes.
"""
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
import time

import netns
from family import OPERATIONS
from genl import Genl

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000
VIP, VIP6 = "192.0.2.1", "2001:db8:1::1"
POOL, POOL6 = "203.0.113.1", "2001:db8:2::1"
NAT, NAT6 = "203.0.113.2", "2001:db8:2::2"
EDGE = "203.0.113.4"
CLIENT, CLIENT6 = "10.0.0.2", "fd00::2"
SERVER, SERVER6 = "10.1.1.2", "fd00:1:1::2"
VM, VM6 = "10.8.1.2", "fd00:8:1::2"
FAR, FAR6 = "10.9.0.2", "fd00:9::2"
OWN, OWN6 = "10.255.0.1", "fd00:ffff::1"
TRIES = 10

# All of 10.0.0.0/8 and fd00::/8 is beyond the device, and so are the virtual
# addresses, so that what the gateway itself sends there is steered as it leaves.
LINES = (f"link set lo up\nlink set t0 up\naddr add {OWN}/8 dev t0\n"
         f"addr add {OWN6}/8 dev t0 nodad\n" +
         "".join(f"addr add {one}/32 dev lo\n" for one in (POOL, NAT)) +
         "".join(f"addr add {one}/128 dev lo nodad\n"
                 for one in (POOL6, NAT6)) +
         f"route add {VIP} dev t0\nroute add {VIP6} dev t0\n")


def services():
    """A TCP and a UDP service for each family."""
    for name, address, server, pool in (("four", VIP, SERVER, "four"),
                                        ("six", VIP6, SERVER6, "six")):
        for proto, port in ((6, 80), (17, 53)):
            service = f"{name}-{port}"
            yield "service-new", {"name": service, "address": address,
                                  "proto": proto, "port": port, "pool": pool}
            yield "server-new", {"service": service, "address": server,
                                 "port": port}


OBJECTS = (
    ("pool-new", {"name": "four", "address": POOL, "hold_time": 0}),
    ("pool-new", {"name": "six", "address": POOL6, "hold_time": 0}),
    ("pool-new", {"name": "nat", "address": NAT, "hold_time": 0}),
    ("pool-new", {"name": "nat6", "address": NAT6, "hold_time": 0}),
    *services(),
    ("vm-new", {"name": "red", "address": VM, "pool": "nat",
                "ports_min": 1024}),
    ("vm-new", {"name": "red6", "address": VM6, "pool": "nat6",
                "ports_min": 1024}),
    ("mapping-new", {"vm": "red", "proto": 17, "address": VM, "port": 53,
                     "pool_address": NAT, "assigned_port": 2053}),
    ("mapping-new", {"vm": "red6", "proto": 17, "address": VM6, "port": 53,
                     "pool_address": NAT6, "assigned_port": 2053}),
    ("grant-new", {"address": EDGE, "port_first": 1024, "port_last": 2047,
                   "host": "10.4.0.11"}),
)


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET,
                            text)


class Gateway:
    """Its family, and the device."""
    def __init__(self):
        netns.new()
        self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.tun, TUNSETIFF,
                    struct.pack("16sH22x", b"t0", IFF_TUN | IFF_NO_PI))
        subprocess.run(["ip", "-batch", "-"], input=LINES.encode(), check=True)
        self.genl = Genl()
        for name, values in OBJECTS:
            self.order(name, values)

    def order(self, name, values):
        """What must be granted."""
        operation = OPERATIONS[name]
        error, _ = self.genl.talk(self.genl.family, operation.number,
                                  operation.encode(**values))
        if error:
            raise OSError(error, f"{name} {values}")

    def dump(self, name):
        """The objects of a command, their attributes by name."""
        operation = OPERATIONS[name]
        names = {a.number: a.name for a in operation.attributes.values()}
        return [{names[kind]: data for kind, data in attrs.items()}
                for attrs in self.genl.dump(operation.number)]

    def send(self, packet):
        """Into the gateway; an error is one of memory."""
        os.write(self.tun, packet)

    def heard(self, patience=0.0):
        """The packets that came out of it; those awaited come in this time."""
        packets = []
        while select.select([self.tun], [], [], 0 if packets else patience)[0]:
            packets.append(os.read(self.tun, 65536))
        return packets

    def count(self, counter):
        return next(int.from_bytes(one["value"], sys.byteorder)
                    for one in self.dump("stats-get")
                    if one["name"] == counter.encode() + b"\0")

    def figures(self):
        """How many sessions there are, and what should be one number and is not."""
        dump = self.dump

        def total(name, key):
            return sum(int.from_bytes(one[key], sys.byteorder)
                       for one in dump(name))

        sessions = dump("session-get")
        of_vms = sum("vm" in one for one in sessions)
        steered = len(sessions) - of_vms
        figures = {
            "clients' sessions": (total("client-get", "sessions"), steered),
            "servers' sessions": (total("server-get", "sessions"), steered),
            "VMs' sessions": (total("vm-get", "sessions"), of_vms),
            "ports in use": (total("range-get", "in-use"),
                             steered + len(dump("mapping-get"))),
        }
        return len(sessions), [f"{what}: {number} in place of {due}"
                               for what, (number, due) in figures.items()
                               if number != due]

    def disagree(self):
        """The same, once nothing changes by itself between two looks."""
        for _ in range(TRIES):
            sessions, wrong = self.figures()
            if not wrong:
                break
            time.sleep(0.3)
        return sessions, wrong
