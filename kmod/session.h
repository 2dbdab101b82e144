/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_SESSION_H
#define PSTEER_SESSION_H

#include <linux/jiffies.h>

#include "flow.h"
#include "packet.h"
#include "range.h"
#include "session_state.h"
#include "use.h"

struct psteer_client;
struct psteer_mapping;
struct psteer_net;
struct psteer_peer;
struct psteer_server;

/* Bits of psteer_session.flags above PSTEER_PROGRESS_ALL. */
#define PSTEER_SESSION_DYING_BIT	16	/* one CPU is ending it */
#define PSTEER_SESSION_FAILED_BIT	17	/* counted against its server */
#define PSTEER_SESSION_ACTIVE_BIT	18	/* counted in server->active */
#define PSTEER_SESSION_INBOUND_BIT	19	/* a VM's: begun from outside */
#define PSTEER_SESSION_HAIRPIN_BIT	20	/* its peer is a mapping, too */
#define PSTEER_SESSION_TOLD_BIT		21	/* it has not begun here */
#define PSTEER_SESSION_PEERS_BIT	22	/* no packet here since it was told */
#define PSTEER_SESSION_UNSURE_BIT	23	/* ... and it is to be told anew */
#define PSTEER_SESSION_HALF_BIT		24	/* not to be found by both keys yet */
#define PSTEER_SESSION_WHOSE	(BIT(PSTEER_SESSION_PEERS_BIT) | \
				 BIT(PSTEER_SESSION_UNSURE_BIT))

/* Why a session is over. */
enum psteer_end_reason {
	PSTEER_END_EXPIRED,	/* silent for too long */
	PSTEER_END_RESTEERED,	/* its client's packet is to be steered anew */
	PSTEER_END_SERVER_DOWN,	/* ... which is too late for its packet */
	PSTEER_END_RECYCLED,	/* never completed, and another needs its port */
	PSTEER_END_REPLACED,	/* a peer's, and over there by now */
	PSTEER_END_FLUSHED,	/* somebody has asked for it */
	PSTEER_END_REMOVED,	/* its server, service, VM or grant has been */
	PSTEER_END_NAMESPACE,	/* its namespace or the module goes */
	PSTEER_ENDS
};

/**
 * struct psteer_session - one connection, steered or a VM's
 * @server: its server, a reference; NULL if it is a VM's
 * @client: its client; counted in client->sessions
 * @mapping: a VM's: what its inside end is mapped to; counted in
 *	mapping->sessions
 * @use: steered: where its port is marked as in use; names the owner of the port
 * @peer: a VM's: whom it is with; NULL if that could not be noted
 * @flags: PSTEER_PROGRESS_* and the bits above; atomic
 * @slot: steered: which port of the owner's
 * @expires: when silence ends it, in jiffies; its timeout after the last packet,
 *	or up to psteer_session_slack() later; READ_ONCE
 * @settled: till then @expires need not be written, in jiffies; READ_ONCE
 * @answer: TCP: what the client has to acknowledge to have heard the server;
 *	READ_ONCE
 * @opened: when, in jiffies
 * @begun: steered: when its first packet came, in units of 1024 ns
 * @packets: by direction; a count may be lost if two CPUs count one direction
 * @bytes: by direction, likewise
 * @unproven: in the owner's list of them till it is completed; owner->lock
 * @rcu: for freeing it
 * @flows: both directions, see psteer_session_flow(). A packet with one's key is
 *	sent on with the other's key reversed.
 *
 * Ended by whoever sets the dying bit; freed after RCU readers. While it is free its
 * flows have their family, and no hops.
 */
struct psteer_session {
	struct psteer_server *server;
	union {
		struct psteer_client *client;
		struct psteer_mapping *mapping;
	};
	union {
		struct psteer_use *use;
		struct psteer_peer *peer;
	};
	unsigned long flags;
	u32 slot;
	u32 expires;
	u32 settled;
	u32 answer;
	u32 opened;
	u32 begun;
	u64 packets[PSTEER_DIRS];
	u64 bytes[PSTEER_DIRS];
	union {
		struct list_head unproven;
		struct rcu_head rcu;
	};
	u8 flows[] __aligned(sizeof(u64));
};

/**
 * struct psteer_session_params - what a session is made of
 * @key: by enum psteer_dir: of its first packet, and of the answers
 * @server: its server, on the service's list; NULL: a VM's
 * @client: its client, counted by the caller, who keeps that count
 * @mapping: a VM's: its mapping, likewise
 * @use: steered: from the pick
 * @slot: steered: from the pick
 * @flags: bits above PSTEER_PROGRESS_ALL that say what it is, as a mask; with
 *	PSTEER_SESSION_TOLD_BIT its progress, too
 * @expires_jiffies: told: how much silence ends it
 */
