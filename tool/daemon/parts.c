// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of parts, in the order in which they start. */
#include "part.h"

extern const struct part daemon_part;
extern const struct part status_part;
extern const struct part scrape_part;
extern const struct part agent_check_part;
extern const struct part agents_part;
extern const struct part blocks_part;
extern const struct part cluster_part;
extern const struct part manager_part;
extern const struct part pools_part;
extern const struct part host_part;
extern const struct part edge_part;
extern const struct part sync_part;

const struct part *const parts[] = {
	&daemon_part,
	&agents_part,
	&blocks_part,
	&status_part,
	&scrape_part,
	&agent_check_part,
	&cluster_part,
	&manager_part,
	&pools_part,
	&host_part,
	&edge_part,
	&sync_part,
	NULL
};
