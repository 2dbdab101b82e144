/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_ARRIVALS_H
#define SIM_ARRIVALS_H

#include "scenario.h"

/**
 * struct arrival - a session that comes
 * @at: when, in seconds
 * @work: its work, in seconds at speed 1
 * @fate: it fails where the share of errors is above this
 * @client: whose
 */
struct arrival {
	double at;
	float work;
	float fate;
	u32 client;
};

/**
 * struct arrivals - all sessions of a scenario, the same for every policy
 * @arrival: by time
 * @n: how many
 * @room: for how many there is memory
 */
struct arrivals {
	struct arrival *arrival;
	u32 n;
	u32 room;
};

/**
 * struct rates - how many sessions came in each step of a recording
 * @rate: a step's; their mean is 1
 * @n: steps
 * @step_s: how long one is played
 */
struct rates {
	double step_s;
	double *rate;
	u32 n;
};

/* All end the program with a sentence if they can't. */
void arrivals_make(struct arrivals *arrivals, const struct scenario *s,
		   u64 seed, const struct rates *rates);
void arrivals_free(struct arrivals *arrivals);
/* One column of a CSV file, all rows. */
void rates_read(struct rates *rates, const char *path, const char *column,
		double step_s);

#endif
