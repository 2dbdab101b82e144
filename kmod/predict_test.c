// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that the mixture foresees what can be foreseen and is no worse than "it
 * stays as it is" elsewhere, says when it is, puts up with lost, doubled, late
 * and senseless reports, and stays a share whatever is reported and whenever.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "predict.h"

#define SECOND		1000U
#define HOUR		(3600ULL * SECOND)
#define START		(1000ULL * HOUR)
#define HORIZON		(5 * SECOND)
/* Rounding may cost a few in 10,000. */
#define FEW		3

static bool is_near(u32 a, u32 b, u32 within)
{
	return (a > b ? a - b : b - a) <= within;
}

/* Up and down between 10 % and 90 % in @period reports, by two parabolas. */
static u32 wave(u32 i, u32 period)
{
	u32 half = period / 2, at = i % half;
	s32 arc = 16000 * at * (half - at) / half / half;

	return i % period < half ? 5000 + arc : 5000 - arc;
}

static u32 noise(struct rnd_state *rnd)
{
	return 1000 + prandom_u32_state(rnd) % 8001;
}

/**
 * struct play - a predictor and its clock
 * @p: predictor
 * @now_ms: time of the next report
 * @step_ms: time between reports
 */
struct play {
	struct psteer_predict p;
	u64 now_ms;
	u32 step_ms;
};

/* A predictor is too large for the stack. */
static struct play *begin(struct kunit *test)
{
	struct play *play = kunit_kzalloc(test, sizeof(*play), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, play);
	play->now_ms = START;
	play->step_ms = SECOND;
	return play;
}

static void report(struct play *play, u32 load)
{
	psteer_predict_update(&play->p, play->now_ms, load,
			      play->step_ms * 5, NULL);
	play->now_ms += play->step_ms;
}

static void hold(struct play *play, u32 load, u32 reports)
{
	while (reports--)
		report(play, load);
}

static void swing(struct play *play, u32 reports)
{
	u32 i;

	for (i = 0; i < reports; i++)
		report(play, wave(i, 40));
}

/* How far off it is over some periods of the wave, of every report. */
static u32 error_of_wave(struct play *play, u32 from, u32 reports)
{
	u32 i, sum = 0;

	for (i = from; i < from + reports; i++) {
		report(play, wave(i, 40));
		sum += abs((s32)psteer_predict_load(&play->p) -
			   (s32)wave(i + 5, 40));
	}
	return sum / reports;
}

static void nothing_is_forecast_of_nothing(struct kunit *test)
{
	struct psteer_predict *p = &begin(test)->p;
	struct psteer_predict_quality q;

	KUNIT_EXPECT_EQ(test, psteer_predict_load(p), 0U);
	psteer_predict_quality(p, &q);
	KUNIT_EXPECT_EQ(test, q.scored, 0U);
	KUNIT_EXPECT_FALSE(test, q.off);
	KUNIT_EXPECT_GT(test, q.expert[PSTEER_EXPERT_TREND].weight, 9900U);
}

static void first_report_is_the_forecast(struct kunit *test)
{
	struct psteer_predict *p = &begin(test)->p;

	/* The clock may begin at 0. */
	psteer_predict_update(p, 0, 4321, HORIZON, NULL);
	KUNIT_EXPECT_EQ(test, psteer_predict_load(p), 4321U);
	/* More than all counts as all. */
	p = &begin(test)->p;
	psteer_predict_update(p, START, U32_MAX, HORIZON, NULL);
	KUNIT_EXPECT_EQ(test, psteer_predict_load(p), (u32)PSTEER_SCALE);
}

