// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that a tag is the same bit as long as anybody has it, that a bit is
 * free again after its last user, and that what is refused counts nothing.
 */
#include <kunit/test.h>
#include <linux/errno.h>

#include "tag.h"

static struct psteer_tags *new_tags(struct kunit *test)
{
	struct psteer_tags *tags = kunit_kzalloc(test, sizeof(*tags),
						 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tags);
	return tags;
}

static struct psteer_tag_set set_of(struct kunit *test,
				    struct psteer_tags *tags, const char *list,
				    int wanted)
{
	struct psteer_tag_set set = {};

	strscpy(set.list, list, sizeof(set.list));
	KUNIT_EXPECT_EQ_MSG(test, psteer_tags_use(tags, &set), wanted, "%s",
			    list);
	return set;
}

static void sets_meet_needs_by_name(struct kunit *test)
{
	struct psteer_tags *tags = new_tags(test);
	struct psteer_tag_set both = set_of(test, tags, "gpu,ssd", 0);
	struct psteer_tag_set one = set_of(test, tags, "ssd", 0);
	struct psteer_tag_set other = set_of(test, tags, "gp", 0);
	struct psteer_tag_set none = set_of(test, tags, "", 0);
	struct psteer_tag_set twice = set_of(test, tags, "ssd,gpu,ssd", 0);

	KUNIT_EXPECT_TRUE(test, psteer_tags_meet(both.mask, one.mask));
	KUNIT_EXPECT_FALSE(test, psteer_tags_meet(one.mask, both.mask));
	KUNIT_EXPECT_FALSE(test, psteer_tags_meet(both.mask, other.mask));
	KUNIT_EXPECT_TRUE(test, psteer_tags_meet(none.mask, none.mask));
	KUNIT_EXPECT_TRUE(test, psteer_tags_meet(one.mask, none.mask));
	KUNIT_EXPECT_EQ(test, twice.mask, both.mask);
}

static void a_bit_is_free_after_its_last_user(struct kunit *test)
{
	struct psteer_tags *tags = new_tags(test);
	struct psteer_tag_set first = set_of(test, tags, "a,b", 0);
	struct psteer_tag_set second = set_of(test, tags, "b", 0);
	u64 was = first.mask & ~second.mask;

	psteer_tags_drop(tags, &first);
	KUNIT_EXPECT_EQ(test, first.mask, 0ULL);
	KUNIT_EXPECT_EQ(test, set_of(test, tags, "b", 0).mask, second.mask);
	/* The bit of a goes to whoever comes next; that of b does not. */
	KUNIT_EXPECT_EQ(test, set_of(test, tags, "c", 0).mask, was);
}

static void too_many_are_refused_whole(struct kunit *test)
{
	struct psteer_tags *tags = new_tags(test);
	char list[16];
	u32 i;

	for (i = 0; i < PSTEER_TAGS_KNOWN_MAX - 1; i++) {
		snprintf(list, sizeof(list), "t%u", i);
		set_of(test, tags, list, 0);
	}
	/* There is room for one of these, and it stays free. */
	KUNIT_EXPECT_EQ(test, set_of(test, tags, "t1,x,y", -ENOSPC).mask, 0ULL);
	set_of(test, tags, "y", 0);
	set_of(test, tags, "x", -ENOSPC);
	set_of(test, tags, "t1,t2,y", 0);
}

static void words_are_checked(struct kunit *test)
{
	struct psteer_tags *tags = new_tags(test);

	set_of(test, tags, ",", -EINVAL);
	set_of(test, tags, "a,", -EINVAL);
	set_of(test, tags, ",a", -EINVAL);
	set_of(test, tags, "a,,b", -EINVAL);
	set_of(test, tags, "0123456789012345678901234567890", 0);
	set_of(test, tags, "01234567890123456789012345678901", -ENAMETOOLONG);
}

static struct kunit_case tag_cases[] = {
	KUNIT_CASE(sets_meet_needs_by_name),
	KUNIT_CASE(a_bit_is_free_after_its_last_user),
	KUNIT_CASE(too_many_are_refused_whole),
	KUNIT_CASE(words_are_checked),
	{}
};

static struct kunit_suite tag_suite = {
	.name = "psteer_tag",
	.test_cases = tag_cases,
};

kunit_test_suite(tag_suite);
