// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Examples -> a linear forecast of least absolute error.
 *
 * What is fitted is the change against "same as now", by least squares that are
 * weighted anew by 1/error until they are least absolute errors. A ridge holds
 * all coefficients to zero, and so the forecast to "same as now".
 */
#include "train.h"

#include <err.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multilarge.h>

#define ROUNDS		6
#define ERROR_LEAST	0.002	/* smaller errors weigh no more than this one */
#define ROWS		500	/* that are added to the sums at once */
#define FOLDS		4
#define BETTER		0.998	/* of the error, to be worth a larger model */
#define COEFFICIENT_MOST 100.0

static const unsigned int lag_choices[] = { 1, 2, 4, 8 };
static const double ridge_choices[] = { 1e-5, 1e-3, 1e-2, 1e-1 };

/**
 * struct scaling - what brings the features in use to mean 0, variance 1
 * @p: number of columns: one for each feature, and a constant at the end
 * @feature: of each column
 * @mean: of each column
 * @deviation: of each column, 1 if it is constant
 */
struct scaling {
	size_t p;
	unsigned int feature[TRAIN_FEATURES];
	double mean[TRAIN_FEATURES];
	double deviation[TRAIN_FEATURES];
};

/**
 * fit_forecast() - the load that is expected, 0 to 1
 */
double fit_forecast(const struct lesson *l, const struct fit *f,
		    const struct example *e)
{
	double load = f->intercept;
	unsigned int lag;
	unsigned int i;
	unsigned int j;

	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		if (!l->model.term[i].lags)
			continue;
		for (lag = 0; lag < f->lags; lag++) {
			j = i * PSTEER_MODEL_LAGS + lag;
			load += f->coefficient[j] * e->x[j];
		}
	}
	return fmin(fmax(load, 0), 1);
}

/**
 * fit_error() - mean absolute error over some examples
 */
double fit_error(const struct lesson *l, const struct fit *f, size_t first,
		 size_t count)
{
	const struct example *e = l->examples + first;
	double sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += fabs(fit_forecast(l, f, &e[i]) - e[i].target);
	return sum / count;
}

static void choose_columns(const struct lesson *l, unsigned int lags,
			   struct scaling *s)
{
	unsigned int lag;
	unsigned int i;

	s->p = 0;
	for (i = 0; i < PSTEER_MODEL_KINDS; i++)
		for (lag = 0; l->model.term[i].lags && lag < lags; lag++)
			s->feature[s->p++] = i * PSTEER_MODEL_LAGS + lag;
	s->p++;
}

static void scale_columns(const struct lesson *l, size_t count,
			  struct scaling *s)
{
	double square;
	double sum;
	double x;
	size_t i;
	size_t j;

	for (j = 0; j + 1 < s->p; j++) {
		sum = 0;
		square = 0;
		for (i = 0; i < count; i++)
			sum += l->examples[i].x[s->feature[j]];
		s->mean[j] = sum / count;
		for (i = 0; i < count; i++) {
			x = l->examples[i].x[s->feature[j]] - s->mean[j];
			square += x * x;
		}
		s->deviation[j] = square > 0 ? sqrt(square / count) : 1;
	}
}

static double column(const struct scaling *s, const struct example *e,
		     size_t j)
{
	if (j + 1 == s->p)
		return 1;
	return (e->x[s->feature[j]] - s->mean[j]) / s->deviation[j];
}

/* The change against "same as now" that @c forecasts, less what it was. */
static double residual(const struct scaling *s, const gsl_vector *c,
		       const struct example *e)
{
	double r = e->rival[RIVAL_NOW] - e->target;
	size_t j;

	for (j = 0; j < s->p; j++)
		r += gsl_vector_get(c, j) * column(s, e, j);
	return r;
}

/* Add some examples to the sums, each by the root of its weight. */
static void add_rows(gsl_multilarge_linear_workspace *sums,
		     const struct scaling *s, const gsl_vector *c,
		     const struct example *e, size_t count)
{
	gsl_matrix *x = gsl_matrix_alloc(count, s->p);
	gsl_vector *y = gsl_vector_alloc(count);
	double root;
	size_t i;
	size_t j;

	for (i = 0; i < count; i++, e++) {
		root = 1 / sqrt(fmax(fabs(residual(s, c, e)), ERROR_LEAST));
		for (j = 0; j < s->p; j++)
			gsl_matrix_set(x, i, j, root * column(s, e, j));
		gsl_vector_set(y, i,
			       root * (e->target - e->rival[RIVAL_NOW]));
	}
	gsl_multilarge_linear_accumulate(x, y, sums);
	gsl_matrix_free(x);
	gsl_vector_free(y);
}

