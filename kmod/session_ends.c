// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a session means to those at its ends: to the client and the server of a
 * steered one, to the mapping and so the VM of another.
 */
#include <linux/ktime.h>

#include "client.h"
#include "mapping.h"
#include "net.h"
#include "peer.h"
#include "server.h"
#include "service.h"
#include "session.h"
#include "session_ends.h"
#include "vm.h"

/* In 1.024 us: good for an hour, and made without a division. */
static u32 clock_now(void)
{
	return ktime_get_ns() >> 10;
}

/* Its server works for it; not so once both ends have closed it. */
static void begin_activity(struct psteer_session *session)
{
	if (!test_and_set_bit(PSTEER_SESSION_ACTIVE_BIT, &session->flags))
		psteer_server_opened(session->server);
}

static void end_activity(struct psteer_session *session)
{
	if (test_and_clear_bit(PSTEER_SESSION_ACTIVE_BIT, &session->flags))
		psteer_server_ended(session->server,
				    psteer_session_is_told(session) ? 0 :
				    (clock_now() - session->begun) ?: 1);
}

static void count_connection(struct psteer_server *server)
{
	atomic64_inc(&server->created);
	atomic64_inc(&server->service->created);
}

/*
 * Its server has to answer from now on; UDP need not be answered, and who was asked
 * elsewhere may have answered there.
 */
static void begin_wait(struct psteer_session *session)
{
	session->begun = clock_now();
	if (!psteer_session_is_told(session) &&
	    psteer_session_proto(session) == IPPROTO_TCP)
		psteer_server_asked(session->server);
}

/*
 * How long the server has taken, in microseconds, at least one; 0 if that is not
 * known: the first packet that comes back is then no answer to the first that went,
 * or the session was taken over from elsewhere.
 */
static u32 answer_time(const struct psteer_session *session,
		       enum psteer_dir dir)
{
	u64 took;

	if (dir != PSTEER_DIR_REPLY ||
	    psteer_session_proto(session) != IPPROTO_TCP)
		return 0;
	took = (u32)(clock_now() - session->begun);
	return min_t(u64, div_u64(took << 10, NSEC_PER_USEC) + 1, U32_MAX);
}

static void hold_steered(struct psteer_session *session)
{
	refcount_inc(&session->server->refs);
	psteer_client_count(session->client);
	atomic_inc(&session->server->sessions);
	begin_activity(session);
	/* Before it is published: the answer may come at once. */
	begin_wait(session);
}

/**
 * psteer_ends_hold() - count a session that is about to be published
 * @pnet: namespace
 * @session: session
 *
 * Context: RCU read side, any but hard interrupts.
 */
void psteer_ends_hold(struct psteer_net *pnet, struct psteer_session *session)
{
	union nf_inet_addr src, dst;
	enum psteer_dir outward;

	if (!psteer_session_is_vms(session)) {
		hold_steered(session);
		return;
	}
	psteer_mapping_count(session->mapping);
	atomic_inc(&session->mapping->vm->sessions);
	outward = psteer_session_outward(session);
	psteer_flow_addrs(psteer_session_flow(session, outward), &src, &dst);
	session->peer = psteer_peer_get(pnet, session->mapping, &dst);
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
	/* Of a client on probation nothing is learned. */
	if (owner == &session->client->owner &&
	    !psteer_session_is_told(session))
		psteer_turnover_opened(&session->client->turnover,
				       jiffies_to_msecs(session->opened));
	spin_unlock_bh(&owner->lock);
}

/**
 * psteer_ends_opened() - a session was published
 * @pnet: namespace
 * @session: session, as psteer_ends_hold() has left it
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 */
void psteer_ends_opened(struct psteer_net *pnet, struct psteer_session *session)
{
	bool told = psteer_session_is_told(session);

	if (psteer_session_is_vms(session)) {
		atomic64_add(!told, &session->mapping->vm->created);
		return;
	}
	await_completion(session);
	if (!told)
		count_connection(session->server);
}

/**
 * psteer_ends_disown() - a session lost the race for its first key
 * @session: session
 *
 * Its reply key was to be found for a moment, and by chance was found: see to it
 * that nobody takes it for a session that goes on.
 *
 * Context: any but hard interrupts; takes owner->lock.
 */
void psteer_ends_disown(struct psteer_session *session)
{
	struct psteer_owner *owner;

	if (psteer_session_is_vms(session)) {
		set_bit(PSTEER_SESSION_DYING_BIT, &session->flags);
		return;
	}
	owner = psteer_session_owner(session);
	spin_lock_bh(&owner->lock);
	set_bit(PSTEER_SESSION_DYING_BIT, &session->flags);
	spin_unlock_bh(&owner->lock);
}

