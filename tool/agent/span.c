// SPDX-License-Identifier: GPL-2.0-or-later
/* The most ports that lie beside each other. */
#include "span.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/**
 * span_ports() - how many ports there are
 */
unsigned int span_ports(const struct span *span)
{
	return span->last < span->first ? 0 : span->last - span->first + 1;
}

static int compare(const void *one, const void *other)
{
	const struct span *a = one;
	const struct span *b = other;
	int order = memcmp(&a->address, &b->address, sizeof(a->address));

	return order ? order : (int)a->first - b->first;
}

static bool goes_on(const struct span *run, const struct span *next)
{
	return !memcmp(&run->address, &next->address, sizeof(run->address)) &&
	       next->first <= run->last + 1;
}

/**
 * span_largest() - the most adjacent ports
 * @spans: none empty; sorted afterwards
 * @count: of these
 *
 * Return: that span, the first of several, empty if there are none.
 */
struct span span_largest(struct span *spans, size_t count)
{
	struct span largest = NO_SPAN;
	struct span run = NO_SPAN;
	size_t i;

	qsort(spans, count, sizeof(*spans), compare);
	for (i = 0; i < count; i++) {
		if (!span_ports(&run) || !goes_on(&run, &spans[i]))
			run = spans[i];
		else if (spans[i].last > run.last)
			run.last = spans[i].last;
		if (span_ports(&run) > span_ports(&largest))
			largest = run;
	}
	return largest;
}
