// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who gets which chunk: what must hold of any sharing out, in random trials. Prints
 * TAP. Usage: test-plan [TRIALS [SEED]]
 */
#include "plan.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS_MOST	8

/* What must hold of a plan, in the order of their bits. */
static const char *const rules[] = {
	"nobody is to have more than it wants",
	"all together are to have what there is, or all they want",
	"everybody is to have its minimum, if these fit",
	"nobody is to have less than another, but for its want or the other's minimum",
	"no more is given than is free",
	"what is free is given as long as somebody lacks it",
	"nobody gets more than it is to have, or leaves more than the excess",
	"nothing is taken but for somebody who lacks it",
	"what is taken suffices, if it is there",
	"who lacks of its minimum is given first",
};

#define RULES	(sizeof(rules) / sizeof(rules[0]))

struct trial {
	struct plan_host hosts[HOSTS_MOST];
	size_t count;
	uint32_t free;
	uint32_t coming;
};

static uint32_t below(uint32_t n)
{
	return n ? random() % n : 0;
}

static void make_up(struct trial *t)
{
	uint32_t scale = 1 + below(30);
	size_t i;

	memset(t, 0, sizeof(*t));
	t->count = below(HOSTS_MOST + 1);
	t->free = below(2) ? below(3 * scale) : 0;
	t->coming = below(3) ? 0 : below(scale);
	for (i = 0; i < t->count; i++) {
		t->hosts[i].want = below(scale);
		t->hosts[i].least = below(t->hosts[i].want + 1 + scale / 4);
		t->hosts[i].has = below(scale);
	}
}

static uint32_t want_of(const struct plan_host *host)
{
	return host->want > host->least ? host->want : host->least;
}

struct sums {
	uint64_t want;
	uint64_t least;
	uint64_t has;
	uint64_t target;
	uint64_t give;
	uint64_t take;
	uint64_t lack;
	uint64_t excess;
};

static struct sums add_up(const struct trial *t)
{
	struct sums s = { 0 };
	size_t i;

	for (i = 0; i < t->count; i++) {
		const struct plan_host *host = &t->hosts[i];

		s.want += want_of(host);
		s.least += host->least;
		s.has += host->has;
		s.target += host->target;
		s.give += host->give;
		s.take += host->take;
		if (host->target > host->has)
			s.lack += host->target - host->has;
		else
			s.excess += host->has - host->target;
	}
	return s;
}

static bool is_fair(const struct plan_host *less, const struct plan_host *more)
{
	return less->target + 1 >= more->target ||
	       less->target == want_of(less) || more->target <= more->least;
}

static bool is_served_first(const struct plan_host *poor,
			    const struct plan_host *rich)
{
	return poor->has + poor->give >= poor->least ||
	       poor->has + poor->give >= poor->target || !rich->give ||
	       rich->has + rich->give <= rich->least;
}

static unsigned int broken_of_pairs(const struct trial *t, bool minimums_fit)
{
	unsigned int broken = 0;
	size_t i, j;

	for (i = 0; i < t->count; i++) {
		for (j = 0; j < t->count; j++) {
			const struct plan_host *a = &t->hosts[i];
			const struct plan_host *b = &t->hosts[j];

			broken |= (minimums_fit && !is_fair(a, b)) << 3;
			broken |= !is_served_first(a, b) << 9;
		}
	}
	return broken;
}

static unsigned int broken_of_hosts(const struct trial *t, bool minimums_fit)
{
	unsigned int broken = 0;
	size_t i;

	for (i = 0; i < t->count; i++) {
		const struct plan_host *h = &t->hosts[i];

		broken |= (h->target > want_of(h)) << 0;
		broken |= (minimums_fit && h->target < h->least) << 2;
		broken |= (h->give && h->has + h->give > h->target) << 6;
		broken |= (h->take && h->has - h->take < h->target) << 6;
	}
	return broken;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The rules that a plan breaks, as bits. */
static unsigned int broken_rules(const struct trial *t)
{
	struct sums s = add_up(t);
	uint64_t capacity = s.has + t->free + t->coming;
	uint64_t there = t->free + (uint64_t)t->coming;
	bool fit = s.least <= capacity;
	unsigned int broken;

	broken = broken_of_hosts(t, fit) | broken_of_pairs(t, fit);
	broken |= (fit && s.target != smaller(s.want, capacity)) << 1;
	broken |= (s.give > t->free) << 4;
	broken |= (s.give != smaller(t->free, s.lack)) << 5;
	broken |= (s.take && s.lack <= there) << 7;
	broken |= (s.lack > there &&
		   s.take != smaller(s.lack - there, s.excess)) << 8;
	return broken;
}

int main(int argc, char **argv)
{
	long trials = argc > 1 ? atol(argv[1]) : 200000;
	unsigned int broken = 0;
	struct trial t;
	size_t i;
	long n;

	srandom(argc > 2 ? atol(argv[2]) : 1);
	for (n = 0; n < trials; n++) {
		make_up(&t);
		plan(t.hosts, t.count, t.free, t.coming);
		broken |= broken_rules(&t);
	}
	for (i = 0; i < RULES; i++)
		printf("%s %zu - plan: %s\n",
		       broken & 1U << i ? "not ok" : "ok", i + 1, rules[i]);
	printf("1..%zu\n", RULES);
	return broken != 0;
}
