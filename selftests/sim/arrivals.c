// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions that come: when, with how much work, from whom. They are drawn
 * before anything is played, so that every policy is given the same ones.
 */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrivals.h"
#include "random.h"

#define HEAVY_SHAPE	1.5
#define HEAVY_MOST	100
/* A burst comes this often, lasts so long, and multiplies the rate. */
#define BURST_EVERY_S	8
#define BURST_S		1.5
#define BURST_FACTOR	1.6
#define BREATH		0.2	/* of a day */
#define CROWD_BEFORE	0.75
#define CROWD_PEAK	1.2
#define CLIENT_SKEW	2

/**
 * struct weather - what the rate of sessions depends on
 * @s: scenario
 * @rates: recording, scaled to a mean of 1
 * @random: source of bursts
 * @burst_from: when the last burst began
 * @burst_next: when the next one does
 */
struct weather {
	const struct scenario *s;
	const struct rates *rates;
	u64 random;
	double burst_from;
	double burst_next;
};

static double burst_factor(struct weather *w, double now)
{
	/* What the bursts add is taken from the time between them. */
	double calm = 1 - (BURST_FACTOR - 1) * BURST_S / BURST_EVERY_S;

	if (now >= w->burst_next) {
		w->burst_from = w->burst_next;
		w->burst_next += BURST_S +
			random_exponential(&w->random, BURST_EVERY_S - BURST_S);
	}
	return now - w->burst_from < BURST_S ? BURST_FACTOR : calm;
}

/* Up within two hundredths of the run, down within a tenth. */
static double crowd_factor(double part)
{
	double rise = fmin(fmax((part - 0.5) / 0.02, 0), 1);
	double fall = exp(-fmax(part - 0.6, 0) / 0.05);

	return CROWD_BEFORE + (CROWD_PEAK - CROWD_BEFORE) * rise * fall;
}

/* From one row to the next in a line; it begins again when it ends. */
static double recorded_factor(const struct rates *rates, double now)
{
	double at = fmod(now / rates->step_s, rates->n);
	u32 i = at;
	double here = rates->rate[i], next = rates->rate[(i + 1) % rates->n];

	return here + (at - i) * (next - here);
}

/* Times the mean rate. */
static double rate_factor(struct weather *w, double now)
{
	double part = now / w->s->seconds;

	switch (w->s->arrival_law) {
	case ARRIVE_BURSTS:
		return burst_factor(w, now);
	case ARRIVE_DAY:
		return 1 - BREATH * cos(2 * M_PI * part);
	case ARRIVE_FLASH:
		return crowd_factor(part);
	case ARRIVE_TRACE:
		return recorded_factor(w->rates, now);
	default:
		return 1;
	}
}

static double draw_work(const struct scenario *s, u64 *random)
{
	double low = s->work * (HEAVY_SHAPE - 1) / HEAVY_SHAPE, work;

	if (s->work_law == WORK_EXPONENTIAL)
		return random_exponential(random, s->work);
	work = low * pow(1 - random_share(random), -1 / HEAVY_SHAPE);
	return fmin(work, HEAVY_MOST * s->work);
}

static void add(struct arrivals *arrivals, struct arrival arrival)
{
	if (arrivals->n == arrivals->room) {
		arrivals->room = arrivals->room ? 2 * arrivals->room : 65536;
		arrivals->arrival = realloc(arrivals->arrival,
					    arrivals->room * sizeof(arrival));
		if (!arrivals->arrival)
			err(2, "arrivals");
	}
	arrivals->arrival[arrivals->n++] = arrival;
}

/* Some clients have far more sessions than most. */
static u32 draw_client(const struct scenario *s, u64 *random)
{
	return s->clients * pow(random_share(random), CLIENT_SKEW);
}

void arrivals_make(struct arrivals *arrivals, const struct scenario *s,
		   u64 seed, const struct rates *rates)
{
	struct weather weather = {
		.s = s, .rates = rates, .random = random_stream(seed, 'w', 0),
		.burst_from = -BURST_S,
		.burst_next = BURST_EVERY_S,
	};
	u64 when = random_stream(seed, 'a', 0);
	u64 what = random_stream(seed, 'a', 1);
	double mean = (s->load - scenario_background(s)) *
		      scenario_capacity(s) / s->work;
	double most = mean * 4, now = 0;

	*arrivals = (struct arrivals){};
	while ((now += random_exponential(&when, 1 / most)) < s->seconds) {
		if (random_share(&when) * most >
		    rate_factor(&weather, now) * mean)
			continue;
		add(arrivals, (struct arrival){
			.at = now,
			.work = draw_work(s, &what),
			.fate = random_share(&what),
			.client = draw_client(s, &what),
		});
	}
}

void arrivals_free(struct arrivals *arrivals)
{
	free(arrivals->arrival);
}

/* The field of @line with number @index, or NULL. */
static const char *field_of(char *line, u32 index)
{
	char *field;

	do
		field = strsep(&line, ",\n");
	while (field && index--);
	return field;
}

static u32 column_of(char *header, const char *path, const char *column)
{
	const char *field;
	u32 index = 0;

	while ((field = strsep(&header, ",\n"))) {
		if (!strcmp(field, column))
			return index;
		index++;
	}
	errx(2, "%s: no column %s", path, column);
}

static void scale_to_one(struct rates *rates)
{
	double sum = 0;
	u32 i;

	for (i = 0; i < rates->n; i++)
		sum += rates->rate[i];
	for (i = 0; i < rates->n; i++)
		rates->rate[i] = fmin(rates->rate[i] * rates->n / sum, 4);
}

void rates_read(struct rates *rates, const char *path, const char *column,
		double step_s)
{
	FILE *file = fopen(path, "r");
	char line[4096];
	u32 index;

	*rates = (struct rates){ .step_s = step_s };
	if (!file || !fgets(line, sizeof(line), file))
		err(2, "%s", path);
	index = column_of(line, path, column);
	while (fgets(line, sizeof(line), file)) {
		const char *field = field_of(line, index);

		rates->rate = realloc(rates->rate,
				      (rates->n + 1) * sizeof(double));
		if (!rates->rate)
			err(2, "%s", path);
		rates->rate[rates->n++] = field ? fmax(atof(field), 0) : 0;
	}
	fclose(file);
	if (rates->n < 2)
		errx(2, "%s: fewer than two steps", path);
	scale_to_one(rates);
}
