#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Both ends of a UDP service.

udp.py serve NAME PORT ADDRESS...
    Answer each datagram with "NAME ADDRESS PORT ", its sender as seen here,
    and the datagram itself. One that begins with "mute" is not answered.
udp.py ask
    For each line "SOURCE PORT ADDRESS PORT TEXT" of standard input send a
    datagram from a socket that is connected, so that it hears that peer and
    nobody else, and print a line: what the answer has before TEXT, then "same"
    if TEXT came back as it was; or "refused" or "timeout". TEXT "+N" is N
    random bytes; after "nocheck" the datagram has no checksum. For "mute" no
    answer is awaited.
"""
import os
import selectors
import socket
import sys

PATIENCE = 5    # seconds
SO_NO_CHECK = 11


def udp_socket(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, int(port)))
    return s


def serve(name, port, *addresses):
    selector = selectors.DefaultSelector()
    for address in addresses:
        selector.register(udp_socket(address, port), selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            try:
                data, peer = key.fileobj.recvfrom(65535)
                if not data.startswith(b"mute"):
                    seen = f"{name} {peer[0]} {peer[1]} "
                    key.fileobj.sendto(seen.encode() + data, peer)
            except OSError:     # an ICMP error about an earlier answer
                pass


def ask(source, sport, address, port, text, *options):
    data = os.urandom(int(text)) if text.startswith("+") else text.encode()
    with udp_socket(source, sport) as s:
        if "nocheck" in options:
            s.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        s.settimeout(PATIENCE)
        s.connect((address, int(port)))
        try:
            s.send(data)
        except PermissionError:     # dropped on its way out; the ICMP error
            pass                    # that says why is there already
        if text == "mute":
            return "sent"
        answer = s.recv(65535)
    seen, echo = answer[:-len(data)], answer[-len(data):]
    return seen.decode() + ("same" if echo == data else "different")


def main():
    if sys.argv[1] == "serve":
        serve(*sys.argv[2:])
    for line in sys.stdin:
        try:
            print(ask(*line.split()), flush=True)
        except ConnectionRefusedError:
            print("refused", flush=True)
        except socket.timeout:
            print("timeout", flush=True)
        except OSError as e:
            print(e, flush=True)


main()
