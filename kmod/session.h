/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_SESSION_H
#define PSTEER_SESSION_H

#include <linux/jiffies.h>
#include <linux/rhashtable.h>

#include "key.h"
#include "packet.h"
#include "range.h"
#include "session_state.h"
#include "use.h"

struct psteer_client;
struct psteer_net;
struct psteer_server;

/**
 * struct psteer_flow - one direction of a session
 * @node: in pnet->sessions
 * @key: key of its packets as they reach the gateway
 */
struct psteer_flow {
	struct rhash_head node;
	struct psteer_key key;
};

/* Bits of psteer_session.flags above PSTEER_PROGRESS_ALL. */
#define PSTEER_SESSION_DYING_BIT	16	/* one CPU is ending it */
#define PSTEER_SESSION_FAILED_BIT	17	/* counted against its server */
#define PSTEER_SESSION_ACTIVE_BIT	18	/* counted in server->active */

/**
 * struct psteer_session - one steered connection
 * @flow: both directions, by enum psteer_dir. A packet with one's key is sent
 *	on with the other's key reversed.
 * @server: its server; a reference
 * @client: its client; counted in client->sessions
 * @use: where its port is marked as in use; names the owner of the port
 * @flags: PSTEER_PROGRESS_* and the bits above; atomic
 * @slot: which port of the owner's
 * @expires: when silence ends it, in jiffies; its timeout after the last packet,
 *	or up to psteer_session_slack() later; READ_ONCE
 * @answer: TCP: what the client has to acknowledge to have heard the server;
 *	READ_ONCE
 * @packets: by direction; a count may be lost if two CPUs count one direction
 * @bytes: by direction, likewise
 * @unproven: in the owner's list of them till it is completed; owner->lock
 * @rcu: for freeing it
 *
 * Ended by whoever sets the dying bit; freed after RCU readers.
 */
struct psteer_session {
	struct psteer_flow flow[PSTEER_DIRS];
	struct psteer_server *server;
	struct psteer_client *client;
	struct psteer_use *use;
	unsigned long flags;
	u16 slot;
	u32 expires;
	u32 answer;
	u64 packets[PSTEER_DIRS];
	u64 bytes[PSTEER_DIRS];
	union {
		struct list_head unproven;
		struct rcu_head rcu;
	};
};

/**
 * typedef psteer_session_match_fn - is this one of the sessions meant
 * @session: session
 * @ctx: the caller's
 */
typedef bool (*psteer_session_match_fn)(const struct psteer_session *session,
					const void *ctx);

int psteer_session_cache_init(void);
void psteer_session_cache_exit(void);
int psteer_sessions_init(struct psteer_net *pnet);
void psteer_sessions_exit(struct psteer_net *pnet);
struct psteer_session *psteer_session_find_rcu(struct psteer_net *pnet,
					       const struct psteer_key *key,
					       enum psteer_dir *dir);
struct psteer_session *
psteer_session_open(struct psteer_net *pnet, const struct psteer_key *key,
		    struct psteer_client *client, struct psteer_server *server,
		    const struct psteer_pick *pick, bool *opened);
void psteer_session_update(struct psteer_net *pnet,
			   struct psteer_session *session, enum psteer_dir dir,
			   const struct psteer_packet *pkt, u32 len);
void psteer_session_refused(struct psteer_session *session);
void psteer_session_expire(struct psteer_net *pnet,
			   struct psteer_session *session);
bool psteer_session_end(struct psteer_net *pnet,
			struct psteer_session *session);
bool psteer_session_end_oldest(struct psteer_net *pnet,
			       struct psteer_owner *owner);
u32 psteer_sessions_end(struct psteer_net *pnet, psteer_session_match_fn match,
			const void *ctx);
void psteer_sessions_end_expired(struct psteer_net *pnet, u32 budget);

static inline u8 psteer_session_proto(const struct psteer_session *session)
{
	return session->flow[PSTEER_DIR_ORIGINAL].key.proto;
}

/* Whose port it has: its client, or the pool's probation. */
static inline struct psteer_owner *
psteer_session_owner(const struct psteer_session *session)
{
	return session->use->key.owner;
}

static inline unsigned long
psteer_session_progress(const struct psteer_session *session)
{
	return READ_ONCE(session->flags) & PSTEER_PROGRESS_ALL;
}

/* Neither ended nor about to be. */
static inline bool psteer_session_live(const struct psteer_session *session)
{
	return (s32)(READ_ONCE(session->expires) - (u32)jiffies) > 0 &&
	       !test_bit(PSTEER_SESSION_DYING_BIT, &session->flags);
}

static inline struct psteer_session *
psteer_session_of(struct psteer_flow *flow)
{
	return container_of(flow, struct psteer_session, flow[flow->key.dir]);
}

#endif
