// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that means and trend weigh time and not reports, that a trend leans
 * forward but is damped, and that nothing leaves its bounds at the limits of
 * times.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "predict_part.h"

#define SECOND	1000U

static u32 ewma(const struct psteer_simple *s, u32 i)
{
	return psteer_q16_to_share(s->ewma[i]);
}

static bool is_near(u32 a, u32 b, u32 within)
{
	return (a > b ? a - b : b - a) <= within;
}

static void gain_is_half_at_its_own_time(struct kunit *test)
{
	static const u32 time[PSTEER_PREDICT_EWMAS] = { 1, 3, 10, 40 };
	struct psteer_simple s;
	u32 i;

	for (i = 0; i < PSTEER_PREDICT_EWMAS; i++) {
		psteer_simple_begin(&s, 2000);
		psteer_simple_update(&s, 6000, time[i] * SECOND, SECOND,
				     10 * SECOND);
		KUNIT_EXPECT_EQ(test, ewma(&s, i), 4000U);
	}
}

static void intervals_scale(struct kunit *test)
{
	struct psteer_simple fast, slow;
	u32 i, load;

	psteer_simple_begin(&fast, 1000);
	psteer_simple_begin(&slow, 1000);
	for (i = 0; i < 50; i++) {
		load = i * 7919 % PSTEER_SCALE;
		psteer_simple_update(&fast, load, SECOND, SECOND, 5 * SECOND);
		psteer_simple_update(&slow, load, 300 * SECOND, 300 * SECOND,
				     1500 * SECOND);
	}
	for (i = 0; i < PSTEER_PREDICT_EWMAS; i++)
		KUNIT_EXPECT_EQ(test, ewma(&fast, i), ewma(&slow, i));
	KUNIT_EXPECT_EQ(test, psteer_simple_trend(&fast),
			psteer_simple_trend(&slow));
}

static void long_mean_begins_as_mean_of_all(struct kunit *test)
{
	struct psteer_simple s;
	u32 i;

	psteer_simple_begin(&s, 0);
	for (i = 1; i <= 100; i++)
		psteer_simple_update(&s, 100 * i, SECOND, SECOND, SECOND);
	KUNIT_EXPECT_TRUE(test, is_near(psteer_q16_to_share(s.mean), 5000, 5));
	psteer_simple_resume(&s, 9000);
	KUNIT_EXPECT_TRUE(test, is_near(psteer_q16_to_share(s.mean), 5000, 5));
	KUNIT_EXPECT_EQ(test, psteer_simple_trend(&s), 9000U);
}

static void trend_leads_but_is_damped(struct kunit *test)
{
	struct psteer_simple up, down;
	u32 i;

	psteer_simple_begin(&up, 1000);
	psteer_simple_begin(&down, 9000);
	/* 1 % a second for a minute: undamped, 10 % more in 10 s. */
	for (i = 1; i <= 60; i++) {
		psteer_simple_update(&up, 1000 + 100 * i, SECOND, SECOND,
				     10 * SECOND);
		psteer_simple_update(&down, 9000 - 100 * i, SECOND, SECOND,
				     10 * SECOND);
	}
	KUNIT_EXPECT_GT(test, psteer_simple_trend(&up), 7000U + 300);
	KUNIT_EXPECT_LT(test, psteer_simple_trend(&up), 8000U);
	KUNIT_EXPECT_LT(test, psteer_simple_trend(&down), 3000U - 300);
	KUNIT_EXPECT_GT(test, psteer_simple_trend(&down), 2000U);
}

static u32 draw_up_to(struct rnd_state *rnd, u32 most)
{
	u32 shift = prandom_u32_state(rnd) % 28;

	return max(1U, prandom_u32_state(rnd) % (most + 1) >> shift);
}

static void stays_within_bounds(struct kunit *test)
{
	struct psteer_simple s;
	struct rnd_state rnd;
	u32 i, k, wrong = 0;
	s64 full = psteer_share_to_q16(PSTEER_SCALE);

	prandom_seed_state(&rnd, 20261127);
	psteer_simple_begin(&s, 0);
	for (i = 0; i < 100000; i++) {
		u32 load = i % 3 ? i % 2 * PSTEER_SCALE :
			   prandom_u32_state(&rnd) % (PSTEER_SCALE + 1);

		psteer_simple_update(&s, load,
				     draw_up_to(&rnd, PSTEER_GAP_MAX_MS),
				     draw_up_to(&rnd, PSTEER_GAP_MAX_MS),
				     draw_up_to(&rnd, PSTEER_HORIZON_MAX_MS));
		for (k = 0; k < PSTEER_PREDICT_EWMAS; k++)
			wrong += s.ewma[k] < 0 || s.ewma[k] > full;
		wrong += s.mean < 0 || s.mean > full;
		wrong += s.level < 0 || s.level > full;
		wrong += psteer_simple_trend(&s) > PSTEER_SCALE;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static struct kunit_case predict_expert_cases[] = {
	KUNIT_CASE(gain_is_half_at_its_own_time),
	KUNIT_CASE(intervals_scale),
	KUNIT_CASE(long_mean_begins_as_mean_of_all),
	KUNIT_CASE(trend_leads_but_is_damped),
	KUNIT_CASE(stays_within_bounds),
	{}
};

static struct kunit_suite predict_expert_suite = {
	.name = "psteer_predict_expert",
	.test_cases = predict_expert_cases,
};

kunit_test_suite(predict_expert_suite);
