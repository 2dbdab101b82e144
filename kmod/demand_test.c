// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that policy seed is the document's rule to the port, and that policy
 * safe gives more at once and less only after it has been too much for long,
 * and stays in bounds and above what is in use whatever is reported and
 * whenever.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/prandom.h>

#include "demand.h"

#define SECOND		1000ULL
#define MINUTE		(60 * SECOND)
#define HOUR		(60 * MINUTE)
#define START		(1000 * HOUR)
#define BLOCK		64U
#define SAFE		PSTEER_VM_SAFE
#define SEED		PSTEER_VM_SEED

static const struct psteer_demand_bounds wide = {
	.min = BLOCK, .max = 64512, .block = BLOCK,
};

/* A sample of @ports in use and no traffic to speak of. */
static u32 use(struct psteer_demand *d, u64 at_ms, u32 ports)
{
	struct psteer_demand_sample s = {
		.at_ms = at_ms, .peak = ports, .in_use = ports,
	};

	return psteer_demand_decide(d, SAFE, &s, &wide);
}

/* @n such samples, @step_ms apart; *@at_ms is left at the last one. */
static u32 use_for(struct psteer_demand *d, u64 *at_ms, u32 ports, u32 n,
		   u32 step_ms)
{
	u32 decided = 0;

	while (n--) {
		*at_ms += step_ms;
		decided = use(d, *at_ms, ports);
	}
	return decided;
}

/* A VM that has long been using @ports; returns what it has been given. */
static u32 settle(struct psteer_demand *d, u64 *at_ms, u32 ports)
{
	*at_ms = START;
	psteer_demand_init(d, BLOCK);
	return use_for(d, at_ms, ports, 100, MINUTE);
}

static void score_is_weighted_sum(struct kunit *test)
{
	static const u32 vectors[][3] = {
		{ 0, 0, 0 }, { 1, 0, 7 }, { 0, 1, 3 }, { 100, 100, 1000 },
		{ 429496729, 429496729, 4294967290U },
		{ 429496730, 429496730, U32_MAX },
		{ U32_MAX, 0, U32_MAX }, { U32_MAX, U32_MAX, U32_MAX },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		KUNIT_EXPECT_EQ(test, vectors[i][2],
				psteer_demand_score(vectors[i][0],
						    vectors[i][1]));
}

struct seed_vector {
	u32 ports;
	u32 pps;
	u32 kbytes;
	u32 decided;
};

static const struct seed_vector seed_vectors[] = {
	{ 1024, 50, 50, 512 },
	{ 1024, 500, 500, 1024 },
	{ 1024, 2000, 2000, 1536 },
	{ 60000, 2000, 2000, 65535 },
	/* Only packets are known. */
	{ 1024, 50, 0, 512 }, { 1024, 500, 0, 1024 }, { 1024, 2000, 0, 1536 },
	/* A threshold is neither below nor above itself. */
	{ 1024, 142, 1, 512 }, { 1024, 100, 100, 1024 },
	{ 1024, 1000, 1000, 1024 }, { 1024, 1000, 1001, 1536 },
	/* Half a port is none. */
	{ 1025, 0, 0, 512 }, { 1025, 2000, 2000, 1537 },
	/* One block at least, and no more than there are in 16 bits. */
	{ 100, 0, 0, 64 }, { 64, 0, 0, 64 }, { 0, 2000, 2000, 64 },
	{ 43689, 2000, 2000, 65533 }, { 43690, 2000, 2000, 65535 },
	{ 70000, 500, 500, 65535 }, { U32_MAX, 2000, 2000, 65535 },
};

static void seed_is_the_documents_rule(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(seed_vectors); i++) {
		const struct seed_vector *v = &seed_vectors[i];
		u32 score = psteer_demand_score(v->pps, v->kbytes);

		KUNIT_EXPECT_EQ_MSG(test, v->decided,
				    psteer_demand_seed(v->ports, score, BLOCK),
				    "row %u", i);
	}
}

static void seed_goes_on_from_what_it_decided(struct kunit *test)
{
	struct psteer_demand_bounds bounds = {
		.min = 200, .max = 3000, .block = BLOCK,
	};
	struct psteer_demand_sample busy = { .at_ms = START, .pps = 2000 };
	struct psteer_demand_sample idle = { .at_ms = START };
	static const u32 up[] = { 1536, 2304, 3000, 3000 };
	static const u32 down[] = { 1500, 750, 375, 200, 200 };
	struct psteer_demand d;
	u32 i;

	psteer_demand_init(&d, 1024);
	for (i = 0; i < ARRAY_SIZE(up); i++)
		KUNIT_EXPECT_EQ(test, up[i],
				psteer_demand_decide(&d, SEED, &busy, &bounds));
	for (i = 0; i < ARRAY_SIZE(down); i++)
		KUNIT_EXPECT_EQ(test, down[i],
				psteer_demand_decide(&d, SEED, &idle, &bounds));
	KUNIT_EXPECT_EQ(test, d.ports, 200U);
}

