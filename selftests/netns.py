# SPDX-License-Identifier: GPL-2.0-only
"""Network namespaces, as "ip netns" names them."""
import ctypes
import os

FOLDER = "/run/netns/"
CLONE_NEWNET = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)


def enter(path):
    """Sockets are of the namespace in which this process is when it makes them."""
    with open(path, encoding="utf8") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), path)


def new():
    """This process leaves for a network namespace that has no name."""
    if libc.unshare(CLONE_NEWNET):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
