/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_PORT_RANGE_H
#define PORTSTEER_PORT_RANGE_H

#include <stdbool.h>

#include "span.h"

/**
 * struct port_range - ports that this system's connections begin from
 * @path: file of the setting
 * @least: ports a span must have to be used; 0: leave the setting alone
 * @before: what was set before; empty: it is as it was
 * @failed: it can't be set, which was said
 */
struct port_range {
	const char *path;
	unsigned int least;
	struct span before;
	bool failed;
};

#define PORT_RANGE_PATH	"/proc/sys/net/ipv4/ip_local_port_range"

void port_range_use(struct port_range *range, const struct span *largest);
void port_range_leave(struct port_range *range);

#endif
