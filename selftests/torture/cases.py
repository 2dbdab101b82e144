# SPDX-License-Identifier: GPL-2.0-only
"""A gateway without traffic that has one of everything, and for each command a
request that it grants, with what takes that back.
"""
import struct

from family import OPERATIONS

VIP, SERVER = "192.0.2.1", "10.1.1.2"
STEERING, NAT, GRANTED, SPARE, CALM = (f"203.0.113.{n}" for n in (1, 2, 3, 6, 10))
MINUTE, DAY = 60000, 86400000
WEB = {"service": "web", "address": SERVER, "port": 80}
LAST = {"service": "web", "address": "10.1.3.2", "port": 80}
MODEL = {"name": "line", "service": "web", "horizon": 10000, "step": 1000,
         "load": struct.pack("=IIi", 0, 10000, 1 << 24)}
RED = {"name": "red", "address": "10.8.1.2", "pool": "nat", "ports_min": 64,
       "ports_max": 64}
BLUE = {**RED, "name": "blue", "address": "10.8.2.2", "ports_max": 1024}
# Its policy has decided on more ports than it can get, as nobody gets any at random
# here: what it is given by hand is not taken back.
VIOLET = {**BLUE, "name": "violet", "address": "10.8.4.2", "pool": "calm",
          "ports": 1024}
GREEN = {"name": "green", "address": "10.8.3.2", "pool": "nat",
         "ports_min": 128, "ports_max": 1024}
FIXED = {"vm": "red", "proto": 6, "address": "10.8.1.2", "port": 80}
HELD = {"address": GRANTED, "port_first": 1024, "port_last": 2047, "epoch": 1}
MORE = {**HELD, "port_first": 4096, "port_last": 4159}
EDGE = {**HELD, "address": "203.0.113.4"}
EDGES = {**MORE, "address": "203.0.113.9"}
EXEMPT = {"address": "10.98.0.0", "prefix_length": 24}
NORTH = {"address": "2001:db8:9::", "prefix_length": 48}
STEERED = {"service": "web", "proto": 6, "client": "10.0.9.9",
           "pool_address": STEERING, "server": SERVER, "server_port": 80,
           "state": "established", "expires": 60 * MINUTE}
VMS = {"vm": "red", "proto": 17, "client": "10.8.1.2", "pool_address": NAT,
       "server": "10.9.9.9", "server_port": 53, "state": "established",
       "expires": 60 * MINUTE}
# What nobody uses: once it was used it is made anew, as new owners are a part of it.
SPARES = [
    ("pool-new", {"name": "spare", "address": SPARE, "hold_time": 0,
                  "block_size": 16}),
    ("service-new", {"name": "spare", "address": VIP, "proto": 6, "port": 81,
                     "pool": "spare"}),
    ("server-new", {"service": "spare", "address": SERVER, "port": 81}),
    ("vm-new", BLUE),
    ("vm-new", VIOLET),
]
ANEW = [("service-del", {"name": "spare"}), ("pool-del", {"name": "spare"}),
        ("vm-del", {"name": "blue"}), ("vm-del", {"name": "violet"}), *SPARES]

WORLD = (
    # Nothing may change by itself meanwhile.
    ("config-set", {"client_idle": DAY, "range_idle": DAY}),
    ("pool-new", {"name": "steering", "address": [STEERING, "203.0.113.5"],
                  "hold_time": 0, "block_size": 16}),
    ("pool-new", {"name": "nat", "address": NAT, "hold_time": 0}),
    ("pool-new", {"name": "calm", "address": CALM, "hold_time": 0}),
    ("pool-set", {"name": "calm", "address": CALM, "state": "withdrawn"}),
    ("pool-new", {"name": "granted", "address": GRANTED, "hold_time": 0,
                  "by_grants": True}),
    ("pool-new", {"name": "six", "address": "2001:db8:2::1"}),
    ("zone-new", {"address": "10.0.0.0", "prefix_length": 16, "name": "east"}),
    ("zone-new", {"address": "10.1.0.0", "prefix_length": 16, "name": "west"}),
    ("distance-set", {"from": "east", "to": "west", "share": 5000}),
    ("service-new", {"name": "web", "address": VIP, "proto": 6, "port": 80,
                     "pool": "steering"}),
    ("service-new", {"name": "dns6", "address": "2001:db8:1::1", "proto": 17,
                     "port": 53, "pool": "six"}),
    ("server-new", {**WEB, "zone": "east", "tags": "ssd"}),
    ("server-new", {**WEB, "address": "10.1.2.2"}),
    ("server-report", {**WEB, "load": 1000}),
    ("server-new", {"service": "dns6", "address": "fd00:1:1::2", "port": 53}),
    ("vm-new", RED),
    ("vm-report", {"name": "red", "pps": 1, "connections": 1}),
    ("range-new", {"pool": "nat", "address": NAT, "first": 2048, "last": 2111,
                   "owner_type": "vm", "owner_name": "red"}),
    ("exempt-new", {**EXEMPT, "address": "10.99.0.0"}),
    ("grant-new", {**HELD, "pool": "granted"}),
    ("grant-new", {**EDGE, "host": "10.4.0.11"}),
    ("model-new", MODEL),
    ("session-new", {**STEERED, "client_port": 1, "assigned_port": 2000}),
    ("session-new", {**STEERED, "client_port": 2, "assigned_port": 2001,
                     "whose": "peer"}),
    ("session-new", {**VMS, "client_port": 1, "assigned_port": 2050}),
    *SPARES,
)


def encoded(requests):
    return [(OPERATIONS[name], OPERATIONS[name].encode(**values))
            for name, values in requests]


