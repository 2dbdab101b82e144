#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Many UDP flows from the addresses of this namespace to one server.

Usage: flows.py SERVER PORT

Reads lines "ADDRESS N [NAMESPACE]": from now on there are N flows from that address,
in that network namespace, each a socket. A flow that has no answer yet asks again and
again, others now and then. Prints "ADDRESS N MS" as soon as all N have an answer: MS
is how long the one of them that had to ask the longest has asked.
"""
import os
import resource
import select
import socket
import sys
import time

import netns

RETRY, REFRESH = 0.25, 10.0

SERVER = (sys.argv[1], int(sys.argv[2]))
flows = {}      # address -> list of sockets
owner = {}      # file descriptor -> address, socket
due = {}        # socket -> when it asks again
silent = {}     # address -> sockets without an answer
begun = {}      # socket -> when it asked first
longest = {}    # address -> seconds, of its flows since the last change
told = set()    # addresses whose flows all have one, as was said
poll = select.epoll()


def add(address):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    s.bind((address, 0))
    s.connect(SERVER)
    flows[address].append(s)
    silent[address].add(s)
    owner[s.fileno()] = address, s
    due[s] = 0.0
    poll.register(s, select.EPOLLIN)


def remove(address):
    s = flows[address].pop()
    silent[address].discard(s)
    poll.unregister(s)
    begun.pop(s, None)
    del owner[s.fileno()], due[s]
    s.close()


def change(line):
    address, n, *namespace = line.split()
    if namespace:
        netns.enter(netns.FOLDER + namespace[0])
    longest[address] = 0.0
    flows.setdefault(address, [])
    silent.setdefault(address, set())
    told.discard(address)
    while len(flows[address]) < int(n):
        add(address)
    while len(flows[address]) > int(n):
        remove(address)


def ask():
    now = time.monotonic()
    for s, when in due.items():
        if when <= now:
            due[s] = now + RETRY
            begun.setdefault(s, now)
            try:
                s.send(b"x")
            except OSError:
                pass


def hear(fd):
    if fd not in owner:     # closed since it was said to be ready
        return
    address, s = owner[fd]
    try:
        s.recv(2048)
    except OSError:
        return
    now = time.monotonic()
    if s in silent[address]:
        silent[address].remove(s)
        longest[address] = max(longest[address], now - begun[s])
    due[s] = now + REFRESH


def tell():
    for address, left in silent.items():
        if not left and address not in told:
            told.add(address)
            print(address, len(flows[address]),
                  round(1000 * longest[address]), flush=True)


resource.setrlimit(resource.RLIMIT_NOFILE, (65536, 65536))
poll.register(sys.stdin, select.EPOLLIN)
heard = ""
while True:
    for ready, _ in poll.poll(0.05, 512):
        if ready != sys.stdin.fileno():
            hear(ready)
            continue
        text = os.read(ready, 65536).decode()
        if not text:
            sys.exit()
        heard += text
        *lines, heard = heard.split("\n")
        for line in lines:
            change(line)
    ask()
    tell()
