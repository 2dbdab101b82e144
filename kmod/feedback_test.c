// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that a server is slow by comparison with itself only, that one that
 * hangs is noticed while it does, that failures count as they come, that a single
 * outlier says little, and that what is held against a server fades.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "feedback.h"

#define ONE	PSTEER_SCALE

static struct psteer_trouble judge(const struct psteer_feedback *feedback,
				   u32 now_ms)
{
	struct psteer_trouble trouble;

	memset(&trouble, 0xff, sizeof(trouble));
	psteer_feedback_judge(feedback, now_ms, &trouble);
	return trouble;
}

/* @n handshakes of so long, ten a second; the time of the last one. */
static u32 shake(struct psteer_feedback *feedback, u32 from_ms, u32 n, u32 us)
{
	u32 i;

	for (i = 1; i <= n; i++) {
		psteer_feedback_asked(feedback, from_ms + 100 * i);
		psteer_feedback_answered(feedback, from_ms + 100 * i);
		psteer_latency_add(&feedback->handshake, from_ms + 100 * i, us);
	}
	return from_ms + 100 * n;
}

static void nothing_seen_is_no_trouble(struct kunit *test)
{
	struct psteer_feedback feedback = {};

	KUNIT_EXPECT_EQ(test, judge(&feedback, 0).slow, 0U);
	KUNIT_EXPECT_EQ(test, judge(&feedback, U32_MAX).failures, 0U);
	/* Never answered yet: nothing to compare with. */
	psteer_feedback_asked(&feedback, 100);
	KUNIT_EXPECT_EQ(test, judge(&feedback, 5000).slow, 0U);
}

static void far_is_not_slow(struct kunit *test)
{
	struct psteer_feedback feedback = {};
	u32 now = shake(&feedback, 0, 50, 180000);

	KUNIT_EXPECT_EQ(test, judge(&feedback, now).slow, 0U);
	/* As far from its best as it is from here, and 10 ms: still fine. */
	now = shake(&feedback, now, 50, 370000);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now).slow, 0U);
}

static void slower_than_before_is_slow(struct kunit *test)
{
	struct psteer_feedback feedback = {};
	u32 now = shake(&feedback, 0, 50, 1000);
	u32 slow;

	now = shake(&feedback, now, 12, 200000);
	slow = judge(&feedback, now).slow;
	KUNIT_EXPECT_GT(test, slow, ONE / 4U);
	now = shake(&feedback, now, 50, 200000);
	/* 188 ms too much: 188 / (188 + 100). */
	KUNIT_EXPECT_GT(test, judge(&feedback, now).slow, 6400U);
	KUNIT_EXPECT_LT(test, judge(&feedback, now).slow, 6600U);
	now = shake(&feedback, now, 50, 1000);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now).slow, 0U);
}

static void one_outlier_says_little(struct kunit *test)
{
	struct psteer_feedback feedback = {};
	u32 now = shake(&feedback, 0, 50, 1000);

	/* A lost SYN was repeated after a second. */
	now = shake(&feedback, now, 1, 1000000);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now).slow, 0U);
}

static void an_awaited_answer_counts_by_now(struct kunit *test)
{
	struct psteer_feedback feedback = {};
	u32 now = shake(&feedback, 0, 50, 1000);

	psteer_feedback_asked(&feedback, now);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now + 12).slow, 0U);
	/* Those that come later do not make it begin again. */
	psteer_feedback_asked(&feedback, now + 100);
	/* 100 ms too much */
	KUNIT_EXPECT_EQ(test, judge(&feedback, now + 112).slow, ONE / 2U);
	/* A client has given up; the server still hangs. */
	psteer_feedback_failed(&feedback, now + 1000);
	KUNIT_EXPECT_GT(test, judge(&feedback, now + 2000).slow, 9400U);
	/* After ten seconds it is for others to judge. */
	KUNIT_EXPECT_EQ(test, judge(&feedback, now + 10000).slow, 0U);
	psteer_feedback_asked(&feedback, now + 10000);
	KUNIT_EXPECT_GT(test, judge(&feedback, now + 11000).slow, 9000U);
	psteer_feedback_answered(&feedback, now + 11000);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now + 11000).slow, 0U);
}

/* A longer way, and a thousand sessions a second. */
static void a_longer_way_is_forgiven_in_time(struct kunit *test)
{
	struct psteer_feedback feedback = {};
	u32 now = 0, i;

	for (i = 0; i < 1000; i++)
		psteer_latency_add(&feedback.handshake, now++, 1000);
	for (i = 0; i < 5000; i++)
		psteer_latency_add(&feedback.handshake, now++, 200000);
	KUNIT_EXPECT_GT(test, judge(&feedback, now).slow, 6000U);
	for (i = 0; i < 3600; i++)
		psteer_latency_add(&feedback.handshake, now += 1000, 200000);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now).slow, 0U);
}

