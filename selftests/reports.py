#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Load reports of server 10.1.1.2:80 of service web, ten a second.

reports.py PERCENT...

A program started for each report would make their pace that of the machine.
"""
import socket
import struct
import sys
import time

from genl import Genl, N, attr

INTERVAL = 0.1
genl = Genl()
server = (attr("SERVER_SERVICE", "web") +
          attr("SERVER_ADDRESS", socket.inet_aton("10.1.1.2")) +
          attr("SERVER_PORT", struct.pack("=H", 80)))
due = time.monotonic()
for load in sys.argv[1:]:
    refused = genl.talk(genl.family, N["CMD_SERVER_REPORT"],
                        server + attr("SERVER_LOAD", int(load) * 100))[0]
    if refused:
        sys.exit(f"reports.py: a report was refused: {refused}")
    due += INTERVAL
    time.sleep(max(0, due - time.monotonic()))
