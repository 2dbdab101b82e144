// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that block arithmetic gives out whole blocks only, none that reaches
 * outside a pool's ports, and that a block's index and its ports name each
 * other for every block size.
 */
#include <kunit/test.h>

#include "block.h"

#define SHIFT_LEAST	4
#define SHIFT_MOST	12

struct span_case {
	u16 first;
	u16 last;
	u8 shift;
	u32 begin;
	u32 count;
};

static const struct span_case span_cases[] = {
	{ 1024, 65535, 6, 16, 1008 },	/* the default pool */
	{ 1, 65535, 6, 1, 1023 },	/* block 0 has port 0 in it */
	{ 0, 65535, 6, 0, 1024 },
	{ 1, 65535, 12, 1, 15 },
	{ 1024, 65535, 12, 1, 15 },
	{ 1024, 65535, 4, 64, 4032 },
	{ 1025, 65535, 6, 17, 1007 },	/* one port short at the front */
	{ 1024, 65534, 6, 16, 1007 },	/* one port short at the end */
	{ 1000, 1100, 6, 16, 1 },	/* 1024-1087, not aligned */
	{ 40000, 49999, 8, 157, 38 },
	{ 1024, 1087, 6, 16, 1 },	/* just the one */
	{ 65472, 65535, 6, 1023, 1 },	/* the very last */
	{ 1024, 1086, 6, 0, 0 },	/* too small */
	{ 1025, 1087, 6, 0, 0 },
	{ 1030, 1145, 6, 0, 0 },	/* 116 ports, but no whole block */
	{ 5000, 5000, 4, 0, 0 },
	{ 65535, 65535, 4, 0, 0 },
	{ 2000, 1000, 6, 0, 0 },	/* backwards */
	{ 1024, 1023, 6, 0, 0 },
	{ 65535, 0, 12, 0, 0 },
};

static void span_is_the_whole_blocks(struct kunit *test)
{
	const struct span_case *c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(span_cases); i++) {
		struct psteer_block_span span;

		c = &span_cases[i];
		span = psteer_block_span(c->first, c->last, c->shift);
		KUNIT_EXPECT_EQ_MSG(test, span.count, c->count, "%u-%u/%u",
				    c->first, c->last, 1 << c->shift);
		if (c->count)
			KUNIT_EXPECT_EQ_MSG(test, span.first, c->begin,
					    "%u-%u/%u", c->first, c->last,
					    1 << c->shift);
	}
}

/* Blocks of a span, counted port by port. */
static u32 whole_blocks(u32 first, u32 last, u8 shift)
{
	u32 size = 1U << shift, count = 0, start;

	for (start = 0; start + size <= PSTEER_PORTS; start += size) {
		if (start >= first && start + size - 1 <= last)
			count++;
	}
	return count;
}

static void span_stays_inside(struct kunit *test)
{
	static const u16 edges[] = {
		0, 1, 15, 16, 63, 64, 1023, 1024, 1025, 4095, 4096, 32767,
		32768, 61439, 61440, 65519, 65520, 65534, 65535
	};
	u32 i, j, shift, outside = 0, miscounted = 0;

	for (i = 0; i < ARRAY_SIZE(edges) * ARRAY_SIZE(edges); i++) {
		u16 first = edges[i / ARRAY_SIZE(edges)];
		u16 last = edges[i % ARRAY_SIZE(edges)];

		for (shift = SHIFT_LEAST; shift <= SHIFT_MOST; shift++) {
			struct psteer_block_span span =
				psteer_block_span(first, last, shift);

			if (span.count != whole_blocks(first, last, shift)) {
				miscounted++;
				continue;
			}
			for (j = 0; j < span.count; j++) {
				u32 index = span.first + j;

				if (psteer_block_first_port(index, shift) <
				    first)
					outside++;
				if (psteer_block_last_port(index, shift) > last)
					outside++;
			}
		}
	}
	KUNIT_EXPECT_EQ(test, outside, 0U);
	KUNIT_EXPECT_EQ(test, miscounted, 0U);
}

static void index_and_ports_round_trip(struct kunit *test)
{
	u32 shift, index, wrong = 0;

	for (shift = SHIFT_LEAST; shift <= SHIFT_MOST; shift++) {
		u32 next = 0;

		for (index = 0; index < PSTEER_PORTS >> shift; index++) {
			u16 first = psteer_block_first_port(index, shift);
			u16 last = psteer_block_last_port(index, shift);

			wrong += first != next || last - first + 1 != 1 << shift;
			wrong += first >> shift != index;
			wrong += last >> shift != index;
			next = last + 1;
		}
		KUNIT_EXPECT_EQ_MSG(test, next, (u32)PSTEER_PORTS, "shift %u",
				    shift);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	KUNIT_EXPECT_EQ(test, psteer_block_last_port(1023, 6), 65535);
}

static void count_rounds_up(struct kunit *test)
{
	u32 ports, shift, wrong = 0;

	KUNIT_EXPECT_EQ(test, psteer_block_count(0, 6), 0U);
	KUNIT_EXPECT_EQ(test, psteer_block_count(1, 6), 1U);
	KUNIT_EXPECT_EQ(test, psteer_block_count(64, 6), 1U);
	KUNIT_EXPECT_EQ(test, psteer_block_count(65, 6), 2U);
	KUNIT_EXPECT_EQ(test, psteer_block_count(64512, 6), 1008U);
	KUNIT_EXPECT_EQ(test, psteer_block_count(65535, 12), 16U);
	/* Enough, and not a block more than that. */
	for (shift = SHIFT_LEAST; shift <= SHIFT_MOST; shift++) {
		for (ports = 1; ports < PSTEER_PORTS; ports += 7) {
			u32 held = psteer_block_count(ports, shift) << shift;

			wrong += held < ports || held - ports >= 1U << shift;
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static void sizes_are_as_published(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PSTEER_BLOCK_LEAST, 1 << SHIFT_LEAST);
	KUNIT_EXPECT_EQ(test, PSTEER_BLOCK_MOST, 1 << SHIFT_MOST);
	KUNIT_EXPECT_EQ(test, PSTEER_BLOCK_DEFAULT, 64);
}

static struct kunit_case block_cases[] = {
	KUNIT_CASE(span_is_the_whole_blocks),
	KUNIT_CASE(span_stays_inside),
	KUNIT_CASE(index_and_ports_round_trip),
	KUNIT_CASE(count_rounds_up),
	KUNIT_CASE(sizes_are_as_published),
	{}
};

static struct kunit_suite block_suite = {
	.name = "psteer_block",
	.test_cases = block_cases,
};

kunit_test_suite(block_suite);