static void failures_are_a_share(struct kunit *test)
{
	struct psteer_feedback feedback = {};
	u32 i;

	psteer_feedback_failed(&feedback, 1000);
	KUNIT_EXPECT_EQ(test, judge(&feedback, 1000).failures, ONE / 8U);
	for (i = 0; i < 50; i++)
		psteer_feedback_failed(&feedback, 1000);
	KUNIT_EXPECT_GT(test, judge(&feedback, 1000).failures, 9950U);
	for (i = 0; i < 400; i++) {
		psteer_feedback_answered(&feedback, 1000);
		psteer_feedback_failed(&feedback, 1000);
	}
	KUNIT_EXPECT_GT(test, judge(&feedback, 1000).failures, 4500U);
	KUNIT_EXPECT_LT(test, judge(&feedback, 1000).failures, 5500U);
}

static void trouble_fades(struct kunit *test)
{
	struct psteer_feedback feedback = {};
	u32 now, slow;

	now = shake(&feedback, 0, 50, 1000);
	now = shake(&feedback, now, 60, 200000);
	psteer_feedback_failed(&feedback, now);
	slow = judge(&feedback, now).slow;
	KUNIT_EXPECT_EQ(test, judge(&feedback, now + 10000).slow, slow / 2);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now + 10000).failures, ONE / 16U);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now + 30000).slow, slow / 4);
	psteer_feedback_forgive(&feedback);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now).slow, 0U);
	KUNIT_EXPECT_EQ(test, judge(&feedback, now).failures, 0U);
}

/* One session that goes well does not bring back what had faded. */
static void what_has_faded_stays_faded(struct kunit *test)
{
	struct psteer_feedback feedback = {};
	struct psteer_trouble before, after;
	u32 now, i;

	now = shake(&feedback, 0, 50, 1000);
	now = shake(&feedback, now, 60, 200000);
	for (i = 0; i < 40; i++)
		psteer_feedback_failed(&feedback, now);
	now += 100000;
	before = judge(&feedback, now);
	now = shake(&feedback, now, 1, 1000);
	after = judge(&feedback, now);
	KUNIT_EXPECT_LE(test, after.failures, before.failures);
	KUNIT_EXPECT_LE(test, after.slow, before.slow);
}

static void the_clock_may_wrap(struct kunit *test)
{
	struct psteer_feedback feedback = {};

	shake(&feedback, U32_MAX - 6000, 50, 1000);
	psteer_feedback_asked(&feedback, U32_MAX - 50);
	KUNIT_EXPECT_EQ(test, judge(&feedback, 61).slow, ONE / 2U);
}

static void it_keeps_to_the_scale(struct kunit *test)
{
	struct psteer_feedback feedback = {};
	struct rnd_state rnd;
	u32 i, now = 0;

	prandom_seed_state(&rnd, 7);
	for (i = 0; i < 20000; i++) {
		u32 what = prandom_u32_state(&rnd), us;
		struct psteer_trouble trouble;

		us = prandom_u32_state(&rnd) >> (what >> 8) % 32;
		now += prandom_u32_state(&rnd) >> (what >> 16) % 32;
		switch (what % 5) {
		case 0:
			psteer_feedback_asked(&feedback, now);
			break;
		case 1:
			psteer_feedback_answered(&feedback, now);
			break;
		case 2:
			psteer_feedback_failed(&feedback, now);
			break;
		case 3:
			psteer_latency_add(&feedback.handshake, now, us);
			break;
		case 4:
			psteer_latency_add(&feedback.reported, now, us);
			break;
		}
		trouble = judge(&feedback, now + us);
		KUNIT_ASSERT_LE(test, trouble.slow, (u32)ONE);
		KUNIT_ASSERT_LE(test, trouble.failures, (u32)ONE);
	}
}

static struct kunit_case feedback_cases[] = {
	KUNIT_CASE(nothing_seen_is_no_trouble),
	KUNIT_CASE(far_is_not_slow),
	KUNIT_CASE(slower_than_before_is_slow),
	KUNIT_CASE(one_outlier_says_little),
	KUNIT_CASE(an_awaited_answer_counts_by_now),
	KUNIT_CASE(a_longer_way_is_forgiven_in_time),
	KUNIT_CASE(failures_are_a_share),
	KUNIT_CASE(trouble_fades),
	KUNIT_CASE(what_has_faded_stays_faded),
	KUNIT_CASE(the_clock_may_wrap),
	KUNIT_CASE(it_keeps_to_the_scale),
	{}
};

static struct kunit_suite feedback_suite = {
	.name = "psteer_feedback",
	.test_cases = feedback_cases,
};

kunit_test_suite(feedback_suite);