static void constant_load_is_its_own_forecast(struct kunit *test)
{
	static const u32 loads[] = { 0, 1, 37, 2500, 7777, 9999, 10000 };
	static const u32 steps[] = { 40, 333, 1000, 60000, 299999 };
	u32 i, j, k, wrong = 0;

	for (i = 0; i < ARRAY_SIZE(loads); i++)
		for (j = 0; j < ARRAY_SIZE(steps); j++) {
			struct play *play = begin(test);

			play->step_ms = steps[j];
			for (k = 0; k < 300; k++) {
				report(play, loads[i]);
				wrong += psteer_predict_load(&play->p) !=
					 loads[i];
			}
		}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

/* Nobody has been wrong yet: what begins to rise is taken to go on rising. */
static void rise_is_led(struct kunit *test)
{
	struct psteer_predict *p = &begin(test)->p;
	u32 i, load = 2000, behind = 0;

	for (i = 0; i < 9; i++) {
		load += i < 3 ? 0 : 300;
		psteer_predict_update(p, START + i * SECOND, load, 10 * SECOND,
				      NULL);
		behind += i >= 3 && psteer_predict_load(p) <= load;
	}
	KUNIT_EXPECT_EQ(test, behind, 0U);
	KUNIT_EXPECT_LT(test, psteer_predict_load(p), load + 10 * 300);
}

static void wave_is_foreseen(struct kunit *test)
{
	struct play *play = begin(test);
	struct psteer_predict_quality q;

	swing(play, 800);
	/* "Same as now" is 20 % off. */
	KUNIT_EXPECT_LT(test, error_of_wave(play, 800, 80), 400U);
	psteer_predict_quality(&play->p, &q);
	KUNIT_EXPECT_LT(test, 5 * q.error, q.same_error);
	KUNIT_EXPECT_FALSE(test, q.off);
}

/* Nothing is to be learnt from it: then at least nothing is to be lost. */
static void random_walk_costs_nothing(struct kunit *test)
{
	struct play *play = begin(test);
	u32 forecast[5] = {}, load[5] = {};
	u32 i, k, at = 5000;
	u64 error = 0, same = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 5);
	for (i = 0; i < 20000; i++) {
		at = clamp(at + prandom_u32_state(&rnd) % 201 - 100, 500U,
			   9500U);
		report(play, at);
		k = i % 5;
		error += abs((s32)(at - forecast[k]));
		same += abs((s32)(at - load[k]));
		forecast[k] = psteer_predict_load(&play->p);
		load[k] = at;
	}
	KUNIT_EXPECT_LE(test, error * 100, same * 102);
}

static void noise_is_averaged(struct kunit *test)
{
	struct play *play = begin(test);
	struct psteer_predict_quality q;
	struct rnd_state rnd;
	u32 i;

	prandom_seed_state(&rnd, 6);
	for (i = 0; i < 1000; i++)
		report(play, noise(&rnd));
	psteer_predict_quality(&play->p, &q);
	/* A quarter of the range, against a third. */
	KUNIT_EXPECT_LT(test, 100 * q.error, 85 * q.same_error);
}

/* A level that jumps is what only "same as now" is right about. */
static void worse_is_switched_off_and_better_on(struct kunit *test)
{
	struct play *play = begin(test);
	struct psteer_predict_quality q;
	struct rnd_state rnd;
	u32 i, after;

	hold(play, 2000, 60);
	KUNIT_EXPECT_FALSE(test, play->p.off);
	for (i = 0; i < 10 && !play->p.off; i++)
		report(play, 7000);
	psteer_predict_quality(&play->p, &q);
	KUNIT_EXPECT_TRUE(test, q.off);
	KUNIT_EXPECT_GT(test, q.error, q.same_error);
	KUNIT_EXPECT_EQ(test, psteer_predict_load(&play->p), 7000U);
	prandom_seed_state(&rnd, 7);
	for (after = 0; after < 300 && play->p.off; after++)
		report(play, noise(&rnd));
	psteer_predict_quality(&play->p, &q);
	KUNIT_EXPECT_FALSE(test, q.off);
	KUNIT_EXPECT_LT(test, q.error, q.same_error);
}

static void weights_are_shares_of_one(struct kunit *test)
{
	struct play *play = begin(test);
	struct psteer_predict_quality q;
	u32 i, sum = 0;

	swing(play, 300);
	psteer_predict_quality(&play->p, &q);
	for (i = 0; i < PSTEER_PREDICT_EXPERTS; i++)
		sum += q.expert[i].weight;
	KUNIT_EXPECT_TRUE(test, is_near(sum, PSTEER_SCALE,
					PSTEER_PREDICT_EXPERTS));
	KUNIT_EXPECT_EQ(test, q.expert[PSTEER_EXPERT_MODEL].weight, 0U);
	KUNIT_EXPECT_GT(test, q.expert[PSTEER_EXPERT_AR_512].weight +
			q.expert[PSTEER_EXPERT_AR_64].weight, 9000U);
}

