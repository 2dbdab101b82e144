#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print kmod/model_vectors.h: models, reports, and what comes out of them.

What comes out is computed with exact fractions, by the definition in
Documentation/model.md and nothing of the kernel's. The numbers are those of
one seed, so that the header can be compared with what this prints.
"""
import random
from fractions import Fraction

ONE = 1 << 24                   # a coefficient of one
MOST = 100 * ONE
SCALE = 10000
LAGS = 8
KINDS = 9
LATENCY, SESSIONS, ARRIVALS = 4, 7, 8
LIMITS = {LATENCY: 2**32 - 1, SESSIONS: 2**32 - 1, ARRIVALS: 2**32 - 1}
COUNT = 10

rng = random.Random(20261127)


def draw_term(kind, lags, size):
    most = LIMITS.get(kind, SCALE)
    low, high = sorted(rng.sample(range(most + 1), 2))
    return low, high, [rng.randint(-size, size) for _ in range(lags)]


def draw_model(n):
    """Small ones first; the last ones as large as they may be."""
    kinds = rng.sample(range(KINDS), min(KINDS, 1 + n))
    lags = min(LAGS, 1 + n)
    size = MOST if n >= COUNT - 2 else ONE // (2 + n)
    return {
        "step": rng.choice([100, 250, 1000, 5000, 60000]),
        "intercept": rng.randint(-ONE // 4, ONE // 2),
        "terms": {k: draw_term(k, lags, size) for k in sorted(kinds)},
    }


def draw_reports(model):
    """The newest last, each up to a tenth of a step off its time."""
    at = 1000000
    reports = []
    for _ in range(LAGS):
        values = [rng.randint(0, LIMITS.get(k, SCALE)) for k in range(KINDS)]
        reports.append((at + rng.randint(0, model["step"] // 10), values))
        at += model["step"]
    return reports


def forecast(model, reports):
    load = Fraction(model["intercept"], ONE)
    for kind, (low, high, coefficients) in model["terms"].items():
        for lag, coefficient in enumerate(coefficients):
            value = min(max(reports[-1 - lag][1][kind], low), high)
            load += (Fraction(coefficient, ONE) *
                     Fraction(value - low, high - low))
    return round(min(max(load, 0), 1) * 10**6)


def print_list(indent, opening, numbers, closing):
    """One list, in lines of at most 80 columns."""
    line = "\t" * indent + opening
    for n, number in enumerate(numbers):
        word = f" {number}" + ("," if n < len(numbers) - 1 else "")
        if len(line.expandtabs()) + len(word) > 78:
            print(line)
            line = "\t" * (indent + 1) + word[1:]
        else:
            line += word
    print(line + " " + closing)


def print_vector(model, reports):
    print("\t{")
    print(f"\t\t.model.step_ms = {model['step']},")
    print(f"\t\t.model.intercept = {model['intercept']},")
    for kind, (low, high, coefficients) in model["terms"].items():
        print_list(2, f".model.term[{kind}] = {{ {low}U, {high}U, "
                   f"{len(coefficients)}, {{", coefficients, "} },")
    print("\t\t.reports = {")
    for at, values in reports:
        print_list(3, f"{{ {at}, {2**KINDS - 1}, {{",
                   [f"{v}U" for v in values], "} },")
    print(f"\t\t}},\n\t\t.load = {forecast(model, reports)},\n\t}},")


print("""/* SPDX-License-Identifier: GPL-2.0-only */
/* Made by selftests/model_vectors.py; for model_test.c only. */
#ifndef PSTEER_MODEL_VECTORS_H
#define PSTEER_MODEL_VECTORS_H

#include "model.h"

static const struct {
	struct psteer_model model;
	struct psteer_model_sample reports[PSTEER_MODEL_LAGS];
	u32 load;	/* in millionths of the whole */
} model_vectors[] = {""")
drawn = 0
while drawn < COUNT:
    a_model = draw_model(drawn)
    some_reports = draw_reports(a_model)
    # One that ends at a limit would prove little.
    if 0 < forecast(a_model, some_reports) < 10**6:
        print_vector(a_model, some_reports)
        drawn += 1
print("};\n\n#endif")
