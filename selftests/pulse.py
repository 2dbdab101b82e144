#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A TCP connection over which a line goes to and fro 20 times a second.

pulse.py HOST PORT      PORT says again what it is told

Words on standard input are answered in a line:

count   how many have come back so far
gap     the longest time, in milliseconds, between two that came back since the last
        "gap"; "lost" if the connection is over
"""
import select
import socket
import sys
import time

INTERVAL = 0.05


class Pulse:
    """The connection, and when lines came back."""

    def __init__(self, host, port):
        self.peer = socket.create_connection((host, port), 60)
        self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.last = time.monotonic()
        self.longest = 0
        self.count = 0
        self.lost = False
        self.send()

    def send(self):
        self.due = time.monotonic() + INTERVAL
        self.peer.send(b".\n")

    def receive(self):
        try:
            got = self.peer.recv(4096)
            self.lost = not got
            self.count += got.count(b"\n")
        except OSError:
            self.lost = True
        self.note()

    def note(self):
        now = time.monotonic()
        self.longest = max(self.longest, now - self.last)
        self.last = now

    def gap(self):
        now = time.monotonic()
        longest = max(self.longest, now - self.last)
        self.longest = 0
        return "lost" if self.lost else str(round(longest * 1000))


def main():
    pulse = Pulse(sys.argv[1], int(sys.argv[2]))
    while True:
        inputs = [sys.stdin] + ([] if pulse.lost else [pulse.peer])
        left = max(0, pulse.due - time.monotonic())
        ready, _, _ = select.select(inputs, [], [], None if pulse.lost else left)
        if pulse.peer in ready:
            pulse.receive()
        if sys.stdin in ready:
            word = sys.stdin.readline().strip()
            if not word:
                return
            print(pulse.gap() if word == "gap" else pulse.count, flush=True)
        if not pulse.lost and time.monotonic() >= pulse.due:
            pulse.send()


main()
