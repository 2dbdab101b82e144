// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that a session's state follows the connection as its ends see it: a
 * handshake is done when the client has heard the answer, both ends have to
 * close, a reset that nobody obeys is forgotten, a port is reused only after
 * an end, and each state is borne as long as configured.
 */
#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/string.h>

#include "packet.h"
#include "session_state.h"

#define FIN	PSTEER_TCP_FIN
#define SYN	PSTEER_TCP_SYN
#define RST	PSTEER_TCP_RST
#define ACK	PSTEER_TCP_ACK

#define REFUSED		(10 * HZ)

/*
 * A connection packet by packet: who sends it (c, s), its flags (S, A, F, R),
 * and the state after it (opening, established, closing, time-wait).
 */
struct life {
	const char *name;
	const char *packets;
};

#define HANDSHAKE	"cS:o sSA:o cA:e "
#define CLOSED_BY_BOTH	HANDSHAKE "cFA:c sFA:t "

static const struct life tcp_lives[] = {
	{ "handshake and data", HANDSHAKE "cA:e sA:e" },
	{ "client closes first", CLOSED_BY_BOTH "cA:t" },
	{ "server closes first", HANDSHAKE "sFA:c cA:c cFA:t sA:t" },
	{ "half-closed, the other end goes on",
	  HANDSHAKE "cFA:c sA:c sA:c cA:c" },
	{ "FIN sent again", HANDSHAKE "cFA:c cFA:c cFA:c" },
	{ "reset by the client", HANDSHAKE "cR:c" },
	{ "reset by the server", HANDSHAKE "sRA:c" },
	{ "forged reset, data goes on", HANDSHAKE "sR:c sA:e cA:e" },
	{ "forged reset, the client goes on", HANDSHAKE "cR:c cA:e" },
	{ "ACK without an answer", "cS:o cA:o cA:o" },
	{ "ACK out of nothing", "cA:o cA:o" },
	{ "the server alone does not complete", "cS:o sSA:o sSA:o sA:o" },
	{ "SYN sent again", "cS:o cS:o sSA:o cS:o cA:e" },
	{ "SYN on an established one", HANDSHAKE "cS:e sA:e cA:e" },
	{ "SYN on a half-closed one", HANDSHAKE "cFA:c cS:c" },
	{ "reused after time-wait", CLOSED_BY_BOTH "cS:o sSA:o cA:e" },
	{ "reused after a reset", HANDSHAKE "sR:c cS:o cA:o sSA:o cA:e" },
	{ "refused, then tried again", "cS:o sRA:c cS:o sSA:o cA:e" },
	{ "the server's SYN does not reopen", CLOSED_BY_BOTH "sS:t sSA:t" },
	{ "a SYN/ACK does not reopen", CLOSED_BY_BOTH "cSA:t" },
};

static enum psteer_session_state state_named(char letter)
{
	switch (letter) {
	case 'o':
		return PSTEER_SESSION_OPENING;
	case 'e':
		return PSTEER_SESSION_ESTABLISHED;
	case 'c':
		return PSTEER_SESSION_CLOSING;
	default:
		return PSTEER_SESSION_TIME_WAIT;
	}
}

static u8 flag_named(char letter)
{
	switch (letter) {
	case 'S':
		return SYN;
	case 'A':
		return ACK;
	case 'F':
		return FIN;
	default:
		return RST;
	}
}

static void tcp_lives_run_their_course(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tcp_lives); i++) {
		const char *c = tcp_lives[i].packets;
		unsigned long progress = 0;

		while (*c) {
			const char *packet = c;
			enum psteer_dir dir;
			u8 tcp = 0;

			dir = *c++ == 'c' ? PSTEER_DIR_ORIGINAL :
					    PSTEER_DIR_REPLY;
			while (*c != ':')
				tcp |= flag_named(*c++);
			c++;
			progress = psteer_session_step(progress, IPPROTO_TCP,
						       dir, tcp);
			KUNIT_EXPECT_EQ_MSG(test, state_named(*c++),
					    psteer_session_state(progress,
								 IPPROTO_TCP),
					    "%s, from %s", tcp_lives[i].name,
					    packet);
			c += strspn(c, " ");
		}
	}
}

