#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The load predictor in floating point, as Documentation/predictor.md has it.

Prints the vectors of kmod/predict_golden_test.c: what it forecasts at every
4000th of 100,000 reports. Nothing here is rounded or bounded for the sake of a
number format, which is what the module's code is held against.
"""
AHEAD, LAGS, PAST = 64, 8, 76
EWMA_TIMES = (1, 3, 10, 40)
MEAN_TIME = 200
SAME, TREND, AR = 0, 5, 6
EXPERTS = 8  # the ninth comes from outside
FORGET = (1 / 512, 1 / 64)
TERMS = LAGS + 2
SCALE = 10000


def clamp(x, low, high):
    return max(low, min(high, x))


class Autoregression:
    """Least squares with forgetting, weighted by 1 / error."""

    def __init__(self, forget):
        self.forget = forget
        self.sums = [[0.0] * TERMS for _ in range(TERMS)]
        self.coef = [0.0] * (TERMS - 1)

    def learn(self, feature, target, error):
        terms = feature + [target]
        weight = 2**20 / error
        for i in range(TERMS):
            for j in range(i + 1):
                self.sums[i][j] += (weight * terms[i] * terms[j] -
                                    self.forget * self.sums[i][j])
        self._solve()

    def _solve(self):
        """Gauss' elimination of the features, which are the first rows."""
        n = TERMS - 1
        a = [[self.sums[max(i, j)][min(i, j)] for j in range(n)] +
             [self.sums[n][i]] for i in range(n)]
        for i in range(n):
            a[i][i] += a[i][i] / 1024 + 2**25
        for i in range(n):
            for k in range(i + 1, n):
                factor = a[k][i] / a[i][i]
                for j in range(i, n + 1):
                    a[k][j] -= factor * a[i][j]
        for i in reversed(range(n)):
            rest = sum(a[i][k] * self.coef[k] for k in range(i + 1, n))
            self.coef[i] = (a[i][n] - rest) / a[i][i]

    def forecast(self, feature):
        return sum(c * f for c, f in zip(self.coef, feature))


class Predictor:
    def __init__(self, horizon):
        self.horizon = horizon
        self.rls = [Autoregression(f) for f in FORGET]
        self.error = [0.0] * EXPERTS
        self.mixture_error = self.same_error = self.bias = 0.0
        self.past = []  # newest first: time, mean, mixture, experts
        self.pending = self.scored = self.samples = 0
        self.interval = self.last = None
        self.off = False

    def _features(self, reports):
        _, mean, _, experts = self.past[reports]
        load, oldest = experts[SAME], len(self.past) - 1
        return [self.past[min(reports + i, oldest)][3][SAME] - load
                for i in range(1, LAGS)] + [mean - load, 100]

    def _score(self, reports, load):
        _, _, mixture, experts = self.past[reports]
        feature = self._features(reports)
        for i, rls in enumerate(self.rls):
            error = abs(experts[AR + i] - load)
            rls.learn(feature, load - experts[SAME],
                      max(error, 5, self.same_error / 2))
        n = min(self.scored, 63) + 1
        for i in range(EXPERTS):
            self.error[i] += (abs(experts[i] - load) - self.error[i]) / n
        limit = self.mixture_error / 2
        self.bias += clamp(load - mixture, -limit, limit) / 128
        n = min(self.scored, 255) + 1
        self.mixture_error += (abs(mixture - load) - self.mixture_error) / n
        self.same_error += (abs(experts[SAME] - load) - self.same_error) / n
        self.scored += 1
        if self.scored >= 32:
            limit = self.same_error * (63 / 64 if self.off else 1)
            self.off = (self.mixture_error >= limit if self.off
                        else self.mixture_error > limit)

    def _score_due(self, now, gap, load):
        lead = max(self.horizon, self.interval)
        found = None
        while self.pending:
            age = now - self.past[self.pending - 1][0]
            if age + gap // 2 < lead:
                break
            self.pending -= 1
            if found is None or abs(age - lead) < found[0]:
                found = abs(age - lead), self.pending
        if found and found[0] <= lead // 2:
            self._score(found[1], load)

    def _smooth(self, gap, load):
        def toward(a, b, time):
            return a + (b - a) * gap / (gap + time * self.interval)
        self.ewma = [toward(a, load, t)
                     for a, t in zip(self.ewma, EWMA_TIMES)]
        self.mean = toward(self.mean, load, self.samples)
        self.samples = min(self.samples + 1, MEAN_TIME)
        expected = self.level + self.trend * gap / (gap + self.horizon)
        level = clamp(toward(expected, load, 1), 0, SCALE)
        slope = (level - self.level) * self.horizon / gap
        self.trend = toward(self.trend, slope, 3)
        self.level = level

    def _mix(self, experts):
        wrong = [e + 4 for e in self.error]
        credit = max(64 - self.scored, 0) / 256
        wrong[TREND] = self.error[TREND] * (1 - credit) + 2
        weight = [(min(wrong) / w)**16 for w in wrong]
        limit = self.error[SAME] / 2
        mixed = sum(w * e for w, e in zip(weight, experts)) / sum(weight)
        return clamp(mixed + clamp(self.bias, -limit, limit), 0, SCALE)

    def update(self, now, load):
        if self.last is None:
            self.ewma = [load] * len(EWMA_TIMES)
            self.mean = self.level = load
            self.trend, self.samples = 0, 1
        else:
            gap = now - self.last
            if self.interval is None:
                self.interval = gap
            step = self.interval // 4 + 1
            self.interval += clamp(gap - self.interval, -step, step)
            self._score_due(now, gap, load)
            self._smooth(gap, load)
        self.last = now
        experts = [load, *self.ewma,
                   clamp(self.level + self.trend / 2, 0, SCALE)]
        self.past = [(now, self.mean, 0, experts)] + self.past[:PAST - 1]
        self.pending = min(self.pending + 1, PAST - LAGS)
        feature = self._features(0)
        for rls in self.rls:
            change = rls.forecast(feature) if self.scored >= 16 else 0
            experts.append(clamp(load + change, 0, SCALE))
        mixture = self._mix(experts)
        self.past[0] = now, self.mean, mixture, experts
        return load if self.off else mixture


def reports(count):
    """Waves with noise on two levels, some spikes, uneven times."""
    state, now = 1, 0
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        random = state >> 16
        now += 900 + random % 200
        load = 1000 + 40 * abs(i * 2 % 194 - 97) + random % 800
        if i // 1000 % 2:
            load += 2000
        yield now, 9500 if random % 251 == 0 else load


def main():
    predictor = Predictor(5000)
    vectors = []
    for i, (now, load) in enumerate(reports(100000), 1):
        forecast = predictor.update(now, load)
        if i % 4000 == 0:
            vectors.append("%d," % round(forecast))
    for i in range(0, len(vectors), 8):
        print("\t" + " ".join(vectors[i:i + 8]))


if __name__ == "__main__":
    main()
