// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that what a session adds to the load is learned from reports and
 * counts, holds for servers that are full or slow, and that no input takes it
 * out of its bounds.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/prandom.h>

#include "evidence.h"

#define ONE		PSTEER_SCALE
#define SECOND		1000U
#define HORIZON		(10 * SECOND)

/**
 * struct server - one that has so many sessions all the time
 * @local: what is learned of it
 * @tally: what is counted, in milliseconds
 */
struct server {
	struct psteer_local local;
	struct psteer_tally tally;
};

/* @reports reports, a second apart; @ended sessions end before each. */
static void run(struct server *server, u32 reports, u32 load, u32 sessions,
		u32 ended, u64 lifetime)
{
	while (reports--) {
		server->tally.at += SECOND;
		server->tally.served += (u64)sessions * SECOND;
		server->tally.lived += (u64)sessions * SECOND;
		server->tally.ended += ended;
		psteer_local_learn(&server->local, &server->tally, load,
				   lifetime);
	}
}

static s32 local_of(const struct server *server, u32 active)
{
	s32 local = psteer_local_load(server->local.each, server->local.offset,
				      active);

	return min_t(s64, (s64)local + server->local.beyond, PSTEER_LOAD_MOST);
}

static bool is_near(s64 a, s64 b, u32 within)
{
	return abs(a - b) <= within;
}

/* 40 % with 8 sessions, and one: 4.4 % for each; three quarters of that count. */
static void a_session_adds_its_share(struct kunit *test)
{
	struct server server = {};

	KUNIT_EXPECT_EQ(test, local_of(&server, 1000), 0);
	run(&server, 40, 4000, 8, 0, 0);
	/* As many as on the mean, and the one that is to be placed. */
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&server, 8), 333, 3));
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&server, 7), 0, 3));
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&server, 18), 3667, 10));
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&server, 0), -2333, 10));
	KUNIT_EXPECT_LE(test, local_of(&server, U32_MAX), PSTEER_LOAD_MOST);
}

/* The mean between two reports counts, not what is open as one comes. */
static void a_peak_is_no_mean(struct kunit *test)
{
	struct server calm = {}, jumpy = {};
	u32 i;

	run(&calm, 40, 4000, 8, 0, 0);
	for (i = 0; i < 40; i++) {
		jumpy.tally.at += SECOND / 2;
		jumpy.tally.served += 16 * SECOND / 2;
		jumpy.tally.at += SECOND / 2;
		psteer_local_learn(&jumpy.local, &jumpy.tally, 4000, 0);
	}
	KUNIT_EXPECT_EQ(test, local_of(&jumpy, 20), local_of(&calm, 20));
}

/* Sessions that last twice as long as elsewhere cost twice as much. */
static void slow_servers_are_dear(struct kunit *test)
{
	u64 lifetime = 100 * 256;
	struct server usual = {}, slow = {}, fast = {};

	run(&usual, 40, 4000, 8, 80, lifetime);
	run(&slow, 40, 4000, 8, 40, lifetime);
	run(&fast, 40, 4000, 8, 160, lifetime);
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&usual, 8), 333, 5));
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&slow, 8), 667, 10));
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&fast, 8), 167, 5));
	/* A handful says nothing of how long they last. */
	memset(&slow, 0, sizeof(slow));
	run(&slow, 40, 4000, 8, 0, 1000000 * 256);
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&slow, 8), 333, 20));
}

/* Eight workers, 20 sessions wait: load says 100 %, but there is more. */
static void a_queue_is_seen_behind_a_full_load(struct kunit *test)
{
	struct server server = {};

	run(&server, 40, ONE, 28, 80, 100 * 256);
	/* 28 eighths, less the reported 1, and what the next one adds. */
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&server, 28), 23790 + 905,
					250));
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&server, 108),
					23790 + 81 * 905, 2500));
}

