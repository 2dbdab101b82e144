# SPDX-License-Identifier: GPL-2.0-only
"""Flows that have been answered, of both families.

serve PORT
ask SOURCE ADDRESS PORT FIRST FLOWS
"""
import socket
import sys


def udp_socket(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.bind((address, port))
    return s


def serve(port):
    with udp_socket("::", port) as s:
        while True:
            s.sendto(*s.recvfrom(65535))


def ask(source, address, port, first, flows):
    for sport in range(first, first + flows):
        with udp_socket(source, sport) as s:
            s.settimeout(5)
            # Twice: some fast paths begin with the second round.
            for _ in range(2):
                s.sendto(b"x", (address, port))
                s.recv(64)


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    ask(*sys.argv[2:4], *map(int, sys.argv[4:]))
