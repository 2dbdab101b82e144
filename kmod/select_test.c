// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that the score is the published formula to the last digit, that old
 * and missing reports fade to what is assumed without them, and that corrections
 * keep to their bounds.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "select.h"

#define ONE		PSTEER_SCALE
#define HORIZON		10000U
#define WEIGHT_MOST	1000000U

/* The defaults; neutral values that no test reports by chance. */
static const struct psteer_select_rule rule_argmax = {
	.mode = PSTEER_SELECT_ARGMAX,
	.weights = { .load = 4000, .capacity = 5000, .ports = 1000 },
	.horizon_ms = HORIZON,
	.slow_start_ms = 30000,
	.neutral_load = 6000,
	.neutral_capacity = 3000,
};

/* Fresh, without a correction, past its slow start. */
static const struct psteer_evidence settled = {
	.load = 2500,
	.capacity = 8000,
	.reported = true,
	.up_ms = 30000,
};

static struct psteer_select_rule rule_of(enum psteer_select_mode mode)
{
	struct psteer_select_rule rule = rule_argmax;

	rule.mode = mode;
	return rule;
}

static struct psteer_terms terms_of(enum psteer_select_mode mode,
				    const struct psteer_evidence *evidence,
				    u32 ports)
{
	struct psteer_select_rule rule = rule_of(mode);
	struct psteer_terms terms;

	memset(&terms, 0xff, sizeof(terms));
	psteer_select_terms(&rule, evidence, ports, &terms);
	psteer_select_parts(&rule, evidence, &terms);
	return terms;
}

static void seed_example_is_exact(struct kunit *test)
{
	enum psteer_select_mode mode;

	for (mode = 0; mode <= PSTEER_SELECT_MAX; mode++) {
		struct psteer_terms t = terms_of(mode, &settled, ONE / 2);

		/* .4 * (1 - .25) + .5 * 80 / 100 + .1 * .5 */
		KUNIT_EXPECT_EQ(test, t.score, 7500);
		KUNIT_EXPECT_EQ(test, t.term_load, 3000U);
		KUNIT_EXPECT_EQ(test, t.term_capacity, 4000U);
		KUNIT_EXPECT_EQ(test, t.term_ports, 500U);
		KUNIT_EXPECT_EQ(test, t.load, 2500U);
		KUNIT_EXPECT_EQ(test, t.capacity, 8000U);
		KUNIT_EXPECT_EQ(test, t.ports, 5000U);
		KUNIT_EXPECT_EQ(test, t.freshness, (u32)ONE);
		KUNIT_EXPECT_EQ(test, t.slow_start, (u32)ONE);
		KUNIT_EXPECT_EQ(test, t.errors, 0U);
		KUNIT_EXPECT_EQ(test, t.local, 0);
	}
}

static u32 random_share(struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd) % (ONE + 1 + ONE / 5);

	/* One in six is at an end of the scale. */
	return r <= ONE ? r : r % 2 * ONE;
}

static u32 random_weight(struct rnd_state *rnd)
{
	return prandom_u32_state(rnd) % 2 ?
	       prandom_u32_state(rnd) % (ONE + 1) :
	       prandom_u32_state(rnd) % (WEIGHT_MOST + 1);
}

/*
 * The score is floor(exact * ONE), where exact * ONE * ONE is the integer @sum:
 * said without a division, score * ONE <= sum < (score + 1) * ONE.
 */
static bool is_floor_of_exact(u64 score, const struct psteer_weights *w,
			      u64 load, u64 capacity, u64 ports)
{
	u64 sum = w->load * (u64)ONE - w->load * load +
		  w->capacity * capacity + w->ports * ports;

	return score * ONE <= sum && sum < (score + 1) * ONE;
}

