// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions: the table of both directions' keys, opening, following and ending.
 */
#include <linux/slab.h>

#include "client.h"
#include "net.h"
#include "notify.h"
#include "server.h"
#include "service.h"
#include "session.h"

/* How much more than the server's SYN a client's first segment may have heard. */
#define ANSWER_WINDOW	1048576

static struct kmem_cache *session_cache;

static u32 hash_key(const void *data, u32 len, u32 seed)
{
	return psteer_key_hash(data, seed);
}

static const struct rhashtable_params flow_params = {
	.head_offset = offsetof(struct psteer_flow, node),
	.key_offset = offsetof(struct psteer_flow, key),
	.key_len = PSTEER_KEY_LEN,
	.hashfn = hash_key,
	.automatic_shrinking = true,
};

/**
 * psteer_session_cache_init() - make the module's session slab
 *
 * Return: 0 or -ENOMEM.
 */
int psteer_session_cache_init(void)
{
	session_cache = KMEM_CACHE(psteer_session, SLAB_HWCACHE_ALIGN);
	return session_cache ? 0 : -ENOMEM;
}

/**
 * psteer_session_cache_exit() - undo psteer_session_cache_init()
 *
 * Context: after rcu_barrier(), so that every session is back.
 */
void psteer_session_cache_exit(void)
{
	kmem_cache_destroy(session_cache);
}

/**
 * psteer_sessions_init() - make a namespace ready for sessions
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_sessions_init(struct psteer_net *pnet)
{
	int err = rhashtable_init(&pnet->sessions, &flow_params);

	if (!err)
		rhashtable_walk_enter(&pnet->sessions, &pnet->gc_sessions);
	return err;
}

static bool match_all(const struct psteer_session *session, const void *ctx)
{
	return true;
}

/**
 * psteer_sessions_exit() - end all sessions of a namespace
 * @pnet: namespace, without hooks and garbage collection
 */
void psteer_sessions_exit(struct psteer_net *pnet)
{
	while (atomic_read(&pnet->sessions_count))
		psteer_sessions_end(pnet, match_all, NULL);
	rhashtable_walk_exit(&pnet->gc_sessions);
	rhashtable_destroy(&pnet->sessions);
}

/**
 * psteer_session_find_rcu() - find the session of a packet
 * @pnet: namespace
 * @key: key of the packet
 * @dir: which way it goes, set if a session is found
 *
 * Context: RCU read side.
 * Return: the session, which may have expired, or NULL.
 */
struct psteer_session *psteer_session_find_rcu(struct psteer_net *pnet,
					       const struct psteer_key *key,
					       enum psteer_dir *dir)
{
	struct psteer_flow *flow;

	flow = rhashtable_lookup(&pnet->sessions, key, flow_params);
	if (!flow)
		return NULL;
	*dir = flow->key.dir;
	return psteer_session_of(flow);
}

static void free_session(struct rcu_head *rcu)
{
	kmem_cache_free(session_cache,
			container_of(rcu, struct psteer_session, rcu));
}

static void init_session(struct psteer_session *session,
			 const struct psteer_key *key,
			 const struct psteer_pick *pick)
{
	struct psteer_server *server = session->server;
	struct psteer_key *original = &session->flow[PSTEER_DIR_ORIGINAL].key;
	struct psteer_key *reply = &session->flow[PSTEER_DIR_REPLY].key;

	*original = *key;
	original->dir = PSTEER_DIR_ORIGINAL;
	reply->src = server->ip;
	reply->dst = pick->ip;
	reply->sport = server->port;
	reply->dport = pick->port;
	reply->proto = key->proto;
	reply->family = key->family;
	reply->dir = PSTEER_DIR_REPLY;
	session->use = pick->use;
	session->slot = pick->slot;
	INIT_LIST_HEAD(&session->unproven);
}

/* Both keys, or neither; an existing session with @session's own first key. */
static struct psteer_session *publish_session(struct psteer_net *pnet,
					      struct psteer_session *session)
{
	struct psteer_flow *original = &session->flow[PSTEER_DIR_ORIGINAL];
	struct psteer_flow *reply = &session->flow[PSTEER_DIR_REPLY];
	struct psteer_flow *there;
	int err;

	/*
	 * The reply first: no reply can come before the first packet is sent
	 * on, and whoever finds the first key finds a complete session.
	 */
	err = rhashtable_lookup_insert_fast(&pnet->sessions, &reply->node,
					    flow_params);
	if (err)
		return ERR_PTR(err);
	there = rhashtable_lookup_get_insert_fast(&pnet->sessions,
						  &original->node, flow_params);
	if (!there)
		return session;
	rhashtable_remove_fast(&pnet->sessions, &reply->node, flow_params);
	return IS_ERR(there) ? ERR_CAST(there) : psteer_session_of(there);
}

/*
 * A published session can be completed, or ended, by another CPU at once: then
 * it must not enter the list that both have been through already.
 */
