// SPDX-License-Identifier: GPL-2.0-or-later
/* A series, played to the predictor of the module. */
#include <math.h>
#include <stdlib.h>

#include "predict.h"
#include "predict_part.h"
#include "replay.h"

static uint32_t to_share(const struct series *s, double value)
{
	double share = fmin(fmax(value / s->full, 0), 1);

	return lrint(share * PSTEER_SCALE);
}

static double from_share(const struct series *s, double share)
{
	return share / PSTEER_SCALE * s->full;
}

static void note(const struct series *s, const struct psteer_predict *p,
		 struct moment *m)
{
	const struct psteer_moment *now = &p->past[p->head];
	struct psteer_predict_quality q;
	int i;

	psteer_predict_quality(p, &q);
	m->off = q.off;
	m->said = from_share(s, psteer_predict_load(p));
	m->forecast[PREDICT_MIXTURE] = from_share(s, now->mixture);
	for (i = 0; i < PSTEER_PREDICT_EXPERTS; i++) {
		m->forecast[i] = now->expert[i] == PSTEER_NO_FORECAST ? NAN :
				 from_share(s, now->expert[i]);
		m->weight[i] = q.expert[i].weight / (double)PSTEER_SCALE;
	}
}

/**
 * replay_reaches() - whether the predictor takes a horizon
 * @s: series
 * @steps: horizon, in steps of the series
 *
 * Return: whether it is from a millisecond to the longest there is.
 */
bool replay_reaches(const struct series *s, unsigned int steps)
{
	double horizon_ms = 1000 * s->step * steps;

	return horizon_ms >= 1 && horizon_ms <= PSTEER_HORIZON_MAX_MS;
}

/**
 * replay() - play a series to a predictor
 * @s: series
 * @steps: horizon, in steps of the series, which it reaches
 *
 * Return: what was forecast at each sample, for the caller to free; NULL if there
 * is no memory.
 */
struct moment *replay(const struct series *s, unsigned int steps)
{
	struct moment *moments = calloc(s->count, sizeof(*moments));
	uint32_t horizon_ms = lrint(1000 * s->step * steps);
	struct psteer_predict p = { .off = false };
	size_t i;

	for (i = 0; moments && i < s->count; i++) {
		const struct sample *sample = &s->sample[i];

		if (!isnan(sample->value)) {
			uint64_t t = llrint(1000 * (sample->t - s->sample->t));

			psteer_predict_update(&p, t, to_share(s, sample->value),
					      horizon_ms, NULL);
			moments[i].made = true;
		}
		note(s, &p, &moments[i]);
	}
	return moments;
}

/* The sample that is nearest to @t, from @from on; it must be within @far. */
static const struct sample *truth(const struct series *s, size_t from,
				  double t, double far)
{
	const struct sample *nearest = NULL;
	size_t i;

	for (i = from; i < s->count && s->sample[i].t <= t + far; i++) {
		const struct sample *sample = &s->sample[i];

		if (!isnan(sample->value) && fabs(sample->t - t) <= far &&
		    (!nearest || fabs(sample->t - t) < fabs(nearest->t - t)))
			nearest = sample;
	}
	return nearest;
}

static void add(struct score *score, const struct moment *m, double value)
{
	int i;

	for (i = 0; i < PREDICT_COLUMNS; i++)
		score->error[i] += fabs(m->forecast[i] - value);
	for (i = 0; i <= PSTEER_EXPERT_MAX; i++)
		score->mean_weight[i] += m->weight[i];
	score->said += fabs(m->said - value);
	score->off += m->off;
	score->forecasts++;
}

/**
 * replay_score() - compare what was forecast with what came
 * @s: series
 * @moments: what was forecast
 * @steps: horizon, in steps of the series
 * @score: filled in, for forecasts of the second half
 */
void replay_score(const struct series *s, const struct moment *moments,
		  unsigned int steps, struct score *score)
{
	const struct sample *middle = &s->sample[s->count / 2];
	size_t i, n;
	int k;

	*score = (struct score){ 0 };
	for (i = 0; i < s->count; i++) {
		const struct sample *then;

		then = truth(s, i + 1, s->sample[i].t + s->step * steps,
			     0.499 * s->step);
		if (moments[i].made && then && then >= middle)
			add(score, &moments[i], then->value);
	}
	n = score->forecasts ? score->forecasts : 1;
	for (k = 0; k < PREDICT_COLUMNS; k++)
		score->error[k] /= n;
	for (k = 0; k <= PSTEER_EXPERT_MAX; k++)
		score->mean_weight[k] /= n;
	score->said /= n;
	score->off /= n;
}