static void check_random_scores(struct kunit *test,
				enum psteer_select_mode mode)
{
	struct psteer_select_rule rule = rule_of(mode);
	struct psteer_evidence ev = settled;
	u32 i, ports, wrong = 0;
	struct psteer_terms t;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 42 + mode);
	for (i = 0; i < 60000; i++) {
		rule.weights.load = random_weight(&rnd);
		rule.weights.capacity = random_weight(&rnd);
		rule.weights.ports = random_weight(&rnd);
		ev.load = random_share(&rnd);
		ev.capacity = random_share(&rnd);
		ev.age_ms = prandom_u32_state(&rnd) % (HORIZON + 1);
		ports = random_share(&rnd);
		psteer_select_terms(&rule, &ev, ports, &t);
		if (is_floor_of_exact(t.score, &rule.weights, ev.load,
				      ev.capacity, ports))
			continue;
		if (!wrong++)
			kunit_err(test, "first: %u for %u, %u, %u\n", t.score,
				  ev.load, ev.capacity, ports);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static void argmax_score_is_exact(struct kunit *test)
{
	check_random_scores(test, PSTEER_SELECT_ARGMAX);
}

static void settled_p2c_score_is_exact(struct kunit *test)
{
	check_random_scores(test, PSTEER_SELECT_P2C);
}

static void settled_wrand_score_is_exact(struct kunit *test)
{
	check_random_scores(test, PSTEER_SELECT_WRAND);
}

/* The plain formula knows the last report, however old, and nothing else. */
static void argmax_takes_reports_as_they_are(struct kunit *test)
{
	struct psteer_evidence ev = settled;

	ev.age_ms = U32_MAX;
	ev.errors = ONE;
	ev.local = 5000;
	ev.up_ms = 0;
	KUNIT_EXPECT_EQ(test, terms_of(PSTEER_SELECT_ARGMAX, &ev, 5000).score,
			7500);
	ev.reported = false;
	/* .4 * .4 + .5 * .3 + .1 */
	KUNIT_EXPECT_EQ(test, terms_of(PSTEER_SELECT_ARGMAX, &ev, ONE).score,
			4100);
}

static void freshness_falls_in_a_line(struct kunit *test)
{
	static const struct { u32 age, horizon, share; } points[] = {
		{ 0, HORIZON, ONE },
		{ HORIZON / 2, HORIZON, ONE },
		{ HORIZON, HORIZON, ONE },
		{ HORIZON + 2, HORIZON, ONE - 1 },
		{ HORIZON * 3 / 2, HORIZON, 7500 },
		{ 2 * HORIZON, HORIZON, ONE / 2 },
		{ HORIZON * 5 / 2, HORIZON, 2500 },
		{ 3 * HORIZON - 2, HORIZON, 1 },
		{ 3 * HORIZON, HORIZON, 0 },
		{ 3 * HORIZON + 1, HORIZON, 0 },
		{ U32_MAX, HORIZON, 0 },
		{ 2000, 1000, 5000 },
		{ 120000, 60000, 5000 },
		{ 180000, 60000, 0 },
	};
	u32 age, share, before = ONE, rises = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		age = points[i].age;
		share = psteer_select_freshness(age, points[i].horizon);
		KUNIT_EXPECT_EQ_MSG(test, share, points[i].share,
				    "age %u of %u", age, points[i].horizon);
	}
	for (age = 0; age <= 4 * HORIZON; age++) {
		share = psteer_select_freshness(age, HORIZON);
		rises += share > before;
		before = share;
	}
	KUNIT_EXPECT_EQ(test, rises, 0U);
}

static void old_reports_fade_to_neutral(struct kunit *test)
{
	struct psteer_evidence ev = settled;
	struct psteer_terms t, silent;

	/* Half of .25 and .6; half of .8 and .3. */
	ev.age_ms = 2 * HORIZON;
	t = terms_of(PSTEER_SELECT_P2C, &ev, ONE);
	KUNIT_EXPECT_EQ(test, t.freshness, 5000U);
	KUNIT_EXPECT_EQ(test, t.load, 4250U);
	KUNIT_EXPECT_EQ(test, t.capacity, 5500U);
	ev.age_ms = 3 * HORIZON;
	t = terms_of(PSTEER_SELECT_P2C, &ev, ONE);
	KUNIT_EXPECT_EQ(test, t.load, 6000U);
	KUNIT_EXPECT_EQ(test, t.capacity, 3000U);
	/* No better and no worse than one that never reported. */
	ev = (struct psteer_evidence){ .load = 1, .up_ms = 30000 };
	silent = terms_of(PSTEER_SELECT_P2C, &ev, ONE);
	KUNIT_EXPECT_EQ(test, silent.score, t.score);
	KUNIT_EXPECT_EQ(test, silent.freshness, 0U);
	/* The bad fade up as the good fade down. */
	ev = settled;
	ev.load = ONE;
	ev.capacity = 0;
	ev.age_ms = 2 * HORIZON;
	t = terms_of(PSTEER_SELECT_P2C, &ev, ONE);
	KUNIT_EXPECT_EQ(test, t.load, 8000U);
	KUNIT_EXPECT_EQ(test, t.capacity, 1500U);
}

