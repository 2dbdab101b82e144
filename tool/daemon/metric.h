/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prometheus' text format, as it is written. */
#ifndef PORTSTEER_METRIC_H
#define PORTSTEER_METRIC_H

#include <stdio.h>

/**
 * struct label - what tells the values of one metric apart
 * @name: of the label; a list ends with a row without one
 * @value: any text
 */
struct label {
	const char *name;
	const char *value;
};

/*
 * First what a metric is, then all of its values, before the next metric. One
 * whose name ends in _total is a counter, any other a gauge.
 */
void metric_begin(FILE *out, const char *name, const char *help);
void metric_value(FILE *out, const char *name, const struct label *labels,
		  double value);

#endif
