// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One column of a file: comma separated, a header line with the names, a column
 * with seconds: t, or what a file of portsteer record has. An empty field is no
 * sample.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "grow.h"
#include "replay.h"

#define TIME_COLUMN	"t"
#define RECORDED_TIME	"t_s"
#define FEWEST		2

/**
 * struct reader - a file being read
 * @csv: the file
 * @time: the column with the time
 * @value: the column asked for
 */
struct reader {
	struct csv csv;
	int time;
	int value;
};

static bool find_columns(struct reader *r, const char *value_name)
{
	r->time = csv_column(&r->csv, TIME_COLUMN);
	if (r->time < 0)
		r->time = csv_column(&r->csv, RECORDED_TIME);
	r->value = csv_column(&r->csv, value_name);
	if (r->time < 0)
		return csv_complain(&r->csv,
				    "there is no column \"%s\" with the time",
				    TIME_COLUMN);
	if (r->value < 0)
		return csv_complain(&r->csv, "there is no column \"%s\"",
				    value_name);
	return true;
}

static bool read_number(const struct reader *r, int column, double *number)
{
	const char *word = r->csv.cell[column];
	char *end;

	*number = strtod(word, &end);
	if (end == word || *end || !isfinite(*number))
		return csv_complain(&r->csv, "%s \"%s\" is not a number",
				    r->csv.name[column], word);
	return true;
}

static bool read_sample(const struct reader *r, struct sample *sample)
{
	sample->value = NAN;
	return read_number(r, r->time, &sample->t) &&
	       (!*r->csv.cell[r->value] ||
		read_number(r, r->value, &sample->value));
}

static void add_sample(struct series *s, const struct sample *sample)
{
	s->sample = grow(s->sample, s->count, sizeof(*s->sample));
	s->sample[s->count++] = *sample;
}

static bool read_lines(struct reader *r, struct series *s)
{
	struct sample sample;
	size_t present = 0;
	bool fine = true;

	while (csv_next(&r->csv, &fine)) {
		if (!read_sample(r, &sample))
			return false;
		if (s->count && sample.t < s->sample[s->count - 1].t)
			return csv_complain(&r->csv, "time steps back, to %g",
					    sample.t);
		add_sample(s, &sample);
		present += !isnan(sample.value);
	}
	if (fine && present < FEWEST)
		return csv_complain(&r->csv, "there are fewer than two samples");
	return fine;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The median of the times between samples. */
static double usual_step(const struct series *s)
{
	double *gap = malloc(s->count * sizeof(*gap));
	double step;
	size_t i;

	if (!gap)
		return 0;
	for (i = 1; i < s->count; i++)
		gap[i - 1] = s->sample[i].t - s->sample[i - 1].t;
	qsort(gap, s->count - 1, sizeof(*gap), compare);
	step = gap[(s->count - 1) / 2];
	free(gap);
	return step;
}

/*
 * Percents have a full scale. Of shares and of counts it has to be guessed: it
 * is 1, or the highest value there is.
 */
static double full_scale(const struct series *s)
{
	double highest = 0;
	size_t i;

	for (i = 0; i < s->count; i++)
		highest = fmax(highest, s->sample[i].value);
	if (highest <= 1)
		return 1;
	return fmax(highest, 100);
}

/**
 * series_read() - read a column
 * @s: filled in
 * @file: name of the file
 * @column: name of the column
 *
 * Return: whether that went well; if not, a sentence on standard error says why.
 */
bool series_read(struct series *s, const char *file, const char *column)
{
	struct reader r;
	bool good;

	memset(s, 0, sizeof(*s));
	good = csv_open(&r.csv, file) && find_columns(&r, column) &&
	       read_lines(&r, s);
	if (good) {
		s->step = usual_step(s);
		s->full = full_scale(s);
		if (s->step <= 0)
			good = csv_complain(&r.csv,
					    "most samples are at one time");
	}
	csv_close(&r.csv);
	return good;
}

/**
 * series_free() - free what a series owns
 */
void series_free(struct series *s)
{
	free(s->sample);
}
