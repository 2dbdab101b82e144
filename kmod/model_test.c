// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that a model's forecast is what exact arithmetic makes of it, for any
 * model and any reports, and that there is none where there should be none.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "model.h"
#include "model_vectors.h"

#define STEP_MS	1000

/* Tolerance in millionths: 0.1 % of the whole load. */
#define AGREES	1000

static const struct psteer_model same_as_now = {
	.step_ms = STEP_MS,
	.term[PSTEER_MODEL_LOAD] = {
		.high = PSTEER_SCALE,
		.lags = 1,
		.coefficient = { 1 << PSTEER_Q24_SHIFT },
	},
};

static void take(struct psteer_model_history *history, u64 at_ms, u32 load)
{
	struct psteer_model_sample sample = {
		.at_ms = at_ms,
		.has = 1 << PSTEER_MODEL_LOAD,
		.value[PSTEER_MODEL_LOAD] = load,
	};

	psteer_model_take(history, &sample);
}

/* The forecast as a number, -1 for none. */
static int forecast(const struct psteer_model *model,
		    const struct psteer_model_history *history)
{
	u32 load;

	return psteer_model_forecast(model, history, &load) ? (int)load : -1;
}

static void agrees_with_vectors(struct kunit *test)
{
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(model_vectors); i++) {
		struct psteer_model_history history = {};
		int off;

		for (k = 0; k < PSTEER_MODEL_LAGS; k++)
			psteer_model_take(&history,
					  &model_vectors[i].reports[k]);
		off = forecast(&model_vectors[i].model, &history) * 100 -
		      (int)model_vectors[i].load;
		KUNIT_EXPECT_LE_MSG(test, abs(off), AGREES, "vector %u", i);
	}
}

static s32 draw(struct rnd_state *rnd, s32 most)
{
	switch (prandom_u32_state(rnd) % 4) {
	case 0:
		return most;
	case 1:
		return -most;
	default:
		return (s32)(prandom_u32_state(rnd) % (2U * most + 1) - most);
	}
}

static void draw_model(struct rnd_state *rnd, struct psteer_model *model)
{
	u32 i, k;

	*model = (struct psteer_model) {
		.step_ms = STEP_MS,
		.intercept = draw(rnd, PSTEER_MODEL_MOST),
	};
	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		struct psteer_model_term *term = &model->term[i];

		term->low = prandom_u32_state(rnd) >>
			    prandom_u32_state(rnd) % 32;
		term->high = max(term->low, prandom_u32_state(rnd));
		term->lags = prandom_u32_state(rnd) % (PSTEER_MODEL_LAGS + 1);
		for (k = 0; k < term->lags; k++)
			term->coefficient[k] = draw(rnd, PSTEER_MODEL_MOST);
	}
}

static void draw_report(struct rnd_state *rnd, struct psteer_model_sample *r)
{
	u32 i;

	r->has = (1 << PSTEER_MODEL_KINDS) - 1;
	for (i = 0; i < PSTEER_MODEL_KINDS; i++)
		r->value[i] = prandom_u32_state(rnd) >>
			      prandom_u32_state(rnd) % 32;
}

/* With UBSAN in the kernel an overflow would be a complaint, too. */
static void stays_a_share(struct kunit *test)
{
	struct psteer_model_sample report = {};
	struct rnd_state rnd;
	u32 i, k, wrong = 0;

	prandom_seed_state(&rnd, 20261127);
	for (i = 0; i < 2000; i++) {
		struct psteer_model_history history = {};
		struct psteer_model model;
		int load;

		draw_model(&rnd, &model);
		for (k = 0; k < PSTEER_MODEL_LAGS; k++) {
			report.at_ms += STEP_MS;
			draw_report(&rnd, &report);
			psteer_model_take(&history, &report);
		}
		load = forecast(&model, &history);
		wrong += load < 0 || load > PSTEER_SCALE;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static void cannot_overflow(struct kunit *test)
{
	struct psteer_model_history history = {};
	struct psteer_model_sample report = {
		.has = (1 << PSTEER_MODEL_KINDS) - 1,
	};
	struct psteer_model model = { .step_ms = STEP_MS };
	u32 i, k;

	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		report.value[i] = U32_MAX;
		model.term[i].high = U32_MAX;
		model.term[i].lags = PSTEER_MODEL_LAGS;
		for (k = 0; k < PSTEER_MODEL_LAGS; k++)
			model.term[i].coefficient[k] = PSTEER_MODEL_MOST;
	}
	model.intercept = PSTEER_MODEL_MOST;
	for (k = 0; k < PSTEER_MODEL_LAGS; k++, report.at_ms += STEP_MS)
		psteer_model_take(&history, &report);
	KUNIT_EXPECT_EQ(test, forecast(&model, &history), PSTEER_SCALE);
	for (i = 0; i < PSTEER_MODEL_KINDS; i++)
		for (k = 0; k < PSTEER_MODEL_LAGS; k++)
			model.term[i].coefficient[k] = -PSTEER_MODEL_MOST;
	KUNIT_EXPECT_EQ(test, forecast(&model, &history), 0);
}

static void knows_its_range_only(struct kunit *test)
{
	struct psteer_model model = same_as_now;
	static const struct {
		u32 load;
		int forecast;
	} rows[] = {
		{ 0, 0 }, { 2000, 0 }, { 2001, 2 }, { 3000, 2500 },
		{ 6000, 10000 }, { 6001, 10000 }, { 10000, 10000 },
	};
	u32 i;

	model.term[PSTEER_MODEL_LOAD].low = 2000;
	model.term[PSTEER_MODEL_LOAD].high = 6000;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct psteer_model_history history = {};

		take(&history, 1, rows[i].load);
		KUNIT_EXPECT_EQ_MSG(test, forecast(&model, &history),
				    rows[i].forecast, "row %u", i);
	}
}

