/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Training: history -> examples -> a fit of them -> a model.
 */
#ifndef PORTSTEER_TRAIN_H
#define PORTSTEER_TRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"

#define TRAIN_FEATURES	(PSTEER_MODEL_KINDS * PSTEER_MODEL_LAGS)

/* Forecasts that a model has to be better than. */
enum rival {
	RIVAL_NOW,	/* the load stays as it is */
	RIVAL_EWMA,	/* an exponentially weighted mean */
	RIVAL_TREND,	/* level and damped trend */

	RIVALS
};

/**
 * struct example - a report, and what the load was one horizon later
 * @at_ms: time of the report
 * @number: in the order of the file, for equal times
 * @target: load then, 0 to 1, as all loads here
 * @rival: what others say of it
 * @x: inputs, 0 to 1: each with all its lags
 */
struct example {
	uint64_t at_ms;
	size_t number;
	double target;
	double rival[RIVALS];
	float x[TRAIN_FEATURES];
};

/**
 * struct lesson - what is learnt from
 * @horizon_ms: how far ahead
 * @step_ms: between the reports
 * @lags: reports that are looked at, at most
 * @model: of its inputs the lowest and highest values; @lags is 0 for one that is
 *	not used
 * @why: why one is not used, else NULL
 * @examples: in order of time
 * @count: number of them
 */
struct lesson {
	uint32_t horizon_ms;
	uint32_t step_ms;
	unsigned int lags;
	struct psteer_model model;
	const char *why[PSTEER_MODEL_KINDS];
	struct example *examples;
	size_t count;
};

/**
 * struct fit - a linear forecast
 * @lags: reports that it looks at
 * @ridge: how strongly it is held to "same as now"
 * @intercept: load at the lowest value of all inputs
 * @coefficient: by input and lag, as in struct example
 */
struct fit {
	unsigned int lags;
	double ridge;
	double intercept;
	double coefficient[TRAIN_FEATURES];
};

uint32_t lesson_step(const struct history *h);
void lesson_make(struct lesson *l, const struct history *h);
void lesson_free(struct lesson *l);
size_t lesson_before(const struct lesson *l, uint64_t at_ms);

double fit_forecast(const struct lesson *l, const struct fit *f,
		    const struct example *e);
double fit_error(const struct lesson *l, const struct fit *f, size_t first,
		 size_t count);
bool fit_find(const struct lesson *l, size_t count, bool all_lags,
	      struct fit *f);

#endif
