#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print Documentation/netlink.md: what is written there by hand, down to its mark, and
then the reference, which is made out of the spec.
"""
import sys

from spec import NEEDS, ROOT, Spec, c_name, listed

PAGE = ROOT / "Documentation/netlink.md"
MARK = "<!-- What follows is made out of the spec by `make reference`. -->\n"


def text(doc):
    return " ".join(doc.split()).replace("|", "\\|")


def table(*columns):
    return ["| %s |" % " | ".join(columns), "|" + "---|" * len(columns)]


def names(attributes, needed=()):
    """Names in their order, those that must be there marked."""
    return ", ".join("`%s`%s" % (a, "\\*" if a in needed else "")
                     for a in attributes)


def bounds(spec, attribute):
    """Those that are narrower than the type."""
    if "enum" in attribute:
        least = attribute.get("checks", {}).get("min")
        return "[%s](#%s)%s" % (attribute["enum"], attribute["enum"],
                                f", from {least}" if least else "")
    if not attribute.get("checks"):
        return ""
    least, most = spec.bounds(attribute)
    words = f"{least} to {most}" if least is not None else f"up to {most}"
    return words + " bytes" * (attribute["type"] in ("string", "binary"))


def attribute_lines(spec, s):
    yield f"The attributes are `{c_name(s['name-prefix'])}*`."
    if "doc" in s:
        yield from ("", text(s["doc"]))
    yield ""
    yield from table("attribute", "type", "bounds", "meaning")
    for a in s["attributes"]:
        if a["type"] != "pad":
            repeated = ", repeated" * a.get("multi-attr", False)
            yield "| `%s` | %s | %s | %s |" % (
                a["name"], a["type"] + repeated, bounds(spec, a),
                text(a.get("doc", "")))


def operation_lines(spec, name, op):
    needed = spec.needs(op)
    kinds = [kind for kind in ("do", "dump") if kind in op]
    yield from ("", f"### {name}", "", text(NEEDS.sub("", op["doc"].strip())), "")
    if "event" in op:
        yield f"- group `{op['mcgrp']}`: {names(listed(op['event']))}"
    for kind in kinds:
        asked = names(listed(op[kind].get("request")),
                      needed if kind == kinds[0] else ())
        yield f"- {kind}: {asked or 'no attribute'}"
    replies = dict.fromkeys(names(listed(op[kind].get("reply"))) for kind in kinds)
    yield from (f"- reply: {reply}" for reply in replies if reply)


def definition_lines(spec, said):
    yield from ("", "## constants", "")
    yield from table("constant", "value", "meaning")
    for d in said["definitions"]:
        if d["type"] == "const":
            yield "| `%s` | %s | %s |" % (c_name("psteer-", d["name"]),
                                          d["value"], text(d["doc"]))
    for name, d in spec.enums.items():
        yield from ("", f"## {name}", "")
        yield f"`enum {d['enum-name'].replace('-', '_')}`."
        if "doc" in d:
            yield text(d["doc"])
        yield ""
        yield from table("value", "name", "meaning")
        for n, e in enumerate(d["entries"], d.get("value-start", 0)):
            yield "| %d | `%s` | %s |" % (n, e["name"], text(e.get("doc", "")))


def reference(spec):
    for s in spec.said["attribute-sets"]:
        yield from ("", f"## {s['name']}", "")
        yield from attribute_lines(spec, s)
        for name, op in spec.operations.items():
            if op["attribute-set"] == s["name"]:
                yield from operation_lines(spec, name, op)
    yield from definition_lines(spec, spec.said)


def main():
    prose, mark, _ = PAGE.read_text(encoding="utf8").partition(MARK)
    if not mark:
        sys.exit(f"{PAGE.name} has no mark")
    print(prose + MARK + "\n".join(reference(Spec())))


if __name__ == "__main__":
    main()
