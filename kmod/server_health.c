// SPDX-License-Identifier: GPL-2.0-only
/*
 * Servers as seen from the gateway. One whose handshakes keep failing gets no new
 * sessions, but for one now and then to see whether it is back. How long they
 * take and how many fail is kept as feedback for the choice.
 */
#include <linux/jiffies.h>

#include "net.h"
#include "notify.h"
#include "server.h"
#include "service.h"

static u32 config_value(const struct psteer_server *server,
			enum psteer_config_attr attr)
{
	u32 value;

	rcu_read_lock();
	value = psteer_config_rcu(server->service->pnet)->value[attr];
	rcu_read_unlock();
	return value;
}

static void postpone_retry(struct psteer_server *server)
{
	u32 retry_ms = config_value(server, PSTEER_A_CONFIG_HEALTH_RETRY);

	WRITE_ONCE(server->retry_at, jiffies + msecs_to_jiffies(retry_ms));
}

/* Of the clock that feedback goes by. */
static u32 now_ms(void)
{
	return jiffies_to_msecs(jiffies);
}

/**
 * psteer_server_forgive() - forget a server's failures in a row
 * @server: server
 *
 * Context: any.
 */
void psteer_server_forgive(struct psteer_server *server)
{
	if (atomic_read(&server->failures))
		atomic_set(&server->failures, 0);
	if (!test_bit(0, &server->unhealthy) ||
	    !test_and_clear_bit(0, &server->unhealthy))
		return;
	atomic_dec(&server->service->unhealthy);
	psteer_notify_server(server, PSTEER_EVENT_CHANGE);
}

/**
 * psteer_server_renew() - forget all that was held against a server
 * @server: server that is set up again
 *
 * Context: process.
 */
void psteer_server_renew(struct psteer_server *server)
{
	psteer_server_forgive(server);
	spin_lock_bh(&server->watch);
	psteer_feedback_forgive(&server->feedback);
	spin_unlock_bh(&server->watch);
}

/**
 * psteer_server_asked() - a TCP session has been opened to a server
 * @server: server, which has to answer
 *
 * Context: any.
 */
void psteer_server_asked(struct psteer_server *server)
{
	if (!spin_trylock_bh(&server->watch))
		return;
	psteer_feedback_asked(&server->feedback, now_ms());
	spin_unlock_bh(&server->watch);
}

/**
 * psteer_server_answered() - a server has answered a new session
 * @server: server
 * @us: how long that took, microseconds; 0 if it is not known
 *
 * Context: any.
 */
void psteer_server_answered(struct psteer_server *server, u32 us)
{
	atomic64_inc(&server->established);
	psteer_server_forgive(server);
	if (!spin_trylock_bh(&server->watch))
		return;
	psteer_feedback_answered(&server->feedback, now_ms());
	if (us)
		psteer_latency_add(&server->feedback.handshake, now_ms(), us);
	spin_unlock_bh(&server->watch);
}

/**
 * psteer_server_reported_latency() - a server has said how long it takes
 * @server: server
 * @us: microseconds, of whatever it measures
 *
 * Context: any.
 */
void psteer_server_reported_latency(struct psteer_server *server, u32 us)
{
	spin_lock_bh(&server->watch);
	psteer_latency_add(&server->feedback.reported, now_ms(), us);
	spin_unlock_bh(&server->watch);
}

/**
 * psteer_server_trouble() - what is held against a server now
 * @server: server
 * @trouble: filled in
 *
 * Context: any, no lock.
 */
void psteer_server_trouble(const struct psteer_server *server,
			   struct psteer_trouble *trouble)
{
	psteer_feedback_judge(&server->feedback, now_ms(), trouble);
}

static void note_failure(struct psteer_server *server)
{
	if (!spin_trylock_bh(&server->watch))
		return;
	psteer_feedback_failed(&server->feedback, now_ms());
	spin_unlock_bh(&server->watch);
}

/**
 * psteer_server_failed() - a server has refused a new session, or not answered
 * @server: server
 *
 * Context: any. At most once for each session.
 */
void psteer_server_failed(struct psteer_server *server)
{
	u32 limit = config_value(server, PSTEER_A_CONFIG_HEALTH_FAILURES);

	atomic64_inc(&server->failed);
	note_failure(server);
	if (!limit || READ_ONCE(server->state) != PSTEER_SERVER_UP)
		return;
	if (atomic_inc_return(&server->failures) < limit)
		return;
	postpone_retry(server);
	if (test_and_set_bit(0, &server->unhealthy))
		return;
	atomic_inc(&server->service->unhealthy);
	psteer_notify_server(server, PSTEER_EVENT_CHANGE);
}

/**
 * psteer_server_healthy() - may a server be given a new session
 * @server: server
 *
 * Context: any.
 * Return: true if its handshakes succeed, or if it is time to try again.
 */
bool psteer_server_healthy(const struct psteer_server *server)
{
	return !test_bit(0, &server->unhealthy) ||
	       time_after_eq(jiffies, READ_ONCE(server->retry_at));
}

/**
 * psteer_server_chosen() - a server has been chosen for a new session
 * @server: server; if it is unhealthy this session is its trial, and the next
 *	one has to wait
 *
 * Context: any.
 */
void psteer_server_chosen(struct psteer_server *server)
{
	if (test_bit(0, &server->unhealthy))
		postpone_retry(server);
}