static void begins_with_what_it_is_told(struct kunit *test)
{
	struct psteer_demand d;
	u64 at = START;

	psteer_demand_init(&d, 1024);
	KUNIT_EXPECT_EQ(test, d.ports, 1024U);
	/* Not enough is known yet to take any away. */
	KUNIT_EXPECT_EQ(test, use_for(&d, &at, 1, PSTEER_DEMAND_WINDOW, MINUTE),
			1024U);
	KUNIT_EXPECT_EQ(test, use_for(&d, &at, 1, 10, MINUTE), BLOCK);
}

static void grows_at_once(struct kunit *test)
{
	struct psteer_demand d;
	u32 ports, decided;
	u64 at;

	for (ports = 1; ports < 20000; ports += 1 + ports / 3) {
		settle(&d, &at, 10);
		decided = use(&d, at + SECOND, ports);
		KUNIT_EXPECT_GE(test, decided, ports + BLOCK / 2);
		/* And at the very moment that these are in use, too. */
		KUNIT_EXPECT_GE(test, use(&d, at + SECOND, decided),
				decided + BLOCK);
	}
}

/* No more than four in five are in use, as far as that costs two blocks. */
static void keeps_some_free(struct kunit *test)
{
	struct psteer_demand d;
	u32 ports, decided;
	u64 at;

	for (ports = 1; ports <= 8 * BLOCK; ports++) {
		decided = settle(&d, &at, ports);
		KUNIT_EXPECT_LE(test, 5 * ports, 4 * decided);
		KUNIT_EXPECT_LE(test, decided, ports + 3 * BLOCK);
	}
	decided = settle(&d, &at, 10000);
	KUNIT_EXPECT_GE(test, decided, 10000 + 2 * BLOCK);
	KUNIT_EXPECT_LE(test, decided, 10000 + 3 * BLOCK);
}

static void shrinks_only_after_a_while(struct kunit *test)
{
	static const u32 intervals[] = { 10 * SECOND, MINUTE, 5 * MINUTE };
	u32 i, least = PSTEER_DEMAND_WINDOW + 2;

	for (i = 0; i < ARRAY_SIZE(intervals); i++) {
		struct psteer_demand d;
		u32 before, n;
		u64 at;

		before = settle(&d, &at, 1000);
		for (n = 1; n < 100; n++)
			if (use_for(&d, &at, 100, 1, intervals[i]) < before)
				break;
		KUNIT_EXPECT_GT(test, n, least);
		KUNIT_EXPECT_LT(test, n, 2 * least);
		/* Down to what it takes, not to nothing. */
		KUNIT_EXPECT_GE(test, d.ports, 100 + BLOCK / 2);
		KUNIT_EXPECT_LT(test, d.ports, 700U);
	}
}

/* Every second is not twelve times as long as every twelve seconds. */
static void fast_samples_shrink_no_faster(struct kunit *test)
{
	struct psteer_demand d;
	u32 before;
	u64 at;

	before = settle(&d, &at, 1000);
	KUNIT_EXPECT_EQ(test, before, use_for(&d, &at, 10, 110, SECOND));
	KUNIT_EXPECT_GT(test, before, use_for(&d, &at, 10, 60, SECOND));
	before = settle(&d, &at, 1000);
	KUNIT_EXPECT_EQ(test, before, use_for(&d, &at, 10, 22, 5 * SECOND));
	KUNIT_EXPECT_GT(test, before, use_for(&d, &at, 10, 12, 5 * SECOND));
}

/* A peak now and then is enough to keep what it takes. */
static void remembers_rare_peaks(struct kunit *test)
{
	struct psteer_demand d;
	u64 at;
	u32 i;

	settle(&d, &at, 10);
	for (i = 0; i < 20; i++) {
		use_for(&d, &at, 1000, 1, 5 * MINUTE);
		use_for(&d, &at, 10, PSTEER_DEMAND_WINDOW + 2, 5 * MINUTE);
		KUNIT_EXPECT_GE(test, d.ports, 1000U);
	}
}

