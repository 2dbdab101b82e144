#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The status page of made-up pictures: page.py TEST-PAGE; prints TAP."""
import html.parser
import json
import re
import subprocess
import sys

EVIL = "<script>alert(1)</script>\"'&"
ALONE = {"meta", "link"}
count = failed = 0


def check(what, good, seen=""):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - page: {what}")
    if not good and seen:
        print(f"# {seen}")


class Page(html.parser.HTMLParser):
    """What a browser would see: elements in order, and whether each is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.wrong, self.texts = [], [], [], []
        self.feed(text)
        self.wrong += self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag, **wanted):
        return [a for t, a in self.elements if t == tag and
                all(v in a.get(k, "") for k, v in wanted.items())]


def server(service, name, history):
    return {"service": service, "server": name, "state": "up", "healthy": True,
            "sessions": 7, "load": 12.5, "predicted_load": 120, "created": 9,
            "capacity_score": 50, "failed": 0, "report_age_ms": 1500,
            "history": {"capacity_score": history, "sessions": history}}


def picture(name):
    return {
        "host": name, "version": "1", "time_ms": 0, "loaded": True,
        "history_seconds": 2, "parts": [name], "totals": {"sessions": 1 << 40},
        "left_out": {"servers": 3},
        "services": [{"name": name, "address": name, "port": 80, "proto": name,
                      "select": name, "sessions": 7}],
        "servers": [server(name, name, [0, 100, None, 50]),
                    server(name, "b", [None] * 4),
                    dict(server(name, "c", []), state=name, load=None)],
        "pools": [{"name": name, "blocks": 10, "blocks_used": 5,
                   "maps": [{"address": name, "runs": [
                       {"first": 0, "last": 32767, "holder": "vm"},
                       {"first": 65535, "last": 65535, "holder": name}]}]}],
        "vms": [{"name": name, "address": name, "occupancy": 96, "ranges": [
            {"address": name, "first": 1024, "last": 1087, "state": name}]}],
    }


def page(what):
    text = subprocess.run([sys.argv[1]], input=json.dumps(what), check=True,
                          capture_output=True, text=True).stdout
    return Page(text)


empty = page({})
check("of nothing is whole", not empty.wrong, empty.wrong)
check("of nothing says that the module is not there",
      any("not loaded" in text for text in empty.texts))

evil = page(picture(EVIL))
check("of evil names is whole", not evil.wrong, evil.wrong)
check("has one script, a file", [a.get("src") for a in evil.all("script")] ==
      ["/page.js"], evil.all("script"))
check("has nothing that a strict policy forbids", not any(
    key == "style" or key.startswith("on") for _, a in evil.elements
    for key in a))
check("shows names as they are", sum(EVIL in text for text in evil.texts) >= 8,
      evil.texts)
check("has no elements but those of a page of good names",
      [t for t, _ in evil.elements] ==
      [t for t, _ in page(picture("good")).elements])

lines = [a["d"] for a in evil.all("path", **{"class": "line c0"})]
check("has a line in each plot", len(lines) == 2, lines)
check("leaves a gap where nothing is known",
      [len(re.findall("M", line)) for line in lines] == [2, 2], lines)
points = [tuple(map(float, p)) for p in
          re.findall(r"[ML]([0-9.]+) ([0-9.]+)", lines[0])]
check("draws 0 at the bottom, 100 on top, now at the right",
      points == [(38, 164), (222, 12), (590, 88)], points)
check("draws half of an address over half of the strip",
      [(a["x"], a["width"]) for a in evil.all("rect", **{"class": "vm"})
       if a["height"] == "6"] == [("0.00", "50.00")])
check("never draws a bar beyond its end", all(
    float(a["x"]) + float(a["width"]) <= 100.01
    for a in evil.all("rect") if "x" in a))
check("says how much it leaves out",
      any("3 more are not shown" in text for text in evil.texts))

print(f"1..{count}")
sys.exit(1 if failed else 0)
