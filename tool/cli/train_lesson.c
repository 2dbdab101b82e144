// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * History -> examples. Which report is how many steps before another, and where
 * an input is between its lowest and highest value, is decided by the kernel's
 * own code.
 */
#include "train.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#define EXAMPLES_MOST	30000	/* what more would add is only time */
#define ABSENT_MOST	0.01	/* of the reports may lack an input */
#define OUTER		0.005	/* of the values count as less, or more */
#define STEP_UNIT_MS	100	/* the shortest step, and all are whole ones */
#define Q24		((double)(1 << PSTEER_Q24_SHIFT))

/* The others' constants: of the usual, and of Documentation/predictor.md. */
#define EWMA_GAIN	0.5
#define LEVEL_S		1.0
#define TREND_S		3.0
#define DAMP_S		10.0

static void *list_of(size_t count, size_t size)
{
	void *list = calloc(count ? count : 1, size);

	if (!list)
		err(1, "no memory");
	return list;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/**
 * lesson_step() - the time between two reports of a server
 *
 * Return: the median in milliseconds, in whole tenths of a second; 0 if there are
 * no two reports.
 */
uint32_t lesson_step(const struct history *h)
{
	uint64_t *gaps = list_of(h->reports, sizeof(*gaps));
	const struct server_series *s;
	uint64_t step = 0;
	size_t count = 0;
	size_t i;

	for (s = h->series; s < h->series + h->count; s++)
		for (i = 1; i < s->count; i++)
			gaps[count++] = s->reports[i].at_ms -
					s->reports[i - 1].at_ms;
	qsort(gaps, count, sizeof(*gaps), compare_numbers);
	if (count) {
		step = (gaps[count / 2] + STEP_UNIT_MS / 2) / STEP_UNIT_MS;
		step = step ? step * STEP_UNIT_MS : STEP_UNIT_MS;
	}
	free(gaps);
	return step > UINT32_MAX ? UINT32_MAX : step;
}

static size_t values_of(const struct history *h, unsigned int kind,
			uint64_t *values)
{
	const struct server_series *s;
	size_t count = 0;
	size_t i;

	for (s = h->series; s < h->series + h->count; s++)
		for (i = 0; i < s->count; i++)
			if (s->reports[i].has & (1u << kind))
				values[count++] = s->reports[i].value[kind];
	return count;
}

/* Between which values an input is; returns why it is not used, or NULL. */
static const char *find_range(const struct history *h, unsigned int kind,
			      struct psteer_model_term *term)
{
	uint64_t *values = list_of(h->reports, sizeof(*values));
	size_t count = values_of(h, kind, values);
	size_t outer = count * OUTER;
	const char *why = NULL;

	qsort(values, count, sizeof(*values), compare_numbers);
	if (!count)
		why = "absent";
	else if (h->reports - count > h->reports * ABSENT_MOST)
		why = "often absent";
	else if (values[outer] == values[count - 1 - outer])
		why = "constant";
	if (!why) {
		term->low = values[outer];
		term->high = values[count - 1 - outer];
	}
	free(values);
	return why;
}

static void find_ranges(struct lesson *l, const struct history *h)
{
	struct psteer_model_term *load = &l->model.term[PSTEER_MODEL_LOAD];
	unsigned int i;

	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		l->why[i] = find_range(h, i, &l->model.term[i]);
		l->model.term[i].lags = l->why[i] ? 0 : l->lags;
	}
	/* "same as now" has to be a model, too, whatever the load */
	l->why[PSTEER_MODEL_LOAD] = NULL;
	load->low = 0;
	load->high = PSTEER_SCALE;
	load->lags = l->lags;
}

/**
 * struct rivals - what the others know of a server
 * @mean: of EWMA
 * @level: of the trend
 * @trend: change of @level a second
 * @at_ms: time of the last report, 0 before the first
 */
struct rivals {
	double mean;
	double level;
	double trend;
	uint64_t at_ms;
};

static double damped(double s)
{
	return s * DAMP_S / (s + DAMP_S);
}

static double bounded(double load)
{
	return load < 0 ? 0 : load > 1 ? 1 : load;
}

static void rivals_learn(struct rivals *r, uint64_t at_ms, double load)
{
	double dt = (at_ms - r->at_ms) / 1000.0;
	double before = r->level;

	if (!r->at_ms) {
		*r = (struct rivals) { load, load, 0, at_ms };
		return;
	}
	r->mean += (load - r->mean) * EWMA_GAIN;
	if (dt <= 0)
		return;
	r->level += r->trend * damped(dt);
	r->level += (load - r->level) * dt / (dt + LEVEL_S);
	r->level = bounded(r->level);
	r->trend += ((r->level - before) / dt - r->trend) * dt / (dt + TREND_S);
	r->at_ms = at_ms;
}

