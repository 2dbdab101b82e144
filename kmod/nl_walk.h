/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash table dumped over many messages.
 */
#ifndef PSTEER_NL_WALK_H
#define PSTEER_NL_WALK_H

#include "nl_common.h"

/**
 * struct psteer_nl_walk - where a dump is in its table
 * @iter: place in the table
 * @seq: rises when the table was resized: then some entries are told twice
 */
struct psteer_nl_walk {
	struct rhashtable_iter iter;
	u32 seq;
};

/**
 * typedef psteer_nl_put_fn - put one entry of the table
 * @skb: to fill
 * @cb: dump
 * @entry: entry; not for this dump is put as nothing
 *
 * Return: 0, or -EMSGSIZE with @skb as it was.
 */
typedef int (*psteer_nl_put_fn)(struct sk_buff *skb,
				struct netlink_callback *cb, void *entry);

int psteer_nl_walk_start(struct netlink_callback *cb,
			 struct rhashtable *table);
int psteer_nl_walk_dump(struct sk_buff *skb, struct netlink_callback *cb,
			psteer_nl_put_fn put);

#endif
