// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that the autoregression finds a law that is there, finds none where
 * there is none, follows a new law, is not led astray by spikes, and stays
 * within bounds whatever it is taught.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "predict_part.h"

#define N	PSTEER_RLS_FEATURES
#define LEAST	5	/* share: no error counts as smaller */

struct law {
	s32 per_mille[N];
};

static const struct law one = {
	{ 500, -300, 200, 0, 0, 100, 0, 250, 1000 }
};

static const struct law other = {
	{ -500, 300, 0, 400, 0, 0, -100, 50, -2000 }
};

static s32 obey(const struct law *law, const s32 *feature)
{
	s32 sum = 0;
	u32 i;

	for (i = 0; i < N; i++)
		sum += law->per_mille[i] * feature[i];
	return sum / 1000;
}

static void draw_features(struct rnd_state *rnd, s32 *feature, s32 most)
{
	u32 i;

	for (i = 0; i < N - 1; i++)
		feature[i] = (s32)(prandom_u32_state(rnd) % (2 * most + 1)) -
			     most;
	feature[N - 1] = 100;
}

/* Mean error of the last quarter of @n. */
static u32 study(struct psteer_rls *rls, const struct law *law, u32 n,
		 u32 spikes)
{
	struct rnd_state rnd;
	u32 i, sum = 0;

	prandom_seed_state(&rnd, 42);
	for (i = 0; i < n; i++) {
		s32 feature[N], target;
		u32 error;

		draw_features(&rnd, feature, 1000);
		target = law ? obey(law, feature) : 0;
		error = abs(psteer_rls_forecast(rls, feature) - target);
		if (i >= n - n / 4)
			sum += error;
		if (spikes && prandom_u32_state(&rnd) % spikes == 0) {
			target = 8000;
			error = abs(psteer_rls_forecast(rls, feature) - target);
		}
		psteer_rls_learn(rls, feature, target, max_t(u32, error, LEAST),
				 PSTEER_RLS_SLOW);
	}
	return sum / (n / 4);
}

static void finds_a_law(struct kunit *test)
{
	struct psteer_rls rls = {};

	/* Within 0.05 % of full scale, after as few as forty. */
	KUNIT_EXPECT_LE(test, study(&rls, &one, 40, 0), 50U);
	KUNIT_EXPECT_LE(test, study(&rls, &one, 1000, 0), LEAST);
}

static void follows_a_new_law(struct kunit *test)
{
	struct psteer_rls rls = {};

	study(&rls, &one, 5000, 0);
	KUNIT_EXPECT_LE(test, study(&rls, &other, 5000, 0), LEAST);
}

static void knows_nothing_of_nothing(struct kunit *test)
{
	struct psteer_rls rls = {};
	s32 feature[N] = { 1000, -1000, 1000, -1000, 0, 0, 0, 0, 100 };

	KUNIT_EXPECT_EQ(test, psteer_rls_forecast(&rls, feature), 0);
	KUNIT_EXPECT_EQ(test, study(&rls, NULL, 1000, 0), 0U);
	KUNIT_EXPECT_EQ(test, psteer_rls_forecast(&rls, feature), 0);
}

/* A few equations about very little say nothing of what is large. */
static void little_is_not_believed(struct kunit *test)
{
	struct psteer_rls rls = {};
	struct rnd_state rnd;
	s32 feature[N];
	u32 i;

	prandom_seed_state(&rnd, 3);
	for (i = 0; i < 12; i++) {
		draw_features(&rnd, feature, 2);
		psteer_rls_learn(&rls, feature, i % 2 ? 100 : -100, 100,
				 PSTEER_RLS_SLOW);
	}
	for (i = 0; i < N; i++)
		feature[i] = i % 2 ? 1000 : -1000;
	KUNIT_EXPECT_LE(test, abs(psteer_rls_forecast(&rls, feature)), 500);
}

/* One in twenty is a spike; squares would put 4 % of full scale on each. */
static void spikes_do_not_decide(struct kunit *test)
{
	struct psteer_rls rls = {};

	KUNIT_EXPECT_LE(test, study(&rls, &one, 4000, 20), 20U);
}

/* Features that are all the same leave the matrix singular but for the ridge. */
static void singular_is_solved(struct kunit *test)
{
	struct psteer_rls rls = {};
	s32 feature[N], change;
	u32 i, k;

	for (i = 0; i < 20000; i++) {
		s32 way = i % 2 ? 10000 : -10000;

		for (k = 0; k < N; k++)
			feature[k] = way;
		psteer_rls_learn(&rls, feature, way / 2, LEAST,
				 PSTEER_RLS_SLOW);
	}
	change = psteer_rls_forecast(&rls, feature);
	KUNIT_EXPECT_LE(test, abs(change - 5000), 20);
}

static s32 extreme(struct rnd_state *rnd)
{
	u32 kind = prandom_u32_state(rnd) % 8;

	if (kind < 3)
		return PSTEER_SCALE;
	if (kind < 6)
		return -PSTEER_SCALE;
	if (kind < 7)
		return 0;
	return (s32)(prandom_u32_state(rnd) % (2 * PSTEER_SCALE + 1)) -
	       PSTEER_SCALE;
}

/* No step may overflow, which UBSAN watches where the tests run. */
static void extremes_stay_within_bounds(struct kunit *test)
{
	struct psteer_rls rls = {};
	struct rnd_state rnd;
	s32 feature[N], change;
	u32 i, k, wrong = 0;

	prandom_seed_state(&rnd, 7);
	for (i = 0; i < 50000; i++) {
		for (k = 0; k < N; k++)
			feature[k] = i / 5000 % 2 ? extreme(&rnd) : 10000;
		psteer_rls_learn(&rls, feature, extreme(&rnd),
				 prandom_u32_state(&rnd) % 4 ? LEAST : 10000,
				 i / 10000 % 2 ? PSTEER_RLS_FAST :
						 PSTEER_RLS_SLOW);
		for (k = 0; k < N; k++)
			feature[k] = extreme(&rnd);
		change = psteer_rls_forecast(&rls, feature);
		wrong += change < -PSTEER_SCALE || change > PSTEER_SCALE;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static struct kunit_case predict_rls_cases[] = {
	KUNIT_CASE(finds_a_law),
	KUNIT_CASE(follows_a_new_law),
	KUNIT_CASE(knows_nothing_of_nothing),
	KUNIT_CASE(little_is_not_believed),
	KUNIT_CASE(spikes_do_not_decide),
	KUNIT_CASE(singular_is_solved),
	KUNIT_CASE(extremes_stay_within_bounds),
	{}
};

static struct kunit_suite predict_rls_suite = {
	.name = "psteer_predict_rls",
	.test_cases = predict_rls_cases,
};

kunit_test_suite(predict_rls_suite);
