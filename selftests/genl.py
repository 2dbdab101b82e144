# SPDX-License-Identifier: GPL-2.0-only
"""Generic netlink by hand, for what the tool would not say, or not often enough.

The numbers are those of uapi/linux/portsteer.h, which is read for them.
"""
import os
import re
import socket
import struct

HEADER = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                      "../uapi/linux/portsteer.h")
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP_INTR, NLM_F_DUMP = 1, 4, 0x10, 0x300
NLM_F_ACK_TLVS = 0x200
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
# Controller: CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME
CONTROLLER, GETFAMILY, FAMILY_ID, FAMILY_NAME = 16, 3, 1, 2


def read_enums():
    """Every enumerator of the contract by its name."""
    text = re.sub(r"/\*.*?\*/", "", open(HEADER, encoding="utf8").read(),
                  flags=re.S)
    numbers = {}
    for body in re.findall(r"enum \w+ \{(.*?)\}", text, re.S):
        for value, name in enumerate(re.findall(r"\w+", body.split("__")[0])):
            numbers[name.removeprefix("PSTEER_")] = value
    return numbers


N = read_enums()


def attr(name, payload):
    """An attribute; 80 is a u32, "a" a string, b"" as it is."""
    kind = N["A_" + name] if isinstance(name, str) else name
    if isinstance(payload, int):
        payload = struct.pack("=I", payload)
    if isinstance(payload, str):
        payload = payload.encode() + b"\0"
    return (struct.pack("=HH", 4 + len(payload), kind) + payload +
            bytes(-len(payload) % 4))


def attributes(data):
    """Number and payload of each attribute in a row of them."""
    while data:
        size, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:size]
        data = data[size + -size % 4:]


def messages(data):
    """The attributes of each message in a row of them, by their numbers."""
    while data:
        size, = struct.unpack_from("=I", data)
        yield dict(attributes(data[20:size]))
        data = data[size + -size % 4:]


class Genl:
    """A generic netlink socket, of the namespace that this process is in."""
    def __init__(self, family=None):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.settimeout(20)
        # Refusals with a sentence, and without the request.
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.bind((0, 0))
        self.seq = 0
        self.torn = False       # the last dump: there was a change meanwhile
        self.said = {}          # attributes of the last refusal: NLMSGERR_ATTR_*
        self.family = family or self.find_family()

    def find_family(self):
        error, reply = self.talk(CONTROLLER, GETFAMILY,
                                 attr(FAMILY_NAME, "portsteer"))
        if error:
            raise OSError(error, "netlink family portsteer")
        return struct.unpack("=H", next(messages(reply))[FAMILY_ID])[0]

    def talk(self, family, cmd, payload, flags=NLM_F_ACK):
        """The errno of the answer, and what came before it."""
        self.seq += 1
        body = struct.pack("=BBH", cmd, 1, 0) + payload
        self.sock.send(struct.pack("=IHHII", 16 + len(body), family,
                                   NLM_F_REQUEST | flags, self.seq, 0) + body)
        data = b""
        self.torn = False
        while True:
            part = self.sock.recv(65536)
            offset = 0
            while offset < len(part):
                size, kind, said = struct.unpack_from("=IHH", part, offset)
                self.torn |= bool(said & NLM_F_DUMP_INTR)
                if kind in (2, 3):    # error or ack, done
                    about = offset + (36 if kind == 2 else 20)
                    self.said = dict(attributes(part[about:offset + size])) \
                        if said & NLM_F_ACK_TLVS else {}
                    return -struct.unpack_from("=i", part, offset + 16)[0], data
                data += part[offset:offset + size]
                offset += size + -size % 4

    def dump(self, cmd):
        """The attributes of each object, all as they were at one time."""
        while True:
            error, data = self.talk(self.family, cmd, b"", NLM_F_DUMP)
            if error:
                raise OSError(error, os.strerror(error))
            if not self.torn:
                return list(messages(data))

    def close(self):
        self.sock.close()
