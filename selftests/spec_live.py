#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compare the netlink spec with what the module tells of its family, and does.

spec_live.py family|policies|needs|lengths|dumps|replies
        Prints each difference on a line of its own; exits 1 if there is one. needs
        and lengths send requests that may leave objects behind; replies wants all
        kinds of objects to be there.
"""
import errno
import struct
import sys

from genl import (CONTROLLER, FAMILY_ID, FAMILY_NAME, GETFAMILY, NLM_F_ACK,
                  NLM_F_DUMP, Genl, attr, attributes, messages)
from spec import Spec, listed

# include/uapi/linux/genetlink.h, of the controller
GETPOLICY = 10
VERSION, MAXATTR, OPS, GROUPS, POLICY, OP_POLICY = 3, 5, 6, 7, 8, 9
OP_ID, OP_FLAGS, GROUP_NAME = 1, 2, 1
KINDS = {1: "do", 2: "dump"}            # CTRL_ATTR_POLICY_*
FLAGS = {1: "admin-perm", 2: "do", 4: "dump", 8: "policy", 0x10: "uns-admin-perm"}
# include/uapi/linux/netlink.h: NL_ATTR_TYPE_*, NL_POLICY_TYPE_ATTR_*
TYPES = {1: "flag", 2: "u8", 3: "u16", 4: "u32", 5: "u64", 8: "s32", 10: "binary",
         12: "string"}
TYPE, MIN_S, MAX_S, MIN_U, MAX_U, MIN_LENGTH, MAX_LENGTH = range(1, 8)
SENTENCE, OFFSET, MISSING = 1, 2, 5     # NLMSGERR_ATTR_*
HEADERS = 20                            # of a request, before its attributes
FORMATS = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q", "s32": "=i"}

spec = Spec()
genl = Genl()


def nested(payload):
    return {kind: dict(attributes(inner)) for kind, inner in attributes(payload)}


def number(payload):
    return int.from_bytes(payload, sys.byteorder)


def differs(what, said, lives):
    if said != lives:
        yield f"{what}: spec has {said}, family {lives}"


# --- what the family tells of itself ----------------------------------------

def read_family():
    _, reply = genl.talk(CONTROLLER, GETFAMILY, attr(FAMILY_NAME, spec.said["name"]))
    return next(messages(reply))


def flags_of_commands(family):
    """number of a command -> its flags, in the family's order"""
    return {number(op[OP_ID]): {name for flag, name in FLAGS.items()
                                if number(op[OP_FLAGS]) & flag}
            for op in nested(family[OPS]).values()}


def compare_family():
    family = read_family()
    yield from differs("version", 1, number(family[VERSION]))
    # What all commands share; each has its own.
    yield from differs("attributes of all commands", 0, number(family[MAXATTR]))
    groups = [group[GROUP_NAME].decode().rstrip("\0")
              for group in nested(family[GROUPS]).values()]
    yield from differs("groups", spec.groups, groups)
    live = flags_of_commands(family)
    for name, op in spec.operations.items():
        said = {"policy", *op.get("flags", ()), *op.keys() & {"do", "dump"}}
        yield from differs(name, None if "event" in op else said,
                           live.pop(spec.numbers[name], None))
    for command in live:
        yield f"command {command} is only in the family"


def read_policies():
    """(command, do or dump) -> number of an attribute -> what is said of it"""
    error, reply = genl.talk(CONTROLLER, GETPOLICY,
                             attr(FAMILY_ID, struct.pack("=H", genl.family)),
                             NLM_F_DUMP)
    if error:
        sys.exit(f"no policies: {errno.errorcode[error]}")
    which, policies = {}, {}
    # 6.12 and later call each that only dumps command 0, in the order of the family.
    only_dump = (command for command, flags in flags_of_commands(read_family()).items()
                 if "do" not in flags)
    for message in messages(reply):
        for command, kinds in nested(message.get(OP_POLICY, b"")).items():
            command = command or next(only_dump)
            for kind, index in kinds.items():
                which[command, KINDS[kind]] = number(index)
        for index, policy in attributes(message.get(POLICY, b"")):
            policies.setdefault(index, {}).update(nested(policy))
    return {key: dict(policies.get(index, {})) for key, index in which.items()}


def live_bounds(policy, kind):
    """Of what has a length it, of a number its value; None is none."""
    if kind in ("string", "binary"):
        keys = MIN_LENGTH, MAX_LENGTH
    else:
        keys = (MIN_S, MAX_S) if kind == "s32" else (MIN_U, MAX_U)
    return tuple(int.from_bytes(policy[key], sys.byteorder, signed=kind == "s32")
                 if key in policy else None for key in keys)


def said_bounds(attribute, live):
    least, most = spec.bounds(attribute)
    # The least length of an address is not told, but see short_ones().
    return None if attribute["type"] == "binary" and live[0] is None else least, most


