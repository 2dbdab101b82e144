/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_TOLD_H
#define PORTSTEER_TOLD_H

#include <stdint.h>

#include <jansson.h>

#include "span.h"

enum told_type {
	TOLD_WELCOME,
	TOLD_RANGES,
};

/**
 * struct told - a message of the daemon
 * @type: which
 * @interval_ms: welcome: between two reports
 * @sequence: welcome: the highest number of a report that it knows of us
 * @largest: ranges: the most adjacent ports that the VM has
 */
struct told {
	enum told_type type;
	unsigned int interval_ms;
	int64_t sequence;
	struct span largest;
};

const char *told_read(json_t *message, struct told *told);

#endif
