// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions: the table of both directions' keys, opening, following and ending. Their
 * memory is session_slab.c's.
 */
#include "net.h"
#include "notify.h"
#include "session.h"
#include "session_ends.h"
#include "trace.h"

/* How much more than the server's SYN a client's first segment may have heard. */
#define ANSWER_WINDOW	1048576

static u32 hash_key(const void *data, u32 len, u32 seed)
{
	return psteer_key_hash(data, seed);
}

static u32 hash_flow(const void *data, u32 len, u32 seed)
{
	return psteer_flow_hash(data, seed);
}

static int compare_key(struct rhashtable_compare_arg *arg, const void *flow)
{
	return !psteer_flow_has(flow, arg->key);
}

static const struct rhashtable_params flow_params = {
	.head_offset = offsetof(struct psteer_flow, node),
	.hashfn = hash_key,
	.obj_hashfn = hash_flow,
	.obj_cmpfn = compare_key,
	.automatic_shrinking = true,
};

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

/**
 * psteer_sessions_exit() - free what psteer_sessions_init() has made
 * @pnet: namespace, without sessions
 */
void psteer_sessions_exit(struct psteer_net *pnet)
{
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
	*dir = flow->dir;
	return psteer_session_of(flow);
}

static void unhash(struct psteer_net *pnet, struct psteer_session *session,
		   enum psteer_dir dir)
{
	rhashtable_remove_fast(&pnet->sessions,
			       &psteer_session_flow(session, dir)->node,
			       flow_params);
}

/* NULL, the flow that has the key already, or ERR_PTR. */
static struct psteer_flow *hash(struct psteer_net *pnet,
				struct psteer_session *session,
				enum psteer_dir dir,
				const struct psteer_key *key)
{
	struct psteer_flow *flow = psteer_session_flow(session, dir);

	return rhashtable_lookup_get_insert_key(&pnet->sessions, key,
						&flow->node, flow_params);
}

/*
 * A steered session's reply goes first: none can come before the first packet is
 * sent on, and whoever finds the first key finds a complete session. Of a VM's
 * session both ends may send the first packet: whoever is to have it, both begin
 * at the same key.
 */
static enum psteer_dir first_hashed(const struct psteer_session_params *params)
{
	if (params->server)
		return PSTEER_DIR_REPLY;
	return memcmp(&params->key[PSTEER_DIR_ORIGINAL],
		      &params->key[PSTEER_DIR_REPLY], PSTEER_KEY_LEN) < 0 ?
	       PSTEER_DIR_ORIGINAL : PSTEER_DIR_REPLY;
}

/* Does it stand for what a session with these keys was to, whoever began? */
static bool stands_for(const struct psteer_session *session,
		       const struct psteer_key *key)
{
	return psteer_session_begins(session, &key[PSTEER_DIR_ORIGINAL]) ||
	       psteer_session_begins(session, &key[PSTEER_DIR_REPLY]);
}

/* Both keys, or neither; an existing session that stands for it. */
static struct psteer_session *
publish_session(struct psteer_net *pnet, struct psteer_session *session,
		const struct psteer_session_params *params)
{
	enum psteer_dir first = first_hashed(params);
	const struct psteer_key *key = params->key;
	struct psteer_flow *there;

	there = hash(pnet, session, first, &key[first]);
	if (!there) {
		there = hash(pnet, session, !first, &key[!first]);
		if (there)
			unhash(pnet, session, first);
	}
	if (IS_ERR(there))
		return ERR_CAST(there);
	if (there)
		return stands_for(psteer_session_of(there), key) ?
		       psteer_session_of(there) : ERR_PTR(-EEXIST);
	/* Pairs with psteer_session_end(). */
	clear_bit_unlock(PSTEER_SESSION_HALF_BIT, &session->flags);
	return session;
}

