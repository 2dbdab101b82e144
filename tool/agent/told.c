// SPDX-License-Identifier: GPL-2.0-or-later
/* What the daemon tells an agent. */
#include "told.h"

#include <stdlib.h>
#include <string.h>

#define VERSION		1
#define INTERVAL_LEAST	100
#define INTERVAL_MOST	60000
/* Numbers beyond are not exact everywhere. */
#define SEQUENCE_MOST	(1ll << 53)
/* All blocks of one port there could be of an address. */
#define RANGES_MOST	65536

static const char *read_welcome(json_t *message, struct told *told)
{
	json_int_t interval, sequence = 0;
	int version;

	if (json_unpack(message, "{s:i, s:I, s?:I}", "version", &version,
			"interval_ms", &interval, "sequence", &sequence))
		return "welcome has no version or interval_ms";
	if (version != VERSION)
		return "version is not 1";
	if (interval < INTERVAL_LEAST || interval > INTERVAL_MOST)
		return "interval_ms is not from 100 to 60000";
	if (sequence < 0 || sequence > SEQUENCE_MOST)
		return "sequence is out of range";
	told->type = TOLD_WELCOME;
	told->interval_ms = interval;
	told->sequence = sequence;
	return NULL;
}

/* One range; those that give no new ports are passed over. */
static const char *read_range(json_t *range, struct span *spans, size_t *count)
{
	const char *address, *state;
	json_int_t first, last;

	if (json_unpack(range, "{s:s, s:I, s:I, s:s}", "pool_address", &address,
			"first", &first, "last", &last, "state", &state))
		return "a range has no pool_address, first, last or state";
	if (parse_address(address, &spans[*count].address))
		return "pool_address is no address";
	if (first < 1 || last > UINT16_MAX || first > last)
		return "a range is none of ports";
	if (strcmp(state, "active"))
		return NULL;
	spans[*count].first = first;
	spans[*count].last = last;
	(*count)++;
	return NULL;
}

static const char *read_ranges(json_t *message, struct told *told)
{
	json_t *ranges = json_object_get(message, "ranges");
	const char *why = NULL;
	struct span *spans;
	size_t count = 0;
	json_t *range;
	size_t i;

	if (!json_is_array(ranges) || json_array_size(ranges) > RANGES_MOST)
		return "ranges is no list, or too long a one";
	spans = calloc(json_array_size(ranges) + 1, sizeof(*spans));
	if (!spans)
		return "no memory";
	json_array_foreach(ranges, i, range)
		if (!why)
			why = read_range(range, spans, &count);
	told->type = TOLD_RANGES;
	told->largest = span_largest(spans, count);
	free(spans);
	return why;
}

/**
 * told_read() - understand a message of the daemon
 * @message: an object; members that are not known here are passed over
 * @told: filled in
 *
 * Return: what is wrong with it, or NULL.
 */
const char *told_read(json_t *message, struct told *told)
{
	const char *type = json_string_value(json_object_get(message, "type"));

	if (type && !strcmp(type, "welcome"))
		return read_welcome(message, told);
	if (type && !strcmp(type, "ranges"))
		return read_ranges(message, told);
	return "type is neither welcome nor ranges";
}
