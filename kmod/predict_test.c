// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that the forecast says "as now" of a steady load, leans forward with
 * one that moves but not past where it is heading, keeps to what an exact
 * model of the same formulas gives, and stays a share whatever is reported
 * and whenever.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "predict.h"

#define SECOND		1000U
#define HOUR		(3600 * SECOND)
#define SILENCE		(300 * SECOND)
#define START		(1000ULL * HOUR)
/* Rounding may cost a few in 10,000; 0.2 % of full scale against the model. */
#define FEW		3
#define MODEL_ERROR	(PSTEER_SCALE / 500)

static const u32 horizons[] = {
	1 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, 60 * SECOND
};

static bool is_near(u32 a, u32 b, u32 within)
{
	return (a > b ? a - b : b - a) <= within;
}

/* @n reports, @step_ms apart, each @by above the last; the time of the last. */
static u64 ramp(struct psteer_predict *p, u32 from, s32 by, u32 n, u32 step_ms)
{
	u64 now = START;
	u32 i;

	for (i = 0; i < n; i++) {
		now = START + (u64)i * step_ms;
		psteer_predict_update(p, now, from + (s32)i * by);
	}
	return now;
}

static void constant_load_is_its_own_forecast(struct kunit *test)
{
	static const u32 loads[] = { 0, 1, 37, 2500, 5000, 7777, 9999, 10000 };
	static const u32 steps[] = { 40, 100, 333, 1000, 7000, 60000, 299999 };
	u32 i, j, k;

	for (i = 0; i < ARRAY_SIZE(loads); i++) {
		for (j = 0; j < ARRAY_SIZE(steps); j++) {
			struct psteer_predict p = {};

			ramp(&p, loads[i], 0, 300, steps[j]);
			for (k = 0; k < ARRAY_SIZE(horizons); k++) {
				u32 load = psteer_predict_load(&p, horizons[k]);

				KUNIT_EXPECT_TRUE_MSG(test,
						      is_near(load, loads[i],
							      FEW),
						      "%u each %u ms: %u",
						      loads[i], steps[j], load);
			}
		}
	}
}

static void first_report_is_the_forecast(struct kunit *test)
{
	struct psteer_predict p = {};
	u32 k;

	KUNIT_EXPECT_EQ(test, psteer_predict_load(&p, 10 * SECOND), 0U);
	psteer_predict_update(&p, START, 4321);
	for (k = 0; k < ARRAY_SIZE(horizons); k++)
		KUNIT_EXPECT_EQ(test, psteer_predict_load(&p, horizons[k]),
				4321U);
	/* The clock may begin at 0. */
	p = (struct psteer_predict){};
	psteer_predict_update(&p, 0, 1234);
	KUNIT_EXPECT_EQ(test, psteer_predict_load(&p, 10 * SECOND), 1234U);
	/* More than all counts as all. */
	psteer_predict_update(&p, SILENCE + 1, U32_MAX);
	KUNIT_EXPECT_EQ(test, psteer_predict_load(&p, 10 * SECOND),
			(u32)PSTEER_SCALE);
}

static void ramp_is_led_but_damped(struct kunit *test)
{
	struct psteer_predict up = {}, down = {};
	u32 soon, later, last;

	/* 10 % up to 70 %, 1 % a second; undamped it would be at 80 %. */
	ramp(&up, 1000, 100, 61, SECOND);
	soon = psteer_predict_load(&up, SECOND);
	later = psteer_predict_load(&up, 10 * SECOND);
	last = psteer_predict_load(&up, 60 * SECOND);
	KUNIT_EXPECT_GT(test, later, 7000U + 300);
	KUNIT_EXPECT_LT(test, later, 8000U);
	KUNIT_EXPECT_TRUE(test, is_near(soon, 7100, 100));
	KUNIT_EXPECT_GT(test, later, soon);
	KUNIT_EXPECT_GT(test, last, later);
	/* Damping bounds what is added, however far ahead one looks. */
	KUNIT_EXPECT_LT(test, last, 7000U + 10 * 100);

	ramp(&down, 9000, -100, 61, SECOND);
	later = psteer_predict_load(&down, 10 * SECOND);
	KUNIT_EXPECT_LT(test, later, 3000U - 300);
	KUNIT_EXPECT_GT(test, later, 2000U);
}

