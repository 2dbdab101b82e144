#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a model makes of a history, in floating point: the load in percent.

Usage: model_float.py MODEL HISTORY SERVER. MODEL is a file of "portsteer
train", HISTORY one of "portsteer record". The forecast is that for the last
report of SERVER.
"""
import csv
import sys

COLUMNS = {
    "load": "load_pct", "cpu": "cpu_pct", "memory": "memory_pct",
    "network": "network_pct", "latency": "latency_us", "errors": "errors_pct",
    "app": "app_pct", "sessions": "sessions", "arrivals": "arrivals_per_s",
}
UNITS = {"us": 1, "ms": 1e3, "s": 1e6, "m": 60e6, "%": 1}


def number(word):
    """A value with its unit: times are in microseconds."""
    digits = word.rstrip("usm%")
    return float(digits) * UNITS.get(word[len(digits):], 1)


def main(model_path, history_path, server):
    with open(model_path, encoding="utf8") as lines:
        model = dict(line.split() for line in lines if line[0] != "#")
    with open(history_path, encoding="utf8", newline="") as lines:
        reports = [r for r in csv.DictReader(lines) if r["server"] == server]
    step = number(model["step"]) / 1e6
    newest = float(reports[-1]["t_s"])
    load = float(model.get("intercept", 0))
    for keyword, column in COLUMNS.items():
        if keyword not in model:
            continue
        low, high, coefficients = model[keyword].split(":")
        low, high = number(low), number(high)
        for lag, coefficient in enumerate(coefficients.split(",")):
            report = min(reports, key=lambda r: abs(
                float(r["t_s"]) - newest + lag * step))
            value = min(max(float(report[column]), low), high)
            load += float(coefficient) * (value - low) / (high - low)
    print(round(100 * min(max(load, 0), 1), 3))


main(*sys.argv[1:])
