# SPDX-License-Identifier: GPL-2.0-only
"""The netlink family as its YAML spec tells it: what the parts that send messages
know of commands, attributes, types and bounds, so that a new one is not forgotten.
"""
import os
import socket
import struct

import yaml

SPEC = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                    "../../Documentation/netlink/specs/portsteer.yaml")
FORMATS = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q", "s32": "=i"}


class Attribute:
    """One attribute of a set: its number, type and bounds."""
    def __init__(self, number, entry, consts, enums):
        self.name = entry["name"]
        self.number = number
        self.type = entry["type"]
        self.many = entry.get("multi-attr", False)
        checks = {key: consts.get(value, value)
                  for key, value in entry.get("checks", {}).items()}
        self.enum = enums.get(entry.get("enum"))
        if self.enum:
            checks["max"] = max(self.enum.values())
        self.least = checks.get("min", 0)
        self.most = checks.get("max")
        self.shortest = checks.get("min-len", 0)
        self.longest = checks.get("max-len")

    def bytes_of(self, value):
        """An address may be text, a member of an enum its name."""
        if isinstance(value, bytes):
            return value
        if self.type == "flag":
            return b""
        if self.type == "string":
            return value.encode() + b"\0"
        if self.type == "binary":
            return socket.inet_pton(
                socket.AF_INET6 if ":" in value else socket.AF_INET, value)
        if isinstance(value, str):
            value = self.enum[value]
        return struct.pack(FORMATS[self.type], value)

    def encode(self, value):
        data = self.bytes_of(value)
        return (struct.pack("=HH", 4 + len(data), self.number) + data +
                bytes(-len(data) % 4))


class Operation:
    """A command: its number, its attributes, and in which ways it is asked."""
    def __init__(self, number, entry, sets):
        self.name = entry["name"]
        self.number = number
        self.set = entry["attribute-set"]
        self.attributes = sets[self.set]
        self.takes = {way: entry[way].get("request", {}).get("attributes", [])
                      for way in ("do", "dump") if way in entry}

    def encode(self, **values):
        """The attributes of a request; a list is an attribute for each of it."""
        data = b""
        for name, value in values.items():
            attribute = self.attributes[name.replace("_", "-")]
            for one in value if isinstance(value, list) else [value]:
                data += attribute.encode(one)
        return data


def numbered(entries, first=0):
    return {entry["name"]: first + i for i, entry in enumerate(entries)}


def read_operations():
    """Every command by its name."""
    with open(SPEC, encoding="utf8") as file:
        spec = yaml.load(file, yaml.CSafeLoader)
    consts = {d["name"]: d["value"] for d in spec["definitions"]
              if d["type"] == "const"}
    enums = {d["name"]: numbered(d["entries"], d.get("value-start", 0))
             for d in spec["definitions"] if d["type"] == "enum"}
    sets = {s["name"]: {entry["name"]: Attribute(i, entry, consts, enums)
                        for i, entry in enumerate(s["attributes"], 1)}
            for s in spec["attribute-sets"]}
    operations = (Operation(i, entry, sets)
                  for i, entry in enumerate(spec["operations"]["list"], 1))
    return {operation.name: operation for operation in operations}


OPERATIONS = read_operations()


def requests(way):
    """The commands that are asked in a way, "do" or "dump"."""
    return [op for op in OPERATIONS.values() if way in op.takes]
