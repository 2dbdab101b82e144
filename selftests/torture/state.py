# SPDX-License-Identifier: GPL-2.0-only
"""All that a gateway has, but for what passes by itself or counts what was."""
import collections

from family import OPERATIONS, requests
from genl import NLM_F_ACK, messages

PASSING = {
    "pool": "largest-free",
    "service": "created",
    "server": "age report-age reports sequence capacity predicted-load arrivals "
              "model-forecast predictor forecasts forecast-error same-error "
              "expert-weight created established packets bytes",
    "client": "created idle arrival-rate mean-duration ports-expected",
    "range": "held-for",
    "session": "expires packets bytes",
    "vm": "pps bandwidth reports report-age demand time-to-full share created "
          "packets bytes",
    "grant": "packets bytes",
}
# Ports of VMs are chosen by chance, so two changes of one kind differ in them.
BY_CHANCE = OPERATIONS["range-get"].attributes["owner-name"].number
LEFT_OUT = {"stats-get", "explain-get"}


def read_objects(genl):
    """(command, attributes) of each object."""
    for operation in requests("dump"):
        if operation.name not in LEFT_OUT:
            for attrs in genl.dump(operation.number):
                yield operation, attrs
    config = OPERATIONS["config-get"]
    _, reply = genl.talk(genl.family, config.number, b"", NLM_F_ACK)
    for attrs in messages(reply):
        yield config, attrs


def read(genl):
    """How often there is each object."""
    state = collections.Counter()
    for operation, attrs in read_objects(genl):
        for name in PASSING.get(operation.set, "").split():
            attrs.pop(operation.attributes[name].number, None)
        state[operation.set, tuple(sorted(attrs.items()))] += 1
    return state


def change(before, after):
    """What is gone and what has come, but for what chance decides."""
    def known(objects):
        return {one for one in objects
                if one[0] != "range" or BY_CHANCE not in dict(one[1])}
    return known(before - after), known(after - before)


def show(objects):
    return "; ".join(f"{name} " + " ".join(f"{kind}={data.hex()}"
                                           for kind, data in attrs)
                     for name, attrs in sorted(objects))
