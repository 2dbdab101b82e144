// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that the predictor in fixed point forecasts what the same predictor in
 * floating point does, over 100,000 reports without drifting away.
 */
#include <kunit/test.h>

#include "predict.h"

#define REPORTS		100000
#define STEP		4000
#define HORIZON		5000
/* 0.2 % of full scale */
#define MODEL_ERROR	(PSTEER_SCALE / 500)

/* What selftests/predict_golden.py prints: at every STEPth report. */
static const u32 vectors[REPORTS / STEP] = {
	5636, 3671, 5274, 6783, 5635, 4179, 6082, 6249,
	6111, 4707, 3977, 6164, 6067, 4697, 3706, 5501,
	7413, 5209, 3523, 5799, 6731, 5035, 3552, 4581,
	6612,
};

/* The same reports as there. */
static u32 draw_load(u32 i, u32 random)
{
	s32 wave = i * 2 % 194 - 97;
	u32 load = 1000 + 40 * abs(wave) + random % 800;

	if (i / 1000 % 2)
		load += 2000;
	return random % 251 ? load : 9500;
}

static void agrees_with_floating_point(struct kunit *test)
{
	struct psteer_predict *p;
	u32 state = 1, random, i;
	u64 now_ms = 0;

	p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < REPORTS; i++) {
		state = state * 1664525 + 1013904223;
		random = state >> 16;
		now_ms += 900 + random % 200;
		psteer_predict_update(p, now_ms, draw_load(i, random), HORIZON,
				      NULL);
		if ((i + 1) % STEP == 0) {
			s32 want = vectors[i / STEP];
			s32 got = psteer_predict_load(p);

			KUNIT_EXPECT_TRUE_MSG(test,
					      abs(got - want) <= MODEL_ERROR,
					      "report %u: %d, not %d", i + 1,
					      got, want);
		}
	}
}

static struct kunit_case predict_golden_cases[] = {
	KUNIT_CASE(agrees_with_floating_point),
	{}
};

static struct kunit_suite predict_golden_suite = {
	.name = "psteer_predict_golden",
	.test_cases = predict_golden_cases,
};

kunit_test_suite(predict_golden_suite);
