# SPDX-License-Identifier: GPL-2.0-only
"""What who has no rights in a network namespace gets of it: nothing.

isolation.py commands   every command of the contract is refused
isolation.py borrowed   so is one by a socket that another has opened, either way
isolation.py groups     no group can be joined
isolation.py hears N    one's own groups can be; prints what they tell in N seconds
"""
import errno
import os
import socket
import sys

import genl

SOL_NETLINK, ADD_MEMBERSHIP, LISTEN_ALL_NSID = 270, 1, 8
NOBODY = 65534
# The module's version, which is in /sys/module/portsteer/version as well.
PUBLIC = "CMD_MODULE_GET"
# Controller: CTRL_ATTR_MCAST_GROUPS and what is in each of them
GROUPS, GROUP_NAME, GROUP_ID = 7, 1, 2


def commands():
    """Those that may be sent, but for one that anybody may send."""
    return {name: value for name, value in genl.N.items()
            if name.startswith("CMD_") and value and
            not name.endswith("_NTF") and name != PUBLIC}


def answers(sock):
    """Of each command, what is not refused for want of rights."""
    for name, cmd in commands().items():
        said = [sock.talk(sock.family, cmd, b"", flags)[0]
                for flags in (genl.NLM_F_ACK, genl.NLM_F_DUMP)]
        if errno.EPERM not in said or set(said) - {errno.EPERM,
                                                   errno.EOPNOTSUPP}:
            yield f"{name}: {[os.strerror(error) for error in said]}"


def borrowed():
    opened_by_root = genl.Genl()
    os.seteuid(NOBODY)
    opened_by_nobody = genl.Genl()
    yield from answers(opened_by_root)
    os.seteuid(0)
    yield from answers(opened_by_nobody)


def nested(data):
    """The attributes in a row, by their numbers."""
    return next(genl.messages(genl.struct.pack("=I", 20 + len(data)) +
                              bytes(16) + data))


def groups(sock):
    """The groups' numbers by their names."""
    _, reply = sock.talk(genl.CONTROLLER, genl.GETFAMILY,
                         genl.attr(genl.FAMILY_NAME, "portsteer"))
    found = [nested(data) for data in
             nested(next(genl.messages(reply))[GROUPS]).values()]
    return {group[GROUP_NAME].rstrip(b"\0").decode():
            int.from_bytes(group[GROUP_ID], "little") for group in found}


def joined(sock):
    """Which can be."""
    for name, number in groups(sock).items():
        try:
            sock.sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, number)
        except PermissionError:
            continue
        yield name


def hears(sock, seconds):
    sock.sock.setsockopt(SOL_NETLINK, LISTEN_ALL_NSID, 1)
    yield "joined " + " ".join(sorted(joined(sock)))
    sys.stdout.flush()
    sock.sock.settimeout(seconds)
    try:
        while True:
            yield f"{len(sock.sock.recv(65536))} bytes"
    except socket.timeout:
        yield "no more"


def main():
    what = sys.argv[1]
    lines = {"commands": lambda: answers(genl.Genl()),
             "borrowed": borrowed,
             "groups": lambda: joined(genl.Genl()),
             "hears": lambda: hears(genl.Genl(), float(sys.argv[2]))}[what]
    for line in lines():
        print(line, flush=True)


main()
