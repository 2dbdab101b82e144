#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare the netlink spec with the header, both ways: names, order, values, types,
bounds and defaults; and what the spec says with what it says elsewhere.

Prints each difference on a line of its own; exits 1 if there is one.
"""
import re
import sys

from spec import ROOT, Spec, c_name, listed

HEADER = ROOT / "uapi/linux/portsteer.h"

# Notes in the header that the spec keeps too: type first, "repeated" after it, bounds
# as [least, most] with the default behind them; ".." is the bound of its like
TYPES = "string|binary|flag|u8|u16|u32|u64|s32"
BOUNDS = re.compile(r"\[(\d+|\.\.)[^],]*, (\d+)\](?: (\d+))?")


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


def spec_enums(said):
    """C name of each enum -> list of (constant, value) that the spec means"""
    enums = {}

    def add(obj, prefix, entries, first):
        names = [c_name(prefix, e["name"]) for e in entries]
        enum = obj["enum-name"].replace("-", "_")
        enums[enum] = list(zip(names, range(first, first + len(names))))

    for d in said["definitions"]:
        if d["type"] == "enum":
            add(d, d["name-prefix"], d["entries"], d.get("value-start", 0))
    for s in said["attribute-sets"]:
        add(s, s["name-prefix"], s["attributes"], 1)
    operations = said["operations"]
    add(operations, operations["name-prefix"], operations["list"], 1)
    return enums


def compare_enums(spec, header):
    theirs = spec_enums(spec.said)
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


def compare_type(name, comment, attr):
    said = re.match("(%s)\\b" % TYPES, comment)
    if not said or said[1] != attr["type"]:
        yield "%s: header says %s, spec says %s" % (
            name, said[1] if said else "no type", attr["type"])
    if ("repeated" in comment) != attr.get("multi-attr", False):
        yield "%s: repeated in one, not in the other" % name
    enum = re.search(r"enum psteer_(\w+)", comment)
    enum = enum and enum[1].replace("_", "-")
    if enum != attr.get("enum"):
        yield "%s: header says enum %s, spec %s" % (name, enum, attr.get("enum"))


def compare_bounds(name, comment, attr, bounds):
    said = BOUNDS.search(comment)
    if not said:
        return
    least, most, default = said.groups()
    if least != ".." and int(least) != bounds[0] or int(most) != bounds[1]:
        yield "%s: header says [%s, %s], spec %s" % (name, least, most, bounds)
    if default and not re.search(r"\b[Dd]efault %s\b" % default,
                                 attr.get("doc", "")):
        yield "%s: the default is %s, spec says: %s" % (
            name, default, attr.get("doc", ""))


def compare_attributes(spec, header):
    comments = {c: comment.strip() for enum in header.enums.values()
                for c, _, comment in enum}
    for s in spec.said["attribute-sets"]:
        for attr in s["attributes"]:
            name = c_name(s["name-prefix"], attr["name"])
            if name not in comments:
                continue        # told with its enum
            if attr["type"] == "pad":
                if comments[name] or not name.endswith("_PAD"):
                    yield "%s: is it a pad?" % name
                continue
            yield from compare_type(name, comments[name], attr)
            yield from compare_bounds(name, comments[name], attr,
                                      spec.bounds(attr))


def compare_rest(spec, header):
    family = header.strings["PSTEER_GENL_NAME"]
    if spec.said["name"] != family:
        yield "the family is %s, not %s" % (family, spec.said["name"])
    groups = [value for name, value in header.strings.items()
              if name.startswith("PSTEER_MCGRP_")]
    if spec.groups != groups:
        yield "multicast groups are " + ", ".join(groups)
    numbers = dict(header.numbers)
    # The format knows no other version.
    if numbers.pop("PSTEER_GENL_VERSION") != 1:
        yield "the version is not 1"
    consts = {c_name("psteer-", name): n for name, n in spec.constants.items()}
    for name in sorted(set(consts) | set(numbers)):
        if consts.get(name) != numbers.get(name):
            yield "%s: header has %s, spec has %s" % (
                name, numbers.get(name), consts.get(name))


def lists_of(op):
    yield listed(op.get("event"))
    for kind in ("do", "dump"):
        for part in op.get(kind, {}).values():
            yield listed(part)


def check_operations(spec):
    """What operations name is there, and what is there is named by one."""
    unused = {(s, a) for s, attrs in spec.sets.items() for a in attrs
              if attrs[a]["type"] != "pad"}
    for name, op in spec.operations.items():
        known = spec.sets[op["attribute-set"]]
        for attrs in lists_of(op):
            unused -= {(op["attribute-set"], a) for a in attrs}
            for a in set(attrs) - set(known):
                yield "%s: no attribute %s" % (name, a)
            if len(set(attrs)) < len(attrs):
                yield "%s: an attribute twice" % name
        for a in set(spec.needs(op)) - spec.request(op):
            yield "%s: needs %s, but does not take it" % (name, a)
        if ("event" in op) == ("do" in op or "dump" in op):
            yield "%s: neither a request nor a notification" % name
        if ("event" in op) != (op.get("mcgrp") in spec.groups):
            yield "%s: no group %s" % (name, op.get("mcgrp"))
    for s, a in sorted(unused):
        yield "%s of %s: no operation has it" % (a, s)
    told = {op["mcgrp"] for op in spec.operations.values() if "mcgrp" in op}
    for group in set(spec.groups) - told:
        yield "group %s: nothing is told there" % group


def check_attributes(spec):
    """Definitions that attributes name are there."""
    for s, attributes in spec.sets.items():
        for name, attr in attributes.items():
            words = [v for v in attr.get("checks", {}).values()
                     if isinstance(v, str)]
            for word in words:
                if word not in spec.constants:
                    yield "%s of %s: no constant %s" % (name, s, word)
            if attr.get("enum", "event") not in spec.enums:
                yield "%s of %s: no enum %s" % (name, s, attr["enum"])


def main():
    header = Header(HEADER.read_text())
    spec = Spec()
    differences = [*check_attributes(spec), *check_operations(spec)]
    if not differences:
        differences = [*compare_enums(spec, header),
                       *compare_attributes(spec, header),
                       *compare_rest(spec, header)]
    for line in differences:
        print(line)
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