static void waits_for_its_reports(struct kunit *test)
{
	struct psteer_model_history history = {};
	struct psteer_model model = same_as_now;
	u32 i;

	KUNIT_EXPECT_EQ(test, forecast(&model, &history), -1);
	/* The load three reports ago */
	model.term[PSTEER_MODEL_LOAD].lags = 4;
	swap(model.term[PSTEER_MODEL_LOAD].coefficient[0],
	     model.term[PSTEER_MODEL_LOAD].coefficient[3]);
	for (i = 0; i < 100; i++) {
		take(&history, i * STEP_MS, 10 * i);
		KUNIT_EXPECT_EQ(test, forecast(&model, &history),
				i < 3 ? -1 : 10 * ((int)i - 3));
	}
}

static void wants_every_input(struct kunit *test)
{
	struct psteer_model_history history = {};
	struct psteer_model model = same_as_now;

	model.term[PSTEER_MODEL_CPU] = (struct psteer_model_term) {
		.high = PSTEER_SCALE,
		.lags = 1,
	};
	take(&history, 0, 100);
	KUNIT_EXPECT_EQ(test, forecast(&model, &history), -1);
	model.term[PSTEER_MODEL_CPU].lags = 0;
	KUNIT_EXPECT_EQ(test, forecast(&model, &history), 100);
}

/* The load one step ago, of reports at these times */
static void looks_for_the_nearest(struct kunit *test)
{
	static const struct {
		u32 at_ms[5];	/* load: the number in the list */
		int forecast;
	} rows[] = {
		{ { 1000, 2000, 3000, 4000, 5000 }, 4 },
		{ { 1000, 2000, 3000, 3499, 5000 }, -1 },	/* a hole */
		{ { 1000, 2000, 3000, 3500, 5000 }, 4 },
		{ { 1000, 2000, 4400, 4500, 5000 }, 3 },	/* too soon */
		{ { 1000, 2000, 3950, 4950, 5000 }, 3 },	/* repeated */
		{ { 1000, 2000, 3900, 4100, 5000 }, 4 },	/* the newer one */
		{ { 4000, 5000, 3000, 4000, 5000 }, 4 },	/* set back */
		{ { 3000, 4000, 5000, 6000, 5000 }, 2 },
		{ { 5000, 5000, 5000, 5000, 5000 }, -1 },
	};
	struct psteer_model model = same_as_now;
	u32 i, k;

	model.term[PSTEER_MODEL_LOAD].lags = 2;
	swap(model.term[PSTEER_MODEL_LOAD].coefficient[0],
	     model.term[PSTEER_MODEL_LOAD].coefficient[1]);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct psteer_model_history history = {};

		for (k = 0; k < ARRAY_SIZE(rows[i].at_ms); k++)
			take(&history, rows[i].at_ms[k], k + 1);
		KUNIT_EXPECT_EQ_MSG(test, forecast(&model, &history),
				    rows[i].forecast, "row %u", i);
	}
}

static void counts_a_second(struct kunit *test)
{
	static const struct {
		u64 now_ms, count;
		u32 reads, per_second;
	} rows[] = {
		{ 5000, 100, 1, 0 },
		{ 5050, 200, 1, 0 },		/* too close to say anything */
		{ 6000, 110, 2, 10000 },
		{ 6099, 1110, 2, 10000 },
		{ 8000, 113, 2, 1500 },
		{ 7000, 200, 2, 1500 },		/* a clock set back */
		{ 9000, (1ULL << 58) + 113, 2, U32_MAX },
		{ U64_MAX, (1ULL << 58) + 200, 2, 0 },
	};
	struct psteer_model_rate rate = {};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		psteer_model_count(&rate, rows[i].now_ms, rows[i].count);
		KUNIT_EXPECT_EQ_MSG(test, rate.reads, rows[i].reads, "row %u",
				    i);
		KUNIT_EXPECT_EQ_MSG(test, rate.per_second, rows[i].per_second,
				    "row %u", i);
	}
}

static struct kunit_case model_cases[] = {
	KUNIT_CASE(agrees_with_vectors),
	KUNIT_CASE(stays_a_share),
	KUNIT_CASE(cannot_overflow),
	KUNIT_CASE(knows_its_range_only),
	KUNIT_CASE(waits_for_its_reports),
	KUNIT_CASE(wants_every_input),
	KUNIT_CASE(looks_for_the_nearest),
	KUNIT_CASE(counts_a_second),
	{}
};

static struct kunit_suite model_suite = {
	.name = "psteer_model",
	.test_cases = model_cases,
};

kunit_test_suite(model_suite);