static unsigned long tcp_step(unsigned long progress, enum psteer_dir dir,
			      u8 tcp)
{
	return psteer_session_step(progress, IPPROTO_TCP, dir, tcp);
}

static bool reopens(unsigned long progress, enum psteer_dir dir, u8 tcp)
{
	return psteer_session_reopens(progress, dir, tcp);
}

static unsigned long established(void)
{
	unsigned long progress;

	progress = tcp_step(0, PSTEER_DIR_ORIGINAL, SYN);
	progress = tcp_step(progress, PSTEER_DIR_REPLY, SYN | ACK);
	return tcp_step(progress, PSTEER_DIR_ORIGINAL, ACK);
}

static unsigned long closed_by_both(void)
{
	unsigned long progress;

	progress = tcp_step(established(), PSTEER_DIR_ORIGINAL, FIN | ACK);
	return tcp_step(progress, PSTEER_DIR_REPLY, FIN | ACK);
}

/* What the session has proved counts for its client; so it has to be exact. */
static void progress_is_what_was_seen(struct kunit *test)
{
	unsigned long progress;

	progress = tcp_step(0, PSTEER_DIR_ORIGINAL, SYN);
	KUNIT_EXPECT_EQ(test, progress, PSTEER_PROGRESS_SYN);
	/* An ACK that nobody asked for, as a flood would send it. */
	KUNIT_EXPECT_EQ(test, tcp_step(progress, PSTEER_DIR_ORIGINAL, ACK),
			PSTEER_PROGRESS_SYN);
	KUNIT_EXPECT_FALSE(test, tcp_step(0, PSTEER_DIR_ORIGINAL, ACK) &
			   PSTEER_PROGRESS_COMPLETED);
	progress = tcp_step(progress, PSTEER_DIR_REPLY, SYN | ACK);
	KUNIT_EXPECT_EQ(test, progress,
			PSTEER_PROGRESS_SYN | PSTEER_PROGRESS_ANSWERED);
	KUNIT_EXPECT_EQ(test, established(),
			progress | PSTEER_PROGRESS_COMPLETED);
	KUNIT_EXPECT_EQ(test, closed_by_both(), established() |
			PSTEER_PROGRESS_FIN_ORIGINAL |
			PSTEER_PROGRESS_FIN_REPLY);
	/* A refusal is not an answer. */
	KUNIT_EXPECT_EQ(test, tcp_step(PSTEER_PROGRESS_SYN, PSTEER_DIR_REPLY,
				       RST | ACK),
			PSTEER_PROGRESS_SYN | PSTEER_PROGRESS_RESET);
}

static void reopening_starts_from_syn(struct kunit *test)
{
	unsigned long over[] = {
		closed_by_both(),
		tcp_step(established(), PSTEER_DIR_REPLY, RST),
		tcp_step(PSTEER_PROGRESS_SYN, PSTEER_DIR_REPLY, RST | ACK),
		tcp_step(closed_by_both(), PSTEER_DIR_ORIGINAL, RST),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(over); i++) {
		KUNIT_EXPECT_TRUE_MSG(test,
				      reopens(over[i], PSTEER_DIR_ORIGINAL,
					      SYN), "%zu", i);
		KUNIT_EXPECT_EQ_MSG(test, tcp_step(over[i], PSTEER_DIR_ORIGINAL,
						   SYN),
				    PSTEER_PROGRESS_SYN, "%zu", i);
		KUNIT_EXPECT_FALSE_MSG(test,
				       reopens(over[i], PSTEER_DIR_REPLY,
					       SYN), "%zu", i);
		KUNIT_EXPECT_FALSE_MSG(test,
				       reopens(over[i], PSTEER_DIR_ORIGINAL,
					       SYN | ACK), "%zu", i);
		KUNIT_EXPECT_FALSE_MSG(test,
				       reopens(over[i], PSTEER_DIR_ORIGINAL,
					       SYN | RST), "%zu", i);
	}
}