/* The outside model: trusted when it is right, heard no more when it is gone. */
static void model_earns_its_weight(struct kunit *test)
{
	struct psteer_predict_quality q;
	struct psteer_predict *p = &begin(test)->p;
	static u32 load[500];
	u32 i, right;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 8);
	for (i = 0; i < ARRAY_SIZE(load); i++)
		load[i] = noise(&rnd);
	for (i = 0; i < 400; i++) {
		right = load[i + 5];
		psteer_predict_update(p, START + i * SECOND, load[i], HORIZON,
				      i < 200 ? NULL : &right);
	}
	psteer_predict_quality(p, &q);
	KUNIT_EXPECT_GT(test, q.expert[PSTEER_EXPERT_MODEL].weight, 9900U);
	KUNIT_EXPECT_TRUE(test, is_near(psteer_predict_load(p), right, 500));
	for (; i < 420; i++)
		psteer_predict_update(p, START + i * SECOND, load[i], HORIZON,
				      NULL);
	psteer_predict_quality(p, &q);
	KUNIT_EXPECT_EQ(test, q.expert[PSTEER_EXPERT_MODEL].weight, 0U);
	/* More than all counts as all. */
	right = U32_MAX;
	psteer_predict_update(p, START + i * SECOND, 5000, HORIZON, &right);
	KUNIT_EXPECT_LE(test, psteer_predict_load(p), (u32)PSTEER_SCALE);
}

/* One that was not heard before has no better name than "same as now". */
static void new_model_is_not_believed_at_once(struct kunit *test)
{
	struct play *play = begin(test);
	struct psteer_predict_quality q;
	u32 wrong = PSTEER_SCALE;

	swing(play, 300);
	psteer_predict_update(&play->p, play->now_ms, wave(300, 40), HORIZON,
			      &wrong);
	psteer_predict_quality(&play->p, &q);
	KUNIT_EXPECT_LT(test, q.expert[PSTEER_EXPERT_MODEL].weight, 100U);
}

/* What is reported nine seconds later says nothing of a forecast for five. */
static void far_reports_are_no_truth(struct kunit *test)
{
	struct play *play = begin(test);
	u32 scored;

	swing(play, 100);
	scored = play->p.scored;
	play->now_ms += 8 * SECOND;
	report(play, 5000);
	KUNIT_EXPECT_EQ(test, play->p.scored, scored);
	report(play, 5000);
	KUNIT_EXPECT_EQ(test, play->p.scored, scored);
	hold(play, 5000, 10);
	KUNIT_EXPECT_GT(test, play->p.scored, scored);
}

static void lost_and_doubled_reports_cost_little(struct kunit *test)
{
	struct play *play = begin(test);
	struct rnd_state rnd;
	u32 i, kind;

	prandom_seed_state(&rnd, 9);
	for (i = 0; i < 4000; i++) {
		kind = prandom_u32_state(&rnd) % 20;
		if (kind < 2) {
			play->now_ms += SECOND;
			continue;
		}
		report(play, wave(i, 40));
		if (kind == 2)
			psteer_predict_update(&play->p, play->now_ms - SECOND,
					      wave(i, 40), HORIZON, NULL);
	}
	KUNIT_EXPECT_LT(test, error_of_wave(play, 4000, 40), 500U);
}

static void frozen_sensor_is_got_over(struct kunit *test)
{
	struct play *play = begin(test);

	swing(play, 800);
	hold(play, 1000, 60);
	error_of_wave(play, 860, 10);
	KUNIT_EXPECT_LT(test, error_of_wave(play, 870, 40), 1500U);
}

static void silence_is_got_over(struct kunit *test)
{
	struct play *play = begin(test);

	swing(play, 800);
	play->now_ms += HOUR / 2;
	report(play, 3000);
	/* Of what was before the silence nothing is left in it. */
	KUNIT_EXPECT_TRUE(test, is_near(psteer_predict_load(&play->p), 3000,
					2000));
	error_of_wave(play, 10, 10);
	KUNIT_EXPECT_LT(test, error_of_wave(play, 20, 40), 500U);
}

static void close_reports_are_one(struct kunit *test)
{
	struct psteer_predict *p = &begin(test)->p;
	u32 i;

	for (i = 0; i < 100; i++)
		psteer_predict_update(p, START + i * SECOND, 3000, 64 * SECOND,
				      NULL);
	psteer_predict_update(p, START + i * SECOND - 1, 0, 64 * SECOND, NULL);
	KUNIT_EXPECT_EQ(test, psteer_predict_load(p), 3000U);
	psteer_predict_update(p, START + i * SECOND, 0, 64 * SECOND, NULL);
	KUNIT_EXPECT_LT(test, psteer_predict_load(p), 3000U);
}

/* Reports that are rarer than the horizon: it is about the next one then. */
static void rare_reports_are_scored(struct kunit *test)
{
	struct psteer_predict_quality q;
	struct psteer_predict *p = &begin(test)->p;
	u32 i;

	for (i = 0; i < 400; i++)
		psteer_predict_update(p, START + i * 30ULL * SECOND,
				      wave(i, 12), HORIZON, NULL);
	psteer_predict_quality(p, &q);
	KUNIT_EXPECT_GT(test, q.scored, 390U);
	KUNIT_EXPECT_LT(test, 5 * q.error, q.same_error);
}

