// SPDX-License-Identifier: GPL-2.0-only
/*
 * The load predictor: level and damped trend, updated by each report.
 *
 * Reports come when they come, so every gain is a function of the time since
 * the last one: a report after dt moves an estimate with time constant T by
 * dt / (dt + T). That rational form needs no exponential, is 1/2 at dt = T,
 * and stays inside 0..1 for any gap. The same form damps the trend: the
 * forecast h ahead counts h * T / (h + T) of it.
 */
#include <linux/limits.h>

#include "predict.h"

#define LEVEL_TIME_MS	1000
#define TREND_TIME_MS	3000
#define DAMP_TIME_MS	10000

/* Reports closer than this say nothing about the slope between them. */
#define SLOPE_MIN_MS	100
/* After such a silence the past is no guide: start again. */
#define FORGET_MS	300000

static psteer_q8 gain_toward(psteer_q8 from, psteer_q8 to, u32 dt_ms,
			     u32 time_ms)
{
	return from + div_s64((to - from) * dt_ms, dt_ms + time_ms);
}

static psteer_q8 damped_growth(psteer_q8 trend, u32 ahead_ms)
{
	u32 counted_ms = div_u64((u64)ahead_ms * DAMP_TIME_MS,
				 ahead_ms + DAMP_TIME_MS);

	return div_s64(trend * counted_ms, 1000);
}

static void start_again(struct psteer_predict *p, u64 now_ms, u32 load)
{
	p->level = psteer_share_to_q8(load);
	p->trend = 0;
	p->last_ms = now_ms;
}

/**
 * psteer_predict_update() - take in one load report
 * @p: predictor
 * @now_ms: time of the report, any monotonic clock, in milliseconds
 * @load: reported load, a share; more than PSTEER_SCALE counts as that
 *
 * Context: any; the caller serialises. A clock that stands still or steps back
 * is taken as "no time has passed".
 */
void psteer_predict_update(struct psteer_predict *p, u64 now_ms, u32 load)
{
	psteer_q8 limit = psteer_share_to_q8(PSTEER_SCALE);
	psteer_q8 before, slope;
	u64 gap_ms;
	u32 dt_ms;

	load = psteer_share_clamp(load);
	gap_ms = now_ms > p->last_ms ? now_ms - p->last_ms : 0;
	if (p->reports < U32_MAX)
		p->reports++;
	if (p->reports == 1 || gap_ms > FORGET_MS) {
		start_again(p, now_ms, load);
		return;
	}
	if (gap_ms < SLOPE_MIN_MS) {
		/*
		 * Mean of the two: neither of a pair that is this close is
		 * newer in any useful sense. The clock is left where it was,
		 * so that a fast reporter still has slopes.
		 */
		p->level = (p->level + psteer_share_to_q8(load)) / 2;
		return;
	}

	dt_ms = gap_ms;
	before = p->level;
	p->level = gain_toward(before + damped_growth(p->trend, dt_ms),
			       psteer_share_to_q8(load), dt_ms, LEVEL_TIME_MS);
	p->level = clamp_t(psteer_q8, p->level, 0, limit);
	slope = div_s64((p->level - before) * 1000, dt_ms);
	p->trend = gain_toward(p->trend, slope, dt_ms, TREND_TIME_MS);
	p->last_ms = now_ms;
}

/**
 * psteer_predict_load() - forecast the load some time after the last report
 * @p: predictor
 * @horizon_ms: how far ahead, in milliseconds
 *
 * Context: any; a torn read is the caller's to prevent.
 * Return: the load expected then, a share, always 0 to PSTEER_SCALE.
 */
u32 psteer_predict_load(const struct psteer_predict *p, u32 horizon_ms)
{
	return psteer_q8_to_share(p->level +
				  damped_growth(p->trend, horizon_ms));
}
