#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A client with many TCP connections, told on standard input what to do.

open N HOST ADDRESS...  connect N times from each address, at the same time
ask                     send a request over each connection, await the answer
cycle N HOST ADDRESS... N times: open one from each address, ask, close them
keep PORT...            close all but those from these ports
close                   close all
record FILE             from now on write what is answered to it, a line each
                        after the client's address

Every command is answered in one line of figures NAME=N: connections that are
now open, requests that were answered, and failures by the name of the error.
"""
import collections
import errno
import selectors
import socket
import sys

PATIENCE = 60    # seconds, for all of a command
REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
records = open("/dev/null", "w")


def await_events(sockets, event, act):
    """act(socket) on each one that is ready, till all are or patience ends."""
    failures = collections.Counter()
    selector = selectors.DefaultSelector()
    for s in sockets:
        selector.register(s, event)
    while selector.get_map():
        ready = selector.select(PATIENCE)
        if not ready:
            failures["ETIMEDOUT"] += len(selector.get_map())
            break
        for key, _ in ready:
            selector.unregister(key.fileobj)
            problem = act(key.fileobj)
            if problem:
                failures[problem] += 1
    selector.close()
    return failures


def open_from(n, host, addresses):
    """Connect; the open sockets and the failures. An IPv4 host may be H:PORT."""
    port = 80
    if host.count(":") == 1:
        host, port = host.split(":")
    opened, failures, pending = [], collections.Counter(), []

    def finish(s):
        error = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if not error:
            opened.append(s)
            return None
        s.close()
        return errno.errorcode[error]

    for address in addresses * n:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        s = socket.socket(family, socket.SOCK_STREAM)
        s.setblocking(False)
        s.bind((address, 0))
        error = s.connect_ex((host, int(port)))
        if error in (0, errno.EINPROGRESS):
            pending.append(s)
        else:
            failures[errno.errorcode[error]] += 1
    failures += await_events(pending, selectors.EVENT_WRITE, finish)
    return opened, failures


def ask(sockets):
    """A request over each; the failures."""
    failures, waiting = collections.Counter(), []

    def receive(s):
        try:
            answer = s.recv(4096).decode()
            print(s.getsockname()[0], answer.partition("\r\n\r\n")[2],
                  end="", file=records)
            return None if " 200 " in answer else "EOF"
        except OSError as e:
            return errno.errorcode[e.errno]

    for s in sockets:
        try:
            s.send(REQUEST)
            waiting.append(s)
        except OSError as e:
            failures[errno.errorcode[e.errno]] += 1
    return failures + await_events(waiting, selectors.EVENT_READ, receive)


def close_all(sockets):
    for s in sockets:
        s.close()


def main():
    global records
    held = []
    for line in sys.stdin:
        word, *rest = line.split()
        answered, failures = 0, collections.Counter()
        if word == "open":
            opened, failures = open_from(int(rest[0]), rest[1], rest[2:])
            held += opened
        elif word == "ask":
            failures = ask(held)
            answered = len(held) - failures.total()
        elif word == "cycle":
            for _ in range(int(rest[0])):
                opened, refused = open_from(1, rest[1], rest[2:])
                unanswered = ask(opened)
                answered += len(opened) - unanswered.total()
                failures += refused + unanswered
                close_all(opened)
        elif word == "record":
            records = open(rest[0], "w", buffering=1)
        elif word in ("keep", "close"):
            ports = [int(port) for port in rest]
            close_all(s for s in held if s.getsockname()[1] not in ports)
            held = [s for s in held if s.fileno() >= 0]
        print(f"open={len(held)} answered={answered}",
              *(f"{name}={n}" for name, n in sorted(failures.items())),
              flush=True)


main()