static void corrections_go_beyond_full(struct kunit *test)
{
	static const struct {
		s32 local;
		u32 errors;
		u32 age_ms;
		u32 load;
		u32 capacity;
	} points[] = {
		{ 1000, 0, 0, 3500, 7000 },
		{ -1000, 0, 0, 1500, 9000 },
		{ -2500, 0, 0, 0, ONE },
		{ -2501, 0, 0, 0, ONE },
		{ S32_MIN, 0, 0, 0, ONE },
		{ 7500, 0, 0, ONE, 500 },
		{ 7501, 0, 0, ONE + 1, 499 },
		{ 20000, 0, 0, 22500, 0 },
		{ S32_MAX, 0, 0, PSTEER_LOAD_MOST, 0 },
		{ S32_MAX, ONE, 0, PSTEER_LOAD_MOST, 0 },
		/* One failure of twenty is as much as a fifth of all. */
		{ 0, 500, 0, 2500 + 2000, 6400 },
		{ 0, ONE, 0, 2500 + 4 * ONE, 0 },
		{ -500, 500, 0, 2500 - 500 + 2000, 6800 },
		{ S32_MIN, ONE, 0, 0, 0 },
		/* Errors are news as old as the report; sessions are not. */
		{ 0, 1000, 2 * HORIZON, 4250 + 2000, 4400 },
		{ 0, 1000, 3 * HORIZON, 6000, 3000 },
		{ 100, 0, 3 * HORIZON, 6100, 2900 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		struct psteer_evidence ev = settled;
		struct psteer_terms t;

		ev.local = points[i].local;
		ev.errors = points[i].errors;
		ev.age_ms = points[i].age_ms;
		t = terms_of(PSTEER_SELECT_P2C, &ev, 5000);
		KUNIT_EXPECT_EQ_MSG(test, t.load, points[i].load,
				    "local %d, errors %u, age %u", ev.local,
				    ev.errors, ev.age_ms);
		KUNIT_EXPECT_EQ(test, t.capacity, points[i].capacity);
		KUNIT_EXPECT_EQ(test, t.term_load,
				((s32)ONE - (s32)t.load) * 2 / 5);
		KUNIT_EXPECT_EQ(test, t.local,
				min_t(s32, ev.local, PSTEER_LOAD_MOST));
	}
}

static void trouble_takes_from_both_terms(struct kunit *test)
{
	static const struct {
		u32 errors, failures, slow, load, capacity;
	} points[] = {
		{ 0, 0, 0, 2500, 8000 },
		{ 1000, 0, 0, 6500, 4800 },
		{ 0, 1000, 0, 6500, 4800 },
		/* The same failures, told and seen. */
		{ 1000, 2000, 0, 10500, 1600 },
		{ 0, 0, 5000, 7500, 4000 },
		{ 0, 1000, 5000, 11500, 800 },
		/* It fails fast: idle, and of no use. */
		{ ONE, 0, 0, 42500, 0 },
		{ 0, 0, ONE, 12500, 0 },
		{ ONE, ONE, ONE, 52500, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		struct psteer_evidence ev = settled;
		struct psteer_terms t;

		ev.errors = points[i].errors;
		ev.failures = points[i].failures;
		ev.slow = points[i].slow;
		t = terms_of(PSTEER_SELECT_P2C, &ev, 5000);
		KUNIT_EXPECT_EQ(test, t.load, points[i].load);
		KUNIT_EXPECT_EQ(test, t.capacity, points[i].capacity);
		KUNIT_EXPECT_EQ(test, t.slow, ev.slow);
		/* S1's formula is on reports alone. */
		t = terms_of(PSTEER_SELECT_ARGMAX, &ev, 5000);
		KUNIT_EXPECT_EQ(test, t.score, 7500U);
	}
}

/* What waited at the last report is forgotten with it. */
static void a_reported_queue_fades(struct kunit *test)
{
	struct psteer_evidence ev = settled;

	ev.beyond = 20000;
	KUNIT_EXPECT_EQ(test, terms_of(PSTEER_SELECT_P2C, &ev, ONE).load,
			22500U);
	ev.age_ms = 2 * HORIZON;
	KUNIT_EXPECT_EQ(test, terms_of(PSTEER_SELECT_P2C, &ev, ONE).load,
			4250U + 10000);
	ev.age_ms = 3 * HORIZON;
	KUNIT_EXPECT_EQ(test, terms_of(PSTEER_SELECT_P2C, &ev, ONE).load,
			6000U);
}

/* Who has twice as much to do as it can is worse than who has just enough. */
static void the_fuller_of_the_full_is_worse(struct kunit *test)
{
	struct psteer_evidence ev = settled;
	s32 before = S32_MAX, score;

	ev.up_ms = 0;
	for (ev.local = 0; ev.local <= 10 * ONE; ev.local += 500) {
		score = terms_of(PSTEER_SELECT_P2C, &ev, ONE).score;
		KUNIT_EXPECT_LT(test, score, before);
		before = score;
	}
	/* Being new is no help to who is full. */
	ev.up_ms = 30000;
	ev.local = 10 * ONE;
	score = terms_of(PSTEER_SELECT_P2C, &ev, ONE).score;
	KUNIT_EXPECT_LT(test, score, 0);
	ev.up_ms = 0;
	KUNIT_EXPECT_EQ(test, terms_of(PSTEER_SELECT_P2C, &ev, ONE).score,
			score);
}

static void slow_start_is_a_line_from_a_tenth(struct kunit *test)
{
	static const struct { u32 up_ms, window_ms, share; } points[] = {
		{ 0, 30000, 1000 },
		{ 1500, 30000, 1000 },
		{ 3000, 30000, 1000 },
		{ 6000, 30000, 2000 },
		{ 15000, 30000, 5000 },
		{ 27000, 30000, 9000 },
		{ 29999, 30000, 9999 },
		{ 30000, 30000, ONE },
		{ U32_MAX, 30000, ONE },
		{ 300000, 600000, 5000 },
		{ 0, 0, ONE },		/* off */
		{ 5, 0, ONE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		struct psteer_select_rule rule = rule_of(PSTEER_SELECT_P2C);
		struct psteer_evidence ev = settled;
		struct psteer_terms t;

		rule.slow_start_ms = points[i].window_ms;
		ev.up_ms = points[i].up_ms;
		psteer_select_terms(&rule, &ev, ONE / 2, &t);
		KUNIT_EXPECT_EQ_MSG(test, t.slow_start, points[i].share,
				    "%u of %u", ev.up_ms, rule.slow_start_ms);
		KUNIT_EXPECT_EQ(test, t.score, 7500 * points[i].share / ONE);
	}
}

static struct kunit_case select_cases[] = {
	KUNIT_CASE(seed_example_is_exact),
	KUNIT_CASE(argmax_score_is_exact),
	KUNIT_CASE(settled_p2c_score_is_exact),
	KUNIT_CASE(settled_wrand_score_is_exact),
	KUNIT_CASE(argmax_takes_reports_as_they_are),
	KUNIT_CASE(freshness_falls_in_a_line),
	KUNIT_CASE(old_reports_fade_to_neutral),
	KUNIT_CASE(corrections_go_beyond_full),
	KUNIT_CASE(the_fuller_of_the_full_is_worse),
	KUNIT_CASE(a_reported_queue_fades),
	KUNIT_CASE(trouble_takes_from_both_terms),
	KUNIT_CASE(slow_start_is_a_line_from_a_tenth),
	{}
};

static struct kunit_suite select_suite = {
	.name = "psteer_select",
	.test_cases = select_cases,
};

kunit_test_suite(select_suite);
