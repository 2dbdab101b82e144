// SPDX-License-Identifier: GPL-2.0-only
/* Suites to see that the rig reads KTAP right. RIGTEST_WRONG, from make's
 * command line, makes one case fail.
 */
#include <kunit/test.h>

#ifdef RIGTEST_WRONG
#define RIGTEST_TWO 3
#else
#define RIGTEST_TWO 2
#endif

static void add_small(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1 + 1, 2);
}

static void add_maybe(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1 + 1, RIGTEST_TWO);
}

static struct kunit_case first_cases[] = {
	KUNIT_CASE(add_small),
	KUNIT_CASE(add_maybe),
	{}
};

static struct kunit_case second_cases[] = {
	KUNIT_CASE(add_small),
	{}
};

static struct kunit_suite first_suite = {
	.name = "rigtest_first",
	.test_cases = first_cases,
};

static struct kunit_suite second_suite = {
	.name = "rigtest_second",
	.test_cases = second_cases,
};

kunit_test_suites(&first_suite, &second_suite);
