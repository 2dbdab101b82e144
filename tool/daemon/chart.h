/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_CHART_H
#define PORTSTEER_CHART_H

#include <stdio.h>

#include <jansson.h>

/**
 * struct chart - a plot of the last minutes
 * @title: what is plotted
 * @key: of the servers' history
 * @most: upper end; 0: what fits
 * @seconds: between two values
 */
struct chart {
	const char *title;
	const char *key;
	double most;
	double seconds;
};

/* One line a server, those without a history are left out. */
void chart_write(FILE *out, const struct chart *chart, const json_t *servers);

#endif
