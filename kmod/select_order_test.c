// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that the search by order finds what a look at all servers finds, the
 * same one of equals too, whatever changes in between, and that it looks at few.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "select_order.h"

#define SERVERS_MOST	1000U

/**
 * struct crowd - servers of a test
 * @rule: how they are scored
 * @n: how many
 * @evidence: what is known of each
 * @ports: share of ports free towards each
 * @up: can it be chosen, as the order knows
 * @full: can't be chosen, as only a look tells
 * @looks: how often one was looked at
 */
struct crowd {
	struct psteer_select_rule rule;
	u32 n;
	struct psteer_evidence evidence[SERVERS_MOST];
	u32 ports[SERVERS_MOST];
	bool up[SERVERS_MOST];
	bool full[SERVERS_MOST];
	u32 looks;
};

static bool look(void *ctx, u32 index, struct psteer_contender *c)
{
	struct crowd *crowd = ctx;
	struct psteer_terms terms;

	psteer_select_terms(&crowd->rule, &crowd->evidence[index],
			    crowd->ports[index], &terms);
	*c = (struct psteer_contender) { .score = terms.score };
	return crowd->up[index] && !crowd->full[index];
}

static bool vary(void *ctx, u32 index, u64 *varying)
{
	struct crowd *crowd = ctx;

	crowd->looks++;
	*varying = psteer_select_varying(&crowd->rule, crowd->ports[index],
					 crowd->evidence[index].zone);
	return !crowd->full[index];
}

static void rank(const struct crowd *crowd, struct psteer_order *order, u32 i)
{
	u64 value = psteer_select_static(&crowd->rule, &crowd->evidence[i]);

	psteer_order_set(order, i, crowd->up[i] ? value + 1 : 0);
}

static int find(struct crowd *crowd, const struct psteer_order *order)
{
	u64 most = (u64)crowd->rule.weights.ports * PSTEER_SCALE;

	crowd->looks = 0;
	return psteer_order_best(order, most, vary, crowd);
}

/* Shares in steps of @grain: the coarser, the more are equal. */
static u32 random_share(struct rnd_state *rnd, u32 grain)
{
	return prandom_u32_state(rnd) % (PSTEER_SCALE / grain + 1) * grain;
}

static void change(struct crowd *crowd, struct rnd_state *rnd, u32 i, u32 grain)
{
	crowd->evidence[i] = (struct psteer_evidence) {
		.load = random_share(rnd, grain),
		.capacity = random_share(rnd, grain),
		.reported = prandom_u32_state(rnd) % 8,
	};
	crowd->up[i] = prandom_u32_state(rnd) % 8;
	crowd->full[i] = !(prandom_u32_state(rnd) % 8);
	crowd->ports[i] = random_share(rnd, grain);
}

static struct crowd *make_crowd(struct kunit *test, u32 n,
				struct psteer_order **order)
{
	struct crowd *crowd = kunit_kzalloc(test, sizeof(*crowd), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, crowd);
	*order = kunit_kzalloc(test, psteer_order_size(n), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, *order);
	psteer_order_init(*order, n);
	crowd->n = n;
	crowd->rule = (struct psteer_select_rule) {
		.mode = PSTEER_SELECT_ARGMAX,
		.weights = { .load = 4000, .capacity = 5000, .ports = 1000 },
		.neutral_load = 5000,
		.neutral_capacity = 5000,
	};
	return crowd;
}

static void compare(struct kunit *test, u32 n, u32 grain)
{
	struct psteer_order *order;
	struct rnd_state rnd;
	struct crowd *crowd;
	u32 i, turn;

	crowd = make_crowd(test, n, &order);
	prandom_seed_state(&rnd, n * 31 + grain);
	KUNIT_EXPECT_EQ(test, find(crowd, order), -ENOENT);
	for (i = 0; i < n; i++) {
		change(crowd, &rnd, i, grain);
		rank(crowd, order, i);
	}
	for (turn = 0; turn < 300; turn++) {
		int best = psteer_select_choose(PSTEER_SELECT_ARGMAX, n, look,
						crowd, 0);

		KUNIT_ASSERT_EQ(test, find(crowd, order), best);
		i = prandom_u32_state(&rnd) % n;
		change(crowd, &rnd, i, grain);
		rank(crowd, order, i);
	}
}

static void finds_what_a_look_at_all_finds(struct kunit *test)
{
	static const u32 sizes[] = { 1, 2, 3, 7, 64, 65, SERVERS_MOST };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		compare(test, sizes[i], 1);
		compare(test, sizes[i], 500);
		compare(test, sizes[i], 5000);
	}
}

static void holds_the_most_servers(struct kunit *test)
{
	u32 n = PSTEER_SERVERS_MAX;
	struct psteer_order *order;

	KUNIT_EXPECT_EQ(test, 1U << PSTEER_ORDER_DEPTH_MAX, n);
	order = kunit_kzalloc(test, psteer_order_size(n), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, order);
	psteer_order_init(order, n);
	psteer_order_set(order, n - 1, 1);
	KUNIT_EXPECT_EQ(test, order->node[1], 1ULL);
	psteer_order_set(order, n - 1, 0);
	KUNIT_EXPECT_EQ(test, order->node[1], 0ULL);
}

/* A client that has sessions with some of a thousand equal servers. */
static void looks_at_few(struct kunit *test)
{
	struct psteer_order *order;
	struct crowd *crowd;
	u32 i;

	crowd = make_crowd(test, SERVERS_MOST, &order);
	for (i = 0; i < SERVERS_MOST; i++) {
		crowd->evidence[i].reported = true;
		crowd->evidence[i].load = 3000;
		crowd->evidence[i].capacity = 7000;
		crowd->ports[i] = i < 5 ? PSTEER_SCALE - 100 : PSTEER_SCALE;
		crowd->up[i] = true;
		rank(crowd, order, i);
	}
	KUNIT_EXPECT_EQ(test, find(crowd, order), 5);
	KUNIT_EXPECT_EQ(test, crowd->looks, 6U);
	/* One that is far better than the rest is the only one looked at. */
	crowd->evidence[777].load = 0;
	crowd->evidence[777].capacity = PSTEER_SCALE;
	rank(crowd, order, 777);
	KUNIT_EXPECT_EQ(test, find(crowd, order), 777);
	KUNIT_EXPECT_EQ(test, crowd->looks, 1U);
}

static struct kunit_case order_cases[] = {
	KUNIT_CASE(finds_what_a_look_at_all_finds),
	KUNIT_CASE(holds_the_most_servers),
	KUNIT_CASE(looks_at_few),
	{}
};

static struct kunit_suite order_suite = {
	.name = "psteer_select_order",
	.test_cases = order_cases,
};

kunit_test_suite(order_suite);