static void clock_may_step_back(struct kunit *test)
{
	struct play *play = begin(test);

	swing(play, 800);
	play->now_ms -= HOUR;
	report(play, 3000);
	error_of_wave(play, 10, 10);
	KUNIT_EXPECT_LT(test, error_of_wave(play, 20, 40), 500U);
}

static void new_horizon_begins_anew(struct kunit *test)
{
	struct play *play = begin(test);

	swing(play, 800);
	psteer_predict_update(&play->p, play->now_ms, 3000, 7 * SECOND, NULL);
	KUNIT_EXPECT_EQ(test, play->p.scored, 0U);
	KUNIT_EXPECT_EQ(test, psteer_predict_load(&play->p), 3000U);
}

static u32 wild_load(struct rnd_state *rnd, u32 i)
{
	switch (i / 3000 % 6) {
	case 0:
		return i / 100 % 2 ? PSTEER_SCALE : 0;
	case 1:
		return i % 2 ? PSTEER_SCALE : 0;
	case 2:
		return PSTEER_SCALE;
	case 3:
		return prandom_u32_state(rnd);
	case 4:
		return prandom_u32_state(rnd) % 50 ? 5000 : 0;
	default:
		return prandom_u32_state(rnd) % (PSTEER_SCALE + 1);
	}
}

/* Gaps of all sizes up to ten hours, standing still, and now and then back. */
static u64 wild_time(struct rnd_state *rnd, u64 now, u32 i)
{
	u32 shift = prandom_u32_state(rnd) % 32;

	if (i / 1000 % 3)
		return now + SECOND;
	if (i % 97 == 0)
		return now - HOUR;
	return now + (prandom_u32_state(rnd) % (10 * HOUR) >> shift);
}

static void survives_anything(struct kunit *test)
{
	static const u32 horizons[] = { 10 * SECOND, 1, SECOND, 0, U32_MAX };
	static const u64 starts[] = { 0, START, S64_MAX, U64_MAX - HOUR };
	struct psteer_predict_quality q;
	struct psteer_predict *p = &begin(test)->p;
	struct rnd_state rnd;
	u32 i, model, wrong = 0;
	u64 now = 0;

	prandom_seed_state(&rnd, 20261127);
	for (i = 0; i < 200000; i++) {
		if (i % 10000 == 0)
			now = starts[i / 10000 % ARRAY_SIZE(starts)];
		now = wild_time(&rnd, now, i);
		model = prandom_u32_state(&rnd);
		psteer_predict_update(p, now, wild_load(&rnd, i),
				      horizons[i / 20000 % 5],
				      model % 3 ? &model : NULL);
		wrong += psteer_predict_load(p) > PSTEER_SCALE;
		psteer_predict_quality(p, &q);
		wrong += q.error > PSTEER_SCALE || q.same_error > PSTEER_SCALE;
	}
	/* Another horizon each time. */
	for (i = 0; i < 1000; i++) {
		psteer_predict_update(p, now + i, wild_load(&rnd, i), i, NULL);
		wrong += psteer_predict_load(p) > PSTEER_SCALE;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static struct kunit_case predict_cases[] = {
	KUNIT_CASE(nothing_is_forecast_of_nothing),
	KUNIT_CASE(first_report_is_the_forecast),
	KUNIT_CASE(constant_load_is_its_own_forecast),
	KUNIT_CASE(rise_is_led),
	KUNIT_CASE(wave_is_foreseen),
	KUNIT_CASE(random_walk_costs_nothing),
	KUNIT_CASE(noise_is_averaged),
	KUNIT_CASE(worse_is_switched_off_and_better_on),
	KUNIT_CASE(weights_are_shares_of_one),
	KUNIT_CASE(model_earns_its_weight),
	KUNIT_CASE(new_model_is_not_believed_at_once),
	KUNIT_CASE(far_reports_are_no_truth),
	KUNIT_CASE(lost_and_doubled_reports_cost_little),
	KUNIT_CASE(frozen_sensor_is_got_over),
	KUNIT_CASE(silence_is_got_over),
	KUNIT_CASE(close_reports_are_one),
	KUNIT_CASE(rare_reports_are_scored),
	KUNIT_CASE(clock_may_step_back),
	KUNIT_CASE(new_horizon_begins_anew),
	KUNIT_CASE(survives_anything),
	{}
};

static struct kunit_suite predict_suite = {
	.name = "psteer_predict",
	.test_cases = predict_cases,
};

kunit_test_suite(predict_suite);