static void silence_is_forgotten(struct kunit *test)
{
	struct server server = {};

	run(&server, 40, 8000, 8, 0, 0);
	server.tally.at += 3600 * SECOND;
	server.tally.served += 3600ULL * SECOND * 4;
	psteer_local_learn(&server.local, &server.tally, 1000, 0);
	KUNIT_EXPECT_EQ(test, server.local.reports, 1U);
	KUNIT_EXPECT_TRUE(test, is_near(local_of(&server, 4), 150, 3));
	/* The same moment once more, and a clock that steps back. */
	psteer_local_learn(&server.local, &server.tally, 9000, 0);
	server.tally.at -= SECOND;
	psteer_local_learn(&server.local, &server.tally, 9000, 0);
	KUNIT_EXPECT_EQ(test, server.local.reports, 1U);
}

static u64 random_size(struct rnd_state *rnd)
{
	u32 bits = prandom_u32_state(rnd) % 65;
	u64 value = (u64)prandom_u32_state(rnd) << 32 | prandom_u32_state(rnd);

	return bits ? value >> (64 - bits) : 0;
}

static void no_input_leaves_the_bounds(struct kunit *test)
{
	struct server server = {};
	struct rnd_state rnd;
	u32 i, wrong = 0;

	prandom_seed_state(&rnd, 7);
	for (i = 0; i < 100000; i++) {
		s32 local;

		server.tally.at += random_size(&rnd) >> 30;
		server.tally.served += random_size(&rnd);
		server.tally.lived += random_size(&rnd);
		server.tally.ended += random_size(&rnd);
		psteer_local_learn(&server.local, &server.tally,
				   prandom_u32_state(&rnd) % (ONE + 1),
				   random_size(&rnd));
		local = local_of(&server, random_size(&rnd) >> 32);
		wrong += local < -(s32)ONE || local > PSTEER_LOAD_MOST;
		/* A session fills no more than a server. */
		wrong += server.local.each > (u64)ONE << 16;
		wrong += server.local.served < 0 || server.local.ended < 0 ||
			 server.local.gap < 0 || server.local.load < 0;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static void errors_are_not_forgotten_at_once(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, psteer_evidence_errors(0, 300, 0, HORIZON), 300U);
	KUNIT_EXPECT_EQ(test, psteer_evidence_errors(8000, 0, HORIZON, HORIZON),
			4000U);
	KUNIT_EXPECT_EQ(test, psteer_evidence_errors(8000, 5000, HORIZON,
						     HORIZON), 5000U);
	KUNIT_EXPECT_EQ(test, psteer_evidence_errors(ONE, 0, U32_MAX, HORIZON),
			0U);
}

static void neutral_is_the_mean(struct kunit *test)
{
	struct psteer_neutral sum = {};

	KUNIT_EXPECT_EQ(test, psteer_neutral_load(&sum), (u32)ONE / 2);
	KUNIT_EXPECT_EQ(test, psteer_neutral_capacity(&sum), (u32)ONE / 2);
	KUNIT_EXPECT_EQ(test, psteer_neutral_lifetime(&sum), 0ULL);
	psteer_neutral_add(&sum, 2000, 9000, 1000 << 8, 10 << 8);
	psteer_neutral_add(&sum, 4000, 4000, 5000 << 8, 10 << 8);
	KUNIT_EXPECT_EQ(test, psteer_neutral_load(&sum), 3000U);
	KUNIT_EXPECT_EQ(test, psteer_neutral_capacity(&sum), 6500U);
	KUNIT_EXPECT_EQ(test, psteer_neutral_lifetime(&sum), 300ULL << 8);
}

static struct kunit_case evidence_cases[] = {
	KUNIT_CASE(a_session_adds_its_share),
	KUNIT_CASE(a_peak_is_no_mean),
	KUNIT_CASE(slow_servers_are_dear),
	KUNIT_CASE(a_queue_is_seen_behind_a_full_load),
	KUNIT_CASE(silence_is_forgotten),
	KUNIT_CASE(no_input_leaves_the_bounds),
	KUNIT_CASE(errors_are_not_forgotten_at_once),
	KUNIT_CASE(neutral_is_the_mean),
	{}
};

static struct kunit_suite evidence_suite = {
	.name = "psteer_evidence",
	.test_cases = evidence_cases,
};

kunit_test_suite(evidence_suite);
