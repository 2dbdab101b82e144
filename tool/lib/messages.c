// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Netlink messages that are kept: until a list is known to be whole, or for as long as
 * it is looked at.
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>

#include "messages.h"

/**
 * messages_add() - keep a message; a netlink_handler
 * @hdr: the message
 * @messages: struct messages
 */
void messages_add(struct nlmsghdr *hdr, void *messages)
{
	size_t len = NLMSG_ALIGN(hdr->nlmsg_len);
	struct messages *m = messages;

	if (m->used + len > m->size) {
		m->size = 2 * m->size + len;
		m->bytes = realloc(m->bytes, m->size);
		if (!m->bytes)
			err(1, "no memory");
	}
	memcpy(m->bytes + m->used, hdr, hdr->nlmsg_len);
	m->used += len;
}

/**
 * messages_each() - hand on what was kept
 * @messages: of what
 * @fn: gets each message
 * @arg: for @fn
 */
void messages_each(const struct messages *messages, netlink_handler fn, void *arg)
{
	struct nlmsghdr *hdr;
	size_t at;

	for (at = 0; at < messages->used; at += NLMSG_ALIGN(hdr->nlmsg_len)) {
		hdr = (struct nlmsghdr *)(messages->bytes + at);
		fn(hdr, arg);
	}
}

/**
 * messages_free() - forget all, and give the memory back
 */
void messages_free(struct messages *messages)
{
	free(messages->bytes);
	*messages = (struct messages){ 0 };
}