class Case:
    """A request, what takes it back, and whether it changes anything. What is of a
    pair undoes what is ordered first."""
    def __init__(self, name, values, *back, way="do", changes=True, paired=False):
        self.operation, self.payload = encoded([(name, values)])[0]
        self.way = way
        self.changes = changes
        self.back = encoded(back)
        self.paired = paired

    def __str__(self):
        return f"{self.operation.name} {self.way}"


def pair(there, back):
    """Two cases: there, and back again."""
    return [Case(*there, back), Case(*back, there, paired=True)]


def asked(name, way, values=None):
    return Case(name, values or {}, way=way, changes=False)


POOL = {"name": "other", "address": ["203.0.113.7", "203.0.113.8"]}
SERVICE = {"name": "other", "address": VIP, "proto": 17, "port": 53,
           "pool": "steering", "needs": "ssd,big"}
RANGE = {"pool": "spare", "address": SPARE, "first": 3200, "last": 3263}
SESSION = {"service": "spare", "client": "10.0.9.8", "client_port": 7,
           "pool_address": SPARE, "assigned_port": 4007, "server_port": 81}
CASES = [
    *pair(("pool-new", POOL), ("pool-del", {"name": "other"})),
    Case("pool-set", {"name": "steering", "address": "203.0.113.5",
                      "state": "withdrawn"},
         ("pool-set", {"name": "steering", "address": "203.0.113.5",
                       "state": "active"})),
    *pair(("service-new", SERVICE), ("service-del", {"name": "other"})),
    Case("service-set", {"name": "web", "select": "wrand", "weight_load": 1,
                         "weight_capacity": 2, "weight_ports": 3},
         ("service-set", {"name": "web", "inherit": True})),
    *pair(("server-new", {**LAST, "zone": "west", "tags": "a,b"}),
          ("server-del", LAST)),
    Case("server-set", {**WEB, "zone": "west", "tags": "a,b", "state": "drain"},
         ("server-set", {**WEB, "zone": "east", "tags": "ssd", "state": "up"})),
    Case("server-report", {**WEB, "load": 7000},
         ("server-report", {**WEB, "load": 1000})),
    Case("config-set", {"select": "argmax", "timeout_udp": MINUTE},
         ("config-set", {"select": "p2c", "timeout_udp": 5 * MINUTE})),
    Case("session-flush", {"client_port": 1, "proto": 6},
         ("session-new", {**STEERED, "client_port": 1, "assigned_port": 2000})),
    Case("session-set", {"whose": "unsure"},
         ("session-new", {**STEERED, "client_port": 2, "assigned_port": 2001,
                          "whose": "peer"})),
    Case("range-new", {**RANGE, "owner_type": "client", "owner": "10.0.9.9"},
         *ANEW),
    Case("range-new", {**RANGE, "owner_type": "probation"}, *ANEW),
    Case("range-new", {"pool": "calm", "address": CALM, "first": 4096,
                       "last": 4351, "owner_type": "vm",
                       "owner_name": "violet"}, *ANEW),
    Case("session-new", {**STEERED, **SESSION}, *ANEW),
    Case("session-new", {**VMS, "vm": "violet", "client": "10.8.4.2",
                         "pool_address": CALM, "client_port": 7,
                         "assigned_port": 4103}, *ANEW),
    *pair(("vm-new", GREEN), ("vm-del", {"name": "green"})),
    Case("vm-set", {"name": "blue", "filtering": "address-dependent",
                    "ports_max": 256, "ports": 256}, *ANEW),
    Case("vm-report", {"name": "red", "pps": 1, "connections": 7},
         ("vm-report", {"name": "red", "pps": 1, "connections": 1})),
    *pair(("mapping-new", {**FIXED, "pool_address": NAT, "assigned_port": 2060}),
          ("mapping-del", FIXED)),
    *pair(("exempt-new", EXEMPT), ("exempt-del", EXEMPT)),
    *pair(("grant-new", {**MORE, "pool": "granted"}), ("grant-del", MORE)),
    *pair(("grant-new", {**EDGES, "host": "10.4.0.12", "dev": "lo"}),
          ("grant-del", EDGES)),
    Case("grant-set", {**EDGE, "host": "10.4.0.12"},
         ("grant-set", {**EDGE, "host": "10.4.0.11"})),
    *pair(("zone-new", {**NORTH, "name": "north"}), ("zone-del", NORTH)),
    Case("zone-flush", {"name": "east"},
         ("zone-new", {"address": "10.0.0.0", "prefix_length": 16,
                       "name": "east"})),
    *pair(("distance-set", {"from": "east", "to": "north", "share": 100}),
          ("distance-del", {"from": "north", "to": "east"})),
    *pair(("model-new", {**MODEL, "service": "dns6"}),
          ("model-del", {"service": "dns6"})),
    asked("pool-get", "do", {"name": "nat"}),
    asked("service-get", "do", {"name": "web"}),
    asked("server-get", "do", WEB),
    asked("config-get", "do"),
    asked("vm-get", "do", {"name": "red"}),
    asked("distance-get", "do", {"from": "east", "to": "west"}),
    asked("model-get", "do", {"service": "web"}),
    asked("server-get", "dump", {"service": "web"}),
    asked("session-get", "dump", {"service": "web"}),
    asked("client-get", "dump", {"pool": "steering"}),
    asked("range-get", "dump", {"pool": "steering"}),
    asked("explain-get", "dump", {"service": "web", "client": "10.0.9.9"}),
    asked("mapping-get", "dump", {"vm": "red"}),
    asked("module-get", "do"),
    asked("netns-get", "do"),
    asked("model-get", "dump", {"service": "web"}),
    *(asked(name, "dump") for name in (
        "pool-get", "service-get", "stats-get", "vm-get", "exempt-get",
        "grant-get", "zone-get", "distance-get")),
]
