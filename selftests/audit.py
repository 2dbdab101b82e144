#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Looks all the time at who has which ports, in the kernels of hosts and the edge.

Usage: audit.py MOST EDGE HOST=ADDRESS ...

EDGE and HOST are network namespaces. MOST is for how many seconds nobody gets what
another has left: a look that takes longer says nothing. A run of ports must not be
with two hosts, or with a host and with another at the edge. A host that is gone is
left out. Prints what is wrong, as it is found; ends with its input, and then prints
how many looks there were.
"""
import json
import select
import subprocess
import sys
import time

MOST = float(sys.argv[1])
EDGE = sys.argv[2]
HOSTS = dict(word.split("=") for word in sys.argv[3:])


def begin(namespace):
    return subprocess.Popen(["portsteer", "-n", namespace, "-j", "grant", "show"],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def end(process):
    """(address, first port of a run of 64) -> host, or NULL if it can't be asked"""
    text = process.communicate()[0]
    if process.returncode:
        return None
    return {(g["address"], port): g.get("host") for g in json.loads(text)
            for port in range(g["first"], g["last"], 64)}


def look():
    """What is wrong, or None if it took too long."""
    began = time.monotonic()
    asked = {name: begin(name) for name in [EDGE, *HOSTS]}
    told = {name: end(process) for name, process in asked.items()}
    if time.monotonic() - began > MOST or told[EDGE] is None:
        return None
    wrong, owners = set(), {}
    for name, address in HOSTS.items():
        for run in told[name] or {}:
            if run in owners:
                wrong.add(f"{run} is with {owners[run]} and {name}")
            owners[run] = name
            if told[EDGE].get(run) not in (None, address):
                wrong.add(f"{run} is with {name} and {told[EDGE][run]}")
    return wrong


looks, late = 0, 0
while not select.select([sys.stdin], [], [], 0)[0]:
    found = look()
    looks += found is not None
    late += found is None
    for sentence in found or ():
        print(sentence, flush=True)
print(looks, "looks,", late, "that took too long", flush=True)
