#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Objects that come and go, change and are looked at, by several processes at once,
in the namespace of the caller.

churn.py SECONDS SEED PROCESSES

What others hold in there is not touched: left out are flushes that may mean it, and
settings by which it would end. Prints the figures; a command and a dump are two.
"""
import collections
import json
import os
import random
import sys
import time

from chance import Chance
from family import OPERATIONS
from genl import NLM_F_ACK, NLM_F_DUMP, Genl, attr

# These would be felt by everybody.
SPARED = [name for name in OPERATIONS["config-set"].attributes
          if name.startswith(("timeout-", "clients-", "sessions-", "port-range",
                              "range-idle", "client-idle"))]


def may_touch_others(operation, attrs):
    """Would it end sessions that are not of the churn's pools?"""
    address = operation.attributes.get("pool-address")
    return (operation.name == "session-flush" and
            address.number not in dict(attrs))


def churn(end, seed):
    """How often each command was granted, and how often one was refused."""
    chance = Chance(random.Random(seed), SPARED)
    genl = Genl()
    done = collections.Counter()
    while time.monotonic() < end:
        operation, way, attrs = chance.request()
        if may_touch_others(operation, attrs):
            continue
        payload = b"".join(attr(*one) for one in attrs)
        error, _ = genl.talk(genl.family, operation.number, payload,
                             NLM_F_DUMP if way == "dump" else NLM_F_ACK)
        done["refused" if error else f"{operation.name} {way}"] += 1
    return done


def begin(end, seed):
    """A process that churns; where it tells what it has done."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return reader
    os.write(writer, json.dumps(churn(end, seed)).encode())
    os._exit(0)


def main():
    end, seed = time.monotonic() + float(sys.argv[1]), int(sys.argv[2])
    readers = [begin(end, seed + n) for n in range(int(sys.argv[3]))]
    done, ended_badly = collections.Counter(), 0
    for reader in readers:
        with open(reader, encoding="utf8") as file:
            done.update(json.loads(file.read() or "{}"))
        ended_badly |= os.wait()[1]
    refused = done.pop("refused", 0)
    print(f"granted={done.total()} refused={refused} commands={len(done)}"
          f" of={sum(len(op.takes) for op in OPERATIONS.values())}")
    sys.exit(bool(ended_badly))


main()
