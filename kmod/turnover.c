// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many sessions a client will have, from how often they come and how long they
 * last. Pure: numbers in, numbers out.
 *
 * In the long run it has arrival rate times mean duration. On the way there each
 * of today's sessions ends with the same chance at any time, so that h ahead the
 * part h / (h + duration) of the way is behind: the rational form of an
 * exponential, as in predict.c.
 */
#include <linux/limits.h>

#include "turnover.h"

/* An arrival counts half after this time. */
#define ARRIVAL_TIME_MS	10000
#define ARRIVAL_SHIFT	8
/* Durations are a mean of all, later a running mean of about so many. */
#define DURATIONS	16
#define DURATION_MOST_MS	86400000

/* Two CPUs may tell of their sessions in the wrong order: then it is no time. */
static u32 ms_since_counted(const struct psteer_turnover *t, u32 now_ms)
{
	return max_t(s32, now_ms - t->counted_ms, 0);
}

static u32 decayed(const struct psteer_turnover *t, u32 dt_ms)
{
	return div64_u64((u64)t->arrivals * ARRIVAL_TIME_MS,
			 (u64)ARRIVAL_TIME_MS + dt_ms);
}

/**
 * psteer_turnover_opened() - a session has begun
 * @t: turnover
 * @now_ms: when
 */
void psteer_turnover_opened(struct psteer_turnover *t, u32 now_ms)
{
	u32 dt_ms;

	/* The first one has no other before it, whatever the clock says. */
	if (!t->arrivals)
		t->counted_ms = now_ms;
	dt_ms = ms_since_counted(t, now_ms);
	t->arrivals = min_t(u64, (u64)decayed(t, dt_ms) + (1 << ARRIVAL_SHIFT),
			    U32_MAX);
	t->counted_ms += dt_ms;
}

/**
 * psteer_turnover_ended() - a session is over
 * @t: turnover
 * @duration_ms: how long it had its port
 */
void psteer_turnover_ended(struct psteer_turnover *t, u32 duration_ms)
{
	s64 away;

	duration_ms = min_t(u32, duration_ms, DURATION_MOST_MS);
	if (t->ended < DURATIONS)
		t->ended++;
	away = (s64)duration_ms - t->duration_ms;
	t->duration_ms += div_s64(away, t->ended);
}

/**
 * psteer_turnover_rate() - how often sessions begin
 * @t: turnover
 * @now_ms: now
 *
 * Exact for sessions that come at equal intervals.
 *
 * Return: in 1/PSTEER_SCALE a second, saturating.
 */
u32 psteer_turnover_rate(const struct psteer_turnover *t, u32 now_ms)
{
	u32 dt_ms = ms_since_counted(t, now_ms);
	u64 before;

	/* Without the last one: from that to now there has been none. */
	if (t->arrivals <= 1 << ARRIVAL_SHIFT)
		return 0;
	before = t->arrivals - (1 << ARRIVAL_SHIFT);
	return min_t(u64, div64_u64(before * (PSTEER_SCALE * 1000ULL),
				    ((u64)ARRIVAL_TIME_MS + dt_ms)
				    << ARRIVAL_SHIFT), U32_MAX);
}

/**
 * psteer_turnover_expected() - how many sessions there will be
 * @t: turnover
 * @now_ms: now
 * @sessions: how many there are
 * @horizon_ms: how far ahead
 *
 * Before a session has ended nothing is known, and @sessions is what is expected.
 *
 * Return: their number, saturating.
 */
u32 psteer_turnover_expected(const struct psteer_turnover *t, u32 now_ms,
			     u32 sessions, u32 horizon_ms)
{
	u64 rate = psteer_turnover_rate(t, now_ms);
	s64 in_the_end, step;

	if (!t->ended)
		return sessions;
	in_the_end = div_u64(rate * t->duration_ms, PSTEER_SCALE * 1000);
	step = div64_s64((in_the_end - sessions) * horizon_ms,
			 (u64)horizon_ms + t->duration_ms);
	return clamp_t(s64, sessions + step, 0, U32_MAX);
}
