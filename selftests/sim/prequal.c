// SPDX-License-Identifier: GPL-2.0-only
/*
 * A rule like Prequal's (Wydrowski et al., NSDI 2024): each session makes its
 * gateway ask a few machines, drawn at random, how many sessions they have in
 * flight and what these take; answers are kept in a small pool for a while.
 * Machines with more in flight than most of the pool are hot. Of the others the
 * one with the lowest latency is chosen; if all are hot, that with the fewest in
 * flight. Asking costs nothing here, takes no time, and tells the truth; and what
 * is in flight is compared by how much of it a machine can take, without which
 * the rule does worse among unlike machines. Of those that fail it knows, and
 * tries them now and then.
 */
#include <math.h>

#include <linux/minmax.h>

#include "policies.h"
#include "random.h"

#define POOL		16
#define ASKED		3	/* machines, for each session */
#define AGE_MOST_S	1.0
#define USES_MOST	2
#define HOT_SHARE	0.84	/* of the pool is not hot */
#define FLIGHTS		64	/* latency is known for so many in flight */
#define ERRORS_MOST	0.1	/* who fails more is passed over */
#define TRIAL_CHANCE	0.02	/* but for this */
#define LATENCY_GAIN	0.1

/**
 * struct answer - what a machine has said
 * @machine: which
 * @fill: sessions in flight there, and given to it by this gateway since, by its
 *	capacity
 * @latency: what sessions take at about so many
 * @at: when
 * @uses: how often it was chosen by this
 */
struct answer {
	u32 machine;
	double fill;
	double latency;
	double at;
	u32 uses;
};

/**
 * struct pool - answers that a gateway has
 * @answer: them
 * @n: how many
 * @worst_next: the worst is the next to go, not the oldest
 */
struct pool {
	struct answer answer[POOL];
	u32 n;
	bool worst_next;
};

/**
 * struct memory - what a machine knows of its latency
 * @latency: mean by sessions in flight, as they were when one came; 0: unknown
 * @errors: recent share of failed sessions
 */
struct memory {
	float latency[FLIGHTS];
	float errors;
};

/**
 * struct mind - all of that
 * @pools: by gateway
 * @memories: by machine
 * @flight: by session: how many were in flight when it came
 */
struct mind {
	struct pool *pools;
	struct memory *memories;
	u8 *flight;
};

static void begin(struct run *run)
{
	struct mind *mind = run_alloc(1, sizeof(*mind));

	mind->pools = run_alloc(run->scenario->gateways, sizeof(struct pool));
	mind->memories = run_alloc(run->n, sizeof(struct memory));
	mind->flight = run_alloc(run->arrivals->n, 1);
	run->mind = mind;
}

static void end(struct run *run)
{
	struct mind *mind = run->mind;

	free(mind->pools);
	free(mind->memories);
	free(mind->flight);
	free(mind);
}

/* What is known of the nearest number in flight. */
static double latency_at(const struct memory *memory, u32 flight)
{
	int at = min(flight, FLIGHTS - 1U), off;

	for (off = 0; off < FLIGHTS; off++) {
		if (at - off >= 0 && memory->latency[at - off] > 0)
			return memory->latency[at - off];
		if (at + off < FLIGHTS && memory->latency[at + off] > 0)
			return memory->latency[at + off];
	}
	return 0;
}