struct psteer_session_params {
	struct psteer_key key[PSTEER_DIRS];
	struct psteer_server *server;
	union {
		struct psteer_client *client;
		struct psteer_mapping *mapping;
	};
	struct psteer_use *use;
	u32 slot;
	unsigned long flags;
	u32 expires_jiffies;
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
struct psteer_session *
psteer_session_make(const struct psteer_session_params *params);
void psteer_session_forget_hops(struct psteer_session *session);
void psteer_session_free(struct psteer_session *session);
int psteer_sessions_init(struct psteer_net *pnet);
void psteer_sessions_exit(struct psteer_net *pnet);
struct psteer_session *psteer_session_find_rcu(struct psteer_net *pnet,
					       const struct psteer_key *key,
					       enum psteer_dir *dir);
struct psteer_session *
psteer_session_find_live_rcu(struct psteer_net *pnet,
			     const struct psteer_key *key,
			     enum psteer_dir *dir);
struct psteer_session *
psteer_session_open(struct psteer_net *pnet,
		    const struct psteer_session_params *params, bool *opened);
bool psteer_session_update(struct psteer_net *pnet,
			   struct psteer_session *session, enum psteer_dir dir,
			   const struct psteer_packet *pkt, u32 len);
void psteer_session_adopt(struct psteer_net *pnet,
			  struct psteer_session *session, unsigned long told,
			  u32 expires_jiffies);
s32 psteer_session_silence(struct psteer_net *pnet,
			   const struct psteer_session *session,
			   unsigned long progress, s32 left_jiffies);
void psteer_session_expire(struct psteer_net *pnet,
			   struct psteer_session *session);
bool psteer_session_end(struct psteer_net *pnet, struct psteer_session *session,
			enum psteer_end_reason why);
bool psteer_session_end_oldest(struct psteer_net *pnet,
			       struct psteer_owner *owner);
bool psteer_session_end_at(struct psteer_net *pnet,
			   struct psteer_session *session,
			   unsigned long progress,
			   enum psteer_end_reason why);
u32 psteer_sessions_end(struct psteer_net *pnet, psteer_session_match_fn match,
			const void *ctx, enum psteer_end_reason why);
u32 psteer_sessions_set_whose(struct psteer_net *pnet,
			      enum psteer_session_whose whose);
void psteer_sessions_end_all(struct psteer_net *pnet);
void psteer_sessions_end_expired(struct psteer_net *pnet, u32 budget);

/* Of both its flows. */
static inline u8 psteer_session_family(const struct psteer_session *session)
{
	return ((const struct psteer_flow *)session->flows)->family;
}

static inline struct psteer_flow *
psteer_session_flow(const struct psteer_session *session, enum psteer_dir dir)
{
	return (struct psteer_flow *)(session->flows + dir *
			psteer_flow_size(psteer_session_family(session)));
}

static inline struct psteer_session *psteer_session_of(struct psteer_flow *flow)
{
	u8 *flows = (u8 *)flow - flow->dir * psteer_flow_size(flow->family);

	return container_of(flows, struct psteer_session, flows[0]);
}

static inline u8 psteer_session_proto(const struct psteer_session *session)
{
	return psteer_session_flow(session, PSTEER_DIR_ORIGINAL)->proto;
}

static inline bool psteer_session_is_vms(const struct psteer_session *session)
{
	return !session->server;
}

/* It has begun elsewhere, and so says nothing of how sessions begin here. */
static inline bool psteer_session_is_told(const struct psteer_session *session)
{
	return test_bit(PSTEER_SESSION_TOLD_BIT, &session->flags);
}

/* Is this the key of its first packet? */
static inline bool psteer_session_begins(const struct psteer_session *session,
					 const struct psteer_key *key)
{
	return psteer_flow_has(psteer_session_flow(session,
						   PSTEER_DIR_ORIGINAL), key);
}

/* Which way a packet of it with this key goes. */
static inline enum psteer_dir
psteer_session_dir_of(const struct psteer_session *session,
		      const struct psteer_key *key)
{
	return psteer_session_begins(session, key) ? PSTEER_DIR_ORIGINAL :
						     PSTEER_DIR_REPLY;
}

/* Which way its packets go that come from the VM's, or the servers', side. */
static inline enum psteer_dir
psteer_session_outward(const struct psteer_session *session)
{
	if (!psteer_session_is_vms(session) ||
	    test_bit(PSTEER_SESSION_INBOUND_BIT, &session->flags))
		return PSTEER_DIR_REPLY;
	return PSTEER_DIR_ORIGINAL;
}

/* Steered: whose port it has: its client, or the pool's probation. */
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

static inline enum psteer_session_whose
psteer_session_whose(const struct psteer_session *session)
{
	if (!test_bit(PSTEER_SESSION_PEERS_BIT, &session->flags))
		return PSTEER_WHOSE_OWN;
	return test_bit(PSTEER_SESSION_UNSURE_BIT, &session->flags) ?
	       PSTEER_WHOSE_UNSURE : PSTEER_WHOSE_PEER;
}

/* Neither ended nor about to be. */
static inline bool psteer_session_live(const struct psteer_session *session)
{
	return (s32)(READ_ONCE(session->expires) - (u32)jiffies) > 0 &&
	       !test_bit(PSTEER_SESSION_DYING_BIT, &session->flags);
}

#endif
