#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Looks all the time at who has which ports, in the kernels of hosts and the edge.

Usage: audit.py MOST FOLDER EDGE,NAMESPACE HOST,NAMESPACE,ADDRESS ...

MOST is for how many seconds nobody gets what another has left: a look that takes
longer says nothing. A port must not be with two hosts, or with a host and with another
at the edge. What is wrong goes to standard error, as it is found. A machine whose
namespace has no name any more is left out.

FOLDER/NAME.socket is where the daemon of a machine is asked. A line of input is
answered by one of output:

well SECONDS HOST...    MS, after which all was well with etcd, edge and these hosts; if
                        it was not after SECONDS, also what was amiss in the end
end                     how many looks there were
"""
import json
import os
import select
import socket
import sys
import time

import netns
from genl import Genl, N

PAUSE = 0.1             # seconds between looks
PATIENCE = 5            # seconds, for a daemon
ADDRESS, FIRST, LAST, HOST = (N["A_GRANT_" + name] for name in (
    "ADDRESS", "PORT_FIRST", "PORT_LAST", "HOST"))

MOST = float(sys.argv[1])
FOLDER = sys.argv[2]
MACHINES = [word.split(",") for word in sys.argv[3:]]
EDGE = MACHINES[0][0]
NAMES = {address: name for name, _, address in MACHINES[1:]}


def text(address):
    return socket.inet_ntop(
        socket.AF_INET if len(address) == 4 else socket.AF_INET6, address)


def open_kernels():
    """A socket in each namespace, from where this process comes back: cleanup would
    take it for one of theirs."""
    kernels = {}
    with open("/proc/self/ns/net", encoding="utf8") as home:
        for name, namespace, *_ in MACHINES:
            path = netns.FOLDER + namespace
            netns.enter(path)
            kernels[name] = path, Genl()
        netns.enter(f"/proc/self/fd/{home.fileno()}")
    return kernels


def leave_out_gone(kernels):
    """A namespace lives as long as a socket of it: ours must not be the last."""
    for name, (path, genl) in list(kernels.items()):
        if not os.path.exists(path):
            genl.close()
            del kernels[name]


def claims(name, genl):
    """What a kernel has: (address, first, last, host)."""
    for grant in genl.dump(N["CMD_GRANT_GET"]):
        host = text(grant[HOST]) if HOST in grant else name
        yield (text(grant[ADDRESS]), int.from_bytes(grant[FIRST], sys.byteorder),
               int.from_bytes(grant[LAST], sys.byteorder), NAMES.get(host, host))


def clashes(told):
    """Ports that are with two, by what all kernels have told."""
    furthest = None     # of those before in order of ports: the one that ends last
    for claim in sorted(set().union(*told.values())):
        address, first, last, host = claim
        if furthest and address == furthest[0] and first <= furthest[2]:
            if host != furthest[3]:
                yield (f"{address} {first}-{min(last, furthest[2])} is with"
                       f" {furthest[3]} and {host}")
            if last <= furthest[2]:
                continue
        furthest = claim


def ask(name, part):
    """What the daemon of a machine shows of a part."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(PATIENCE)
        s.connect(f"{FOLDER}/{name}.socket")
        s.sendall(json.dumps({"show": part}).encode() + b"\n")
        with s.makefile(encoding="utf8") as answer:
            said = json.load(answer)
    return said if isinstance(said, list) else []


def find_amiss(told, hosts):
    """Why not all is well: one leads, no grant is on its way, edge and hosts have in
    their kernels what etcd says that they have, which is what the hosts want. Those
    who say so are in touch with etcd, or it would be what they knew before."""
    shown = ask(EDGE, "cluster")
    if not shown or shown[0]["etcd"] != "live" or not shown[0].get("leader"):
        return "nobody leads, or the edge does not know"
    grants = [one for one in shown if one["kind"] == "grant"]
    if any(grant["state"] != "active" for grant in grants):
        return "a grant is on its way"
    due = {(grant["address"], grant["first"], grant["last"], grant["host"])
           for grant in grants}
    if set(told[EDGE]) != due:
        return "the edge's kernel does not have what etcd has"
    for host in hosts:
        its = {claim for claim in due if claim[3] == host}
        if set(told[host]) != its:
            return f"{host}'s kernel does not have what etcd has"
        said = ask(host, "host")
        wants = [one["want"] for one in shown
                 if one["kind"] == "ask" and one["host"] == host]
        if not wants or not said or said[0]["etcd"] != "live":
            return f"{host} asks for nothing, or is not in touch with etcd"
        has, wanted = len(its) * shown[0]["chunk"], max(*wants, said[0]["want"])
        if has < wanted:
            return f"{host} has {has} ports, and wants {wanted}"
    return ""


def answer_wait(told, began, seconds, hosts):
    """Is the wait over? Then it is said."""
    try:
        amiss = find_amiss(told, hosts)
    except (OSError, ValueError) as error:
        amiss = f"a daemon does not answer: {error}"
    took = time.monotonic() - began
    if amiss and took < seconds:
        return False
    print(round(took * 1000), amiss, flush=True)
    return True


def main():
    kernels = open_kernels()
    looks, late = 0, 0
    wait = None         # when it began, seconds, hosts
    while True:
        began = time.monotonic()
        leave_out_gone(kernels)
        told = {name: list(claims(name, genl))
                for name, (_, genl) in kernels.items()}
        if time.monotonic() - began > MOST:
            late += 1
        else:
            looks += 1
            for sentence in clashes(told):
                print(sentence, file=sys.stderr, flush=True)
        if wait and answer_wait(told, *wait):
            wait = None
        if not select.select([sys.stdin], [], [], PAUSE)[0]:
            continue
        words = sys.stdin.readline().split()
        if not words or words[0] == "end":
            break
        wait = time.monotonic(), float(words[1]), words[2:]
    print(looks, "looks,", late, "that took too long", flush=True)


main()
