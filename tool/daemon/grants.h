/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module's grants, as hosts and edges deal with them. */
#ifndef PORTSTEER_GRANTS_H
#define PORTSTEER_GRANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cluster_record.h"
#include "format.h"

struct kernel;

/**
 * struct grant - one of them
 * @address: pool address
 * @first: first port
 * @last: last one
 * @pool: on a host: to which pool; "" on an edge
 * @host: on an edge: to whom
 * @state: enum psteer_grant_state
 * @in_use: on a host: ports in use
 * @known: somebody has looked at it
 */
struct grant {
	char address[FORMAT_MAX];
	uint32_t first;
	uint32_t last;
	char pool[32];
	char host[FORMAT_MAX];
	uint8_t state;
	uint32_t in_use;
	bool known;
};

/**
 * struct grants - all of them
 * @list: sorted by address and port
 * @count: of @list
 * @epoch: that the module follows
 */
struct grants {
	struct grant *list;
	size_t count;
	int64_t epoch;
};

/* False: the module can't be asked. */
bool grants_read(struct kernel *kernel, struct grants *grants);
void grants_free(struct grants *grants);

/* That of the same place, or NULL. */
struct grant *grants_find(const struct grants *grants,
			  const struct cluster_grant *of);

/*
 * Changes in the module, with the epoch of @grants: 0, or a negative errno that has
 * been said unless it is -EBUSY.
 */
int grants_add(struct kernel *kernel, const struct grants *grants,
	       const struct grant *grant);
int grants_set(struct kernel *kernel, const struct grants *grants,
	       const struct grant *grant);
int grants_del(struct kernel *kernel, const struct grants *grants,
	       const struct grant *grant, bool force);

#endif