static void little_less_changes_nothing(struct kunit *test)
{
	struct psteer_demand d;
	u32 before, ports;
	u64 at;

	before = settle(&d, &at, 2000);
	for (ports = 2000; ports >= 1700; ports -= 20)
		KUNIT_EXPECT_EQ(test, before,
				use_for(&d, &at, ports, 30, MINUTE));
	KUNIT_EXPECT_GT(test, before, use_for(&d, &at, 1300, 30, MINUTE));
}

static void silence_is_not_low(struct kunit *test)
{
	struct psteer_demand d;
	u32 before;
	u64 at;

	before = settle(&d, &at, 1000);
	at += 10 * HOUR;
	KUNIT_EXPECT_EQ(test, before, use(&d, at, 0));
	at += 10 * HOUR;
	KUNIT_EXPECT_EQ(test, before, use(&d, at, 0));
	/* Nor are samples that come at the same time, or before it. */
	KUNIT_EXPECT_EQ(test, before, use_for(&d, &at, 0, 1000, 0));
	at -= HOUR;
	KUNIT_EXPECT_EQ(test, before, use_for(&d, &at, 0, 1000, 0));
	/* A clock that goes on from there is a clock. */
	KUNIT_EXPECT_GT(test, before, use_for(&d, &at, 0, 30, MINUTE));
}

static void traffic_is_an_early_sign(struct kunit *test)
{
	struct psteer_demand_sample s = {
		.pps = 100, .kbytes = 100, .peak = 2000, .in_use = 2000,
	};
	struct psteer_demand d;
	u32 i, before = 0;

	psteer_demand_init(&d, BLOCK);
	for (i = 1; i <= 20; i++) {
		s.at_ms = START + i * MINUTE;
		before = psteer_demand_decide(&d, SAFE, &s, &wide);
	}
	/* Twice the traffic: half as many ports more. */
	s.at_ms += MINUTE;
	s.pps = 200;
	s.kbytes = 200;
	KUNIT_EXPECT_GE(test, psteer_demand_decide(&d, SAFE, &s, &wide), 3000U);
	KUNIT_EXPECT_LT(test, d.ports, 3000U + 3 * BLOCK);
	/* No traffic is worth more than twice the ports. */
	s.at_ms += MINUTE;
	s.pps = U32_MAX;
	KUNIT_EXPECT_GE(test, psteer_demand_decide(&d, SAFE, &s, &wide), 4000U);
	KUNIT_EXPECT_LT(test, d.ports, 4000U + 3 * BLOCK);
	KUNIT_EXPECT_LT(test, before, 2000U + 3 * BLOCK);
}

static void restless_gets_more(struct kunit *test)
{
	struct psteer_demand steady, restless;
	u64 at, other;
	u32 i;

	settle(&steady, &at, 2000);
	settle(&restless, &other, 2000);
	for (i = 0; i < 200; i++) {
		at += MINUTE;
		use(&steady, at, 2000);
		use(&restless, at, i % 2 ? 2000 : 1200);
	}
	KUNIT_EXPECT_LT(test, steady.ports, 2000U + 3 * BLOCK);
	/* Three quarters of 800 more, nearly. */
	KUNIT_EXPECT_GE(test, restless.ports, 2500U);
	KUNIT_EXPECT_LT(test, restless.ports, 2600U + 2 * BLOCK);
}

static void need_is_gone_on_from(struct kunit *test)
{
	struct psteer_demand d;
	u32 before;
	u64 at;

	before = settle(&d, &at, 100);
	psteer_demand_need(&d, before - 1);
	KUNIT_EXPECT_EQ(test, d.ports, before);
	psteer_demand_need(&d, 1024);
	KUNIT_EXPECT_EQ(test, d.ports, 1024U);
	KUNIT_EXPECT_EQ(test, use(&d, at + MINUTE, 100), 1024U);
}

static void bounds_may_move(struct kunit *test)
{
	struct psteer_demand_sample s = { .peak = 2000, .in_use = 2000 };
	struct psteer_demand_bounds b = wide;
	struct psteer_demand d;

	psteer_demand_init(&d, 4096);
	b.max = 1000;
	KUNIT_EXPECT_EQ(test, psteer_demand_decide(&d, SAFE, &s, &b), 1000U);
	KUNIT_EXPECT_EQ(test, psteer_demand_decide(&d, SEED, &s, &b), 500U);
	b.min = 700;
	KUNIT_EXPECT_EQ(test, psteer_demand_decide(&d, SEED, &s, &b), 700U);
	b.max = 8192;
	b.min = 5000;
	KUNIT_EXPECT_EQ(test, psteer_demand_decide(&d, SAFE, &s, &b), 5056U);
	b.min = 8192;
	KUNIT_EXPECT_EQ(test, psteer_demand_decide(&d, SAFE, &s, &b), 8192U);
}

