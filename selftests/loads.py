#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""loads.py SERVICE PORT ADDRESS...: a report of each server, no two loads alike.

They are spread between idle and full without an order.
"""
import socket
import struct
import sys

from genl import Genl, N, attr

service, port = sys.argv[1], int(sys.argv[2])
addresses = sys.argv[3:]
genl = Genl()
for i, address in enumerate(addresses):
    # A step that meets every place once, as it is prime.
    place = i * 7919 % len(addresses)
    refused = genl.talk(genl.family, N["CMD_SERVER_REPORT"],
                        attr("SERVER_SERVICE", service) +
                        attr("SERVER_ADDRESS", socket.inet_aton(address)) +
                        attr("SERVER_PORT", struct.pack("=H", port)) +
                        attr("SERVER_LOAD", 10000 * place // len(addresses)))[0]
    if refused:
        sys.exit(f"loads.py: a report was refused: {refused}")