static void await_completion(struct psteer_session *session)
{
	struct psteer_owner *owner = psteer_session_owner(session);

	spin_lock_bh(&owner->lock);
	if (!test_bit(PSTEER_SESSION_DYING_BIT, &session->flags) &&
	    !(psteer_session_progress(session) & PSTEER_PROGRESS_COMPLETED))
		list_add_tail(&session->unproven, &owner->unproven);
	spin_unlock_bh(&owner->lock);
}

/*
 * Its reply key was to be found for a moment, and by chance was found: see to it
 * that nobody takes it for a session that goes on.
 */
static void disown_session(struct psteer_session *session)
{
	struct psteer_owner *owner = psteer_session_owner(session);

	spin_lock_bh(&owner->lock);
	set_bit(PSTEER_SESSION_DYING_BIT, &session->flags);
	spin_unlock_bh(&owner->lock);
}

/* Its server works for it; not so once both ends have closed it. */
static void begin_activity(struct psteer_session *session)
{
	if (!test_and_set_bit(PSTEER_SESSION_ACTIVE_BIT, &session->flags))
		atomic_inc(&session->server->active);
}

static void end_activity(struct psteer_session *session)
{
	if (test_and_clear_bit(PSTEER_SESSION_ACTIVE_BIT, &session->flags))
		atomic_dec(&session->server->active);
}

static void count_connection(struct psteer_server *server)
{
	atomic64_inc(&server->created);
	atomic64_inc(&server->service->created);
}

static void uncount_session(struct psteer_net *pnet,
			    struct psteer_server *server)
{
	atomic_dec(&pnet->sessions_count);
	atomic_dec(&server->sessions);
	psteer_server_put(server);
}

/**
 * psteer_session_open() - open a session, or find that another CPU just has
 * @pnet: namespace
 * @key: key of its first packet
 * @client: its client, counted by the caller, who keeps that count
 * @server: its server, on the service's list
 * @pick: its port
 * @opened: set to whether the session is new; if so @pick is the session's
 *	now, else it stays the caller's
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: the session, or ERR_PTR: -ENOMEM, -EEXIST if the reply's key is taken,
 * -EAGAIN if the session that has the first key is just being ended.
 */
struct psteer_session *
psteer_session_open(struct psteer_net *pnet, const struct psteer_key *key,
		    struct psteer_client *client, struct psteer_server *server,
		    const struct psteer_pick *pick, bool *opened)
{
	const struct psteer_config *config = psteer_config_rcu(pnet);
	struct psteer_session *session, *winner;

	*opened = false;
	session = kmem_cache_zalloc(session_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!session)
		return ERR_PTR(-ENOMEM);
	session->client = client;
	session->server = server;
	init_session(session, key, pick);
	session->expires = jiffies +
		psteer_session_timeout(config->timeout, 0, key->proto);
	refcount_inc(&server->refs);
	psteer_client_count(client);
	atomic_inc(&pnet->sessions_count);
	atomic_inc(&server->sessions);
	begin_activity(session);

	winner = publish_session(pnet, session);
	if (winner != session) {
		disown_session(session);
		end_activity(session);
		uncount_session(pnet, server);
		psteer_client_put(client);
		call_rcu(&session->rcu, free_session);
		if (!IS_ERR(winner) && !psteer_session_live(winner))
			return ERR_PTR(-EAGAIN);
		return winner;
	}
	*opened = true;
	await_completion(session);
	count_connection(server);
	psteer_count(pnet, PSTEER_STAT_SESSION_CREATED);
	psteer_notify_session(pnet, session, PSTEER_EVENT_NEW);
	return session;
}

/* The client has heard the server's answer: neither is a forgery. */
static void complete_session(struct psteer_session *session)
{
	struct psteer_owner *owner = psteer_session_owner(session);
	bool dying;

	spin_lock_bh(&owner->lock);
	/* Once it is dying the list node is no longer ours to touch. */
	dying = test_bit(PSTEER_SESSION_DYING_BIT, &session->flags);
	if (!dying)
		list_del_init(&session->unproven);
	spin_unlock_bh(&owner->lock);
	if (!dying)
		psteer_client_prove(session->client);
}

/* One connection after another has the same session, port and server. */
static void reopen_session(struct psteer_net *pnet,
			   struct psteer_session *session)
{
	clear_bit(PSTEER_SESSION_FAILED_BIT, &session->flags);
	begin_activity(session);
	/* Whoever ends it has either seen that, or is seen here. */
	if (test_bit(PSTEER_SESSION_DYING_BIT, &session->flags))
		end_activity(session);
	count_connection(session->server);
	psteer_count(pnet, PSTEER_STAT_SESSION_REOPENED);
}

static void note_progress(struct psteer_net *pnet,
			  struct psteer_session *session, unsigned long was,
			  unsigned long is, enum psteer_dir dir)
{
	unsigned long gained = is & ~was;

	if (gained & PSTEER_PROGRESS_ANSWERED)
		psteer_server_answered(session->server);
	if (gained & PSTEER_PROGRESS_COMPLETED)
		complete_session(session);
	if ((gained & PSTEER_PROGRESS_RESET) && dir == PSTEER_DIR_REPLY)
		psteer_session_refused(session);
	if (psteer_session_over(is))
		end_activity(session);
	else if (psteer_session_over(was) && !(is & ~PSTEER_PROGRESS_SYN))
		reopen_session(pnet, session);
	else if (psteer_session_over(was))
		begin_activity(session);
}