static void give_port(struct psteer_session *session)
{
	struct psteer_owner *owner = psteer_session_owner(session);
	u32 held = (u32)jiffies - session->opened;

	spin_lock_bh(&owner->lock);
	list_del(&session->unproven);
	if (owner == &session->client->owner &&
	    !psteer_session_is_told(session))
		psteer_turnover_ended(&session->client->turnover,
				      jiffies_to_msecs(held));
	psteer_range_put(owner, session->use, session->slot);
	spin_unlock_bh(&owner->lock);
}

/**
 * psteer_ends_release() - undo psteer_ends_hold()
 * @pnet: namespace
 * @session: session that is dying
 * @opened: it was published, so that its port is its own, and goes too
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 */
void psteer_ends_release(struct psteer_net *pnet,
			 struct psteer_session *session, bool opened)
{
	if (psteer_session_is_vms(session)) {
		psteer_peer_put(pnet, session->peer);
		atomic_dec(&session->mapping->vm->sessions);
		psteer_mapping_put(session->mapping);
		return;
	}
	end_activity(session);
	if (opened)
		give_port(session);
	psteer_client_put(session->client);
	atomic_dec(&session->server->sessions);
	psteer_server_put(session->server);
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

/* It counts again, unless it is being ended. */
static void resume_activity(struct psteer_session *session)
{
	begin_activity(session);
	/* Whoever ends it has either seen that, or is seen here. */
	if (test_bit(PSTEER_SESSION_DYING_BIT, &session->flags))
		end_activity(session);
}

/* One connection after another has the same session, port and server. */
static void reopen_session(struct psteer_net *pnet,
			   struct psteer_session *session)
{
	clear_bit(PSTEER_SESSION_FAILED_BIT, &session->flags);
	clear_bit(PSTEER_SESSION_TOLD_BIT, &session->flags);
	resume_activity(session);
	begin_wait(session);
	count_connection(session->server);
	psteer_count(pnet, PSTEER_STAT_SESSION_REOPENED);
}

/**
 * psteer_ends_progressed() - a packet has taken a session further
 * @pnet: namespace
 * @session: session
 * @was: its progress before
 * @is: its progress now
 * @dir: which way the packet went
 *
 * Context: RCU read side, bottom halves off; takes owner->lock.
 */
void psteer_ends_progressed(struct psteer_net *pnet,
			    struct psteer_session *session, unsigned long was,
			    unsigned long is, enum psteer_dir dir)
{
	unsigned long gained = is & ~was;

	if (psteer_session_is_vms(session))
		return;
	if ((gained & PSTEER_PROGRESS_ANSWERED) &&
	    !psteer_session_is_told(session))
		psteer_server_answered(session->server,
				       answer_time(session, dir));
	if (gained & PSTEER_PROGRESS_COMPLETED)
		complete_session(session);
	if ((gained & PSTEER_PROGRESS_RESET) && dir == PSTEER_DIR_REPLY)
		psteer_ends_refused(session);
	if (psteer_session_over(is))
		end_activity(session);
	else if (psteer_session_over(was) && !(is & ~PSTEER_PROGRESS_SYN))
		reopen_session(pnet, session);
	else if (psteer_session_over(was))
		resume_activity(session);
}

/**
 * psteer_ends_told() - what another gateway has told has taken a session further
 * @session: session
 * @was: its progress before
 * @is: its progress now
 *
 * Nothing is learned from it of its server.
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 */
void psteer_ends_told(struct psteer_session *session, unsigned long was,
		      unsigned long is)
{
	if (psteer_session_is_vms(session))
		return;
	if (is & ~was & PSTEER_PROGRESS_COMPLETED)
		complete_session(session);
	if (psteer_session_over(is))
		end_activity(session);
	else
		resume_activity(session);
}

/**
 * psteer_ends_count() - count a packet of a session
 * @session: session
 * @len: its length in bytes
 *
 * Context: softirq or bottom halves off; counts on this CPU.
 */
void psteer_ends_count(const struct psteer_session *session, u32 len)
{
	psteer_traffic_count(psteer_session_is_vms(session) ?
				     session->mapping->vm->traffic :
				     session->server->traffic,
			     len);
}

/**
 * psteer_ends_refused() - a session's server has refused, or does not answer
 * @session: session; counted against the server once, if never answered
 *
 * Context: any.
 */
void psteer_ends_refused(struct psteer_session *session)
{
	if (psteer_session_is_vms(session) || psteer_session_is_told(session) ||
	    (psteer_session_progress(session) & PSTEER_PROGRESS_ANSWERED))
		return;
	if (!test_and_set_bit(PSTEER_SESSION_FAILED_BIT, &session->flags))
		psteer_server_failed(session->server);
}
