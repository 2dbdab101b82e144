/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_SERVERS_H
#define PORTSTEER_SERVERS_H

#include "kernel.h"

struct servers;

/* Is this record of that server? */
bool servers_is(const struct record *server, const char *service,
		const struct address *address, uint16_t port);

/* The module's servers by their address, whatever service they are behind. */
struct servers *servers_new(struct kernel *kernel);
void servers_free(struct servers *servers);

/* Fills in whom @report is about, for each with that address, and hands it on. */
unsigned int servers_report(struct servers *servers,
			    const struct address *address,
			    struct record *report, struct refusal *refusal);

#endif
