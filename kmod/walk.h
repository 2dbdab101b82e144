/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_WALK_H
#define PSTEER_WALK_H

#include <linux/rhashtable.h>
#include <linux/types.h>

struct psteer_net;

/**
 * typedef psteer_visit_fn - look at one entry of a table
 * @pnet: namespace
 * @entry: entry; it may be taken out of the table
 * @ctx: the caller's
 *
 * Context: RCU read side.
 * Return: true if it was what the walk is for.
 */
typedef bool (*psteer_visit_fn)(struct psteer_net *pnet, void *entry,
				const void *ctx);

int psteer_walk_start(struct rhashtable_iter *iter) __acquires(RCU);
u32 psteer_walk_all(struct psteer_net *pnet, struct rhashtable *table,
		    psteer_visit_fn visit, const void *ctx);
void psteer_walk_some(struct psteer_net *pnet, struct rhashtable *table,
		      struct rhashtable_iter *iter, u32 budget,
		      psteer_visit_fn visit, const void *ctx);

#endif
