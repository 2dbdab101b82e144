// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The load predictor: experts that forecast each by itself, and their mixture.
 *
 * Each report is kept with what everybody forecasts at that time for one horizon
 * later. When that time has come, the report that is nearest to it says how wrong
 * each was, and whoever has been less wrong of late counts more. So the mixture is
 * never much worse than the best of them, "it stays as it is" among them; should
 * it be worse than that one all the same, it is switched off until it is better.
 */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "predict_part.h"

/* Forecasts in a mean error; the larger one is for switching the mixture off. */
#define RECENT		64
#define WINDOW		256
/* Before so many have come due: no autoregression, no switching off. */
#define LEARN_MIN	16
#define JUDGE_MIN	32
/* It has to be so much better than "same as now" to be switched on again. */
#define BETTER_SHIFT	6
/* The bias follows errors by 1/128 of them. */
#define BIAS_SHIFT	7
/* No error is smaller, for the weight of an equation; a share. */
#define ERROR_MIN	5
/*
 * Added to mean errors when they are compared: 0.04 %, and half of it for the
 * trend, which so is the forecast as long as nobody has been wrong.
 */
#define ERROR_EPSILON	(4 << PSTEER_Q16_SHIFT)
/* The constant among the features. */
#define CONSTANT	100
/* A silence is longer than so many intervals, and than two horizons. */
#define SILENCE		16

static struct psteer_moment *back(struct psteer_predict *p, u32 reports)
{
	return &p->past[(p->head + PSTEER_PREDICT_PAST - reports) %
			PSTEER_PREDICT_PAST];
}

static u32 distance(u32 a, u32 b)
{
	return a > b ? a - b : b - a;
}

/* Running mean of errors, of all @scored of them until they are @most. */
static void average(psteer_q16 *mean, u32 error, u32 scored, u32 most)
{
	*mean += (psteer_share_to_q16(error) - *mean) /
		 (s32)(min(scored, most - 1) + 1);
}

/* What the autoregressions know @reports before the newest report. */
static void fill_features(struct psteer_predict *p, u32 reports, s32 *feature)
{
	const struct psteer_moment *moment = back(p, reports);
	s32 load = moment->expert[PSTEER_EXPERT_SAME];
	u32 oldest = p->run - 1;
	u32 i;

	for (i = 0; i < PSTEER_PREDICT_LAGS - 1; i++)
		feature[i] = back(p, min(reports + i + 1, oldest))
				     ->expert[PSTEER_EXPERT_SAME] - load;
	feature[i++] = moment->mean - load;
	feature[i] = CONSTANT;
}

static void teach(struct psteer_predict *p, u32 reports, u32 load)
{
	static const u8 forget[] = { PSTEER_RLS_SLOW, PSTEER_RLS_FAST };
	const struct psteer_moment *then = back(p, reports);
	u32 least = max_t(u32, ERROR_MIN,
			  psteer_q16_to_share(p->same_error) / 2);
	s32 feature[PSTEER_RLS_FEATURES];
	u32 i, error;

	fill_features(p, reports, feature);
	for (i = 0; i < ARRAY_SIZE(forget); i++) {
		error = distance(then->expert[PSTEER_EXPERT_AR_512 + i],
				 load);
		psteer_rls_learn(&p->rls[i], feature,
				 (s32)load - then->expert[PSTEER_EXPERT_SAME],
				 max(error, least), forget[i]);
	}
}

static void switch_over(struct psteer_predict *p)
{
	psteer_q16 better = p->same_error - (p->same_error >> BETTER_SHIFT);

	if (p->scored < JUDGE_MIN)
		return;
	if (p->off)
		p->off = p->mixture_error >= better;
	else
		p->off = p->mixture_error > p->same_error;
}

static void score_mixture(struct psteer_predict *p,
			  const struct psteer_moment *then, u32 load)
{
	psteer_q16 limit = p->mixture_error / 2;
	psteer_q16 error;

	error = psteer_share_to_q16(load) - psteer_share_to_q16(then->mixture);
	p->bias += clamp(error, -limit, limit) >> BIAS_SHIFT;
	average(&p->mixture_error, distance(then->mixture, load), p->scored,
		WINDOW);
	average(&p->same_error, distance(then->expert[PSTEER_EXPERT_SAME],
					 load), p->scored, WINDOW);
}