static double weight_of_all(const struct lesson *l, const struct scaling *s,
			    const gsl_vector *c, size_t count)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += 1 / fmax(fabs(residual(s, c, &l->examples[i])),
				ERROR_LEAST);
	return sum;
}

/* Back to inputs as they are, and "same as now" added. */
static bool unscale(const struct scaling *s, const gsl_vector *c, struct fit *f)
{
	double coefficient;
	size_t j;

	f->intercept = gsl_vector_get(c, s->p - 1);
	for (j = 0; j < TRAIN_FEATURES; j++)
		f->coefficient[j] = 0;
	for (j = 0; j + 1 < s->p; j++) {
		coefficient = gsl_vector_get(c, j) / s->deviation[j];
		f->intercept -= coefficient * s->mean[j];
		f->coefficient[s->feature[j]] = coefficient;
	}
	f->coefficient[PSTEER_MODEL_LOAD * PSTEER_MODEL_LAGS] += 1;
	for (j = 0; j < TRAIN_FEATURES; j++)
		if (!(fabs(f->coefficient[j]) < COEFFICIENT_MOST))
			return false;
	return fabs(f->intercept) < COEFFICIENT_MOST;
}

/* Fit the first examples; false if that gives no model. */
static bool fit_examples(const struct lesson *l, size_t count, struct fit *f)
{
	gsl_multilarge_linear_workspace *sums;
	struct scaling s;
	double residuals;
	double size;
	gsl_vector *c;
	bool fine = true;
	size_t at;
	int round;

	choose_columns(l, f->lags, &s);
	scale_columns(l, count, &s);
	sums = gsl_multilarge_linear_alloc(gsl_multilarge_linear_normal, s.p);
	c = gsl_vector_calloc(s.p);
	for (round = 0; fine && round < ROUNDS; round++) {
		gsl_multilarge_linear_reset(sums);
		for (at = 0; at < count; at += ROWS)
			add_rows(sums, &s, c, l->examples + at,
				 count - at < ROWS ? count - at : ROWS);
		fine = !gsl_multilarge_linear_solve(sqrt(f->ridge *
				weight_of_all(l, &s, c, count)), c, &residuals,
				&size, sums);
	}
	fine = fine && unscale(&s, c, f);
	gsl_multilarge_linear_free(sums);
	gsl_vector_free(c);
	return fine;
}

/*
 * Error over blocks of examples, each forecast by what was fitted to those that
 * had ended before it. Infinite if one gives no model.
 */
static double validate(const struct lesson *l, size_t count, struct fit *f)
{
	size_t block = count / (FOLDS + 1);
	double sum = 0;
	size_t first;
	size_t known;
	int fold;

	for (fold = 1; fold <= FOLDS; fold++) {
		first = fold * block;
		known = lesson_before(l, l->examples[first].at_ms);
		if (!known || !fit_examples(l, known, f))
			return INFINITY;
		sum += fit_error(l, f, first, block);
	}
	return sum / FOLDS;
}

/**
 * fit_find() - find the best model of the first examples
 * @l: the lesson
 * @count: how many of its examples may be looked at
 * @all_lags: look at as many reports as the lesson has, no fewer
 * @f: filled
 *
 * Return: whether there is one.
 */
bool fit_find(const struct lesson *l, size_t count, bool all_lags,
	      struct fit *f)
{
	double least = INFINITY;
	struct fit try;
	double error;
	size_t i;
	size_t j;

	gsl_set_error_handler_off();
	for (i = 0; i < sizeof(lag_choices) / sizeof(lag_choices[0]); i++) {
		try.lags = all_lags ? l->lags : lag_choices[i];
		for (j = 0; j < sizeof(ridge_choices) / sizeof(double); j++) {
			try.ridge = ridge_choices[j];
			error = validate(l, count, &try);
			if (error < least * BETTER) {
				least = error;
				f->lags = try.lags;
				f->ridge = try.ridge;
			}
		}
		if (all_lags)
			break;
	}
	return isfinite(least) && fit_examples(l, count, f);
}
