# SPDX-License-Identifier: GPL-2.0-only
"""gso.py DEVICE CAPTURE COUNT

Send so many segments of 64 KiB, each still whole, as they come from a sender that leaves
the cutting to its device; in the connections of what the capture has, in turn. Tells
nanoseconds a packet.
"""
import socket
import struct
import sys
import time

from wire import ACK, PSH, TCP, checksum

SOL_PACKET, PACKET_VNET_HDR = 263, 15
NEEDS_CSUM, GSO_TCPV4 = 1, 1
SEGMENT, SEGMENTS = 1448, 45
ETHER, IP = 14, 20


def frames(path):
    with open(path, "rb") as capture:
        capture.read(24)
        while header := capture.read(16):
            yield capture.read(struct.unpack("=IIII", header)[2])


def large(frame):
    """The same segment with as much to say as one packet holds."""
    head = bytearray(frame[ETHER:ETHER + IP])
    tcp = bytearray(frame[ETHER + IP:])
    del tcp[(tcp[12] >> 4) * 4:]
    said = bytes(SEGMENT * SEGMENTS)
    head[2:4] = struct.pack("!H", IP + len(tcp) + len(said))
    head[10:12] = b"\0\0"
    head[10:12] = struct.pack("!H", checksum(head))
    tcp[13] = PSH | ACK
    # Of the pseudo header alone: the rest is the device's.
    tcp[16:18] = struct.pack("!H", ~checksum(
        head[12:20] + struct.pack("!HH", TCP, len(tcp) + len(said))) & 0xffff)
    asked = struct.pack("=BBHHHH", NEEDS_CSUM, GSO_TCPV4, ETHER + IP + len(tcp),
                        SEGMENT, ETHER + IP, 16)
    return asked + frame[:ETHER] + head + tcp + said


device, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
wanted = [large(frame) for frame in list(frames(path))[:32]]
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
    out.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    out.bind((device, 0))
    for packet in wanted * 2:
        out.send(packet)
    begun = time.monotonic_ns()
    for i in range(count):
        out.send(wanted[i % len(wanted)])
    print((time.monotonic_ns() - begun) // count)