def compare_policies():
    live = read_policies()
    for name, op in spec.operations.items():
        attributes_of, ids = (of[op["attribute-set"]] for of in (spec.sets, spec.ids))
        for kind in op.keys() & {"do", "dump"}:
            policy = live.pop((spec.numbers[name], kind), None)
            if policy is None:
                yield f"{name}, {kind}: only in the spec"
                continue
            # Kernels before 6.2 know one policy for both.
            for a in sorted(spec.request(op)):
                attribute, there = attributes_of[a], policy.pop(ids[a], None)
                if there is None:
                    yield f"{name}, {kind}: {a} is only in the spec"
                    continue
                lives = TYPES.get(number(there[TYPE]), number(there[TYPE]))
                yield from differs(f"{name}, {a}", attribute["type"], lives)
                bounds = live_bounds(there, lives)
                yield from differs(f"{name}, {a}", said_bounds(attribute, bounds),
                                   bounds)
            for a in policy:
                yield f"{name}, {kind}: attribute {a} is only in the family"
    for command, kind in live:
        yield f"command {command}, {kind}: only in the family"


# --- what it does -----------------------------------------------------------

def payload(s, a, size=None):
    """An attribute with a value that its policy lets through; of SIZE bytes, if it
    has bytes."""
    attribute = spec.sets[s][a]
    kind, least = attribute["type"], spec.bounds(attribute)[0] or 0
    if kind in FORMATS:
        value = struct.pack(FORMATS[kind], least)
    elif kind == "binary":
        value = bytes(range(1, (size or least) + 1))
    else:
        value = {"flag": b"", "string": b"x\0"}[kind]
    return attr(spec.ids[s][a], value)


def ask(name, names, kind=None, size=None):
    """The error of a request with these attributes, and what was said."""
    op = spec.operations[name]
    kind = kind or ("do" if "do" in op else "dump")
    message = b"".join(payload(op["attribute-set"], a, size) for a in names)
    error, _ = genl.talk(genl.family, spec.numbers[name], message,
                         NLM_F_ACK if kind == "do" else NLM_F_DUMP)
    return error, genl.said


def requests():
    return (item for item in spec.operations.items() if "event" not in item[1])


def missing(name, op):
    """Attributes whose lack is told, one after the other."""
    ids = {n: a for a, n in spec.ids[op["attribute-set"]].items()}
    found = []
    while True:
        _, said = ask(name, found)
        lacks = ids[number(said[MISSING])] if MISSING in said else None
        if not lacks or lacks in found:
            return found
        found.append(lacks)


def compare_needs():
    for name, op in requests():
        needs = spec.needs(op)
        for a in set(missing(name, op)) - set(needs):
            yield f"{name}: the family needs {a}, too"
        _, whole = ask(name, needs)
        for a in needs:
            error, said = ask(name, [other for other in needs if other != a])
            if error != errno.EINVAL or said.get(SENTENCE) == whole.get(SENTENCE):
                yield f"{name}: the family does not need {a}"


def compare_lengths():
    """A binary attribute with too few bytes is refused, wherever it is."""
    for name, op in requests():
        for a in sorted(spec.request(op)):
            attribute = spec.sets[op["attribute-set"]][a]
            if attribute["type"] != "binary":
                continue
            least, _ = spec.bounds(attribute)
            _, said = ask(name, [a], size=least - 1)
            if OFFSET not in said or number(said[OFFSET]) != HEADERS:
                yield f"{name}: {a} may have {least - 1} bytes"


def compare_dumps():
    """A dump takes nothing that only the do of its command takes."""
    for name, op in requests():
        if "do" not in op or "dump" not in op:
            continue
        for a in spec.request(op) - set(listed(op["dump"].get("request"))):
            if ask(name, [a], "dump")[0] != errno.EINVAL:
                yield f"{name}: a dump takes {a}"


def wrong(attribute, value):
    """Can this be the value of the attribute?"""
    kind = attribute["type"]
    if kind in ("string", "binary"):
        if kind == "string" and value[-1:] != b"\0":
            return True
        least, most = spec.bounds(attribute)
        size = len(value) - (kind == "string")
        return size < (least or 0) or most is not None and size > most
    return len(value) != (struct.calcsize(FORMATS[kind]) if kind in FORMATS else 0)


def compare_replies():
    """There is an object of each kind, and its message has only what it may have."""
    sample = {"explain-get": attr("EXPLAIN_SERVICE", "web") +
                             attr("EXPLAIN_CLIENT", bytes([10, 0, 0, 2]))}
    for name, op in requests():
        if "dump" not in op:
            continue
        s, ids = op["attribute-set"], spec.ids[op["attribute-set"]]
        error, reply = genl.talk(genl.family, spec.numbers[name],
                                 sample.get(name, b""), NLM_F_DUMP)
        objects = list(messages(reply))
        if error or not objects:
            yield f"{name}: error {error}, {len(objects)} objects"
        said = {ids[a]: a for a in listed(op["dump"]["reply"])}
        for n in {n for each in objects for n in each} - {1}:
            if n not in said:
                yield f"{name}: attribute {n} is only in the family"
                continue
            for value in {each[n] for each in objects if n in each}:
                if wrong(spec.sets[s][said[n]], value):
                    yield f"{name}: {said[n]} is {value.hex()}"


PARTS = {"family": compare_family, "policies": compare_policies,
         "needs": compare_needs, "lengths": compare_lengths,
         "dumps": compare_dumps, "replies": compare_replies}


def main():
    differences = list(PARTS[sys.argv[1]]())
    for line in differences:
        print(line)
    sys.exit(bool(differences))


main()