/* Anything, but often nothing, little, and the most. */
static u32 wild(struct rnd_state *rnd)
{
	u32 value = prandom_u32_state(rnd);

	return value % 16 ? value >> prandom_u32_state(rnd) % 32 : U32_MAX;
}

/* What of the decision is wrong, as a sum of powers of two. */
static u32 faults(const struct psteer_demand_sample *s,
		  const struct psteer_demand_bounds *b, u32 decided)
{
	return (decided < b->min) | (decided > b->max) << 1 |
	       (decided % b->block && decided != b->max) << 2 |
	       (decided < min(s->in_use, b->max)) << 3 |
	       (decided < min(s->peak, b->max)) << 4;
}

static void survives_anything(struct kunit *test)
{
	struct psteer_demand_bounds b = wide;
	struct psteer_demand d;
	struct rnd_state rnd;
	u32 i, wrong = 0;
	u64 now = 0;

	prandom_seed_state(&rnd, 20240607);
	for (i = 0; i < 100000; i++) {
		struct psteer_demand_sample s = {
			.at_ms = i % 97 ? now : now - HOUR,
			.pps = wild(&rnd), .kbytes = wild(&rnd),
			.peak = wild(&rnd), .in_use = wild(&rnd),
		};

		if (i % 500 == 0) {
			b.block = 1U << prandom_u32_state(&rnd) % 13;
			b.min = prandom_u32_state(&rnd) % 3000;
			b.max = b.min + (wild(&rnd) & 0xffff);
			psteer_demand_init(&d, wild(&rnd));
			now = i % 1000 ? 0 : U64_MAX - HOUR;
		}
		now += prandom_u32_state(&rnd) >> prandom_u32_state(&rnd) % 32;
		psteer_demand_decide(&d, SAFE, &s, &b);
		wrong |= faults(&s, &b, d.ports);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static void time_to_full_follows_trend(struct kunit *test)
{
	struct psteer_demand d;
	u32 i, seconds;
	u64 at;

	settle(&d, &at, 100);
	KUNIT_EXPECT_EQ(test, psteer_demand_time_to_full(&d, 100, 192), U32_MAX);
	KUNIT_EXPECT_EQ(test, psteer_demand_time_to_full(&d, 192, 192), 0U);
	KUNIT_EXPECT_EQ(test, psteer_demand_time_to_full(&d, U32_MAX, 0), 0U);
	/* Two a second for five minutes: 1000 more take 500 s. */
	for (i = 1; i <= 300; i++)
		use(&d, at + i * SECOND, 100 + 2 * i);
	seconds = psteer_demand_time_to_full(&d, 700, 1700);
	KUNIT_EXPECT_GE(test, seconds, 490U);
	KUNIT_EXPECT_LE(test, seconds, 510U);
	KUNIT_EXPECT_EQ(test, psteer_demand_time_to_full(&d, 700, 700), 0U);
	/* It stops. */
	for (; i <= 1200; i++)
		use(&d, at + i * SECOND, 700);
	KUNIT_EXPECT_EQ(test, psteer_demand_time_to_full(&d, 700, 701), U32_MAX);
	/* It falls. */
	for (; i <= 1300; i++)
		use(&d, at + i * SECOND, 2000 - i);
	KUNIT_EXPECT_EQ(test, psteer_demand_time_to_full(&d, 700, 701), U32_MAX);
}

static struct kunit_case demand_cases[] = {
	KUNIT_CASE(score_is_weighted_sum),
	KUNIT_CASE(seed_is_the_documents_rule),
	KUNIT_CASE(seed_goes_on_from_what_it_decided),
	KUNIT_CASE(begins_with_what_it_is_told),
	KUNIT_CASE(grows_at_once),
	KUNIT_CASE(keeps_some_free),
	KUNIT_CASE(shrinks_only_after_a_while),
	KUNIT_CASE(fast_samples_shrink_no_faster),
	KUNIT_CASE(remembers_rare_peaks),
	KUNIT_CASE(little_less_changes_nothing),
	KUNIT_CASE(silence_is_not_low),
	KUNIT_CASE(traffic_is_an_early_sign),
	KUNIT_CASE(restless_gets_more),
	KUNIT_CASE(need_is_gone_on_from),
	KUNIT_CASE(bounds_may_move),
	KUNIT_CASE(survives_anything),
	KUNIT_CASE(time_to_full_follows_trend),
	{}
};

static struct kunit_suite demand_suite = {
	.name = "psteer_demand",
	.test_cases = demand_cases,
};

kunit_test_suite(demand_suite);