static u32 timeout_of(struct psteer_net *pnet,
		      const struct psteer_session *session,
		      unsigned long progress)
{
	const struct psteer_config *config = psteer_config_rcu(pnet);
	const u32 *timeouts = psteer_session_is_vms(session) ?
			      config->vm_timeout : config->timeout;

	return psteer_session_timeout(timeouts, progress,
				      psteer_session_proto(session));
}

/*
 * Silence is borne from the last packet on. A flow that goes on writes its
 * expiry once in a while only, and so sets it a little later than it must.
 */
static void set_expiry(struct psteer_net *pnet, struct psteer_session *session,
		       unsigned long progress)
{
	u32 timeout = timeout_of(pnet, session, progress);
	u32 slack = psteer_session_slack(progress, timeout);
	u32 now = jiffies;

	WRITE_ONCE(session->expires, now + timeout + slack);
	WRITE_ONCE(session->settled, now + slack);
}

/* Another CPU's FIN must not be left with this one's expiry. */
static void renew_expiry(struct psteer_net *pnet, struct psteer_session *session,
			 unsigned long progress)
{
	unsigned long now;

	set_expiry(pnet, session, progress);
	now = psteer_session_progress(session);
	if (unlikely(now != progress))
		set_expiry(pnet, session, now);
}

static void set_told_expiry(struct psteer_session *session, u32 expires_jiffies)
{
	WRITE_ONCE(session->settled, (u32)jiffies);
	WRITE_ONCE(session->expires, (u32)jiffies + expires_jiffies);
}

static bool expiry_settled(const struct psteer_session *session)
{
	return (s32)(READ_ONCE(session->settled) - (u32)jiffies) > 0;
}

/* Another was there first, or there is no memory. */
static void discard_session(struct psteer_net *pnet,
			    struct psteer_session *session)
{
	psteer_ends_disown(session);
	psteer_ends_release(pnet, session, false);
	atomic_dec(&pnet->sessions_count);
	psteer_session_free(session);
}

/**
 * psteer_session_open() - open a session, or find that another CPU just has
 * @pnet: namespace
 * @params: what it is made of
 * @opened: set to whether the session is new; if so its port is the session's
 *	now, else it stays the caller's
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: the session, which may have been begun by the other end, or ERR_PTR:
 * -ENOMEM, -EEXIST if a key is another session's, -EAGAIN if the session that
 * has them is just being ended.
 */