/* The load that was forecast @reports ago is @load. */
static void score(struct psteer_predict *p, u32 reports, u32 load)
{
	const struct psteer_moment *then = back(p, reports);
	u32 i;

	teach(p, reports, load);
	for (i = 0; i < PSTEER_PREDICT_EXPERTS; i++) {
		/* Whoever is new begins with the trust in "same as now". */
		if (then->expert[i] == PSTEER_NO_FORECAST)
			p->error[i] = p->error[PSTEER_EXPERT_SAME];
		else
			average(&p->error[i], distance(then->expert[i], load),
				p->scored, RECENT);
	}
	score_mixture(p, then, load);
	if (p->scored < U32_MAX)
		p->scored++;
	switch_over(p);
}

/*
 * Of the forecasts that have come due, score the one whose time is nearest to
 * @now_ms: one report is one truth. It is due if the next report, expected after
 * another @gap_ms, would be farther from its time. Where reports are rarer than
 * the horizon, a forecast stands for the next report.
 */
static void score_due(struct psteer_predict *p, u32 now_ms, u32 gap_ms,
		      u32 load)
{
	u32 lead_ms = max(p->horizon_ms, p->interval_ms);
	u32 nearest = U32_MAX, reports = 0;

	while (p->pending) {
		u32 age_ms = now_ms - back(p, p->pending - 1)->at_ms;

		if (age_ms + gap_ms / 2 < lead_ms)
			break;
		p->pending--;
		if (distance(age_ms, lead_ms) < nearest) {
			nearest = distance(age_ms, lead_ms);
			reports = p->pending;
		}
	}
	if (nearest <= lead_ms / 2)
		score(p, reports, load);
}

/*
 * The trend has credit at first: means lag behind the first rise after a steady
 * load, and all have been equally wrong about it.
 */
static u32 wrongness(const struct psteer_predict *p, u32 expert)
{
	u32 error = p->error[expert];

	if (expert != PSTEER_EXPERT_TREND)
		return error + ERROR_EPSILON;
	error -= error / (4 * RECENT) *
		 (RECENT - min_t(u32, p->scored, RECENT));
	return error + ERROR_EPSILON / 2;
}

/* @weight: one is 2^16, the least wrong has that. Return: their sum. */
static u32 weigh(const struct psteer_predict *p,
		 const struct psteer_moment *now, u32 *weight)
{
	u32 least = U32_MAX, sum = 0, i, square;

	for (i = 0; i < PSTEER_PREDICT_EXPERTS; i++)
		if (now->expert[i] != PSTEER_NO_FORECAST)
			least = min(least, wrongness(p, i));
	for (i = 0; i < PSTEER_PREDICT_EXPERTS; i++) {
		u64 w = div_u64((u64)least << 16, wrongness(p, i));

		/* To the 16th: one that errs 5 % more counts half as much. */
		for (square = 0; square < 4; square++)
			w = w * w >> 16;
		if (now->expert[i] == PSTEER_NO_FORECAST)
			w = 0;
		weight[i] = w;
		sum += w;
	}
	return sum;
}

static u32 mix(const struct psteer_predict *p, const struct psteer_moment *now)
{
	psteer_q16 limit = p->error[PSTEER_EXPERT_SAME] / 2;
	u32 weight[PSTEER_PREDICT_EXPERTS];
	u64 sum = 0;
	u32 weights, i;

	weights = weigh(p, now, weight);
	for (i = 0; i < PSTEER_PREDICT_EXPERTS; i++)
		sum += (u64)weight[i] * now->expert[i];
	return psteer_q16_to_share((s64)div_u64(sum << PSTEER_Q16_SHIFT,
						weights) +
				   clamp(p->bias, -limit, limit));
}

static void forecast(struct psteer_predict *p, u32 now_ms, u32 load,
		     const u32 *model)
{
	struct psteer_moment *now = back(p, 0);
	s32 feature[PSTEER_RLS_FEATURES];
	u32 i;

	now->at_ms = now_ms;
	now->mean = psteer_q16_to_share(p->simple.mean);
	now->expert[PSTEER_EXPERT_SAME] = load;
	for (i = 0; i < PSTEER_PREDICT_EWMAS; i++)
		now->expert[PSTEER_EXPERT_EWMA_1 + i] =
			psteer_q16_to_share(p->simple.ewma[i]);
	now->expert[PSTEER_EXPERT_TREND] = psteer_simple_trend(&p->simple);
	fill_features(p, 0, feature);
	for (i = 0; i < ARRAY_SIZE(p->rls); i++) {
		s32 change = p->scored < LEARN_MIN ? 0 :
			     psteer_rls_forecast(&p->rls[i], feature);

		now->expert[PSTEER_EXPERT_AR_512 + i] =
			psteer_share_clamp((s32)load + change);
	}
	now->expert[PSTEER_EXPERT_MODEL] = model ? psteer_share_clamp(*model) :
					   PSTEER_NO_FORECAST;
	now->mixture = mix(p, now);
	p->forecast = p->off ? load : now->mixture;
}

