// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The trained model: load some time ahead as a sum over the last reports.
 *
 * Every input is first brought to 0..1 between the lowest and the highest value
 * that the model was trained with. What is beyond counts as these, so that what
 * the model has never seen can't take it anywhere.
 */
#include <linux/limits.h>

#include "model.h"

/* Between reports that are closer there is too little time to count in. */
#define COUNT_LEAST_MS	100

/**
 * psteer_model_count() - see how far a counter has risen since the last report
 * @rate: its rate
 * @now_ms: time of the report, any monotonic clock, in milliseconds
 * @count: the counter, which never falls
 *
 * Context: any; the caller serialises.
 */
void psteer_model_count(struct psteer_model_rate *rate, u64 now_ms, u64 count)
{
	u64 gap_ms = now_ms - rate->at_ms, rise = count - rate->count;

	if (rate->reads && (now_ms < rate->at_ms || gap_ms < COUNT_LEAST_MS))
		return;
	if (rate->reads) {
		/* What rises by more than this has a rate beyond U32_MAX. */
		rise = min_t(u64, rise, U64_MAX / 1000000);
		rate->per_second = min_t(u64, div64_u64(rise * 1000000, gap_ms),
					 U32_MAX);
	}
	rate->count = count;
	rate->at_ms = now_ms;
	rate->reads = min(rate->reads + 1, 2U);
}

/**
 * psteer_model_take() - remember a report
 * @history: of its server
 * @sample: what a model sees of it
 *
 * Context: any; the caller serialises.
 */
void psteer_model_take(struct psteer_model_history *history,
		       const struct psteer_model_sample *sample)
{
	history->ring[history->taken++ % PSTEER_MODEL_HISTORY] = *sample;
}

static u64 distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

/**
 * psteer_model_lag() - the report of some steps before the newest
 * @history: reports
 * @step_ms: length of a step, in milliseconds
 * @lag: how many steps before, 0 is the newest itself
 *
 * Context: any; the caller serialises.
 * Return: the report that is nearest to that time, the newer one of two, or NULL
 * if there is none within half a step. One of a time after the newest's, as the
 * clock was set back, is near to nothing.
 */
const struct psteer_model_sample *
psteer_model_lag(const struct psteer_model_history *history, u32 step_ms,
		 u32 lag)
{
	const struct psteer_model_sample *newest = NULL, *best = NULL, *sample;
	u64 off_ms, best_ms = step_ms / 2 + 1;
	u32 i;

	for (i = 1; i <= PSTEER_MODEL_HISTORY && i <= history->taken; i++) {
		sample = &history->ring[(history->taken - i) %
					PSTEER_MODEL_HISTORY];
		if (!newest)
			newest = sample;
		off_ms = distance(newest->at_ms - sample->at_ms,
				  (u64)step_ms * lag);
		if (off_ms >= best_ms)
			continue;
		best_ms = off_ms;
		best = sample;
	}
	return best;
}

/**
 * psteer_model_scaled() - where an input is between its lowest and highest value
 * @term: of the input
 * @value: the input
 *
 * Context: any.
 * Return: 0 to 1 with PSTEER_Q24_SHIFT fraction bits, rounded to nearest.
 */
u64 psteer_model_scaled(const struct psteer_model_term *term, u32 value)
{
	u32 span = term->high - term->low;
	u64 above;

	if (value <= term->low || !span)
		return 0;
	above = min(value - term->low, span);
	return div_u64((above << PSTEER_Q24_SHIFT) + span / 2, span);
}

/* What one input adds, q48, or false if a report that is needed lacks it. */
static bool add_term(const struct psteer_model_term *term, u32 kind,
		     const struct psteer_model_sample *const *reports, s64 *sum)
{
	u32 lag;

	for (lag = 0; lag < term->lags; lag++) {
		const struct psteer_model_sample *report = reports[lag];

		if (!report || !(report->has & (1U << kind)))
			return false;
		*sum += term->coefficient[lag] *
			(s64)psteer_model_scaled(term, report->value[kind]);
	}
	return true;
}

/**
 * psteer_model_forecast() - load at the newest report's time + the model's horizon
 * @model: model; no coefficient beyond +-PSTEER_MODEL_MOST
 * @history: reports, at least one
 * @load: set to the forecast, a share, always 0 to PSTEER_SCALE
 *
 * At most 72 products of 2^31 and 2^24 fit into 64 bits, whatever the model and
 * the reports. The only rounding but the last is that of the scaled inputs:
 * 72 * 100 * 2^-25 is 0.02 % of the whole load.
 *
 * Context: any; the caller serialises.
 * Return: false if there are too few reports, they come too irregularly or one of
 * them lacks an input of the model.
 */
bool psteer_model_forecast(const struct psteer_model *model,
			   const struct psteer_model_history *history,
			   u32 *load)
{
	const struct psteer_model_sample *reports[PSTEER_MODEL_LAGS];
	s64 sum = (s64)model->intercept * (1 << PSTEER_Q24_SHIFT);
	u32 i;

	for (i = 0; i < PSTEER_MODEL_LAGS; i++)
		reports[i] = psteer_model_lag(history, model->step_ms, i);
	for (i = 0; i < PSTEER_MODEL_KINDS; i++)
		if (!add_term(&model->term[i], i, reports, &sum))
			return false;
	/* Of q48 so much is dropped that the product with the scale fits. */
	sum = (sum >> PSTEER_Q24_SHIFT) * PSTEER_SCALE;
	*load = psteer_share_clamp((sum + (1 << (PSTEER_Q24_SHIFT - 1))) >>
				   PSTEER_Q24_SHIFT);
	return true;
}
