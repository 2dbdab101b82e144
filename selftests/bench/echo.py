# SPDX-License-Identifier: GPL-2.0-only
"""Flows that have been answered, of both families; by TCP they stay open.

serve PORT
ask SOURCE ADDRESS PORT FIRST FLOWS
accept PORT
connect SOURCE ADDRESS PORT FIRST FLOWS
"""
import selectors
import signal
import socket
import sys

# Twice: some fast paths begin with the second round.
ROUNDS = 2


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
            for _ in range(ROUNDS):
                s.sendto(b"x", (address, port))
                s.recv(64)


def accept(port):
    watch = selectors.DefaultSelector()
    with socket.create_server(("", port), backlog=512) as listener:
        watch.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in watch.select():
                if key.fileobj is listener:
                    watch.register(listener.accept()[0], selectors.EVENT_READ)
                else:
                    key.fileobj.send(key.fileobj.recv(64))


def connect(source, address, port, first, flows):
    talks = [socket.create_connection((address, port), 5, (source, sport))
             for sport in range(first, first + flows)]
    for _ in range(ROUNDS):
        for s in talks:
            s.send(b"x")
            s.recv(64)
    print("all", flush=True)
    signal.pause()


WHAT = {"serve": serve, "ask": ask, "accept": accept, "connect": connect}
WHAT[sys.argv[1]](*[int(word) if word.isdigit() else word
                    for word in sys.argv[2:]])
