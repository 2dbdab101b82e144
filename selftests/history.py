#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints what "portsteer record" would have of two servers in a thousand seconds.

The load is what cpu and arrivals were ten seconds before, and a little that nobody can
know: what a model learns from it is the same each time.
"""
import random

rng = random.Random(1)
walks = {name: ([50.0] * 10, [50.0] * 10) for name in "12"}


def step(walk, size, most):
    """One more of a random walk within 0..most."""
    walk.append(min(most, max(0, walk[-1] + rng.gauss(0, size))))


print("t_s,service,server,load_pct,cpu_pct,memory_pct,network_pct,latency_us,"
      "errors_pct,app_pct,sessions,arrivals_per_s")
for t in range(1000):
    for name, (cpu, arrivals) in walks.items():
        load = 5 + cpu[-10] / 2 + arrivals[-10] / 5 + rng.gauss(0, 1)
        step(cpu, 6, 100)
        step(arrivals, 10, 200)
        print(f"{t},web,10.1.{name}.2:80,{min(100, max(0, load)):.2f},"
              f"{cpu[-1]:.2f},40,,,0,,{rng.randrange(50)},{arrivals[-1]:.3f}")
