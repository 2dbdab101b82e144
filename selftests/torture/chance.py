# SPDX-License-Identifier: GPL-2.0-only
"""Requests by chance: as the spec has their attributes, with values out of a small
world, so that they often mean what is there.
"""
from family import OPERATIONS

# Of what two requests can hardly agree on by chance: (set, attribute) or attribute.
NAMES = ["a", "b", "c"]
WORLD = {
    ("pool", "address"): ["203.0.113.11", "203.0.113.12", "203.0.113.13",
                          "2001:db8:2::11"],
    ("pool", "block-size"): [16, 64, 256],
    ("pool", "hold-time"): [0, 1000, 5000],
    ("pool", "port-first"): [1024, 2048],
    ("pool", "port-last"): [4095, 65535],
    ("service", "address"): ["192.0.2.11", "192.0.2.12", "2001:db8:1::11"],
    ("service", "proto"): [6, 17],
    ("service", "port"): [80, 53],
    ("server", "address"): ["10.1.1.2", "10.1.2.2", "fd00:1:1::2"],
    ("server", "port"): [80, 53],
    ("vm", "address"): ["10.0.100.2", "10.0.101.0", "fd00:0:0:100::2"],
    ("vm", "prefix-length"): [32, 24, 128],
    ("vm", "ports"): [64, 128, 1024],
    ("vm", "ports-min"): [1, 64, 128],
    ("vm", "ports-max"): [64, 1024, 65535],
    ("mapping", "address"): ["10.0.100.2", "10.0.101.7"],
    ("mapping", "port"): [80, 53, 5000],
    ("mapping", "proto"): [6, 17],
    ("exempt", "address"): ["10.98.0.0", "10.99.0.0"],
    ("exempt", "prefix-length"): [24],
    ("grant", "address"): ["203.0.113.13", "203.0.113.14"],
    ("grant", "port-first"): [1024, 2048, 4096],
    ("grant", "port-last"): [2047, 4095, 8191],
    ("grant", "size"): [64, 128, 1024],
    ("grant", "host"): ["10.1.1.2", "10.1.2.2"],
    ("grant", "dev"): ["lo"],
    ("grant", "epoch"): [1],
    ("zone", "address"): ["10.0.0.0", "10.0.64.0", "fd00::"],
    ("zone", "prefix-length"): [16, 18, 32],
    ("range", "first"): [1024, 2048],
    ("range", "last"): [1087, 2111],
    ("range", "port"): [1024, 2048],
    ("range", "address"): ["203.0.113.11", "203.0.113.12"],
    ("range", "owner"): ["10.0.102.2", "10.0.103.2"],
    ("session", "proto"): [6, 17],
    ("session", "client"): ["10.0.102.2", "10.0.100.2", "10.0.101.7"],
    ("session", "client-port"): [1, 2, 3],
    ("session", "server"): ["10.1.1.2", "10.1.2.2"],
    ("session", "server-port"): [80, 53],
    ("session", "assigned-port"): [1024, 2048, 3000],
    ("session", "expires"): [0, 1000, 3600000],
    ("explain", "client"): ["10.0.102.2", "10.0.103.2"],
    ("model", "horizon"): [1000, 10000],
    ("model", "step"): [100, 1000],
    "pool-address": ["203.0.113.11", "203.0.113.12", "2001:db8:2::11"],
    "tags": ["", "ssd", "ssd,big"],
    "needs": ["", "ssd"],
}
# What goes without others, or with all of them, is left out as a rule.
SELDOM = {"by-grants", "withdrawn", "force", "inherit", "needs", "inbound",
          "weight-load", "weight-capacity", "weight-ports"}
# One of a row, not all.
EITHER = (("service", "vm"), ("host", "pool"), ("owner", "owner-name"))


class Chance:
    """A source of requests; config-set leaves some settings alone."""
    def __init__(self, rng, spared=()):
        self.rng = rng
        self.spared = set(spared)

    def value(self, operation, attribute):
        rng = self.rng
        for key in ((operation.set, attribute.name), attribute.name):
            if key in WORLD:
                return rng.choice(WORLD[key])
        if attribute.type == "string":
            return rng.choice(NAMES)
        if attribute.type == "flag":
            return True
        if attribute.type == "binary":
            return b"".join(n.to_bytes(4, "little") for n in
                            (0, 10000, *[rng.getrandbits(24) for _ in "123"]))
        most = attribute.most
        if most is None:
            most = 255 if attribute.type == "u8" else 65535
        return rng.choice((attribute.least, most,
                           rng.randint(attribute.least, most)))

    def names(self, operation, way):
        """Which attributes a request has."""
        rng = self.rng
        left_out = set()
        for row in EITHER:
            left_out |= {*row} - {rng.choice(row)}
        if operation.set == "config":
            left_out |= self.spared
        often = 0.3 if operation.set == "config" or way == "dump" else 0.9
        return [name for name in operation.takes[way] if name not in left_out and
                rng.random() < (0.1 if name in SELDOM else often)]

    def request(self, way=None):
        """(operation, way, its attributes as (number, bytes))."""
        rng = self.rng
        operation = rng.choice([op for op in OPERATIONS.values() if op.takes])
        way = rng.choice(list(operation.takes))
        attributes = [operation.attributes[name]
                      for name in self.names(operation, way)]
        return operation, way, [(one.number,
                                 one.bytes_of(self.value(operation, one)))
                                for one in attributes]
