#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write a small database in MaxMind's format, for tests of zone import.

mmdb.py FILE [4|6] reads lines "PREFIX CONTINENT COUNTRY CITY" from standard input;
"-" is for what is not known. Version 6, the default, has IPv4 in ::/96, and ways
to it from ::ffff:0:0/96 and 2002::/16, as the real ones.
"""
import ipaddress
import sys

RECORD_BITS = 24
# Kinds of numbers, by their width in bytes.
KINDS = {2: 5, 4: 6, 8: 9}


def control(kind, size):
    """The byte, or bytes, before a value of the data section."""
    more = b""
    if size >= 29:
        more, size = bytes([size - 29]), 29
    if kind > 7:
        return bytes([size, kind - 7]) + more
    return bytes([kind << 5 | size]) + more


def encode(value):
    if isinstance(value, dict):
        return control(7, len(value)) + b"".join(
            encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(map(encode, value))
    if isinstance(value, tuple):
        number, width = value
        return control(KINDS[width], width) + number.to_bytes(width, "big")
    data = value.encode()
    return control(2, len(data)) + data


class Tree:
    """Nodes are pairs; a record is a node, None, or the bytes of its data."""
    def __init__(self, version):
        self.version = version
        self.bits = 128 if version == 6 else 32
        self.root = [None, None]

    def place(self, number, length, what):
        """Put a node or data at a prefix of so many bits."""
        node = self.root
        for depth in range(length - 1):
            bit = number >> self.bits - 1 - depth & 1
            if not isinstance(node[bit], list):
                node[bit] = [node[bit], node[bit]]
            node = node[bit]
        node[number >> self.bits - length & 1] = what

    def find(self, number, length):
        node = self.root
        for depth in range(length):
            node = node[number >> self.bits - 1 - depth & 1]
        return node

    def nodes(self):
        """All of them once, the root first."""
        order, todo = {}, [self.root]
        while todo:
            node = todo.pop()
            if id(node) not in order:
                order[id(node)] = (len(order), node)
                todo += [half for half in reversed(node)
                         if isinstance(half, list)]
        return order


def record_of(line):
    _, continent, country, city = line.split()
    data = {}
    if continent != "-":
        data["continent"] = {"code": continent}
    if country != "-":
        data["country"] = {"iso_code": country}
    if city != "-":
        data["city"] = {"names": {"en": city.replace("_", " ")}}
    return encode(data)


def read_tree(lines, version):
    tree = Tree(version)
    for line in sorted(lines, key=lambda l: int(l.split()[0].split("/")[1])):
        network = ipaddress.ip_network(line.split()[0])
        extra = tree.bits - 32 if network.version == 4 else 0
        tree.place(int(network.network_address), network.prefixlen + extra,
                   record_of(line))
    if version == 6 and isinstance(tree.root[0], list):
        try:
            ipv4 = tree.find(0, 96)
        except TypeError:
            return tree
        tree.place(0xffff << 32, 96, ipv4)
        tree.place(0x2002 << 112, 16, ipv4)
    return tree


def file_of(tree):
    order = tree.nodes()
    section, offsets = b"", {}
    search = b""
    for _, node in order.values():
        for half in node:
            if half is None:
                number = len(order)
            elif isinstance(half, list):
                number = order[id(half)][0]
            else:
                if half not in offsets:
                    offsets[half] = len(section)
                    section += half
                number = len(order) + 16 + offsets[half]
            search += number.to_bytes(RECORD_BITS // 8, "big")
    metadata = {
        "binary_format_major_version": (2, 2),
        "binary_format_minor_version": (0, 2),
        "build_epoch": (1700000000, 8), "database_type": "Test",
        "description": {"en": "made for a test"},
        "ip_version": (tree.version, 2), "languages": ["en"],
        "node_count": (len(order), 4), "record_size": (RECORD_BITS, 2),
    }
    return (search + bytes(16) + section + b"\xab\xcd\xefMaxMind.com" +
            encode(metadata))


def main():
    version = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    lines = [line for line in sys.stdin if line.strip()]
    with open(sys.argv[1], "wb") as out:
        out.write(file_of(read_tree(lines, version)))


main()
