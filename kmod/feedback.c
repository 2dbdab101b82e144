// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the gateway sees of a server without its help, and what that is worth.
 * Pure.
 *
 * A server is slow by comparison with itself: another one may be farther away.
 * An answer that is still awaited counts as one that has taken that long by now,
 * so that a server that hangs is noticed before anything times out. Whatever is
 * held against a server fades while nothing new is seen, or nobody would ever be
 * sent there again to see.
 */
#include <linux/limits.h>

#include "feedback.h"

/* One of so many new ones is what a mean consists of. */
#define MEAN_OF		8
/* In that time the least of all comes halfway to the mean. */
#define RISE_MS		600000
/* It is raised so often. */
#define RAISE_MS	1000
/*
 * One measurement that is out of all proportion, as a lost packet makes it, says
 * little: it counts as this many means, and this much.
 */
#define OUTLIER_MEANS	8
#define OUTLIER_US	40000
/* A handshake varies by as much as it takes at best, and by this. */
#define TOLERATED_US	10000
/* So much beyond that is half of everything. */
#define HALF_US		100000
/* Nothing was seen for so long: it counts half. */
#define FADE_MS		10000

/* What is left of what was seen @age_ms ago. */
static u64 faded(u64 value, u32 age_ms)
{
	return div64_u64(value * FADE_MS, (u64)age_ms + FADE_MS);
}

/* A way that has become longer is not slow for ever. */
static void raise_least(struct psteer_latency *latency, u32 now_ms)
{
	u32 passed_ms = now_ms - latency->raised_ms;
	u64 gap_us;

	if (passed_ms < RAISE_MS)
		return;
	latency->raised_ms = now_ms;
	if (latency->mean_us <= latency->least_us)
		return;
	gap_us = latency->mean_us - latency->least_us;
	latency->least_us += div64_u64(gap_us * passed_ms,
				       (u64)passed_ms + RISE_MS);
}

/**
 * psteer_latency_add() - take in a measurement
 * @latency: what is known
 * @now_ms: now
 * @us: how long it took, microseconds
 */
void psteer_latency_add(struct psteer_latency *latency, u32 now_ms, u32 us)
{
	u64 most = (u64)OUTLIER_MEANS * latency->mean_us + OUTLIER_US;
	u32 age_ms = now_ms - latency->at_ms;
	s64 away;

	/* 0 stands for "none yet". */
	us = max(us, 1U);
	latency->at_ms = now_ms;
	if (!latency->least_us) {
		latency->mean_us = us;
		latency->least_us = us;
		latency->raised_ms = now_ms;
		return;
	}
	us = min_t(u64, us, most);
	/* The older the mean is, the less of it is kept. */
	away = (s64)latency->mean_us - us;
	away -= div_s64(away, MEAN_OF);
	latency->mean_us = us + (away < 0 ? -(s64)faded(-away, age_ms) :
				 (s64)faded(away, age_ms));
	raise_least(latency, now_ms);
	latency->least_us = min(latency->least_us, us);
}

/**
 * psteer_feedback_asked() - a session that the server has to answer begins
 * @feedback: what is seen of it
 * @now_ms: now
 */
void psteer_feedback_asked(struct psteer_feedback *feedback, u32 now_ms)
{
	/* Who has not answered for that long: others have drawn conclusions. */
	if (feedback->waits && now_ms - feedback->asked_ms < FADE_MS)
		return;
	feedback->waits = true;
	feedback->asked_ms = now_ms;
}

static void note_outcome(struct psteer_feedback *feedback, u32 now_ms,
			 bool failed)
{
	psteer_q8 toward = psteer_share_to_q8(failed ? PSTEER_SCALE : 0);

	/* What had faded does not come back with the next session. */
	feedback->failures = faded(feedback->failures,
				   now_ms - feedback->failures_at_ms);
	feedback->failures += div_s64(toward - feedback->failures, MEAN_OF);
	feedback->failures_at_ms = now_ms;
}

/**
 * psteer_feedback_answered() - the server has answered a session
 * @feedback: what is seen of it
 * @now_ms: now
 */
void psteer_feedback_answered(struct psteer_feedback *feedback, u32 now_ms)
{
	note_outcome(feedback, now_ms, false);
	feedback->waits = false;
}

/**
 * psteer_feedback_failed() - the server has refused a session, or not answered
 * @feedback: what is seen of it
 * @now_ms: now
 *
 * That is no answer: what was awaited still is.
 */
void psteer_feedback_failed(struct psteer_feedback *feedback, u32 now_ms)
{
	note_outcome(feedback, now_ms, true);
}

/**
 * psteer_feedback_forgive() - forget what was seen, but for what it takes at best
 * @feedback: what is seen of it
 */
void psteer_feedback_forgive(struct psteer_feedback *feedback)
{
	feedback->handshake.mean_us = feedback->handshake.least_us;
	feedback->reported.mean_us = feedback->reported.least_us;
	feedback->failures = 0;
	feedback->waits = false;
}

/* How bad it is to take that long. */
static u32 slowness(const struct psteer_latency *latency, u64 us)
{
	u64 fine = 2ULL * latency->least_us + TOLERATED_US;

	if (!latency->least_us || us <= fine)
		return 0;
	return div64_u64((us - fine) * PSTEER_SCALE, us - fine + HALF_US);
}

static u32 slowness_now(const struct psteer_latency *latency, u32 now_ms)
{
	return faded(slowness(latency, latency->mean_us),
		     now_ms - latency->at_ms);
}

/* Of the answer that is awaited. */
static u32 slowness_of_wait(const struct psteer_feedback *feedback, u32 now_ms)
{
	u32 wait_ms = now_ms - feedback->asked_ms;

	if (!feedback->waits || wait_ms >= FADE_MS)
		return 0;
	return slowness(&feedback->handshake, 1000ULL * wait_ms);
}

/**
 * psteer_feedback_judge() - what follows for the choice
 * @feedback: what is seen of a server
 * @now_ms: now
 * @trouble: filled in
 *
 * Context: any, no lock: what is seen meanwhile may be half in it.
 */
void psteer_feedback_judge(const struct psteer_feedback *feedback, u32 now_ms,
			   struct psteer_trouble *trouble)
{
	trouble->slow = max3(slowness_now(&feedback->handshake, now_ms),
			     slowness_now(&feedback->reported, now_ms),
			     slowness_of_wait(feedback, now_ms));
	trouble->failures = faded(psteer_q8_to_share(feedback->failures),
				  now_ms - feedback->failures_at_ms);
}