static void live_ones_do_not_reopen(struct kunit *test)
{
	unsigned long live[] = {
		0,
		PSTEER_PROGRESS_SYN,
		PSTEER_PROGRESS_SYN | PSTEER_PROGRESS_ANSWERED,
		established(),
		tcp_step(established(), PSTEER_DIR_ORIGINAL, FIN | ACK),
		tcp_step(established(), PSTEER_DIR_REPLY, FIN | ACK),
	};
	unsigned long progress;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(live); i++) {
		KUNIT_EXPECT_FALSE_MSG(test,
				       reopens(live[i], PSTEER_DIR_ORIGINAL,
					       SYN), "%zu", i);
		progress = tcp_step(live[i], PSTEER_DIR_ORIGINAL, SYN);
		KUNIT_EXPECT_EQ_MSG(test, progress,
				    live[i] | PSTEER_PROGRESS_SYN, "%zu", i);
	}
}

static void udp_is_established_by_an_answer(struct kunit *test)
{
	unsigned long progress;

	progress = psteer_session_step(0, IPPROTO_UDP, PSTEER_DIR_ORIGINAL, 0);
	progress = psteer_session_step(progress, IPPROTO_UDP,
				       PSTEER_DIR_ORIGINAL, 0);
	KUNIT_EXPECT_EQ(test, psteer_session_state(progress, IPPROTO_UDP),
			PSTEER_SESSION_UNREPLIED);
	KUNIT_EXPECT_FALSE(test, progress & PSTEER_PROGRESS_COMPLETED);
	progress = psteer_session_step(progress, IPPROTO_UDP, PSTEER_DIR_REPLY,
				       0);
	KUNIT_EXPECT_EQ(test, psteer_session_state(progress, IPPROTO_UDP),
			PSTEER_SESSION_ESTABLISHED);
	KUNIT_EXPECT_TRUE(test, progress & PSTEER_PROGRESS_COMPLETED);
	progress = psteer_session_step(progress, IPPROTO_UDP,
				       PSTEER_DIR_ORIGINAL, 0);
	KUNIT_EXPECT_EQ(test, psteer_session_state(progress, IPPROTO_UDP),
			PSTEER_SESSION_ESTABLISHED);
}

/* In jiffies, all different. */
static const u32 timeouts[PSTEER_TIMEOUTS] = {
	[PSTEER_SESSION_OPENING] = 240 * HZ,
	[PSTEER_SESSION_ESTABLISHED] = 7440 * HZ,
	[PSTEER_SESSION_CLOSING] = 230 * HZ,
	[PSTEER_SESSION_TIME_WAIT] = 120 * HZ,
	[PSTEER_SESSION_UNREPLIED] = 300 * HZ,
	[PSTEER_TIMEOUT_REFUSED] = REFUSED,
	[PSTEER_TIMEOUT_ICMP] = 60 * HZ,
};

static u32 tcp_timeout(unsigned long progress)
{
	return psteer_session_timeout(timeouts, progress, IPPROTO_TCP);
}

static void timeouts_follow_state(struct kunit *test)
{
	unsigned long progress = tcp_step(0, PSTEER_DIR_ORIGINAL, SYN);

	KUNIT_EXPECT_EQ(test, tcp_timeout(progress), 240U * HZ);
	progress = tcp_step(progress, PSTEER_DIR_REPLY, SYN | ACK);
	KUNIT_EXPECT_EQ(test, tcp_timeout(progress), 240U * HZ);
	progress = established();
	KUNIT_EXPECT_EQ(test, tcp_timeout(progress), 7440U * HZ);
	progress = tcp_step(progress, PSTEER_DIR_REPLY, FIN | ACK);
	KUNIT_EXPECT_EQ(test, tcp_timeout(progress), 230U * HZ);
	KUNIT_EXPECT_EQ(test, tcp_timeout(closed_by_both()), 120U * HZ);
	progress = tcp_step(established(), PSTEER_DIR_REPLY, RST);
	KUNIT_EXPECT_EQ(test, tcp_timeout(progress), 230U * HZ);
	progress = tcp_step(progress, PSTEER_DIR_ORIGINAL, ACK);
	KUNIT_EXPECT_EQ(test, tcp_timeout(progress), 7440U * HZ);
}