static void farther_is_never_less_growth(struct kunit *test)
{
	struct psteer_predict p = {};
	u32 ms, load, before = 0, wrong = 0;

	ramp(&p, 1000, 100, 30, SECOND);
	for (ms = SECOND; ms <= 60 * SECOND; ms += 250) {
		load = psteer_predict_load(&p, ms);
		wrong += load < before;
		before = load;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

/* The same minute of a ramp, reported when it suits the reporter. */
static void intervals_may_be_irregular(struct kunit *test)
{
	static const u32 gaps[] = { 200, 3000, 700, 1500, 100, 5000, 400, 1100 };
	struct psteer_predict p = {}, regular = {};
	u32 i, ms = 0, now, load, same;

	for (i = 0; ms < 60 * SECOND; i++) {
		psteer_predict_update(&p, START + ms, 1000 + ms / 10);
		ms += gaps[i % ARRAY_SIZE(gaps)];
	}
	ms = p.last_ms - START;
	now = 1000 + ms / 10;
	load = psteer_predict_load(&p, 10 * SECOND);
	KUNIT_EXPECT_GT(test, load, now + 200);
	KUNIT_EXPECT_LT(test, load, now + 1000);
	ramp(&regular, now - 6000, 100, 61, SECOND);
	same = psteer_predict_load(&regular, 10 * SECOND);
	KUNIT_EXPECT_TRUE_MSG(test, is_near(load, same, 250), "%u, not %u",
			      load, same);
}

static void silence_forgets(struct kunit *test)
{
	struct psteer_predict p = {};
	u64 now = ramp(&p, 1000, 200, 41, SECOND);
	u32 k;

	psteer_predict_update(&p, now + SILENCE + 1, 3000);
	for (k = 0; k < ARRAY_SIZE(horizons); k++)
		KUNIT_EXPECT_EQ(test, psteer_predict_load(&p, horizons[k]),
				3000U);
	/* Hours of it, too, and then it learns as it did at first. */
	psteer_predict_update(&p, now + 10ULL * HOUR, 500);
	KUNIT_EXPECT_EQ(test, psteer_predict_load(&p, 10 * SECOND), 500U);
	psteer_predict_update(&p, now + 10ULL * HOUR + SECOND, 700);
	KUNIT_EXPECT_GT(test, psteer_predict_load(&p, 10 * SECOND), 600U);
}

/* Two agents, or one that stutters: no slope out of a pair, both count. */
static void repeats_are_averaged(struct kunit *test)
{
	struct psteer_predict p = {};
	u64 now = ramp(&p, 5000, 0, 30, SECOND);
	u32 i, load, wrong = 0;

	psteer_predict_update(&p, now + 20, 6000);
	KUNIT_EXPECT_TRUE(test, is_near(psteer_predict_load(&p, 60 * SECOND),
					5500, FEW));
	for (i = 0; i < 100; i++) {
		psteer_predict_update(&p, now + 20 + i % 79, i % 2 ? 10000 : 0);
		load = psteer_predict_load(&p, 60 * SECOND);
		wrong += !is_near(load, psteer_predict_load(&p, 0), FEW);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	KUNIT_EXPECT_TRUE(test, is_near(load, 6667, 10));
}

/* Twenty reports a second are not twenty repeats. */
static void fast_reporter_has_slopes(struct kunit *test)
{
	struct psteer_predict p = {};
	u32 load;

	ramp(&p, 1000, 5, 1200, 50);
	load = psteer_predict_load(&p, 10 * SECOND);
	KUNIT_EXPECT_GT(test, load, 1000U + 5 * 1199 + 100);
	KUNIT_EXPECT_LT(test, load, 1000U + 5 * 1199 + 1000);
}

static void clock_may_stand_still_or_step_back(struct kunit *test)
{
	struct psteer_predict p = {};
	u64 now = ramp(&p, 4000, 0, 30, SECOND);
	u32 i;

	/* No time has passed: nothing but the level follows, half by half. */
	psteer_predict_update(&p, now, 8000);
	KUNIT_EXPECT_TRUE(test, is_near(psteer_predict_load(&p, 60 * SECOND),
					6000, FEW));
	psteer_predict_update(&p, now - HOUR, 8000);
	KUNIT_EXPECT_TRUE(test, is_near(psteer_predict_load(&p, 60 * SECOND),
					7000, FEW));
	psteer_predict_update(&p, 0, 8000);
	KUNIT_EXPECT_TRUE(test, is_near(psteer_predict_load(&p, 60 * SECOND),
					7500, FEW));
	/* It still follows the load while the clock is behind. */
	for (i = 0; i < 20; i++)
		psteer_predict_update(&p, now - HOUR + i * SECOND, 1000);
	KUNIT_EXPECT_TRUE(test, is_near(psteer_predict_load(&p, 10 * SECOND),
					1000, FEW));
}

/* A rare short peak must not look like the new normal an instant later. */
static void level_is_smoothed(struct kunit *test)
{
	struct psteer_predict p = {};
	u64 now = ramp(&p, 2000, 0, 30, SECOND);

	psteer_predict_update(&p, now + 250, 8000);
	KUNIT_EXPECT_LT(test, psteer_predict_load(&p, 0), 4000U);
	KUNIT_EXPECT_GT(test, psteer_predict_load(&p, 0), 2500U);
}

static u32 wild_load(struct rnd_state *rnd)
{
	u32 kind = prandom_u32_state(rnd) % 32;

	if (kind == 0)
		return 0;
	if (kind == 1)
		return PSTEER_SCALE;
	if (kind == 2)
		return prandom_u32_state(rnd);
	return prandom_u32_state(rnd) % (PSTEER_SCALE + 1);
}

/* Gaps of all sizes up to ten hours. */
static u64 wild_gap(struct rnd_state *rnd)
{
	return prandom_u32_state(rnd) % (10 * HOUR + 1) >>
	       prandom_u32_state(rnd) % 26;
}

static void survives_anything(struct kunit *test)
{
	static const u64 starts[] = { 0, START, S64_MAX, U64_MAX - 10 * HOUR };
	static const u32 ahead[] = { 0, 1, SECOND, 60 * SECOND };
	struct psteer_predict p = {};
	struct rnd_state rnd;
	u32 i, k, wrong = 0;
	u64 now = 0;

	prandom_seed_state(&rnd, 20240607);
	for (i = 0; i < 100000; i++) {
		/* A new series now and then, else a clock gone wild stays so */
		if (i % 500 == 0) {
			p = (struct psteer_predict){};
			now = starts[i / 500 % ARRAY_SIZE(starts)];
		}
		now += wild_gap(&rnd);
		psteer_predict_update(&p, i % 97 ? now : now - HOUR,
				      wild_load(&rnd));
		for (k = 0; k < ARRAY_SIZE(ahead); k++)
			wrong += psteer_predict_load(&p, ahead[k]) >
				 PSTEER_SCALE;
		wrong += p.level < 0 ||
			 p.level > psteer_share_to_q8(PSTEER_SCALE);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static void report_count_saturates(struct kunit *test)
{
	struct psteer_predict p = { .reports = U32_MAX };

	p.level = psteer_share_to_q8(5000);
	psteer_predict_update(&p, SECOND, 5000);
	KUNIT_EXPECT_EQ(test, p.reports, U32_MAX);
	psteer_predict_update(&p, 2 * SECOND, 6000);
	KUNIT_EXPECT_LT(test, psteer_predict_load(&p, 0), 6000U);
}

/* A gap of 0 in the table begins a new series. */
struct vector {
	u32 gap_ms;
	u32 load;
	u32 forecast[3];	/* 1 s, 10 s and 60 s ahead */
};

/* By exact rational arithmetic, outside of the kernel. */
static const struct vector vectors[] = {
	/* step */
	{ 0, 2000, { 2000, 2000, 2000 } },
	{ 1000, 2000, { 2000, 2000, 2000 } },
	{ 1000, 2000, { 2000, 2000, 2000 } },
	{ 1000, 8000, { 5682, 8750, 10000 } },
	{ 1000, 8000, { 7771, 10000, 10000 } },
	{ 1000, 8000, { 8820, 10000, 10000 } },
	{ 1000, 8000, { 9230, 10000, 10000 } },
	{ 1000, 8000, { 9277, 10000, 10000 } },
	{ 1000, 8000, { 9140, 10000, 10000 } },
	/* irregular */
	{ 0, 3000, { 3000, 3000, 3000 } },
	{ 150, 3100, { 3017, 3034, 3049 } },
	{ 4000, 3900, { 3819, 4242, 4612 } },
	{ 700, 4100, { 4043, 4601, 5088 } },
	{ 12000, 5200, { 5259, 5708, 6101 } },
	{ 100, 5150, { 5267, 5714, 6105 } },
	{ 2500, 6000, { 5987, 6720, 7359 } },
	{ 30000, 9000, { 9042, 9494, 9890 } },
	{ 60000, 1000, { 1038, 553, 130 } },
	{ 900, 1200, { 1031, 631, 282 } },
	/* sawtooth */
	{ 0, 1000, { 1000, 1000, 1000 } },
	{ 500, 1800, { 1336, 1648, 1920 } },
	{ 500, 2600, { 1916, 2731, 3443 } },
	{ 500, 3400, { 2669, 4090, 5331 } },
	{ 500, 4200, { 3538, 5605, 7409 } },
	{ 500, 5000, { 4481, 7188, 9551 } },
	{ 500, 1000, { 3451, 4894, 6155 } },
	{ 500, 1800, { 2988, 3838, 4580 } },
	{ 500, 2600, { 2960, 3689, 4325 } },
	{ 500, 3400, { 3261, 4186, 4993 } },
	{ 500, 4200, { 3803, 5125, 6280 } },
	{ 500, 5000, { 4516, 6351, 7952 } },
	/* edges */
	{ 0, 0, { 0, 0, 0 } },
	{ 1000, 10000, { 6136, 10000, 10000 } },
	{ 1000, 10000, { 9618, 10000, 10000 } },
	{ 5000, 0, { 2216, 1877, 1581 } },
	{ 200, 12345, { 3853, 5161, 6302 } },
	{ 300000, 500, { 514, 486, 462 } },
	{ 300001, 700, { 700, 700, 700 } },
	{ 100, 10000, { 1793, 2909, 3883 } },
};

static void agrees_with_exact_model(struct kunit *test)
{
	static const u32 ahead[3] = { SECOND, 10 * SECOND, 60 * SECOND };
	struct psteer_predict p = {};
	u64 now = START;
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		const struct vector *v = &vectors[i];

		if (!v->gap_ms)
			p = (struct psteer_predict){};
		now += v->gap_ms;
		psteer_predict_update(&p, now, v->load);
		for (k = 0; k < ARRAY_SIZE(ahead); k++) {
			u32 load = psteer_predict_load(&p, ahead[k]);

			KUNIT_EXPECT_TRUE_MSG(test,
					      is_near(load, v->forecast[k],
						      MODEL_ERROR),
					      "row %u, %u ms: %u, not %u", i,
					      ahead[k], load, v->forecast[k]);
		}
	}
}

static struct kunit_case predict_cases[] = {
	KUNIT_CASE(constant_load_is_its_own_forecast),
	KUNIT_CASE(first_report_is_the_forecast),
	KUNIT_CASE(ramp_is_led_but_damped),
	KUNIT_CASE(farther_is_never_less_growth),
	KUNIT_CASE(intervals_may_be_irregular),
	KUNIT_CASE(silence_forgets),
	KUNIT_CASE(repeats_are_averaged),
	KUNIT_CASE(fast_reporter_has_slopes),
	KUNIT_CASE(clock_may_stand_still_or_step_back),
	KUNIT_CASE(level_is_smoothed),
	KUNIT_CASE(survives_anything),
	KUNIT_CASE(report_count_saturates),
	KUNIT_CASE(agrees_with_exact_model),
	{}
};

static struct kunit_suite predict_suite = {
	.name = "psteer_predict",
	.test_cases = predict_cases,
};

kunit_test_suite(predict_suite);
