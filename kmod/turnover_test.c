// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that the rate of steady arrivals is exact, that what is expected goes
 * from what there is to rate times duration, and that nothing overflows.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "turnover.h"

#define HORIZON	10000U

/* Sessions every @gap_ms until the estimate has settled; returns the time. */
static u32 arrive(struct psteer_turnover *t, u32 now_ms, u32 gap_ms, u32 n)
{
	while (n--) {
		now_ms += gap_ms;
		psteer_turnover_opened(t, now_ms);
	}
	return now_ms;
}

static void expect_near(struct kunit *test, u32 value, u32 wanted)
{
	KUNIT_EXPECT_GE(test, value, wanted - wanted / 100);
	KUNIT_EXPECT_LE(test, value, wanted + wanted / 100);
}

static void steady_rates_are_exact(struct kunit *test)
{
	static const u32 gaps_ms[] = { 50, 1000, 30000 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(gaps_ms); i++) {
		struct psteer_turnover t = {};
		u32 now_ms = arrive(&t, 77, gaps_ms[i], 4000);
		u32 rate = PSTEER_SCALE * 1000 / gaps_ms[i];

		expect_near(test, psteer_turnover_rate(&t, now_ms), rate);
		/* Half of it after the time constant without any. */
		expect_near(test, psteer_turnover_rate(&t, now_ms + 10000),
			    rate / 2);
	}
}

static void one_session_is_no_rate(struct kunit *test)
{
	struct psteer_turnover t = {};

	KUNIT_EXPECT_EQ(test, psteer_turnover_rate(&t, 5), 0U);
	psteer_turnover_opened(&t, 1000000);
	KUNIT_EXPECT_EQ(test, psteer_turnover_rate(&t, 1000000), 0U);
}

static void a_step_back_is_no_time(struct kunit *test)
{
	struct psteer_turnover t = {};
	u32 now_ms = arrive(&t, U32_MAX - 5000, 100, 4000);

	psteer_turnover_opened(&t, now_ms - 7);
	expect_near(test, psteer_turnover_rate(&t, now_ms),
		    10 * PSTEER_SCALE + PSTEER_SCALE / 10);
	expect_near(test, psteer_turnover_rate(&t, now_ms - 50),
		    10 * PSTEER_SCALE + PSTEER_SCALE / 10);
}

static void durations_are_a_mean(struct kunit *test)
{
	struct psteer_turnover t = {};
	u32 i;

	psteer_turnover_ended(&t, 1000);
	psteer_turnover_ended(&t, 3000);
	KUNIT_EXPECT_EQ(test, t.duration_ms, 2000U);
	for (i = 0; i < 200; i++)
		psteer_turnover_ended(&t, 60000);
	expect_near(test, t.duration_ms, 60000);
	psteer_turnover_ended(&t, U32_MAX);
	KUNIT_EXPECT_LE(test, t.duration_ms, 60000U + 86400000U / 16);
}

/* Ten a second for a minute each: 600 in the end, a seventh of the way in 10 s. */
static void expectation_is_on_the_way(struct kunit *test)
{
	struct psteer_turnover t = {};
	u32 now_ms = arrive(&t, 0, 100, 4000);

	KUNIT_EXPECT_EQ(test, psteer_turnover_expected(&t, now_ms, 42, HORIZON),
			42U);
	psteer_turnover_ended(&t, 60000);
	expect_near(test, psteer_turnover_expected(&t, now_ms, 600, HORIZON),
		    600);
	expect_near(test, psteer_turnover_expected(&t, now_ms, 250, HORIZON),
		    300);
	expect_near(test, psteer_turnover_expected(&t, now_ms, 1300, HORIZON),
		    1200);
	/* Nobody comes any more: they only end. */
	expect_near(test, psteer_turnover_expected(&t, now_ms + 100000000, 700,
						   HORIZON), 600);
}

static void nothing_overflows(struct kunit *test)
{
	struct psteer_turnover t = {};
	struct rnd_state rnd;
	u32 i, now_ms = U32_MAX - 1000, expected;

	prandom_seed_state(&rnd, 3);
	for (i = 0; i < 200000; i++) {
		psteer_turnover_opened(&t, now_ms);
		if (i % 3)
			psteer_turnover_ended(&t, prandom_u32_state(&rnd));
		if (i % 1000 == 0)
			now_ms += prandom_u32_state(&rnd) % 100;
	}
	/* Far more than there are ports: that many, not a few. */
	expected = psteer_turnover_expected(&t, now_ms, 0, 60000);
	KUNIT_EXPECT_GT(test, expected, 65536U);
	t.arrivals = U32_MAX;
	psteer_turnover_opened(&t, now_ms);
	KUNIT_EXPECT_EQ(test, t.arrivals, U32_MAX);
	t.duration_ms = 86400000;
	KUNIT_EXPECT_GT(test, psteer_turnover_expected(&t, now_ms, U32_MAX,
						       60000), 65536U);
}

static struct kunit_case turnover_cases[] = {
	KUNIT_CASE(steady_rates_are_exact),
	KUNIT_CASE(one_session_is_no_rate),
	KUNIT_CASE(a_step_back_is_no_time),
	KUNIT_CASE(durations_are_a_mean),
	KUNIT_CASE(expectation_is_on_the_way),
	KUNIT_CASE(nothing_overflows),
	{}
};

static struct kunit_suite turnover_suite = {
	.name = "psteer_turnover",
	.test_cases = turnover_cases,
};

kunit_test_suite(turnover_suite);
