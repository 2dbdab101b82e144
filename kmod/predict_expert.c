// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The experts that only smooth: exponential means, and level with damped trend.
 *
 * Reports come when they come, so every gain is a function of the time since
 * the last one: a report after dt moves a mean over the time T by dt / (dt + T).
 * That rational form needs no exponential, is 1/2 at dt = T, and stays inside
 * 0..1 for any gap. Times are counted in the usual interval of reports, so that
 * a report a second and one in five minutes are smoothed alike.
 */
#include "predict_part.h"

/* In intervals. */
#define LEVEL_TIME	1
#define TREND_TIME	3
#define MEAN_TIME	200

/* Thirteen times full scale in one horizon is as steep as anything. */
#define TREND_MAX	(13LL * PSTEER_SCALE << PSTEER_Q16_SHIFT)

static const u8 ewma_time[PSTEER_PREDICT_EWMAS] = { 1, 3, 10, 40 };

static s64 toward(s64 from, s64 to, u32 gap_ms, u64 time_ms)
{
	return from + div64_s64((to - from) * gap_ms, gap_ms + time_ms);
}

/* What is left of the trend after @gap_ms: dt * T / (dt + T), T = horizon. */
static s64 damped(s64 trend, u32 gap_ms, u32 horizon_ms)
{
	return div64_s64(trend * gap_ms, (u64)gap_ms + horizon_ms);
}

/**
 * psteer_simple_begin() - the first report ever
 * @s: experts
 * @load: reported load, a share
 *
 * Context: any.
 */
void psteer_simple_begin(struct psteer_simple *s, u32 load)
{
	s->mean = psteer_share_to_q16(load);
	s->samples = 1;
	psteer_simple_resume(s, load);
}

/**
 * psteer_simple_resume() - the first report after a silence
 * @s: experts
 * @load: reported load, a share
 *
 * Only the long mean is still a guide.
 *
 * Context: any.
 */
void psteer_simple_resume(struct psteer_simple *s, u32 load)
{
	u32 i;

	for (i = 0; i < PSTEER_PREDICT_EWMAS; i++)
		s->ewma[i] = psteer_share_to_q16(load);
	s->level = psteer_share_to_q16(load);
	s->trend = 0;
}

static void update_trend(struct psteer_simple *s, s64 load, u32 gap_ms,
			 u32 interval_ms, u32 horizon_ms)
{
	s64 expected = s->level + damped(s->trend, gap_ms, horizon_ms);
	s64 level, slope;

	level = toward(expected, load, gap_ms, LEVEL_TIME * interval_ms);
	level = clamp_t(s64, level, 0, psteer_share_to_q16(PSTEER_SCALE));
	slope = div64_s64((level - s->level) * horizon_ms, gap_ms);
	slope = clamp_t(s64, slope, -TREND_MAX, TREND_MAX);
	s->level = level;
	s->trend = toward(s->trend, slope, gap_ms,
			  (u64)TREND_TIME * interval_ms);
}

/**
 * psteer_simple_update() - take in a report
 * @s: experts
 * @load: reported load, a share
 * @gap_ms: time since the last report, 1 to PSTEER_GAP_MAX_MS
 * @interval_ms: usual time between reports, 1 to PSTEER_GAP_MAX_MS
 * @horizon_ms: how far ahead, 1 to PSTEER_HORIZON_MAX_MS
 *
 * Context: any; the caller serialises.
 */
void psteer_simple_update(struct psteer_simple *s, u32 load, u32 gap_ms,
			  u32 interval_ms, u32 horizon_ms)
{
	s64 now = psteer_share_to_q16(load);
	u32 i;

	for (i = 0; i < PSTEER_PREDICT_EWMAS; i++)
		s->ewma[i] = toward(s->ewma[i], now, gap_ms,
				    (u64)ewma_time[i] * interval_ms);
	s->mean = toward(s->mean, now, gap_ms, (u64)s->samples * interval_ms);
	if (s->samples < MEAN_TIME)
		s->samples++;
	update_trend(s, now, gap_ms, interval_ms, horizon_ms);
}

/**
 * psteer_simple_trend() - where level and trend are heading
 * @s: experts
 *
 * Context: any.
 * Return: the load one horizon after the last report, a share.
 */
u32 psteer_simple_trend(const struct psteer_simple *s)
{
	/* damped() over the horizon itself. */
	return psteer_q16_to_share(s->level + s->trend / 2);
}