/*
 * Only who has received the server's answer can acknowledge it: a forger of
 * addresses does not, and must not prove his clients.
 */
static bool is_believed(struct psteer_session *session, enum psteer_dir dir,
			const struct psteer_packet *pkt)
{
	if (dir == PSTEER_DIR_REPLY) {
		if (pkt->tcp & PSTEER_TCP_SYN)
			WRITE_ONCE(session->answer, pkt->seq + 1);
		return true;
	}
	if (psteer_session_progress(session) & PSTEER_PROGRESS_COMPLETED)
		return true;
	return pkt->ack - READ_ONCE(session->answer) < ANSWER_WINDOW;
}

/*
 * Silence is borne from the last packet on. A flow that goes on writes its
 * expiry once in a while only, and so sets it a little later than it must.
 */
static void postpone_expiry(struct psteer_net *pnet,
			    struct psteer_session *session,
			    unsigned long progress, bool progressed)
{
	u32 timeout = psteer_session_timeout(psteer_config_rcu(pnet)->timeout,
					     progress,
					     psteer_session_proto(session));
	u32 slack = psteer_session_slack(progress, timeout);
	u32 left = READ_ONCE(session->expires) - (u32)jiffies;

	/* Neither less than the timeout, nor more than it now is. */
	if (progressed || left - timeout > slack)
		WRITE_ONCE(session->expires, (u32)jiffies + timeout + slack);
}

/**
 * psteer_session_update() - let a packet take its session further
 * @pnet: namespace
 * @session: a live session
 * @dir: which way the packet goes
 * @pkt: what was read from it
 * @len: its length
 *
 * Context: RCU read side, bottom halves off.
 */
void psteer_session_update(struct psteer_net *pnet,
			   struct psteer_session *session, enum psteer_dir dir,
			   const struct psteer_packet *pkt, u32 len)
{
	unsigned long was = READ_ONCE(session->flags), is;
	u8 tcp = pkt->tcp, proto = pkt->key.proto;

	if (proto == IPPROTO_TCP && !is_believed(session, dir, pkt))
		tcp &= ~PSTEER_TCP_ACK;
	do {
		is = (was & ~PSTEER_PROGRESS_ALL) |
		     psteer_session_step(was & PSTEER_PROGRESS_ALL, proto, dir,
					 tcp);
	} while (is != was && !try_cmpxchg(&session->flags, &was, is));
	if (is != was)
		note_progress(pnet, session, was & PSTEER_PROGRESS_ALL,
			      is & PSTEER_PROGRESS_ALL, dir);

	postpone_expiry(pnet, session, is & PSTEER_PROGRESS_ALL, is != was);
	WRITE_ONCE(session->packets[dir], session->packets[dir] + 1);
	WRITE_ONCE(session->bytes[dir], session->bytes[dir] + len);
	psteer_server_count(session->server, len);
}

/**
 * psteer_session_refused() - its server has refused, or does not answer
 * @session: session; counted against the server once, if never answered
 *
 * Context: any.
 */
void psteer_session_refused(struct psteer_session *session)
{
	if (psteer_session_progress(session) & PSTEER_PROGRESS_ANSWERED)
		return;
	if (!test_and_set_bit(PSTEER_SESSION_FAILED_BIT, &session->flags))
		psteer_server_failed(session->server);
}

/**
 * psteer_session_expire() - end a session that has been silent for too long
 * @pnet: namespace
 * @session: session
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 */
void psteer_session_expire(struct psteer_net *pnet,
			   struct psteer_session *session)
{
	/* UDP need not be answered, so that nothing follows from silence. */
	if (psteer_session_end(pnet, session) &&
	    psteer_session_proto(session) == IPPROTO_TCP)
		psteer_session_refused(session);
}

/**
 * psteer_session_end() - end a session and give its port back
 * @pnet: namespace
 * @session: session
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 * Return: true if it was this call that ended it.
 */
bool psteer_session_end(struct psteer_net *pnet, struct psteer_session *session)
{
	struct psteer_owner *owner = psteer_session_owner(session);
	struct psteer_server *server = session->server;
	struct psteer_client *client = session->client;

	if (test_and_set_bit(PSTEER_SESSION_DYING_BIT, &session->flags))
		return false;
	end_activity(session);
	psteer_notify_session(pnet, session, PSTEER_EVENT_DEL);
	rhashtable_remove_fast(&pnet->sessions,
			       &session->flow[PSTEER_DIR_ORIGINAL].node,
			       flow_params);
	rhashtable_remove_fast(&pnet->sessions,
			       &session->flow[PSTEER_DIR_REPLY].node,
			       flow_params);
	spin_lock_bh(&owner->lock);
	list_del(&session->unproven);
	psteer_range_put(owner, session->use, session->slot);
	spin_unlock_bh(&owner->lock);
	psteer_count(pnet, PSTEER_STAT_SESSION_ENDED);
	psteer_client_put(client);
	uncount_session(pnet, server);
	call_rcu(&session->rcu, free_session);
	return true;
}
