// SPDX-License-Identifier: GPL-2.0-only
/*
 * What portsteer is measured against. Each is given what its users would give
 * it at best: the true capacity of every machine as a weight. None sees
 * background load, reports, or other gateways' sessions; the oracle sees all.
 */
#include <math.h>

#include "policies.h"
#include "random.h"

static void *credits_of(struct run *run, u32 gateway)
{
	return (double *)run->mind + (size_t)gateway * run->n;
}

static void begin_turns(struct run *run)
{
	run->mind = run_alloc((size_t)run->n * run->scenario->gateways,
			      sizeof(double));
}

static void end_mind(struct run *run)
{
	free(run->mind);
}

/* Smooth: who has waited longest for its share is next. */
static u32 choose_turn(struct run *run, u32 gateway, u32 session)
{
	double *credit = credits_of(run, gateway), sum = 0;
	u32 best = NOBODY, i;

	(void)session;
	for (i = 0; i < run->n; i++) {
		if (!run_eligible(run, gateway, i))
			continue;
		credit[i] += machine_capacity(&run->machines[i]);
		sum += machine_capacity(&run->machines[i]);
		if (best == NOBODY || credit[i] > credit[best])
			best = i;
	}
	if (best != NOBODY)
		credit[best] -= sum;
	return best;
}

const struct policy policy_turns = {
	.name = "turns",
	.what = "weighted round robin",
	.rival = true,
	.begin = begin_turns,
	.choose = choose_turn,
	.end = end_mind,
};

/* How full a machine would be of this gateway's sessions with one more. */
static double fullness(const struct run *run, u32 gateway, u32 machine)
{
	return (run->gateways[gateway].views[machine].active + 1) /
	       machine_capacity(&run->machines[machine]);
}

static u32 choose_least(struct run *run, u32 gateway, u32 session)
{
	u32 first = random_below(&run->random, run->n), best = NOBODY, i;

	(void)session;
	/* From a random one on, so that of equals it is any. */
	for (i = 0; i < run->n; i++) {
		u32 machine = (first + i) % run->n;

		if (run_eligible(run, gateway, machine) &&
		    (best == NOBODY || fullness(run, gateway, machine) <
				       fullness(run, gateway, best)))
			best = machine;
	}
	return best;
}

const struct policy policy_least = {
	.name = "least",
	.what = "weighted least connections",
	.rival = true,
	.choose = choose_least,
};

/* In proportion to capacity; run->mind has the sums of it. */
static u32 draw_by_capacity(struct run *run)
{
	const double *sum = run->mind;
	double at = random_share(&run->random) * sum[run->n - 1];
	u32 low = 0, high = run->n - 1;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (at < sum[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void begin_two(struct run *run)
{
	double *sum = run_alloc(run->n, sizeof(*sum)), before = 0;
	u32 i;

	for (i = 0; i < run->n; i++) {
		before += machine_capacity(&run->machines[i]);
		sum[i] = before;
	}
	run->mind = sum;
}

static u32 draw_eligible(struct run *run, u32 gateway)
{
	u32 tries, machine = NOBODY;

	for (tries = 0; tries < 2 * run->n; tries++) {
		machine = draw_by_capacity(run);
		if (run_eligible(run, gateway, machine))
			break;
	}
	return machine;
}

static u32 choose_two(struct run *run, u32 gateway, u32 session)
{
	u32 a = draw_eligible(run, gateway), b = draw_eligible(run, gateway);

	(void)session;
	return fullness(run, gateway, b) < fullness(run, gateway, a) ? b : a;
}

const struct policy policy_two = {
	.name = "two",
	.what = "weighted best of two on connections",
	.rival = true,
	.begin = begin_two,
	.choose = choose_two,
	.end = end_mind,
};

/* Greedy: knows what this session would take, not who comes after it. */
static u32 choose_true(struct run *run, u32 gateway, u32 session)
{
	const struct arrival *a = &run->arrivals->arrival[session];
	double least = INFINITY;
	u32 best = NOBODY, i;

	(void)gateway;
	for (i = 0; i < run->n; i++) {
		struct machine *m = &run->machines[i];
		double took;

		if (m->condition != MACHINE_WORKS || a->fate < m->errors)
			continue;
		machine_advance(m, run->now);
		took = machine_response(m, a->work);
		if (took < least) {
			least = took;
			best = i;
		}
	}
	return best;
}

const struct policy policy_oracle = {
	.name = "oracle",
	.what = "knows every queue and what comes of this choice",
	.choose = choose_true,
};