struct psteer_session *
psteer_session_open(struct psteer_net *pnet,
		    const struct psteer_session_params *params, bool *opened)
{
	struct psteer_session *session, *winner;

	*opened = false;
	session = psteer_session_make(params);
	if (!session)
		return ERR_PTR(-ENOMEM);
	if (psteer_session_is_told(session))
		set_told_expiry(session, params->expires_jiffies);
	else
		set_expiry(pnet, session, 0);
	atomic_inc(&pnet->sessions_count);
	psteer_ends_hold(pnet, session);
	winner = publish_session(pnet, session, params);
	if (winner != session) {
		discard_session(pnet, session);
		if (!IS_ERR(winner) && !psteer_session_live(winner))
			return ERR_PTR(-EAGAIN);
		return winner;
	}
	*opened = true;
	psteer_ends_opened(pnet, session);
	if (psteer_session_is_told(session))
		psteer_ends_told(session, 0, psteer_session_progress(session));
	psteer_count(pnet, PSTEER_STAT_SESSION_CREATED);
	psteer_notify_session(pnet, session, PSTEER_EVENT_NEW);
	trace_session_create(pnet, session);
	return session;
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

/* What it answers to has been given to another server meanwhile. */
static bool is_too_late(unsigned long was, unsigned long is, u8 proto)
{
	return proto == IPPROTO_TCP &&
	       test_bit(PSTEER_SESSION_DYING_BIT, &was) &&
	       (is & ~was & PSTEER_PROGRESS_ANSWERED);
}

/* Once for each change of state, and when it becomes this gateway's own. */
static void tell_change(struct psteer_net *pnet, struct psteer_session *session,
			unsigned long was, unsigned long is)
{
	u8 proto = psteer_session_proto(session);

	if ((was & PSTEER_SESSION_WHOSE) ||
	    psteer_session_state(was & PSTEER_PROGRESS_ALL, proto) !=
	    psteer_session_state(is & PSTEER_PROGRESS_ALL, proto))
		psteer_notify_session(pnet, session, PSTEER_EVENT_CHANGE);
}

static unsigned long stepped(unsigned long was, u8 proto, enum psteer_dir dir,
			     u8 tcp)
{
	return (was & ~(PSTEER_PROGRESS_ALL | PSTEER_SESSION_WHOSE)) |
	       psteer_session_step(was & PSTEER_PROGRESS_ALL, proto, dir, tcp);
}

/* The packet changes something, or its session lives longer by it. */
static noinline bool advance(struct psteer_net *pnet,
			     struct psteer_session *session,
			     enum psteer_dir dir, u8 proto, u8 tcp)
{
	unsigned long was = READ_ONCE(session->flags), is;

	do {
		is = stepped(was, proto, dir, tcp);
		if (unlikely(is_too_late(was, is, proto)))
			return false;
	} while (is != was && !try_cmpxchg(&session->flags, &was, is));
	/* One reset after another keeps nothing alive (RFC 7857, section 7.1). */
	if (is != was) {
		psteer_ends_progressed(pnet, session, was & PSTEER_PROGRESS_ALL,
				       is & PSTEER_PROGRESS_ALL, dir);
		renew_expiry(pnet, session, is & PSTEER_PROGRESS_ALL);
		tell_change(pnet, session, was, is);
	} else if (!(tcp & PSTEER_TCP_RST)) {
		renew_expiry(pnet, session, is & PSTEER_PROGRESS_ALL);
	}
	return true;
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
 * Return: false if the packet must not be sent on: it is a TCP server's first
 * answer, and the session was ended before it could take that.
 */
bool psteer_session_update(struct psteer_net *pnet,
			   struct psteer_session *session, enum psteer_dir dir,
			   const struct psteer_packet *pkt, u32 len)
{
	unsigned long was = READ_ONCE(session->flags);
	u8 tcp = pkt->tcp, proto = pkt->key.proto;

	if (proto == IPPROTO_TCP && !is_believed(session, dir, pkt))
		tcp &= ~PSTEER_TCP_ACK;
	if ((stepped(was, proto, dir, tcp) != was || !expiry_settled(session)) &&
	    !advance(pnet, session, dir, proto, tcp))
		return false;
	WRITE_ONCE(session->packets[dir], session->packets[dir] + 1);
	WRITE_ONCE(session->bytes[dir], session->bytes[dir] + len);
	psteer_ends_count(session, len);
	return true;
}

/* Progress of a state is told with less detail than is known of one's own. */
static unsigned long told_progress(unsigned long was, unsigned long told,
				   u8 proto)
{
	was &= PSTEER_PROGRESS_ALL;
	told &= PSTEER_PROGRESS_ALL;
	return psteer_session_state(was, proto) ==
	       psteer_session_state(told, proto) ? was : told;
}

/**
 * psteer_session_adopt() - take a session to where it is elsewhere
 * @pnet: namespace
 * @session: session
 * @told: PSTEER_PROGRESS_* that it has there, and PSTEER_SESSION_PEERS_BIT if it
 *	is there that its packets come
 * @expires_jiffies: how much more silence would end it
 *
 * Context: RCU read side.
 */
void psteer_session_adopt(struct psteer_net *pnet,
			  struct psteer_session *session, unsigned long told,
			  u32 expires_jiffies)
{
	unsigned long was = READ_ONCE(session->flags), is;
	u8 proto = psteer_session_proto(session);

	do {
		is = was & ~(PSTEER_PROGRESS_ALL | PSTEER_SESSION_WHOSE);
		is |= told_progress(was, told, proto);
		is |= told & PSTEER_SESSION_WHOSE;
	} while (is != was && !try_cmpxchg(&session->flags, &was, is));
	psteer_ends_told(session, was & PSTEER_PROGRESS_ALL,
			 is & PSTEER_PROGRESS_ALL);
	set_told_expiry(session, expires_jiffies);
}

/**
 * psteer_session_silence() - how long a session has been silent
 * @pnet: namespace
 * @session: session; so far as how long it may be is the same elsewhere, the
 *	answer is that of its fellow there, too
 * @progress: PSTEER_PROGRESS_* of it, or of its fellow
 * @left_jiffies: how much more silence ends it, or its fellow
 *
 * Context: RCU read side.
 * Return: jiffies, not exact: up to psteer_session_slack() less.
 */
s32 psteer_session_silence(struct psteer_net *pnet,
			   const struct psteer_session *session,
			   unsigned long progress, s32 left_jiffies)
{
	return timeout_of(pnet, session, progress) - left_jiffies;
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
	if (psteer_session_end(pnet, session, PSTEER_END_EXPIRED) &&
	    psteer_session_proto(session) == IPPROTO_TCP)
		psteer_ends_refused(session);
}

/**
 * psteer_session_find_live_rcu() - find the session of a packet that takes it on
 * @pnet: namespace
 * @key: key of the packet
 * @dir: which way it goes, set if a session is found
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 * Return: the session, or NULL; one that has been silent too long is ended.
 */
struct psteer_session *
psteer_session_find_live_rcu(struct psteer_net *pnet,
			     const struct psteer_key *key, enum psteer_dir *dir)
{
	struct psteer_session *session;

	session = psteer_session_find_rcu(pnet, key, dir);
	if (!session || likely(psteer_session_live(session)))
		return session;
	psteer_session_expire(pnet, session);
	return NULL;
}

static void finish_session(struct psteer_net *pnet,
			   struct psteer_session *session,
			   enum psteer_end_reason why)
{
	trace_session_end(pnet, session, why);
	psteer_notify_session(pnet, session, PSTEER_EVENT_DEL);
	unhash(pnet, session, PSTEER_DIR_ORIGINAL);
	unhash(pnet, session, PSTEER_DIR_REPLY);
	/* Now: routes must not outlive their namespace. */
	psteer_session_forget_hops(session);
	psteer_count(pnet, PSTEER_STAT_SESSION_ENDED);
	psteer_ends_release(pnet, session, true);
	atomic_dec(&pnet->sessions_count);
	psteer_session_free(session);
}

/**
 * psteer_session_end() - end a session and give its port back
 * @pnet: namespace
 * @session: session
 * @why: for who traces it
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 * Return: true if it was this call that ended it; not if another CPU does, or is
 * just opening it.
 */
bool psteer_session_end(struct psteer_net *pnet, struct psteer_session *session,
			enum psteer_end_reason why)
{
	/* Who opens it may have to give it up. */
	if (test_bit_acquire(PSTEER_SESSION_HALF_BIT, &session->flags) ||
	    test_and_set_bit(PSTEER_SESSION_DYING_BIT, &session->flags))
		return false;
	finish_session(pnet, session, why);
	return true;
}

/**
 * psteer_session_end_at() - end a session if it has not come further meanwhile
 * @pnet: namespace
 * @session: session
 * @progress: PSTEER_PROGRESS_* that it had when that was decided
 * @why: for who traces it
 *
 * While it is decided that a server does not answer, its answer may come: the
 * client must not hear from two servers.
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 * Return: false if it goes on; true if it is over, by this call or another.
 */
bool psteer_session_end_at(struct psteer_net *pnet,
			   struct psteer_session *session,
			   unsigned long progress, enum psteer_end_reason why)
{
	unsigned long was = READ_ONCE(session->flags);

	do {
		if (test_bit(PSTEER_SESSION_DYING_BIT, &was))
			return true;
		if ((was & PSTEER_PROGRESS_ALL) != progress)
			return false;
	} while (!try_cmpxchg(&session->flags, &was,
			      was | BIT(PSTEER_SESSION_DYING_BIT)));
	finish_session(pnet, session, why);
	return true;
}
