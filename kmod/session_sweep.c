// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ending sessions in numbers: those that expired, those of something that goes
 * away, those that an owner has had longest without an answer.
 */
#include <linux/jiffies.h>

#include "net.h"
#include "session.h"
#include "walk.h"

/**
 * struct sweep - which sessions to end
 * @match: tells them
 * @ctx: for @match
 * @why: for who traces it
 * @until: those that were opened until then, in jiffies
 */
struct sweep {
	psteer_session_match_fn match;
	const void *ctx;
	enum psteer_end_reason why;
	u32 until;
};

/* The session of an entry, once for its two; NULL the other time. */
static struct psteer_session *session_of(void *entry)
{
	struct psteer_flow *flow = entry;

	if (flow->dir != PSTEER_DIR_ORIGINAL)
		return NULL;
	return psteer_session_of(flow);
}

static bool end_matching(struct psteer_net *pnet, void *entry, const void *ctx)
{
	struct psteer_session *session = session_of(entry);
	const struct sweep *sweep = ctx;

	return session && (s32)(session->opened - sweep->until) <= 0 &&
	       sweep->match(session, sweep->ctx) &&
	       psteer_session_end(pnet, session, sweep->why);
}

/**
 * psteer_sessions_end() - end all sessions that match
 * @pnet: namespace
 * @match: which
 * @ctx: for @match
 * @why: for who traces it
 *
 * Sessions opened meanwhile may be missed, others are not.
 *
 * Context: process.
 * Return: how many were ended.
 */
u32 psteer_sessions_end(struct psteer_net *pnet, psteer_session_match_fn match,
			const void *ctx, enum psteer_end_reason why)
{
	const struct sweep sweep = {
		.match = match,
		.ctx = ctx,
		.why = why,
		.until = jiffies,
	};

	return psteer_walk_all(pnet, &pnet->sessions, end_matching, &sweep);
}

static bool match_all(const struct psteer_session *session, const void *ctx)
{
	return true;
}

/**
 * psteer_sessions_end_all() - end all sessions of a namespace
 * @pnet: namespace, without hooks and garbage collection
 *
 * Context: process.
 */
void psteer_sessions_end_all(struct psteer_net *pnet)
{
	while (atomic_read(&pnet->sessions_count))
		psteer_sessions_end(pnet, match_all, NULL,
				    PSTEER_END_NAMESPACE);
}

static bool set_whose(struct psteer_net *pnet, void *entry, const void *ctx)
{
	struct psteer_session *session = session_of(entry);
	const enum psteer_session_whose *whose = ctx;
	unsigned long was, is;

	if (!session)
		return false;
	was = READ_ONCE(session->flags);
	do {
		if (!(was & BIT(PSTEER_SESSION_PEERS_BIT)))
			return false;
		is = was & ~PSTEER_SESSION_WHOSE;
		if (*whose == PSTEER_WHOSE_UNSURE)
			is = was | BIT(PSTEER_SESSION_UNSURE_BIT);
	} while (is != was && !try_cmpxchg(&session->flags, &was, is));
	return is != was;
}

/**
 * psteer_sessions_set_whose() - change what is known of a peer's sessions
 * @pnet: namespace
 * @whose: PSTEER_WHOSE_OWN: they are this gateway's own from now on;
 *	PSTEER_WHOSE_UNSURE: till they are told anew
 *
 * Context: process.
 * Return: how many were changed.
 */
u32 psteer_sessions_set_whose(struct psteer_net *pnet,
			      enum psteer_session_whose whose)
{
	return psteer_walk_all(pnet, &pnet->sessions, set_whose, &whose);
}

static bool end_expired(struct psteer_net *pnet, void *entry, const void *ctx)
{
	struct psteer_session *session = session_of(entry);

	if (!session || psteer_session_live(session))
		return false;
	psteer_session_expire(pnet, session);
	return true;
}

/**
 * psteer_sessions_end_expired() - go on looking for expired sessions
 * @pnet: namespace
 * @budget: how many sessions to look at
 *
 * Context: process, garbage collection only.
 */
void psteer_sessions_end_expired(struct psteer_net *pnet, u32 budget)
{
	/* Each has two entries. */
	psteer_walk_some(pnet, &pnet->sessions, &pnet->gc_sessions, 2 * budget,
			 end_expired, NULL);
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
	return session &&
	       psteer_session_end(pnet, session, PSTEER_END_RECYCLED);
}
