#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Messages that no tool would send: every one has to be answered by an error.

Runs in a namespace with pool pool4, service web, server 10.1.1.2:80.
"""
import random
import socket
import struct
import sys

import netns
from genl import NLM_F_ACK, NLM_F_DUMP, Genl, N, attr

LIMIT = 100 << 24               # of a model's coefficients
wrong = []


def dump_of_long_pools(family):
    """A pool that is longer than a socket's first answer usually is, and one after
    it, are both in a dump of a namespace that has no other; what is wrong there."""
    netns.new()
    genl = Genl(family)
    names = attr("POOL_NAME", "long"), attr("POOL_NAME", "next")
    addresses = [attr("POOL_ADDRESS", socket.inet_pton(socket.AF_INET6, f"2001:db8::{n:x}"))
                 for n in range(1, 129)]
    orders = [("POOL_NEW", names[0] + b"".join(addresses)),
              ("POOL_NEW", names[1] + attr("POOL_ADDRESS", bytes([198, 51, 100, 2])))]
    orders += [("POOL_SET", names[0] + address +
                attr("POOL_STATE", bytes([N["ADDRESS_WITHDRAWN"]])))
               for address in addresses]
    for cmd, payload in orders:
        if error := genl.talk(family, N["CMD_" + cmd], payload)[0]:
            yield f"{cmd}: error {error}"
    fresh = Genl(family)
    told = {pool[N["A_POOL_NAME"]] for pool in fresh.dump(N["CMD_POOL_GET"])}
    if not {b"long\0", b"next\0"} <= told:
        yield f"pools that a dump tells: {told}"


def main():
    genl = Genl()

    def refused(what, cmd, payload, flags=NLM_F_ACK):
        number = N["CMD_" + cmd] if isinstance(cmd, str) else cmd
        if genl.talk(genl.family, number, payload, flags)[0] <= 0:
            wrong.append(f"{cmd} {what}: {payload.hex()}")

    web, port = attr("SERVER_SERVICE", "web"), struct.pack("=H", 80)
    address = socket.inet_aton("10.1.1.2")
    server = (web + attr("SERVER_ADDRESS", address) +
              attr("SERVER_PORT", port))
    good = {
        "POOL_NEW": attr("POOL_NAME", "raw") +
                    attr("POOL_ADDRESS", bytes([198, 51, 100, 1])),
        "SERVICE_NEW": attr("SERVICE_NAME", "raw") +
                       attr("SERVICE_ADDRESS", bytes([192, 0, 2, 7])) +
                       attr("SERVICE_PROTO", b"\6") +
                       attr("SERVICE_PORT", port) +
                       attr("SERVICE_POOL", "pool4"),
        "SERVER_NEW": web + attr("SERVER_ADDRESS", bytes([10, 1, 1, 9])) +
                      attr("SERVER_PORT", port),
        "SERVER_REPORT": server + attr("SERVER_LOAD", 100),
        "CONFIG_SET": attr("CONFIG_SLOW_START", 1234),
        "ZONE_NEW": attr("ZONE_ADDRESS", address) + attr("ZONE_NAME", "raw"),
        "DISTANCE_SET": attr("DISTANCE_FROM", "a") + attr("DISTANCE_TO", "c") +
                        attr("DISTANCE_SHARE", 100),
        "MODEL_NEW": attr("MODEL_NAME", "raw") +
                     attr("MODEL_HORIZON", 10000) +
                     attr("MODEL_STEP", 1000) +
                     attr("MODEL_LOAD", struct.pack("=IIi", 0, 10000, 1)),
    }
    names = ["POOL_DEL", "POOL_GET", "SERVICE_SET", "SERVICE_DEL",
             "SERVICE_GET", "SERVER_SET", "SERVER_DEL", "SERVER_GET",
             "MODEL_DEL", "MODEL_GET",
             "ZONE_DEL", "DISTANCE_DEL", "DISTANCE_GET"]

    for cmd, payload in good.items():
        # Cut anywhere, but in the padding at the end; cut between attributes
        # it lacks one.
        for size in range(len(payload) - 2):
            if cmd != "CONFIG_SET" or size:
                refused("cut", cmd, payload[:size])
        kind = cmd.rsplit("_", 1)[0]
        refused("unknown attribute", cmd, payload + attr(99, 1))
        refused("attribute of no command", cmd, payload + attr(0x3fff, b"x"))
        refused("not for input", cmd, payload + attr(1, b"x"))
        refused("trailing bytes", cmd, payload + b"\1\2\3")
        refused("attribute longer than the message", cmd,
                payload + struct.pack("=HH", 400, 2))
        refused("attribute shorter than its header", cmd,
                payload + struct.pack("=HH", 2, 2))
    for cmd in names:
        refused("empty", cmd, b"")
    for cmd in ("STATS_GET", "CONFIG_GET", "MODULE_GET", "NETNS_GET"):
        refused("with an attribute", cmd, attr(1, 1),
                NLM_F_DUMP if cmd == "STATS_GET" else NLM_F_ACK)
    for cmd in ("EXPLAIN_GET", "SESSION_GET", "CLIENT_GET", "RANGE_GET"):
        refused("not as a dump", cmd, b"")
        refused("unknown attribute", cmd, attr(99, 1), NLM_F_DUMP)
        refused("address of five bytes", cmd,
                attr(N.get(f"A_{cmd[:-4]}_CLIENT",
                           N.get(f"A_{cmd[:-4]}_ADDRESS")), b"12345"),
                NLM_F_DUMP)
    refused("without a client", "EXPLAIN_GET", attr("EXPLAIN_SERVICE", "web"),
            NLM_F_DUMP)
    for cmd in ("SERVER_NTF", "RANGE_NTF", "SESSION_NTF", 0, 200):
        refused("no request", cmd, b"")

    # One wrong value in what is else right.
    for cmd, name, value in (
            ("POOL_NEW", "POOL_NAME", b"no end"),
            ("POOL_NEW", "POOL_NAME", "x" * 32),
            ("POOL_NEW", "POOL_NAME", "a b"), ("POOL_NEW", "POOL_NAME", ""),
            ("POOL_NEW", "POOL_ADDRESS", b"123"),
            ("POOL_NEW", "POOL_ADDRESS", b"x" * 17),
            ("POOL_NEW", "POOL_PORT_FIRST", b"\0\0"),
            ("POOL_NEW", "POOL_PORT_FIRST", 1024),
            ("POOL_NEW", "POOL_BLOCK_SIZE", 3),
            ("POOL_NEW", "POOL_FORCE", 1),
            ("POOL_NEW", "POOL_BLOCKS", 1),
            ("SERVICE_NEW", "SERVICE_PROTO", b"\1"),
            ("SERVICE_NEW", "SERVICE_SELECT", b"\3"),
            ("SERVICE_NEW", "SERVICE_WEIGHT_LOAD", 1),
            ("SERVICE_NEW", "SERVICE_CREATED", bytes(8)),
            ("SERVER_NEW", "SERVER_STATE", b"\3"),
            ("SERVER_NEW", "SERVER_ZONE", "no zone"),
            ("SERVER_NEW", "SERVER_TAGS", "t" * 64),
            ("SERVER_NEW", "SERVER_TAGS", "a b"),
            ("SERVER_NEW", "SERVER_TAGS", "a\npool add b"),
            ("SERVER_NEW", "SERVER_LOAD", 1),
            ("SERVER_REPORT", "SERVER_CPU", 10001),
            ("SERVER_REPORT", "SERVER_SEQUENCE", 1),
            ("SERVER_REPORT", "SERVER_MAX_SESSIONS", 1),
            ("SERVICE_NEW", "SERVICE_WEIGHT_ZONE", 1000001),
            ("SERVICE_NEW", "SERVICE_NEEDS", "a b"),
            ("SERVICE_NEW", "SERVICE_NEEDS", "a,,b"),
            ("SERVICE_NEW", "SERVICE_NEEDS", "t" * 32),
            ("SERVICE_NEW", "SERVICE_EMPHASIS", b"\4"),
            ("SERVER_NEW", "SERVER_ZONE", "a,b"),
            ("SERVER_NEW", "SERVER_TAGS", "a,"),
            ("ZONE_NEW", "ZONE_NAME", ""), ("ZONE_NEW", "ZONE_NAME", "a b"),
            ("ZONE_NEW", "ZONE_PREFIX_LENGTH", b"\x21"),
            ("ZONE_NEW", "ZONE_PREFIX_LENGTH", b"\x81"),
            ("ZONE_NEW", "ZONE_PREFIX_LENGTH", b"\x08"),
            ("ZONE_NEW", "ZONE_COUNT", 1),
            ("DISTANCE_SET", "DISTANCE_SHARE", 10001),
            ("DISTANCE_SET", "DISTANCE_TO", "a"),
            ("DISTANCE_SET", "DISTANCE_TO", "x" * 32),
            ("CONFIG_SET", "CONFIG_RANGE_ADAPT", b"\2"),
            ("MODEL_NEW", "MODEL_NAME", ""),
            ("MODEL_NEW", "MODEL_SERVICE", "nil"),
            ("MODEL_NEW", "MODEL_HORIZON", 999),
            ("MODEL_NEW", "MODEL_STEP", 0),
            ("MODEL_NEW", "MODEL_INTERCEPT", struct.pack("=i", LIMIT + 1)),
            ("MODEL_NEW", "MODEL_INTERCEPT", struct.pack("=i", -LIMIT - 1)),
            ("MODEL_NEW", "MODEL_CPU", b""),
            ("MODEL_NEW", "MODEL_CPU", struct.pack("=II", 0, 1)),
            ("MODEL_NEW", "MODEL_CPU", struct.pack("=IIh", 0, 1, 1)),
            ("MODEL_NEW", "MODEL_CPU", struct.pack("=IIib", 0, 1, 1, 1)),
            ("MODEL_NEW", "MODEL_CPU", struct.pack("=II9i", 0, 1, *[1] * 9)),
            ("MODEL_NEW", "MODEL_CPU", struct.pack("=IIi", 1, 1, 1)),
            ("MODEL_NEW", "MODEL_CPU", struct.pack("=IIi", 2, 1, 1)),
            ("MODEL_NEW", "MODEL_CPU", struct.pack("=IIi", 0, 10001, 1)),
            ("MODEL_NEW", "MODEL_CPU", struct.pack("=IIi", 0, 1, LIMIT + 1)),
            ("MODEL_NEW", "MODEL_CPU", struct.pack("=IIii", 0, 1, 1, -1 << 31)),
            ("MODEL_NEW", "MODEL_USED", b"\1"),
            ("MODEL_NEW", "MODEL_WARNING", "x"),
            ("CONFIG_SET", "CONFIG_SELECT", b"\3"),
            ("CONFIG_SET", "CONFIG_PORT_RANGE_SIZE", b"\1\0")):
        refused(name, cmd, good[cmd] + attr(name, value))
    refused("two families", "POOL_NEW", good["POOL_NEW"] +
            attr("POOL_ADDRESS", b"\x20\x01" + bytes(13) + b"\1"))

    # Noise behind a name that exists: whatever it is, it is not a request.
    rng = random.Random(1)
    for _ in range(300):
        cmd = rng.choice([*good, *names])
        refused("noise", cmd, struct.pack("=HH", rng.randrange(4),
                                          rng.randrange(65536)) +
                rng.randbytes(rng.randrange(64)))

    # All of what was refused above is right but for the one thing.
    if genl.talk(genl.family, N["CMD_CONFIG_GET"], b"")[0]:
        wrong.append("a good request is refused")
    wrong.extend(dump_of_long_pools(genl.family))
    print(*wrong, sep="\n")
    print(f"{genl.seq - 2} refused" if not wrong else f"{len(wrong)} accepted")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
