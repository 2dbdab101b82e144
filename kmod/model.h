/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PSTEER_MODEL_H
#define PSTEER_MODEL_H

#include "fixed.h"

/*
 * A q24 is a signed 32-bit number with 24 fraction bits, 1 being the whole load.
 * No coefficient is beyond +-100: the sum then differs from the exact one by at
 * most 0.03 % of the whole load, see psteer_model_forecast().
 */
#define PSTEER_Q24_SHIFT	24
#define PSTEER_MODEL_MOST	(100 << PSTEER_Q24_SHIFT)

/* Reports that are remembered: twice the lags, so that some may be repeated. */
#define PSTEER_MODEL_HISTORY	(2 * PSTEER_MODEL_LAGS)

/* What a report may say to a model, in the order of enum psteer_model_attr. */
enum psteer_model_kind {
	PSTEER_MODEL_LOAD,	/* a share */
	PSTEER_MODEL_CPU,	/* a share */
	PSTEER_MODEL_MEMORY,	/* a share */
	PSTEER_MODEL_NETWORK,	/* a share */
	PSTEER_MODEL_LATENCY,	/* microseconds */
	PSTEER_MODEL_ERRORS,	/* a share */
	PSTEER_MODEL_APP,	/* a share */
	PSTEER_MODEL_SESSIONS,	/* sessions */
	PSTEER_MODEL_ARRIVALS,	/* new sessions a second, in 1/1000 */

	PSTEER_MODEL_KINDS
};

/**
 * struct psteer_model_term - what one input adds to the forecast
 * @low: lowest value that the model knows; less counts as this
 * @high: highest one, above @low; more counts as this
 * @lags: how many coefficients there are, 0: the input is not used
 * @coefficient: q24, of the newest report, then of the one a step before it ...
 */
struct psteer_model_term {
	u32 low;
	u32 high;
	u32 lags;
	s32 coefficient[PSTEER_MODEL_LAGS];
};

/**
 * struct psteer_model - load some time ahead, linear in the last reports
 * @horizon_ms: how far ahead
 * @step_ms: time between the reports that it was trained with
 * @intercept: q24
 * @term: by enum psteer_model_kind
 */
struct psteer_model {
	u32 horizon_ms;
	u32 step_ms;
	s32 intercept;
	struct psteer_model_term term[PSTEER_MODEL_KINDS];
};

/**
 * struct psteer_model_sample - what a model sees of one report
 * @at_ms: time of the report, any monotonic clock, in milliseconds
 * @has: bit n is set if @value[n] is given
 * @value: by enum psteer_model_kind
 */
struct psteer_model_sample {
	u64 at_ms;
	u32 has;
	u32 value[PSTEER_MODEL_KINDS];
};

/**
 * struct psteer_model_history - the last reports of one server
 * @taken: how many reports have entered
 * @ring: the last of them, that of number n at n % PSTEER_MODEL_HISTORY
 *
 * The caller serialises. All zero is the state before any report.
 */
struct psteer_model_history {
	u64 taken;
	struct psteer_model_sample ring[PSTEER_MODEL_HISTORY];
};

/**
 * struct psteer_model_rate - how fast a counter rises from report to report
 * @count: the counter at @at_ms
 * @at_ms: when it was last read
 * @per_second: how much it rose a second before that, in 1/1000
 * @reads: how often it was read, 2 being enough
 *
 * The caller serialises. All zero is the state before any report.
 */
struct psteer_model_rate {
	u64 count;
	u64 at_ms;
	u32 per_second;
	u32 reads;
};

void psteer_model_count(struct psteer_model_rate *rate, u64 now_ms, u64 count);
void psteer_model_take(struct psteer_model_history *history,
		       const struct psteer_model_sample *sample);
const struct psteer_model_sample *
psteer_model_lag(const struct psteer_model_history *history, u32 step_ms,
		 u32 lag);
u64 psteer_model_scaled(const struct psteer_model_term *term, u32 value);
bool psteer_model_forecast(const struct psteer_model *model,
			   const struct psteer_model_history *history,
			   u32 *load);

#endif
