# SPDX-License-Identifier: GPL-2.0-only
"""Flows that have been answered: serve PORT | ask ADDRESS PORT FIRST FLOWS"""
import socket
import sys


def serve(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("", port))
        while True:
            s.sendto(*s.recvfrom(65535))


def ask(address, port, first, flows):
    for source in range(first, first + flows):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(5)
            s.bind(("10.0.0.2", source))
            # Twice: some fast paths begin with the second round.
            for _ in range(2):
                s.sendto(b"x", (address, port))
                s.recv(64)


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    ask(sys.argv[2], *map(int, sys.argv[3:]))