static double share(const struct psteer_model_sample *report)
{
	return report->value[PSTEER_MODEL_LOAD] / (double)PSTEER_SCALE;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* The report nearest to a time, from @from on; NULL if none is near. */
static const struct psteer_model_sample *
report_at(const struct server_series *s, size_t from, uint64_t at_ms,
	  uint32_t near_ms)
{
	const struct psteer_model_sample *best = NULL;
	const struct psteer_model_sample *report;
	uint64_t least = near_ms + 1ull;

	for (report = s->reports + from; report < s->reports + s->count;
	     report++) {
		if (report->at_ms > at_ms + near_ms)
			break;
		if (apart(report->at_ms, at_ms) >= least)
			continue;
		least = apart(report->at_ms, at_ms);
		best = report;
	}
	return best;
}

/* The inputs of an example; false if one is not known. */
static bool fill_inputs(const struct lesson *l,
			const struct psteer_model_history *past,
			struct example *e)
{
	const struct psteer_model_sample *report;
	const struct psteer_model_term *term;
	unsigned int lag;
	unsigned int i;

	for (lag = 0; lag < l->lags; lag++) {
		report = psteer_model_lag(past, l->step_ms, lag);
		for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
			term = &l->model.term[i];
			if (!term->lags)
				continue;
			if (!report || !(report->has & (1u << i)))
				return false;
			e->x[i * PSTEER_MODEL_LAGS + lag] =
				psteer_model_scaled(term, report->value[i]) /
				Q24;
		}
	}
	return true;
}

static bool make_example(const struct lesson *l, const struct server_series *s,
			 size_t i, const struct psteer_model_history *past,
			 const struct rivals *rivals, struct example *e)
{
	const struct psteer_model_sample *report = &s->reports[i];
	const struct psteer_model_sample *later;

	later = report_at(s, i + 1, report->at_ms + l->horizon_ms, l->step_ms / 2);
	*e = (struct example) { .at_ms = report->at_ms, .number = l->count };
	if (!later || !fill_inputs(l, past, e))
		return false;
	e->target = share(later);
	e->rival[RIVAL_NOW] = share(report);
	e->rival[RIVAL_EWMA] = rivals->mean;
	e->rival[RIVAL_TREND] = bounded(rivals->level + rivals->trend *
					damped(l->horizon_ms / 1000.0));
	return true;
}

static void add_series(struct lesson *l, const struct server_series *s,
		       size_t stride)
{
	struct psteer_model_history past = { 0 };
	struct rivals rivals = { 0 };
	size_t i;

	for (i = 0; i < s->count; i++) {
		psteer_model_take(&past, &s->reports[i]);
		rivals_learn(&rivals, s->reports[i].at_ms,
			     share(&s->reports[i]));
		if (i % stride == 0 &&
		    make_example(l, s, i, &past, &rivals,
				 &l->examples[l->count]))
			l->count++;
	}
}

static int compare_examples(const void *a, const void *b)
{
	const struct example *x = a;
	const struct example *y = b;

	if (x->at_ms == y->at_ms)
		return (x->number > y->number) - (x->number < y->number);
	return x->at_ms > y->at_ms ? 1 : -1;
}

/**
 * lesson_make() - make examples of a history
 * @l: horizon, step and lags are given, the rest is filled
 * @h: the history
 */
void lesson_make(struct lesson *l, const struct history *h)
{
	size_t stride = h->reports / EXAMPLES_MOST + 1;
	size_t i;

	find_ranges(l, h);
	l->examples = list_of(h->reports / stride + h->count,
			      sizeof(*l->examples));
	for (i = 0; i < h->count; i++)
		add_series(l, &h->series[i], stride);
	qsort(l->examples, l->count, sizeof(*l->examples), compare_examples);
}

/**
 * lesson_free() - free what a lesson owns
 */
void lesson_free(struct lesson *l)
{
	free(l->examples);
}

/**
 * lesson_before() - how many examples have ended at a time
 */
size_t lesson_before(const struct lesson *l, uint64_t at_ms)
{
	size_t count = l->count;

	while (count && l->examples[count - 1].at_ms + l->horizon_ms >= at_ms)
		count--;
	return count;
}
