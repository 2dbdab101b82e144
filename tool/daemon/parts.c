// SPDX-License-Identifier: GPL-2.0-only
/* The list of parts, in the order in which they start. */
#include "part.h"

extern const struct part daemon_part;
extern const struct part agents_part;
extern const struct part blocks_part;
extern const struct part sync_part;

const struct part *const parts[] = {
	&daemon_part,
	&agents_part,
	&blocks_part,
	&sync_part,
	NULL
};