/* The newest report takes the place of the oldest. */
static void advance(struct psteer_predict *p, u64 now_ms)
{
	p->last_ms = now_ms;
	p->head = (p->head + 1) % PSTEER_PREDICT_PAST;
	if (p->run < PSTEER_PREDICT_PAST)
		p->run++;
	/* One that is not due by now would lose its lags: it is not scored. */
	if (p->pending < PSTEER_PREDICT_PAST - PSTEER_PREDICT_LAGS)
		p->pending++;
}

/* A running median: up or down, but never past what it was this time. */
static void learn_interval(struct psteer_predict *p, u32 gap_ms)
{
	u32 step = p->interval_ms / 4 + 1;

	if (!p->interval_ms)
		p->interval_ms = gap_ms;
	else if (gap_ms > p->interval_ms)
		p->interval_ms += min(step, gap_ms - p->interval_ms);
	else
		p->interval_ms -= min(step, p->interval_ms - gap_ms);
}

/* A new series: what was learnt stays, what was forecast is void. */
static void resume(struct psteer_predict *p, u64 now_ms, u32 load)
{
	if (p->simple.samples)
		psteer_simple_resume(&p->simple, load);
	else
		psteer_simple_begin(&p->simple, load);
	p->run = 0;
	p->pending = 0;
	advance(p, now_ms);
}

static void go_on(struct psteer_predict *p, u64 now_ms, u32 gap_ms, u32 load)
{
	learn_interval(p, gap_ms);
	score_due(p, now_ms, gap_ms, load);
	psteer_simple_update(&p->simple, load, gap_ms, p->interval_ms,
			     p->horizon_ms);
	advance(p, now_ms);
}

/* A clock that steps back makes it millions of years. */
static bool is_silence(const struct psteer_predict *p, u64 gap_ms)
{
	return gap_ms > PSTEER_GAP_MAX_MS ||
	       (p->interval_ms && gap_ms > (u64)SILENCE * p->interval_ms &&
		gap_ms > 2ULL * p->horizon_ms);
}

/**
 * psteer_predict_update() - take in one load report
 * @p: predictor
 * @now_ms: time of the report, any monotonic clock, in milliseconds
 * @load: reported load, a share; more than PSTEER_SCALE counts as that
 * @horizon_ms: how far ahead to forecast; another one than before makes it forget
 *	everything
 * @model: what a model made elsewhere forecasts for then, a share, or NULL
 *
 * A report that follows the last one in less than 1/64 of the horizon is not
 * taken in. A clock that steps back, and a silence, begin a new series.
 *
 * Context: any; the caller serialises.
 */
void psteer_predict_update(struct psteer_predict *p, u64 now_ms, u32 load,
			   u32 horizon_ms, const u32 *model)
{
	u64 gap_ms = now_ms - p->last_ms;

	load = psteer_share_clamp(load);
	horizon_ms = clamp(horizon_ms, 1U, PSTEER_HORIZON_MAX_MS);
	if (p->horizon_ms != horizon_ms) {
		memset(p, 0, sizeof(*p));
		p->horizon_ms = horizon_ms;
	}
	if (!p->run || is_silence(p, gap_ms))
		resume(p, now_ms, load);
	else if (gap_ms && gap_ms >= horizon_ms / PSTEER_PREDICT_AHEAD)
		go_on(p, now_ms, gap_ms, load);
	else
		return;
	forecast(p, now_ms, load, model);
}

/**
 * psteer_predict_load() - the load expected one horizon after the last report
 * @p: predictor
 *
 * Context: any; a torn read is the caller's to prevent.
 * Return: a share, always 0 to PSTEER_SCALE; 0 before any report.
 */
u32 psteer_predict_load(const struct psteer_predict *p)
{
	return p->forecast;
}

/**
 * psteer_predict_quality() - how well it has been doing
 * @p: predictor
 * @q: filled in
 *
 * Context: any; the caller serialises with updates.
 */
void psteer_predict_quality(const struct psteer_predict *p,
			    struct psteer_predict_quality *q)
{
	u32 weight[PSTEER_PREDICT_EXPERTS];
	u32 weights, i;

	q->error = psteer_q16_to_share(p->mixture_error);
	q->same_error = psteer_q16_to_share(p->same_error);
	q->scored = p->scored;
	q->off = p->off;
	weights = weigh(p, &p->past[p->head], weight);
	for (i = 0; i < PSTEER_PREDICT_EXPERTS; i++) {
		q->expert[i].weight = psteer_share_of(weight[i], weights);
		q->expert[i].error = psteer_q16_to_share(p->error[i]);
	}
}
