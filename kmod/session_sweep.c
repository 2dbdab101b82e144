// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ending sessions in numbers: those that expired, those of something that goes
 * away, those that an owner has had longest without an answer.
 */
#include <linux/sched.h>

#include "net.h"
#include "session.h"

/* The next session of a walk, each once; NULL at the end of the table. */
static struct psteer_session *next_session(struct rhashtable_iter *walk)
{
	struct psteer_flow *flow;

	while ((flow = rhashtable_walk_next(walk))) {
		/* -EAGAIN: the table was resized, the walk begins again. */
		if (IS_ERR(flow))
			continue;
		if (flow->key.dir == PSTEER_DIR_ORIGINAL)
			return psteer_session_of(flow);
	}
	return NULL;
}

static u32 end_matching(struct psteer_net *pnet, psteer_session_match_fn match,
			const void *ctx)
{
	struct psteer_session *session;
	struct rhashtable_iter walk;
	u32 ended = 0, seen = 0;

	rhashtable_walk_enter(&pnet->sessions, &walk);
	rhashtable_walk_start(&walk);
	while ((session = next_session(&walk))) {
		if (match(session, ctx))
			ended += psteer_session_end(pnet, session);
		if (!(++seen % 1024)) {
			rhashtable_walk_stop(&walk);
			cond_resched();
			rhashtable_walk_start(&walk);
		}
	}
	rhashtable_walk_stop(&walk);
	rhashtable_walk_exit(&walk);
	return ended;
}

/**
 * psteer_sessions_end() - end all sessions that match
 * @pnet: namespace
 * @match: which
 * @ctx: for @match
 *
 * Sessions opened meanwhile may be missed: stop their being opened first.
 *
 * Context: process.
 * Return: how many were ended.
 */
u32 psteer_sessions_end(struct psteer_net *pnet, psteer_session_match_fn match,
			const void *ctx)
{
	u32 total = 0, ended;

	/* A table that is being resized can hide an entry from one walk. */
	do {
		ended = end_matching(pnet, match, ctx);
		total += ended;
	} while (ended);
	return total;
}

/**
 * psteer_sessions_end_expired() - go on looking for expired sessions
 * @pnet: namespace
 * @budget: how many to look at
 *
 * Context: process, garbage collection only.
 * Return: true if the end of the table was reached; the next call begins anew.
 */
bool psteer_sessions_end_expired(struct psteer_net *pnet, u32 budget)
{
	struct psteer_session *session = NULL;

	rhashtable_walk_start(&pnet->gc_sessions);
	while (budget--) {
		session = next_session(&pnet->gc_sessions);
		if (!session)
			break;
		if (!psteer_session_live(session))
			psteer_session_expire(pnet, session);
	}
	rhashtable_walk_stop(&pnet->gc_sessions);
	if (session)
		return false;
	rhashtable_walk_exit(&pnet->gc_sessions);
	rhashtable_walk_enter(&pnet->sessions, &pnet->gc_sessions);
	return true;
}

/**
 * psteer_session_end_oldest() - end the session that is unproven the longest
 * @pnet: namespace
 * @owner: whose port it has
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 * Return: false if no session of @owner is unproven.
 */
bool psteer_session_end_oldest(struct psteer_net *pnet,
			       struct psteer_owner *owner)
{
	struct psteer_session *session;

	spin_lock_bh(&owner->lock);
	session = list_first_entry_or_null(&owner->unproven,
					   struct psteer_session, unproven);
	/* Should another CPU be ending it just now, the next look goes on. */
	if (session)
		list_move_tail(&session->unproven, &owner->unproven);
	spin_unlock_bh(&owner->lock);
	return session && psteer_session_end(pnet, session);
}
