#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What portsteer predict makes of load of known kinds, and of bad reports.

    predict.py PORTSTEER [FILE...]

The load is made up from seeds, so that this runs anywhere; with FILEs every
column of theirs is played too. Prints TAP.
"""
import csv
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

HORIZONS = (1, 2, 3, 10)
SEEDS = range(4)
LENGTH = 4000
# Nothing that is reported may cost more than this against "same as now", %.
LOSS_MOST = 2


def clip(values):
    return [min(max(v, 0), 100) for v in values]


def autoregressive(rnd):
    """Swings of some 20 steps that are kept going by noise."""
    a = b = 0.0
    for _ in range(LENGTH):
        a, b = 1.8 * a - 0.9 * b + rnd.gauss(0, 2), a
        yield 50 + a


def seasonal(rnd):
    for i in range(LENGTH):
        yield 50 + 30 * math.sin(2 * math.pi * i / 48) + rnd.gauss(0, 3)


def noise(rnd):
    for _ in range(LENGTH):
        yield rnd.uniform(20, 80)


def random_walk(rnd):
    x = 50
    for _ in range(LENGTH):
        x = min(max(x + rnd.gauss(0, 1), 5), 95)
        yield x


def spikes(rnd):
    """Little noise, and one step in fifty near full load."""
    for _ in range(LENGTH):
        yield rnd.gauss(20, 2) if rnd.random() < 0.98 else rnd.uniform(70, 100)


def levels(rnd):
    """What only "same as now" is right about."""
    x = 50
    for _ in range(LENGTH):
        if rnd.random() < 0.02:
            x = rnd.uniform(5, 95)
        yield x


# How much better than "same as now" it has to be, in %, at each horizon.
KINDS = [
    (autoregressive, (45, 42, 40, 40)),
    (seasonal, (20, 38, 50, 75)),
    (noise, (20, 20, 20, 20)),
    (random_walk, (-LOSS_MOST,) * 4),
    (spikes, (30, 30, 30, 30)),
    (levels, (-LOSS_MOST,) * 4),
]


class Tap:
    def __init__(self):
        self.count = self.failures = 0

    def result(self, good, what, said=""):
        self.count += 1
        self.failures += not good
        print("%sok %d - predict: %s" % ("" if good else "not ", self.count,
                                         what))
        if said:
            print("# " + said)


class Player:
    def __init__(self, tool):
        self.tool = tool
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)

    def predict(self, file, column, horizon, *more):
        said = subprocess.run(
            [self.tool, "-j", "predict", file, "column", column, "horizon",
             str(horizon), *more], check=True, capture_output=True)
        return json.loads(said.stdout)

    def play(self, rows, horizon):
        """rows of (t, value or None) -> (summary, forecast at each row)"""
        load, out = self.path / "load.csv", self.path / "out.csv"
        load.write_text("t,load\n" + "".join(
            "%g,%s\n" % (t, "" if v is None else "%.2f" % v)
            for t, v in rows))
        summary = self.predict(load, "load", horizon, "full", "100", "-o", out)
        with open(out, newline="") as file:
            forecasts = [float(row["forecast"] or "nan")
                         for row in csv.DictReader(file)]
        return summary, forecasts


def check_skill(tap, player, kind, least):
    series = [clip(kind(random.Random(seed))) for seed in SEEDS]
    for horizon, wanted in zip(HORIZONS, least):
        worst = min(player.play(list(enumerate(s)), horizon)[0]["skill"]
                    for s in series)
        tap.result(worst >= wanted, "%s, %d ahead: skill at least %d %%" % (
            kind.__name__, horizon, wanted), "worst of %d: %.1f %%" % (
                len(series), worst))


def lost(rows, rnd):
    """A tenth of the reports."""
    return [(t, None if rnd.random() < 0.1 else v) for t, v in rows]


def doubled(rows, rnd):
    """One in twenty again, a bit later, or again instead of the next."""
    out = []
    for t, v in rows:
        if out and rnd.random() < 0.025:
            v = out[-1][1]
        out.append((t, v))
        if rnd.random() < 0.025:
            out.append((t + 0.1, v))
    return out


def frozen(rows, _):
    """A sensor for a minute."""
    return [(t, rows[3000][1] if 3000 <= t < 3060 else v) for t, v in rows]


def silent(rows, _):
    """For half an hour."""
    return [(t, v) for t, v in rows if not 2000 <= t < 3800]


def errors(rows, forecasts, first, horizon):
    """Mean error of forecasts made in the minute from `first` on."""
    truth = {t: v for t, v in rows if v is not None}
    found = [abs(f - truth[t + horizon])
             for (t, v), f in zip(rows, forecasts)
             if v is not None and first <= t < first + 60 and
             t + horizon in truth]
    return sum(found) / len(found)


# What is done to the reports, and when it is over, if it ends.
TROUBLES = [(lost, None), (doubled, None), (frozen, 3060), (silent, 3800)]


def check_trouble(tap, player, kind, trouble, over):
    rows = list(enumerate(clip(kind(random.Random(1)))))
    bad = trouble(rows, random.Random(2))
    good_summary, good = player.play(rows, 5)
    bad_summary, forecasts = player.play(bad, 5)
    name = "%s, %s reports" % (kind.__name__, trouble.__name__)
    tap.result(all(0 <= f <= 100 for f in forecasts),
               name + ": all forecasts are loads")
    if over is None:
        tap.result(bad_summary["skill"] >= good_summary["skill"] - 15,
                   name + ": not much is lost", "skill %.1f %%, not %.1f %%" % (
                       bad_summary["skill"], good_summary["skill"]))
        return
    have = errors(bad, forecasts, over + 10, 5)
    want = errors(rows, good, over + 10, 5)
    tap.result(have <= 1.5 * want, name + ": got over in ten reports",
               "error %.2f, not %.2f" % (have, want))


def check_plot(tap, player):
    """A picture of 100 samples has a curve for each, and for each expert."""
    file, svg = player.path / "load.csv", player.path / "out.svg"
    player.play([(t, 50 + 30 * math.sin(t)) for t in range(100)], 2)
    player.predict(file, "load", 2, "plot", svg)
    drawn = svg.read_text()
    missing = [word for word in ("forecast", "load", "same", "ewma40", "ar64")
               if ">%s<" % word not in drawn]
    tap.result(not missing, "a plot shows values, forecasts and experts",
               " ".join(missing))


def check_recorded(tap, player):
    """portsteer record calls the time t_s."""
    file, recorded = player.path / "load.csv", player.path / "recorded.csv"
    rows = [(t, 50 + 30 * math.sin(t)) for t in range(100)]
    wanted, _ = player.play(rows, 2)
    recorded.write_text(file.read_text().replace("t,", "t_s,", 1))
    said = player.predict(recorded, "load", 2, "full", "100")
    tap.result(said == {**wanted, "file": str(recorded)},
               "a file of portsteer record is read as any other",
               "%s, not %s" % (said, wanted))


def check_file(tap, player, file):
    with open(file) as lines:
        columns = lines.readline().strip().split(",")
    for column in columns:
        if column == "t":
            continue
        skills = [player.predict(file, column, h)["skill"]
                  for h in HORIZONS[:3]]
        tap.result(min(skills) >= -LOSS_MOST, "%s %s" % (file, column),
                   "skill %s %%" % "/".join("%.1f" % s for s in skills))


def main():
    tap, player = Tap(), Player(sys.argv[1])
    for kind, least in KINDS:
        check_skill(tap, player, kind, least)
    for kind in (autoregressive, seasonal):
        for trouble, over in TROUBLES:
            check_trouble(tap, player, kind, trouble, over)
    check_plot(tap, player)
    check_recorded(tap, player)
    for file in sys.argv[2:]:
        check_file(tap, player, file)
    print("1..%d" % tap.count)
    return tap.failures > 0


if __name__ == "__main__":
    sys.exit(main())