static void udp_and_icmp_have_one_timeout(struct kunit *test)
{
	unsigned long progress = 0;

	KUNIT_EXPECT_EQ(test, psteer_session_timeout(timeouts, progress,
						     IPPROTO_UDP),
			300U * HZ);
	progress = psteer_session_step(progress, IPPROTO_UDP, PSTEER_DIR_REPLY,
				       0);
	KUNIT_EXPECT_EQ(test, psteer_session_timeout(timeouts, progress,
						     IPPROTO_UDP),
			300U * HZ);
	KUNIT_EXPECT_EQ(test, psteer_session_timeout(timeouts, progress,
						     IPPROTO_ICMP),
			60U * HZ);
}

static void refused_handshake_is_short(struct kunit *test)
{
	unsigned long progress;

	progress = tcp_step(PSTEER_PROGRESS_SYN, PSTEER_DIR_REPLY, RST | ACK);
	KUNIT_EXPECT_EQ(test, tcp_timeout(progress), REFUSED);
	/* A second try has the whole time again. */
	progress = tcp_step(progress, PSTEER_DIR_ORIGINAL, SYN);
	KUNIT_EXPECT_EQ(test, tcp_timeout(progress), 240U * HZ);
	/* Reset once answered: the server may know the port. */
	progress = tcp_step(progress, PSTEER_DIR_REPLY, SYN | ACK);
	progress = tcp_step(progress, PSTEER_DIR_ORIGINAL, RST);
	KUNIT_EXPECT_EQ(test, tcp_timeout(progress), 230U * HZ);
}

/* A connection that ends may be forgotten sooner for it, never later. */
static void resets_never_lengthen(struct kunit *test)
{
	unsigned long before, after;
	enum psteer_dir dir;

	for (before = 0; before <= PSTEER_PROGRESS_ALL; before++) {
		for (dir = 0; dir < PSTEER_DIRS; dir++) {
			after = tcp_step(before, dir, RST);
			KUNIT_ASSERT_LE_MSG(test, tcp_timeout(after),
					    tcp_timeout(before),
					    "progress %#lx, then %#lx", before,
					    after);
		}
	}
}

/* Only what goes on may stay longer, and not by much. */
static void slack_is_small(struct kunit *test)
{
	unsigned long progress = established();

	KUNIT_EXPECT_EQ(test, psteer_session_slack(progress, 7440 * HZ),
			(u32)HZ);
	KUNIT_EXPECT_EQ(test, psteer_session_slack(progress, HZ), HZ / 8U);
	progress = tcp_step(0, PSTEER_DIR_ORIGINAL, SYN);
	KUNIT_EXPECT_EQ(test, psteer_session_slack(progress, 240 * HZ), 0U);
	progress = psteer_session_step(0, IPPROTO_UDP, PSTEER_DIR_ORIGINAL, 0);
	KUNIT_EXPECT_EQ(test, psteer_session_slack(progress, 300 * HZ), 0U);
}

static struct kunit_case session_state_cases[] = {
	KUNIT_CASE(tcp_lives_run_their_course),
	KUNIT_CASE(progress_is_what_was_seen),
	KUNIT_CASE(reopening_starts_from_syn),
	KUNIT_CASE(live_ones_do_not_reopen),
	KUNIT_CASE(udp_is_established_by_an_answer),
	KUNIT_CASE(timeouts_follow_state),
	KUNIT_CASE(udp_and_icmp_have_one_timeout),
	KUNIT_CASE(refused_handshake_is_short),
	KUNIT_CASE(resets_never_lengthen),
	KUNIT_CASE(slack_is_small),
	{}
};

static struct kunit_suite session_state_suite = {
	.name = "psteer_session_state",
	.test_cases = session_state_cases,
};

kunit_test_suite(session_state_suite);
