// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pools that the file lists. A part of its own, so that a manager goes on
 * leading when they change.
 */
#include "manager.h"
#include "part.h"

static void *start(struct daemon *daemon, const struct settings *settings,
		   struct refusal *refusal)
{
	(void)daemon;
	(void)refusal;
	return (void *)settings;
}

static void stop(void *state)
{
	(void)state;
}

const struct part pools_part = {
	.name = "pools",
	.section = &pools_section,
	.needs = &manager_section,
	.start = start,
	.stop = stop,
};

/**
 * pools_wanted() - the section, or NULL
 */
const struct settings *pools_wanted(void)
{
	return part_state(&pools_part);
}
