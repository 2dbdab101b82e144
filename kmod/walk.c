// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walking through a hash table that others use meanwhile.
 */
#include <linux/bottom_half.h>
#include <linux/err.h>
#include <linux/sched.h>

#include "walk.h"

/* Entries looked at before others may have the CPU. */
#define BATCH	1024

/**
 * psteer_walk_start() - begin, or go on with, a walk through a table
 * @iter: where it is
 *
 * If the table was replaced meanwhile the walk begins again; what it had come to may
 * be freed by now, which kernels before 2026-07 do not forget by themselves.
 *
 * Context: takes the RCU read side, until rhashtable_walk_stop().
 * Return: 0, or -EAGAIN if it begins again.
 */
int psteer_walk_start(struct rhashtable_iter *iter) __acquires(RCU)
{
	int err = rhashtable_walk_start_check(iter);

	if (err)
		iter->p = NULL;
	return err;
}

/*
 * Looks at up to @budget entries, from where @iter is; *@hits counts those that
 * were it. Returns false at the end of the table.
 */
static bool visit_batch(struct psteer_net *pnet, struct rhashtable_iter *iter,
			u32 budget, psteer_visit_fn visit, const void *ctx,
			u32 *hits)
{
	void *entry = NULL;

	psteer_walk_start(iter);
	while (budget--) {
		entry = rhashtable_walk_next(iter);
		if (!entry)
			break;
		/* -EAGAIN: the table was resized, the walk begins again. */
		if (IS_ERR(entry))
			continue;
		/* A packet of what is being ended would wait for us in vain. */
		local_bh_disable();
		*hits += visit(pnet, entry, ctx);
		local_bh_enable();
	}
	rhashtable_walk_stop(iter);
	return entry;
}

/**
 * psteer_walk_all() - visit all entries till no visit is true
 * @pnet: namespace
 * @table: its table
 * @visit: called for each
 * @ctx: for @visit
 *
 * A walk can pass over entries, or visit one twice, as others are taken out meanwhile
 * or the table is resized: so it is walked again after each that was true of any.
 * What @visit does must end that, and what comes meanwhile must not go on for ever.
 *
 * Context: process.
 * Return: how many visits were true.
 */
u32 psteer_walk_all(struct psteer_net *pnet, struct rhashtable *table,
		    psteer_visit_fn visit, const void *ctx)
{
	struct rhashtable_iter iter;
	u32 hits = 0, before;

	do {
		before = hits;
		rhashtable_walk_enter(table, &iter);
		while (visit_batch(pnet, &iter, BATCH, visit, ctx, &hits))
			cond_resched();
		rhashtable_walk_exit(&iter);
		cond_resched();
	} while (hits != before);
	return hits;
}

/**
 * psteer_walk_some() - go on with a walk that never ends
 * @pnet: namespace
 * @table: its table
 * @iter: where the walk is; begun with rhashtable_walk_enter()
 * @budget: how many entries to visit; fewer if the end is reached, and then the
 *	next call begins anew
 * @visit: called for each
 * @ctx: for @visit
 *
 * Context: process.
 */
void psteer_walk_some(struct psteer_net *pnet, struct rhashtable *table,
		      struct rhashtable_iter *iter, u32 budget,
		      psteer_visit_fn visit, const void *ctx)
{
	u32 done, hits = 0;

	for (done = 0; done < budget; done += BATCH) {
		if (!visit_batch(pnet, iter, BATCH, visit, ctx, &hits)) {
			rhashtable_walk_exit(iter);
			rhashtable_walk_enter(table, iter);
			return;
		}
		cond_resched();
	}
}
