# SPDX-License-Identifier: GPL-2.0-only
"""The netlink spec, for what compares it or makes a page of it."""
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPEC = ROOT / "Documentation/netlink/specs/portsteer.yaml"
MOST = {"u8": 0xff, "u16": 0xffff, "u32": 0xffffffff, "u64": (1 << 64) - 1}
# The end of an operation's doc: what its request must have.
NEEDS = re.compile(r"\s*\bNeeds\s+((?:[a-z-]+,\s+)*[a-z-]+)\.$")


def c_name(*words):
    return "".join(words).upper().replace("-", "_")


def listed(part):
    """The attributes that a part of an operation, such as its do's request, lists."""
    return (part or {}).get("attributes", [])


class Spec:
    """What the file says.

    sets: name of a set -> name of an attribute -> attribute
    ids: name of a set -> name of an attribute -> number
    operations: name -> operation; numbers: name -> number
    constants: name -> value; enums: name -> definition; groups: names
    """

    def __init__(self):
        self.said = said = yaml.safe_load(SPEC.read_text())
        self.sets = {s["name"]: {a["name"]: a for a in s["attributes"]}
                     for s in said["attribute-sets"]}
        self.ids = {name: {a: n for n, a in enumerate(attributes, 1)}
                    for name, attributes in self.sets.items()}
        self.operations = {o["name"]: o for o in said["operations"]["list"]}
        self.numbers = {name: n for n, name in enumerate(self.operations, 1)}
        self.constants = {d["name"]: d["value"] for d in said["definitions"]
                          if d["type"] == "const"}
        self.enums = {d["name"]: d for d in said["definitions"]
                      if d["type"] == "enum"}
        self.groups = [g["name"] for g in said["mcast-groups"]["list"]]

    def number(self, value):
        """A number, or that of a constant."""
        return self.constants[value] if isinstance(value, str) else value

    def bounds(self, attribute):
        """Least and most: of a number its value, of what has a length that in bytes;
        None is none."""
        kind, checks = attribute["type"], attribute.get("checks", {})
        if kind in ("string", "binary"):
            least, most = checks.get("min-len"), checks.get("max-len")
        else:
            least, most = checks.get("min"), checks.get("max")
            if "enum" in attribute:
                enum = self.enums[attribute["enum"]]
                first = enum.get("value-start", 0)
                least = first if least is None else least
                most = first + len(enum["entries"]) - 1
            elif kind in MOST:
                least, most = least or 0, MOST[kind] if most is None else most
        return self.number(least), self.number(most)

    @staticmethod
    def request(operation):
        """All attributes that a request may have, as do or as dump."""
        return {name for kind in ("do", "dump")
                for name in listed(operation.get(kind, {}).get("request"))}

    @staticmethod
    def needs(operation):
        """Those that it must have; where there are both, as do."""
        found = NEEDS.search(operation["doc"].strip())
        return re.split(r",\s+", found[1]) if found else []
