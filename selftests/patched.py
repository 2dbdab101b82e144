#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A module that is wrong in one respect: patched.py MODULE.ko OUT.ko HOW

Building one takes minutes in an emulated machine, so bytes are changed.
"""
import os
import struct
import sys

NAME = b"portsteer".ljust(16, b"\0")
RELEASE = os.uname().release.encode()
SIZE_BOUND = struct.pack("=QQI", 1, 64512, 64)

HOW = {
    # Another version of the netlink contract: the family's, behind its name
    "contract": (NAME + struct.pack("=I", 1), NAME + struct.pack("=I", 2)),
    # Another version of the module, as modinfo tells it
    "version": (b"\0version=0.1\0", b"\0version=9.9\0"),
    # Refuses the port-range-size that every namespace has
    "settings": (SIZE_BOUND, struct.pack("=QQI", 1, 1, 64)),
    "kernel": (b"vermagic=" + RELEASE[:1], b"vermagic=5"),
    "name": (b"\0name=portsteer\0", b"\0name=portstool\0"),
    # Can't be linked with the kernel
    "symbol": (b"genl_register_family\0", b"genl_register_fumily\0"),
    # Made of other sources than the one that is loaded
    "sources": (b"\0srcversion=", b"\0srcversiom="),
}


def main():
    path, out, how = sys.argv[1:]
    old, new = HOW[how]
    data = open(path, "rb").read()
    if old not in data:
        sys.exit(f"{path} has nothing to be patched: {how}")
    open(out, "wb").write(data.replace(old, new))


if __name__ == "__main__":
    main()