static void forget(struct pool *pool, u32 index)
{
	pool->answer[index] = pool->answer[--pool->n];
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double hot_from(const struct pool *pool)
{
	double fills[POOL];
	u32 i;

	for (i = 0; i < pool->n; i++)
		fills[i] = pool->answer[i].fill;
	qsort(fills, pool->n, sizeof(*fills), by_size);
	return fills[(u32)(HOT_SHARE * (pool->n - 1) + 0.5)];
}

/* Is @a the better choice? */
static bool is_better(const struct answer *a, const struct answer *b,
		      double hot)
{
	bool a_hot = a->fill > hot, b_hot = b->fill > hot;

	if (a_hot != b_hot)
		return b_hot;
	return a_hot ? a->fill < b->fill : a->latency < b->latency;
}

static u32 best_or_worst(const struct pool *pool, bool worst)
{
	double hot = hot_from(pool);
	u32 found = 0, i;

	for (i = 1; i < pool->n; i++)
		if (is_better(&pool->answer[i], &pool->answer[found], hot) !=
		    worst)
			found = i;
	return found;
}

static u32 oldest(const struct pool *pool)
{
	u32 found = 0, i;

	for (i = 1; i < pool->n; i++)
		if (pool->answer[i].at < pool->answer[found].at)
			found = i;
	return found;
}

/* It can't be reached, or it fails: but for a trial it is passed over. */
static bool is_passed_over(struct run *run, u32 gateway, u32 machine)
{
	const struct mind *mind = run->mind;

	if (run->machines[machine].condition == MACHINE_SILENT ||
	    !run_eligible(run, gateway, machine))
		return true;
	return mind->memories[machine].errors > ERRORS_MOST &&
	       random_share(&run->random) >= TRIAL_CHANCE;
}

static void ask(struct run *run, u32 gateway, u32 machine)
{
	struct mind *mind = run->mind;
	struct pool *pool = &mind->pools[gateway];
	struct machine *m = &run->machines[machine];
	u32 flight = machine_sessions(m), i;

	if (is_passed_over(run, gateway, machine))
		return;
	for (i = 0; i < pool->n; i++)
		if (pool->answer[i].machine == machine)
			forget(pool, i);
	if (pool->n == POOL)
		forget(pool, oldest(pool));
	pool->answer[pool->n++] = (struct answer){
		.machine = machine,
		.fill = flight / machine_capacity(m),
		.latency = latency_at(&mind->memories[machine], flight),
		.at = run->now,
	};
}

static void tidy(struct run *run, u32 gateway)
{
	struct mind *mind = run->mind;
	struct pool *pool = &mind->pools[gateway];
	u32 i = 0;

	while (i < pool->n) {
		const struct answer *a = &pool->answer[i];

		if (run->now - a->at > AGE_MOST_S || a->uses >= USES_MOST ||
		    !run_eligible(run, gateway, a->machine))
			forget(pool, i);
		else
			i++;
	}
	/* What stays for long is what is never chosen: it would pile up. */
	if (pool->n > POOL / 2) {
		forget(pool, pool->worst_next ? best_or_worst(pool, true) :
						oldest(pool));
		pool->worst_next = !pool->worst_next;
	}
}

/* Nobody has answered. */
static u32 choose_any(struct run *run, u32 gateway)
{
	u32 machine = random_below(&run->random, run->n), tries;

	for (tries = 0; tries < 2 * run->n; tries++) {
		if (run_eligible(run, gateway, machine))
			break;
		machine = random_below(&run->random, run->n);
	}
	return machine;
}

static u32 choose(struct run *run, u32 gateway, u32 session)
{
	struct mind *mind = run->mind;
	struct pool *pool = &mind->pools[gateway];
	struct answer *best;
	u32 i;

	(void)session;
	tidy(run, gateway);
	for (i = 0; i < ASKED; i++)
		ask(run, gateway, random_below(&run->random, run->n));
	if (!pool->n)
		return choose_any(run, gateway);
	best = &pool->answer[best_or_worst(pool, false)];
	best->uses++;
	best->fill += 1 / machine_capacity(&run->machines[best->machine]);
	return best->machine;
}

static void opened(struct run *run, u32 gateway, u32 machine, u32 session)
{
	struct mind *mind = run->mind;
	u32 flight = machine_sessions(&run->machines[machine]);

	(void)gateway;
	mind->flight[session] = min(flight, FLIGHTS - 1U);
}

static void closed(struct run *run, u32 gateway, u32 machine, u32 session)
{
	struct mind *mind = run->mind;
	struct memory *memory = &mind->memories[machine];
	float *latency = &memory->latency[mind->flight[session]];
	double took = run->now - run->arrivals->arrival[session].at;
	bool failed = isinf(run->outcome.response[session]);

	(void)gateway;
	memory->errors += LATENCY_GAIN * (failed - memory->errors);
	if (!failed)
		*latency = *latency > 0 ?
			*latency + LATENCY_GAIN * (took - *latency) : took;
}

const struct policy policy_prequal = {
	.name = "prequal",
	.what = "asks machines: in flight and latency, hot and cold",
	.rival = true,
	.begin = begin,
	.choose = choose,
	.opened = opened,
	.closed = closed,
	.end = end,
};
