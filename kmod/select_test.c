// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that the score is the published formula to the last digit, that old
 * and missing reports fade to what is assumed without them, that corrections
 * keep to their bounds, and that each mode chooses as often as it says.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "select.h"

#define ONE		PSTEER_SCALE
#define HORIZON		10000U
#define WEIGHT_MOST	1000000U
#define SERVERS_MOST	100

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
	return terms;
}

static void seed_example_is_exact(struct kunit *test)
{
	enum psteer_select_mode mode;

	for (mode = 0; mode <= PSTEER_SELECT_MAX; mode++) {
		struct psteer_terms t = terms_of(mode, &settled, ONE / 2);

		/* .4 * (1 - .25) + .5 * 80 / 100 + .1 * .5 */
		KUNIT_EXPECT_EQ(test, t.score, 7500U);
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
			7500U);
	ev.reported = false;
	/* .4 * .4 + .5 * .3 + .1 */
	KUNIT_EXPECT_EQ(test, terms_of(PSTEER_SELECT_ARGMAX, &ev, ONE).score,
			4100U);
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

static void corrections_keep_to_the_scale(struct kunit *test)
{
	static const struct {
		s32 local;
		u32 errors;
		u32 age_ms;
		u32 load;
	} points[] = {
		{ 1000, 0, 0, 3500 },
		{ -1000, 0, 0, 1500 },
		{ -2500, 0, 0, 0 },
		{ -2501, 0, 0, 0 },
		{ S32_MIN, 0, 0, 0 },
		{ 7500, 0, 0, ONE },
		{ 7501, 0, 0, ONE },
		{ S32_MAX, 0, 0, ONE },
		{ S32_MAX, ONE, 0, ONE },
		{ 0, 500, 0, 3000 },
		{ 0, ONE, 0, ONE },
		{ -500, 500, 0, 2500 },
		{ S32_MIN, ONE, 0, 0 },
		/* Errors are news as old as the report; sessions are not. */
		{ 0, 1000, 2 * HORIZON, 4250 + 500 },
		{ 0, 1000, 3 * HORIZON, 6000 },
		{ 100, 0, 3 * HORIZON, 6100 },
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
		KUNIT_EXPECT_EQ(test, t.term_load, (ONE - t.load) * 2 / 5);
		KUNIT_EXPECT_EQ(test, t.local, ev.local);
	}
}

static void trouble_takes_from_both_terms(struct kunit *test)
{
	static const struct {
		u32 errors, failures, slow, load, capacity;
	} points[] = {
		{ 0, 0, 0, 2500, 8000 },
		{ 1000, 0, 0, 3500, 7200 },
		{ 0, 1000, 0, 3500, 7200 },
		/* The same failures, told and seen. */
		{ 1000, 2000, 0, 4500, 6400 },
		{ 0, 0, 5000, 7500, 4000 },
		{ 0, 1000, 5000, 8500, 3200 },
		/* It fails fast: idle, and of no use. */
		{ ONE, 0, 0, ONE, 0 },
		{ 0, 0, ONE, ONE, 0 },
		{ ONE, ONE, ONE, ONE, 0 },
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

/* Some servers; score 0 to U32_MAX, those not in @eligible can't be chosen. */
struct field {
	u32 n;
	struct psteer_contender server[SERVERS_MOST];
	DECLARE_BITMAP(eligible, SERVERS_MOST);
	u32 chosen[SERVERS_MOST];
	u32 asked;
};

static bool contend(void *ctx, u32 index, struct psteer_contender *c)
{
	struct field *field = ctx;

	field->asked++;
	if (index >= field->n || !test_bit(index, field->eligible))
		return false;
	*c = field->server[index];
	return true;
}

/* Equal servers, all eligible; freed with the test. */
static struct field *new_field(struct kunit *test, u32 n)
{
	struct field *field = kunit_kzalloc(test, sizeof(*field), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, field);
	field->n = n;
	for (i = 0; i < n; i++)
		field->server[i] = (struct psteer_contender){ 5000, 10 };
	bitmap_fill(field->eligible, n);
	return field;
}

/* Chooses @times times and counts; the random sequence is always the same. */
static void choose_often(struct kunit *test, struct field *field,
			 enum psteer_select_mode mode, u32 times)
{
	struct rnd_state rnd;
	u32 i, wrong = 0;

	prandom_seed_state(&rnd, 99);
	memset(field->chosen, 0, sizeof(field->chosen));
	for (i = 0; i < times; i++) {
		u64 random = (u64)prandom_u32_state(&rnd) << 32;
		int chosen;

		random |= prandom_u32_state(&rnd);
		chosen = psteer_select_choose(mode, field->n, contend, field,
					      random);
		if (chosen < 0 || chosen >= field->n ||
		    !test_bit(chosen, field->eligible))
			wrong++;
		else
			field->chosen[chosen]++;
	}
	KUNIT_ASSERT_EQ(test, wrong, 0U);
}

static void expect_chosen(struct kunit *test, const struct field *field,
			  u32 index, u32 least, u32 most)
{
	u32 times = field->chosen[index];

	KUNIT_EXPECT_TRUE_MSG(test, times >= least && times <= most,
			      "server %u: %u times, not %u to %u", index, times,
			      least, most);
}

static void argmax_takes_the_first_best(struct kunit *test)
{
	struct field *field = new_field(test, 5);

	/* All equal: the first, however busy it is. */
	field->server[0].sessions = 1000;
	choose_often(test, field, PSTEER_SELECT_ARGMAX, 50);
	KUNIT_EXPECT_EQ(test, field->chosen[0], 50U);
	field->server[2].score = 5001;
	field->server[4].score = 5001;
	choose_often(test, field, PSTEER_SELECT_ARGMAX, 50);
	KUNIT_EXPECT_EQ(test, field->chosen[2], 50U);
	clear_bit(2, field->eligible);
	choose_often(test, field, PSTEER_SELECT_ARGMAX, 50);
	KUNIT_EXPECT_EQ(test, field->chosen[4], 50U);
	field->server[1].score = U32_MAX;
	choose_often(test, field, PSTEER_SELECT_ARGMAX, 50);
	KUNIT_EXPECT_EQ(test, field->chosen[1], 50U);
	/* A score of 0 is still one. */
	memset(field->server, 0, sizeof(field->server));
	clear_bit(0, field->eligible);
	choose_often(test, field, PSTEER_SELECT_ARGMAX, 50);
	KUNIT_EXPECT_EQ(test, field->chosen[1], 50U);
}

static void none_eligible_is_enoent(struct kunit *test)
{
	struct field *field = new_field(test, SERVERS_MOST);
	enum psteer_select_mode mode;
	u32 n;

	bitmap_zero(field->eligible, SERVERS_MOST);
	for (mode = 0; mode <= PSTEER_SELECT_MAX; mode++) {
		for (n = 1; n <= SERVERS_MOST; n += 33)
			KUNIT_EXPECT_EQ(test,
					psteer_select_choose(mode, n, contend,
							     field, n),
					-ENOENT);
	}
}

static void the_only_eligible_is_found(struct kunit *test)
{
	struct field *field = new_field(test, SERVERS_MOST);
	enum psteer_select_mode mode;
	u32 only;

	for (mode = 0; mode <= PSTEER_SELECT_MAX; mode++) {
		for (only = 0; only < SERVERS_MOST; only += 9) {
			bitmap_zero(field->eligible, SERVERS_MOST);
			set_bit(only, field->eligible);
			field->server[only].score = 0;
			choose_often(test, field, mode, 50);
			KUNIT_EXPECT_EQ(test, field->chosen[only], 50U);
		}
	}
}

static void p2c_shares_by_rank(struct kunit *test)
{
	struct field *field = new_field(test, 10);
	u32 i;

	/* The best in the middle: (2n - 1) / n^2 = 19 %, the worst 1 %. */
	for (i = 0; i < 10; i++)
		field->server[i].score = 1000 + (i * 3 + 5) % 10;
	choose_often(test, field, PSTEER_SELECT_P2C, 40000);
	for (i = 0; i < 10; i++) {
		u32 rank = 9 - (i * 3 + 5) % 10;
		u32 fair = 400 * (2 * (10 - rank) - 1);

		KUNIT_EXPECT_TRUE_MSG(test,
				      field->chosen[i] > fair * 8 / 10 &&
				      field->chosen[i] < fair * 12 / 10,
				      "rank %u: %u, not %u", rank,
				      field->chosen[i], fair);
	}
}

static void p2c_is_even_among_equals(struct kunit *test)
{
	struct field *field = new_field(test, 10);
	u32 i;

	choose_often(test, field, PSTEER_SELECT_P2C, 20000);
	for (i = 0; i < 10; i++)
		expect_chosen(test, field, i, 1800, 2200);
	/* And it looks at two of a hundred, not at all. */
	field = new_field(test, SERVERS_MOST);
	choose_often(test, field, PSTEER_SELECT_P2C, 1000);
	KUNIT_EXPECT_EQ(test, field->asked, 2000U);
}

static void p2c_ties_go_to_fewer_sessions(struct kunit *test)
{
	struct field *field = new_field(test, 2);

	/* It is drawn at least once in three of four pairs. */
	field->server[1].sessions = 9;
	choose_often(test, field, PSTEER_SELECT_P2C, 20000);
	expect_chosen(test, field, 1, 14600, 15400);
	field->server[0].sessions = 8;
	choose_often(test, field, PSTEER_SELECT_P2C, 20000);
	expect_chosen(test, field, 0, 14600, 15400);
	/* The score comes first, though. */
	field->server[1].score++;
	choose_often(test, field, PSTEER_SELECT_P2C, 20000);
	expect_chosen(test, field, 1, 14600, 15400);
}

/* Two that are left of a hundred share, even if listed side by side. */
static void p2c_shares_when_few_are_left(struct kunit *test)
{
	struct field *field = new_field(test, SERVERS_MOST);

	bitmap_zero(field->eligible, SERVERS_MOST);
	set_bit(50, field->eligible);
	set_bit(51, field->eligible);
	choose_often(test, field, PSTEER_SELECT_P2C, 10000);
	expect_chosen(test, field, 50, 4000, 6000);
	expect_chosen(test, field, 51, 4000, 6000);
}

static void wrand_shares_by_score(struct kunit *test)
{
	struct field *field = new_field(test, 5);
	u32 i;

	for (i = 0; i < 5; i++)
		field->server[i].score = 2000 * i;
	clear_bit(2, field->eligible);
	/* 0, 2, 6 and 8 of 16, of 32000 draws. */
	choose_often(test, field, PSTEER_SELECT_WRAND, 32000);
	expect_chosen(test, field, 0, 0, 20);
	expect_chosen(test, field, 1, 3700, 4300);
	expect_chosen(test, field, 3, 11600, 12400);
	expect_chosen(test, field, 4, 15600, 16400);
	/* Nothing to prefer: all alike. */
	memset(field->server, 0, sizeof(field->server));
	choose_often(test, field, PSTEER_SELECT_WRAND, 8000);
	expect_chosen(test, field, 0, 1800, 2200);
	expect_chosen(test, field, 4, 1800, 2200);
	/* The largest scores that there are do not overflow. */
	for (i = 0; i < 5; i++)
		field->server[i].score = U32_MAX;
	choose_often(test, field, PSTEER_SELECT_WRAND, 8000);
	expect_chosen(test, field, 0, 1800, 2200);
	expect_chosen(test, field, 4, 1800, 2200);
}

static struct kunit_case select_cases[] = {
	KUNIT_CASE(seed_example_is_exact),
	KUNIT_CASE(argmax_score_is_exact),
	KUNIT_CASE(settled_p2c_score_is_exact),
	KUNIT_CASE(settled_wrand_score_is_exact),
	KUNIT_CASE(argmax_takes_reports_as_they_are),
	KUNIT_CASE(freshness_falls_in_a_line),
	KUNIT_CASE(old_reports_fade_to_neutral),
	KUNIT_CASE(corrections_keep_to_the_scale),
	KUNIT_CASE(trouble_takes_from_both_terms),
	KUNIT_CASE(slow_start_is_a_line_from_a_tenth),
	KUNIT_CASE(argmax_takes_the_first_best),
	KUNIT_CASE(none_eligible_is_enoent),
	KUNIT_CASE(the_only_eligible_is_found),
	KUNIT_CASE(p2c_shares_by_rank),
	KUNIT_CASE(p2c_is_even_among_equals),
	KUNIT_CASE(p2c_ties_go_to_fewer_sessions),
	KUNIT_CASE(p2c_shares_when_few_are_left),
	KUNIT_CASE(wrand_shares_by_score),
	{}
};

static struct kunit_suite select_suite = {
	.name = "psteer_select",
	.test_cases = select_cases,
};

kunit_test_suite(select_suite);
