// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that what is not enough for all is shared out as max-min fairness has
 * it: against the definition, and where numbers are at their ends.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "demand.h"

static u64 given(const u32 *want, const u32 *least, u32 n, u32 level)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < n; i++)
		sum += min(want[i], max(least[i], level));
	return sum;
}

/* The definition, level by level; @want is at most 100. */
static u32 slow_level(const u32 *want, const u32 *least, u32 n, u32 capacity)
{
	u32 level;

	if (given(want, least, n, U32_MAX) <= capacity)
		return U32_MAX;
	for (level = 100; level; level--)
		if (given(want, least, n, level) <= capacity)
			break;
	return level;
}

static void agrees_with_definition(struct kunit *test)
{
	u32 want[8], least[8], i, k, n, capacity, wrong = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 20240608);
	for (i = 0; i < 20000; i++) {
		n = prandom_u32_state(&rnd) % (ARRAY_SIZE(want) + 1);
		for (k = 0; k < n; k++) {
			want[k] = prandom_u32_state(&rnd) % 101;
			least[k] = prandom_u32_state(&rnd) % (want[k] + 1);
		}
		capacity = prandom_u32_state(&rnd) % 500;
		wrong += psteer_demand_level(want, least, n, capacity) !=
			 slow_level(want, least, n, capacity);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static void holds_at_the_edges(struct kunit *test)
{
	static const u32 all[] = { U32_MAX, U32_MAX, U32_MAX };
	static const u32 equal[] = { 50, 50, 50 };
	static const u32 none[] = { 0, 0, 0 };
	static const struct {
		const u32 *want, *least;
		u32 n, capacity, level;
	} edges[] = {
		{ NULL, NULL, 0, 0, U32_MAX },
		{ none, none, 3, 0, U32_MAX },
		{ equal, none, 3, 0, 0 },
		{ equal, none, 3, 2, 0 },
		{ equal, none, 3, 149, 49 },
		{ equal, none, 3, 150, U32_MAX },
		{ equal, equal, 3, 149, 0 },
		{ all, none, 3, U32_MAX, U32_MAX / 3 },
		{ all, none, 1, U32_MAX - 1, U32_MAX - 1 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		KUNIT_EXPECT_EQ_MSG(test, edges[i].level,
				    psteer_demand_level(edges[i].want,
							edges[i].least,
							edges[i].n,
							edges[i].capacity),
				    "row %u", i);
}

static struct kunit_case level_cases[] = {
	KUNIT_CASE(agrees_with_definition),
	KUNIT_CASE(holds_at_the_edges),
	{}
};

static struct kunit_suite level_suite = {
	.name = "psteer_demand_level",
	.test_cases = level_cases,
};

kunit_test_suite(level_suite);
