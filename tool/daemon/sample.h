/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prometheus' text format, as it is read. */
#ifndef PORTSTEER_SAMPLE_H
#define PORTSTEER_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

/* A part of the text that was read; it does not end with NUL. */
struct slice {
	const char *text;
	size_t len;
};

/**
 * struct sample - one line that says a value
 * @name: of the metric
 * @labels: what stands between the braces, as it is
 * @value: number; may be infinite or none at all (NaN)
 */
struct sample {
	struct slice name;
	struct slice labels;
	double value;
};

enum sample_result {
	SAMPLE_END,	/* no more */
	SAMPLE_READ,
	SAMPLE_WRONG,	/* a line that is none of the format */
};

/* Takes a sample off the front of @rest, and the comments before it. */
enum sample_result sample_next(struct slice *rest, struct sample *sample);

/* A label's value, as it stands between its quotes. False: there is none. */
bool sample_label(const struct sample *sample, const char *name,
		  struct slice *value);
bool slice_is(struct slice slice, const char *text);

#endif
