// SPDX-License-Identifier: GPL-2.0-only
/*
 * One column of a file: comma separated, a header line with the names, a column
 * t with seconds. An empty field is no sample.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#define TIME_COLUMN	"t"
#define FEWEST		2

/**
 * struct reader - a file being read
 * @name: its name
 * @in: the file
 * @line: text of the line
 * @size: room for it
 * @number: number of the line
 * @columns: fields of each line
 * @time: the column with the time
 * @value: the column asked for
 * @value_name: its name
 */
struct reader {
	const char *name;
	FILE *in;
	char *line;
	size_t size;
	unsigned int number;
	int columns;
	int time;
	int value;
	const char *value_name;
};

__attribute__((__format__(printf, 2, 3)))
static bool wrong(const struct reader *r, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%u: ", r->name, r->number);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return false;
}

static bool next_line(struct reader *r)
{
	ssize_t length = getline(&r->line, &r->size, r->in);

	r->number++;
	if (length < 0)
		return false;
	r->line[strcspn(r->line, "\r\n")] = '\0';
	return true;
}

static bool read_header(struct reader *r)
{
	char *rest, *name;

	r->time = -1;
	r->value = -1;
	if (!next_line(r) || !*r->line)
		return wrong(r, "there is no header line");
	rest = r->line;
	while ((name = strsep(&rest, ","))) {
		if (!strcmp(name, TIME_COLUMN))
			r->time = r->columns;
		if (!strcmp(name, r->value_name))
			r->value = r->columns;
		r->columns++;
	}
	if (r->time < 0)
		return wrong(r, "there is no column \"%s\" with the time",
			     TIME_COLUMN);
	if (r->value < 0)
		return wrong(r, "there is no column \"%s\"", r->value_name);
	return true;
}

static bool read_number(const struct reader *r, const char *column,
			const char *word, double *number)
{
	char *end;

	*number = strtod(word, &end);
	if (end == word || *end || !isfinite(*number))
		return wrong(r, "%s \"%s\" is not a number", column, word);
	return true;
}

static bool read_line(struct reader *r, struct sample *sample)
{
	char *rest = r->line, *word;
	int i;

	sample->value = NAN;
	for (i = 0; (word = strsep(&rest, ",")); i++) {
		if (i == r->time &&
		    !read_number(r, TIME_COLUMN, word, &sample->t))
			return false;
		if (i == r->value && *word &&
		    !read_number(r, r->value_name, word, &sample->value))
			return false;
	}
	if (i != r->columns)
		return wrong(r, "there are %d fields, the header has %d", i,
			     r->columns);
	return true;
}

static bool add_sample(struct series *s, const struct sample *sample)
{
	size_t n = s->count;
	struct sample *more = s->sample;

	/* Twice as much whenever it is a power of two. */
	if (!(n & (n - 1)))
		more = realloc(s->sample, (n ? 2 * n : 1) * sizeof(*more));
	if (!more)
		return false;
	s->sample = more;
	s->sample[s->count++] = *sample;
	return true;
}

static bool read_lines(struct reader *r, struct series *s)
{
	struct sample sample;
	size_t present = 0;

	while (next_line(r)) {
		if (!read_line(r, &sample))
			return false;
		if (s->count && sample.t < s->sample[s->count - 1].t)
			return wrong(r, "time steps back, to %g", sample.t);
		if (!add_sample(s, &sample))
			return wrong(r, "the file does not fit into memory");
		present += !isnan(sample.value);
	}
	if (present < FEWEST)
		return wrong(r, "there are fewer than two samples");
	return true;
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
	struct reader r = { .name = file, .value_name = column };
	bool good;

	memset(s, 0, sizeof(*s));
	r.in = fopen(file, "r");
	if (!r.in) {
		fprintf(stderr, "%s: %s\n", file, strerror(errno));
		return false;
	}
	good = read_header(&r) && read_lines(&r, s);
	if (good) {
		s->step = usual_step(s);
		s->full = full_scale(s);
		if (s->step <= 0)
			good = wrong(&r, "most samples are at one time");
	}
	free(r.line);
	fclose(r.in);
	return good;
}

/**
 * series_free() - free what a series owns
 */
void series_free(struct series *s)
{
	free(s->sample);
}
