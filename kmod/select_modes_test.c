// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that each mode chooses as often as it says, and looks at no more
 * servers than it has to.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "select.h"

#define SERVERS_MOST	100

/* Some servers; score 0 to S32_MAX, those not in @eligible can't be chosen. */
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
	field->server[1].score = S32_MAX;
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

/* Of a hundred that are full it looks at eight, else it stops at the second. */
static void p2c_looks_on_while_all_are_full(struct kunit *test)
{
	struct field *field = new_field(test, SERVERS_MOST);
	u32 i;

	for (i = 0; i < SERVERS_MOST; i++)
		field->server[i].full = true;
	choose_often(test, field, PSTEER_SELECT_P2C, 1000);
	KUNIT_EXPECT_EQ(test, field->asked, 8000U);
	/* Half have room and are better: eight draws miss them 4 in 1000. */
	for (i = 0; i < SERVERS_MOST; i += 2) {
		field->server[i].full = false;
		field->server[i].score++;
	}
	field->asked = 0;
	choose_often(test, field, PSTEER_SELECT_P2C, 10000);
	for (i = 1; i < SERVERS_MOST; i += 2)
		expect_chosen(test, field, i, 0, 5);
	KUNIT_EXPECT_LT(test, field->asked, 27000U);
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
		field->server[i].score = S32_MAX;
	choose_often(test, field, PSTEER_SELECT_WRAND, 8000);
	expect_chosen(test, field, 0, 1800, 2200);
	expect_chosen(test, field, 4, 1800, 2200);
}

static struct kunit_case select_modes_cases[] = {
	KUNIT_CASE(argmax_takes_the_first_best),
	KUNIT_CASE(none_eligible_is_enoent),
	KUNIT_CASE(the_only_eligible_is_found),
	KUNIT_CASE(p2c_shares_by_rank),
	KUNIT_CASE(p2c_is_even_among_equals),
	KUNIT_CASE(p2c_ties_go_to_fewer_sessions),
	KUNIT_CASE(p2c_looks_on_while_all_are_full),
	KUNIT_CASE(p2c_shares_when_few_are_left),
	KUNIT_CASE(wrand_shares_by_score),
	{}
};

static struct kunit_suite select_modes_suite = {
	.name = "psteer_select_modes",
	.test_cases = select_modes_cases,
};

kunit_test_suite(select_modes_suite);
