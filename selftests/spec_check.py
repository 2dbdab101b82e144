#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare the netlink spec with the header: names, order, values and types.

Prints each difference on a line of its own; exits 1 if there is one.
"""
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = ROOT / "uapi/linux/portsteer.h"
SPEC = ROOT / "Documentation/netlink/specs/portsteer.yaml"

# Notes in the header that the spec keeps too: type first, "repeated" after it
TYPES = "string|binary|flag|u8|u16|u32|u64|s32"


class Header:
    """What a C header defines.

    enums: name -> list of (constant, value, comment), without the __X_MAX
    and X_MAX at the end and without an X_UNSPEC at the beginning
    numbers, strings: name -> value of each PSTEER_ define
    """

    def __init__(self, text):
        self.enums = {}
        for name, body in re.findall(r"^enum (\w+) \{\n(.*?)^\};", text,
                                     re.M | re.S):
            self.enums[name] = list(self._constants(body))
        self.numbers = {name: int(value) for name, value in re.findall(
            r"^#define (PSTEER_\w+)\s+(\d+)\b", text, re.M)}
        self.strings = dict(re.findall(
            r'^#define (PSTEER_\w+)\s+"([^"]*)"', text, re.M))

    @staticmethod
    def _constants(body):
        value = 0
        found = re.findall(r"^\t(\w+)(?: = [^,\n]*)?,?(?:\s*/\*(.*?)\*/)?",
                           body, re.M | re.S)
        for name, comment in found:
            if name.startswith("__"):
                return
            if not name.endswith("_UNSPEC"):
                yield name, value, comment
            value += 1


def c_name(*words):
    return "".join(words).upper().replace("-", "_")


def spec_enums(spec):
    """C name of each enum -> list of (constant, value) that the spec means"""
    enums = {}

    def add(obj, prefix, entries, first):
        names = [c_name(prefix, e["name"]) for e in entries]
        enum = obj["enum-name"].replace("-", "_")
        enums[enum] = list(zip(names, range(first, first + len(names))))

    for d in spec["definitions"]:
        if d["type"] == "enum":
            add(d, d["name-prefix"], d["entries"], d.get("value-start", 0))
    for s in spec["attribute-sets"]:
        add(s, s["name-prefix"], s["attributes"], 1)
    operations = spec["operations"]
    add(operations, operations["name-prefix"], operations["list"], 1)
    return enums


def compare_enums(spec, header):
    theirs = spec_enums(spec)
    for name in sorted(set(theirs) ^ set(header.enums)):
        yield "enum %s is only in the %s" % (
            name, "spec" if name in theirs else "header")
    for name in sorted(set(theirs) & set(header.enums)):
        ours = [(c, value) for c, value, _ in header.enums[name]]
        for want, got in zip(ours, theirs[name]):
            if want != got:
                yield "enum %s: header has %s = %d, spec has %s = %d" % (
                    (name,) + want + got)
                break
        if len(ours) != len(theirs[name]):
            yield "enum %s: header has %d constants, spec has %d" % (
                name, len(ours), len(theirs[name]))


def compare_types(spec, header):
    comments = {c: comment for enum in header.enums.values()
                for c, _, comment in enum}
    for s in spec["attribute-sets"]:
        for attr in s["attributes"]:
            name = c_name(s["name-prefix"], attr["name"])
            if attr["type"] == "pad" or name not in comments:
                continue
            comment = comments[name].strip()
            said = re.match("(%s)\\b" % TYPES, comment)
            if not said or said[1] != attr["type"]:
                yield "%s: header says %s, spec says %s" % (
                    name, said[1] if said else "no type", attr["type"])
            if ("repeated" in comment) != attr.get("multi-attr", False):
                yield "%s: repeated in one, not in the other" % name
            enum = re.search(r"enum (psteer_\w+)", comment)
            means = "psteer_" + attr.get("enum", "").replace("-", "_")
            if enum and enum[1] != means:
                yield "%s: header says enum %s, spec %s" % (
                    name, enum[1], attr.get("enum"))


def compare_rest(spec, header):
    family = header.strings["PSTEER_GENL_NAME"]
    if spec["name"] != family:
        yield "the family is %s, not %s" % (family, spec["name"])
    groups = [value for name, value in header.strings.items()
              if name.startswith("PSTEER_MCGRP_")]
    if [g["name"] for g in spec["mcast-groups"]["list"]] != groups:
        yield "multicast groups are " + ", ".join(groups)
    consts = {c_name("psteer-", d["name"]): d["value"]
              for d in spec["definitions"] if d["type"] == "const"}
    numbers = dict(header.numbers)
    del numbers["PSTEER_GENL_VERSION"]
    for name in sorted(set(consts) | set(numbers)):
        if consts.get(name) != numbers.get(name):
            yield "%s: header has %s, spec has %s" % (
                name, numbers.get(name), consts.get(name))


def check_references(spec):
    """What the spec itself names must be there."""
    sets = {s["name"]: {a["name"] for a in s["attributes"]}
            for s in spec["attribute-sets"]}
    known = {d["name"] for d in spec["definitions"]}
    groups = {g["name"] for g in spec["mcast-groups"]["list"]}
    for op in spec["operations"]["list"]:
        lists = [op.get("event", {})]
        for kind in ("do", "dump"):
            lists += op.get(kind, {}).values()
        for attrs in lists:
            for name in attrs.get("attributes", []):
                if name not in sets[op["attribute-set"]]:
                    yield "%s: no attribute %s" % (op["name"], name)
        if op.get("mcgrp") not in groups | {None}:
            yield "%s: no group %s" % (op["name"], op["mcgrp"])
    for s in spec["attribute-sets"]:
        for attr in s["attributes"]:
            words = [attr.get("enum")] + [
                v for v in attr.get("checks", {}).values()
                if isinstance(v, str)]
            for word in words:
                if word and word not in known:
                    yield "%s: no definition %s" % (attr["name"], word)


def main():
    header = Header(HEADER.read_text())
    spec = yaml.safe_load(SPEC.read_text())
    differences = [*compare_enums(spec, header), *compare_types(spec, header),
                   *compare_rest(spec, header), *check_references(spec)]
    for line in differences:
        print(line)
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
