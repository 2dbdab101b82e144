// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hash table dumped over many messages: no entry that stays is left out, and
 * a dump that told one twice says that it was disturbed.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "nl_walk.h"
#include "walk.h"

/* Entries looked at before others may have the CPU. */
#define BATCH	1024

static struct psteer_nl_walk *walk_of(const struct netlink_callback *cb)
{
	return (struct psteer_nl_walk *)cb->args[0];
}

/**
 * psteer_nl_walk_start() - begin a dump
 * @cb: dump
 * @table: its table
 *
 * Return: 0 or -ENOMEM.
 */
int psteer_nl_walk_start(struct netlink_callback *cb, struct rhashtable *table)
{
	struct psteer_nl_walk *walk = kzalloc(sizeof(*walk), GFP_KERNEL);

	if (!walk)
		return -ENOMEM;
	walk->seq = 1;
	rhashtable_walk_enter(table, &walk->iter);
	cb->args[0] = (long)walk;
	return 0;
}

/**
 * psteer_nl_walk_done() - end a dump
 * @cb: dump; may not have been started
 *
 * Return: 0.
 */
int psteer_nl_walk_done(struct netlink_callback *cb)
{
	struct psteer_nl_walk *walk = walk_of(cb);

	if (walk) {
		rhashtable_walk_exit(&walk->iter);
		kfree(walk);
	}
	return 0;
}

/* The next entries; 1 when the message is full, 0 at the end, else -EAGAIN. */
static int put_some(struct sk_buff *skb, struct netlink_callback *cb,
		    psteer_nl_put_fn put)
{
	struct psteer_nl_walk *walk = walk_of(cb);
	u32 left = BATCH;
	void *entry;

	if (psteer_walk_start(&walk->iter))
		walk->seq++;
	cb->seq = walk->seq;
	for (entry = rhashtable_walk_peek(&walk->iter);
	     entry && (IS_ERR(entry) || left--);
	     entry = rhashtable_walk_next(&walk->iter)) {
		if (IS_ERR(entry))
			cb->seq = ++walk->seq;
		else if (put(skb, cb, entry))
			break;
	}
	rhashtable_walk_stop(&walk->iter);
	if (!entry)
		return 0;
	return left == U32_MAX ? -EAGAIN : 1;
}

/**
 * psteer_nl_walk_dump() - put as many entries as there is room for
 * @skb: to fill
 * @cb: dump
 * @put: puts one
 *
 * Context: process.
 * Return: length of @skb; 0 at the end.
 */
int psteer_nl_walk_dump(struct sk_buff *skb, struct netlink_callback *cb,
			psteer_nl_put_fn put)
{
	/* A filter may let nothing through for long. */
	while (put_some(skb, cb, put) == -EAGAIN)
		cond_resched();
	return skb->len;
}
