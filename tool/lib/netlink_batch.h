/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_NETLINK_BATCH_H
#define PORTSTEER_NETLINK_BATCH_H

#include <stddef.h>

#include "netlink.h"

#define NETLINK_BATCH_BYTES	(32 * 1024)
#define NETLINK_BATCH_COUNT	256

/**
 * struct netlink_batch - requests that travel together
 * @bytes: of them, one after the other
 * @used: bytes of @bytes that are filled
 * @count: requests
 * @starts: where each begins
 */
struct netlink_batch {
	char bytes[NETLINK_BATCH_BYTES];
	size_t used;
	unsigned int count;
	size_t starts[NETLINK_BATCH_COUNT];
};

typedef void (*netlink_refused)(unsigned int nth, const struct refusal *refusal,
				void *arg);

bool netlink_batch_add(struct netlink_batch *batch, struct nl_msg *msg);
int netlink_batch_send(struct netlink_batch *batch, struct netlink *nl,
		       netlink_refused fn, void *arg);

#endif
