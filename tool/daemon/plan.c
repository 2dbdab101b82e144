// SPDX-License-Identifier: GPL-2.0-or-later
/* Who should have how many chunks of a pool. */
#include "plan.h"

#include <stdbool.h>
#include <stdlib.h>

#include "demand.h"

/* What each of two lists says, for psteer_demand_level(). */
struct lists {
	u32 *want;
	u32 *least;
};

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* If not even the minimums fit, these are shared out like wants. */
static uint32_t share(const struct lists *lists, size_t count,
		      uint32_t capacity)
{
	uint64_t minimums = 0;
	size_t i;

	for (i = 0; i < count; i++)
		minimums += lists->least[i];
	if (minimums > capacity) {
		for (i = 0; i < count; i++) {
			lists->want[i] = lists->least[i];
			lists->least[i] = 0;
		}
	}
	return psteer_demand_level(lists->want, lists->least, count, capacity);
}

/* What the level leaves over goes to those at it, who have more already first. */
static void give_rest(struct plan_host *hosts, size_t count,
		      const struct lists *lists, uint32_t level, uint32_t rest)
{
	bool keepers;
	size_t i;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		keepers = !pass;
		for (i = 0; i < count && rest; i++) {
			struct plan_host *host = &hosts[i];

			if (host->target != level ||
			    host->target == lists->want[i] ||
			    (host->has > host->target) != keepers)
				continue;
			host->target++;
			rest--;
		}
	}
}

static void set_targets(struct plan_host *hosts, size_t count,
			const struct lists *lists, uint32_t capacity)
{
	uint32_t level, sum = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		lists->want[i] = larger(hosts[i].want, hosts[i].least);
		lists->least[i] = hosts[i].least;
	}
	level = share(lists, count, capacity);
	for (i = 0; i < count; i++) {
		hosts[i].target = smaller(lists->want[i],
					  larger(lists->least[i], level));
		sum += hosts[i].target;
	}
	give_rest(hosts, count, lists, level, capacity - sum);
}

/* Who gets the next one: whoever lacks of its minimum, then whoever has least. */
static struct plan_host *neediest(struct plan_host *hosts, size_t count)
{
	struct plan_host *best = NULL;
	bool best_lacks = false;
	size_t i;

	for (i = 0; i < count; i++) {
		struct plan_host *host = &hosts[i];
		uint32_t has = host->has + host->give;
		bool lacks = has < host->least;

		if (has >= host->target)
			continue;
		if (best && (lacks != best_lacks ? best_lacks :
			     best->has + best->give <= has))
			continue;
		best = host;
		best_lacks = lacks;
	}
	return best;
}

static struct plan_host *richest(struct plan_host *hosts, size_t count)
{
	struct plan_host *best = NULL;
	uint32_t most = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		uint32_t has = hosts[i].has - hosts[i].take;

		if (has <= hosts[i].target || has - hosts[i].target <= most)
			continue;
		best = &hosts[i];
		most = has - hosts[i].target;
	}
	return best;
}

static uint64_t sum_of_has(const struct plan_host *hosts, size_t count)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += hosts[i].has;
	return sum;
}

static uint64_t lacking(const struct plan_host *hosts, size_t count)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		if (hosts[i].target > hosts[i].has)
			sum += hosts[i].target - hosts[i].has;
	return sum;
}

/**
 * plan() - share chunks out
 * @hosts: who may have some; their target, give and take are set
 * @count: of @hosts
 * @free_now: chunks that can be given now
 * @coming: chunks that will be free without anybody's doing
 *
 * Nothing is taken from anybody unless somebody lacks it, so that who has more
 * than it wants is not bothered. Without memory nothing is planned.
 */
void plan(struct plan_host *hosts, size_t count, uint32_t free_now,
	  uint32_t coming)
{
	uint64_t capacity = free_now + (uint64_t)coming +
			    sum_of_has(hosts, count);
	struct lists lists = { .want = calloc(2 * count + 1, sizeof(u32)) };
	struct plan_host *host;
	uint64_t short_of;
	size_t i;

	for (i = 0; i < count; i++) {
		hosts[i].target = hosts[i].has;
		hosts[i].give = 0;
		hosts[i].take = 0;
	}
	if (!lists.want)
		return;
	lists.least = lists.want + count;
	set_targets(hosts, count, &lists, smaller(capacity, UINT32_MAX));
	free(lists.want);

	short_of = lacking(hosts, count);
	for (i = 0; i < free_now && (host = neediest(hosts, count)); i++)
		host->give++;
	for (i = free_now + (size_t)coming;
	     i < short_of && (host = richest(hosts, count)); i++)
		host->take++;
}
