// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connections that begin from the very ports that the gateway would give them keep
 * these ports: both ends see the same numbers.
 */
#include "port_range.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The kernel's own, if what was set before is not known. */
static const struct span initial = { .first = 32768, .last = 60999 };

static bool read_setting(const struct port_range *range, struct span *ports)
{
	FILE *file = fopen(range->path, "re");
	bool good;

	if (!file)
		return false;
	*ports = NO_SPAN;
	good = fscanf(file, "%hu %hu", &ports->first, &ports->last) == 2;
	fclose(file);
	return good;
}

static bool write_setting(const struct port_range *range,
			  const struct span *ports)
{
	FILE *file = fopen(range->path, "we");

	if (!file)
		return false;
	fprintf(file, "%u %u\n", ports->first, ports->last);
	return !fclose(file);
}

static void fail(struct port_range *range)
{
	if (!range->failed)
		warn("cannot set the range of local ports, %s", range->path);
	range->failed = true;
}

/* An agent that was killed has left what it had set; its ports are ours. */
static void note_before(struct port_range *range, const struct span *now,
			const struct span *largest)
{
	if (span_ports(&range->before))
		return;
	range->before = now->first >= largest->first &&
			now->last <= largest->last ? initial : *now;
}

/**
 * port_range_use() - begin connections from these ports from now on
 * @range: setting
 * @largest: most adjacent ports that the VM has; if they are too few, it is as
 *	before
 */
void port_range_use(struct port_range *range, const struct span *largest)
{
	struct span now;

	if (!range->least)
		return;
	if (span_ports(largest) < range->least) {
		port_range_leave(range);
		return;
	}
	if (!read_setting(range, &now)) {
		fail(range);
		return;
	}
	note_before(range, &now, largest);
	if (now.first == largest->first && now.last == largest->last)
		return;
	if (write_setting(range, largest))
		range->failed = false;
	else
		fail(range);
}

/**
 * port_range_leave() - put back what was set before
 */
void port_range_leave(struct port_range *range)
{
	if (!span_ports(&range->before))
		return;
	if (!write_setting(range, &range->before))
		fail(range);
	range->before = NO_SPAN;
}
