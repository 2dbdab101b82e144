/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PSTEER_PREDICT_H
#define PSTEER_PREDICT_H

#include <linux/limits.h>

#include "fixed.h"

#define PSTEER_PREDICT_EXPERTS	(PSTEER_EXPERT_MAX + 1)
#define PSTEER_PREDICT_EWMAS	4
#define PSTEER_PREDICT_LAGS	8
/* Differences to the older lags, to the mean, and a constant. */
#define PSTEER_RLS_FEATURES	(PSTEER_PREDICT_LAGS - 1 + 2)
/* With what they are to explain; sums of products of each with each. */
#define PSTEER_RLS_TERMS	(PSTEER_RLS_FEATURES + 1)
#define PSTEER_RLS_SUMS		(PSTEER_RLS_TERMS * (PSTEER_RLS_TERMS + 1) / 2)

/* Samples in the time of one horizon; others are too close to be taken. */
#define PSTEER_PREDICT_AHEAD	64
/* Room for these, for the lags of the oldest, and some late ones. */
#define PSTEER_PREDICT_PAST	(PSTEER_PREDICT_AHEAD + PSTEER_PREDICT_LAGS + 4)

/**
 * struct psteer_simple - the experts that only smooth
 * @ewma: means over 1, 3, 10 and 40 intervals
 * @mean: mean over 200 intervals, of all reports as long as they are fewer
 * @level: level of the trend
 * @trend: its change in the time of a horizon, in the unit of @level
 * @samples: reports in @mean, at most 200
 */
struct psteer_simple {
	psteer_q16 ewma[PSTEER_PREDICT_EWMAS];
	psteer_q16 mean;
	psteer_q16 level;
	s64 trend;
	u8 samples;
};

/**
 * struct psteer_rls - one autoregression, learnt while it is used
 * @sum: weighted sums of products of terms, the lower half of the matrix row by
 *	row, forgetting
 * @coef: what follows from them, in 1/2^20
 */
struct psteer_rls {
	s64 sum[PSTEER_RLS_SUMS];
	s32 coef[PSTEER_RLS_FEATURES];
};

/**
 * struct psteer_moment - one report and what was forecast then
 * @at_ms: its time, the lower half of it
 * @mean: long mean of the load then, a share
 * @mixture: what the mixture forecast, a share
 * @expert: what each expert forecast, a share, or PSTEER_NO_FORECAST; that of
 *	PSTEER_EXPERT_SAME is the load then
 */
struct psteer_moment {
	u32 at_ms;
	u16 mean;
	u16 mixture;
	u16 expert[PSTEER_PREDICT_EXPERTS];
};

#define PSTEER_NO_FORECAST	U16_MAX

/**
 * struct psteer_predict - running forecast of one server's load
 * @past: ring of the last reports
 * @rls: the autoregressions
 * @simple: the other experts
 * @error: mean absolute error of each expert's recent forecasts
 * @mixture_error: of the mixture's, over a longer window
 * @same_error: of "same as now", over the same window
 * @bias: what the mixture has been too low by
 * @last_ms: time of the newest report
 * @horizon_ms: how far ahead
 * @interval_ms: usual time between reports, a running median
 * @scored: forecasts that have come due, saturating
 * @forecast: load expected at @last_ms + @horizon_ms, a share
 * @head: the newest report in @past
 * @run: reports in @past since the series began, at most all of it
 * @pending: of these, the newest ones whose forecasts are not yet due
 * @off: the mixture has been worse than "same as now"
 *
 * The caller serialises updates. All zero is the state before any report.
 */
struct psteer_predict {
	struct psteer_moment past[PSTEER_PREDICT_PAST];
	struct psteer_rls rls[2];
	struct psteer_simple simple;
	psteer_q16 error[PSTEER_PREDICT_EXPERTS];
	psteer_q16 mixture_error;
	psteer_q16 same_error;
	psteer_q16 bias;
	u64 last_ms;
	u32 horizon_ms;
	u32 interval_ms;
	u32 scored;
	u16 forecast;
	u8 head;
	u8 run;
	u8 pending;
	bool off;
};

/**
 * struct psteer_predict_quality - how well a predictor has been doing
 * @error: mean absolute error of the mixture over its window, a share
 * @same_error: the same of "same as now"
 * @scored: forecasts that have come due, saturating
 * @off: forecasts are "same as now", since the mixture has been worse
 * @expert: what each expert counts in the mixture, a share of 1, and the mean
 *	absolute error of its recent forecasts, a share
 */
struct psteer_predict_quality {
	u32 error;
	u32 same_error;
	u32 scored;
	bool off;
	struct {
		u32 weight;
		u32 error;
	} expert[PSTEER_PREDICT_EXPERTS];
};

void psteer_predict_update(struct psteer_predict *p, u64 now_ms, u32 load,
			   u32 horizon_ms, const u32 *model);
u32 psteer_predict_load(const struct psteer_predict *p);
void psteer_predict_quality(const struct psteer_predict *p,
			    struct psteer_predict_quality *q);

#endif
