/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_MESSAGES_H
#define PORTSTEER_MESSAGES_H

#include <stddef.h>

struct nlmsghdr;

typedef void (*netlink_handler)(struct nlmsghdr *hdr, void *arg);

/**
 * struct messages - copies of netlink messages, in the order that they came in
 * @used: bytes that are filled; 0 empties it
 * @size: bytes that there are
 * @bytes: the messages, aligned
 */
struct messages {
	size_t used;
	size_t size;
	char *bytes;
};

void messages_add(struct nlmsghdr *hdr, void *messages);
void messages_each(const struct messages *messages, netlink_handler fn,
		   void *arg);
void messages_free(struct messages *messages);

#endif
