// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steering: what is decided for the first packet of a session, and whether a
 * later one calls for deciding again.
 */
#include <linux/random.h>

#include "admit.h"
#include "client.h"
#include "net.h"
#include "pool.h"
#include "server.h"
#include "service.h"
#include "session.h"
#include "session_ends.h"
#include "steer.h"

/* Tries before a first packet that keeps losing races is dropped. */
#define TRIES	8
/* No honest client repeats its SYN sooner; the usual is a second. */
#define REPEAT_LEAST	(HZ / 2)

static enum psteer_stat reason_of(int err)
{
	switch (err) {
	case -ENFILE:
		return PSTEER_STAT_CLIENTS_FULL;
	case -ENOSPC:
		return PSTEER_STAT_NO_PORT;
	case -EHOSTDOWN:
		return PSTEER_STAT_NO_SERVER;
	case -ENOMEDIUM:
		return PSTEER_STAT_NO_TAGGED_SERVER;
	case -EAGAIN:
		return PSTEER_STAT_SESSION_RACE;
	default:
		return PSTEER_STAT_NO_MEMORY;
	}
}

/*
 * A server and a port that is free towards it. -EAGAIN: there are more ports
 * now, or another CPU took the last one: look again.
 */
static int choose(struct psteer_client *client, struct psteer_owner *owner,
		  const struct psteer_service *service,
		  struct psteer_server **server, struct psteer_pick *pick)
{
	/* For both: what a port tells of it is of no use for the next one. */
	u32 random = get_random_u32();
	struct psteer_choice choice;
	int err;

	psteer_choice_init(&choice, service, &client->key.ip, owner);
	*server = psteer_choice_make(&choice, random);
	if (!*server) {
		if (!choice.short_of_ports)
			return psteer_choice_tagged(&choice) ? -EHOSTDOWN :
							       -ENOMEDIUM;
		return psteer_ports_more(client, owner) ? -EAGAIN : -ENOSPC;
	}
	err = psteer_range_pick(service->pnet, owner, (*server)->endpoint, 0,
				random, pick);
	return err == -ENOSPC ? -EAGAIN : err;
}

/* The new session, another CPU's, or ERR_PTR as from choose(). */
static struct psteer_session *open_at(struct psteer_client *client,
				      struct psteer_server *server,
				      const struct psteer_pick *pick,
				      const struct psteer_key *key,
				      bool *opened)
{
	const struct psteer_session_params params = {
		.key[PSTEER_DIR_ORIGINAL] = *key,
		.key[PSTEER_DIR_REPLY] = {
			.src = server->ip,
			.dst = pick->ip,
			.sport = server->port,
			.dport = pick->port,
			.proto = key->proto,
			.family = key->family,
		},
		.server = server,
		.client = client,
		.use = pick->use,
		.slot = pick->slot,
	};
	struct psteer_session *session;

	session = psteer_session_open(server->service->pnet, &params, opened);
	/* The port is still taken by a session that is being ended. */
	return session == ERR_PTR(-EEXIST) ? ERR_PTR(-EAGAIN) : session;
}

/* One try: as open_at(). */
static struct psteer_session *try_open(struct psteer_client *client,
				       const struct psteer_service *service,
				       const struct psteer_key *key,
				       bool *opened)
{
	struct psteer_owner *owner = psteer_ports_owner(client);
	struct psteer_session *session;
	struct psteer_server *server;
	struct psteer_pick pick;
	int err;

	err = choose(client, owner, service, &server, &pick);
	if (err)
		return ERR_PTR(err);
	session = open_at(client, server, &pick, key, opened);
	if (*opened)
		psteer_ports_ahead(client, owner, pick.use);
	else
		psteer_range_put_pick(&pick);
	return session;
}

static struct psteer_session *open_session(struct psteer_client *client,
					   const struct psteer_service *service,
					   const struct psteer_key *key)
{
	struct psteer_session *session;
	bool opened = false;
	u32 tries = 0;

	do {
		session = try_open(client, service, key, &opened);
	} while (session == ERR_PTR(-EAGAIN) && ++tries < TRIES);
	psteer_client_put(client);
	if (!opened && !IS_ERR(session))
		psteer_count(service->pnet, PSTEER_STAT_SESSION_RACE);
	return session;
}

static struct psteer_client *get_client(struct psteer_net *pnet,
					struct psteer_pool *pool,
					const union nf_inet_addr *ip)
{
	struct psteer_client *client;
	u32 tries = 0;

	do {
		client = psteer_client_get(pnet, pool, ip);
	} while (client == ERR_PTR(-EAGAIN) && ++tries < TRIES);
	return client;
}

static struct psteer_service *find_service(struct psteer_net *pnet,
					   const struct psteer_key *key)
{
	struct psteer_service_key service_key = {
		.ip = key->dst,
		.port = key->dport,
		.proto = key->proto,
		.family = key->family,
	};

	return psteer_service_lookup_rcu(pnet, &service_key);
}

/**
 * psteer_steer() - decide on a packet without a session
 * @pnet: namespace
 * @skb: packet
 * @state: of the hook
 * @pkt: what was read from it, of kind FLOW
 * @reason: set if there will be no session: why, or PSTEER_NOT_OURS
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: its session, new or just opened by another CPU, or NULL.
 */
struct psteer_session *psteer_steer(struct psteer_net *pnet,
				    struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    const struct psteer_packet *pkt,
				    enum psteer_stat *reason)
{
	struct psteer_session *session;
	struct psteer_service *service;
	struct psteer_client *client;

	*reason = PSTEER_NOT_OURS;
	service = find_service(pnet, &pkt->key);
	if (!service)
		return NULL;
	client = psteer_client_find_rcu(pnet, service->pool, &pkt->key.src);
	if (!psteer_admit(pnet, skb, state, pkt,
			  client ? &client->known : NULL, reason))
		return NULL;

	if (!client || !psteer_client_hold(client))
		client = get_client(pnet, service->pool, &pkt->key.src);
	if (IS_ERR(client)) {
		*reason = reason_of(PTR_ERR(client));
		return NULL;
	}
	session = open_session(client, service, &pkt->key);
	if (IS_ERR(session)) {
		*reason = reason_of(PTR_ERR(session));
		return NULL;
	}
	return session;
}

static bool takes_sessions(const struct psteer_server *server)
{
	return READ_ONCE(server->state) == PSTEER_SERVER_UP &&
	       psteer_server_healthy(server);
}

/*
 * The client asks again, as its server has not answered. Once may be a lost
 * packet; a second time, or from another client too, is not.
 */
static bool give_up_on(struct psteer_session *session)
{
	bool before = test_bit(PSTEER_SESSION_FAILED_BIT, &session->flags);
	const struct psteer_config *config =
		psteer_config_rcu(session->server->service->pnet);
	u32 asked = READ_ONCE(session->expires) -
		    config->timeout[PSTEER_SESSION_OPENING];

	/* It did not even wait for an answer. */
	if ((u32)jiffies - asked < REPEAT_LEAST)
		return false;
	psteer_ends_refused(session);
	return before || atomic_read(&session->server->failures) > 1 ||
	       !takes_sessions(session->server);
}

/**
 * psteer_steer_hopes() - may another server still take a session
 * @session: a live session whose server can't be reached
 *
 * Context: RCU read side.
 * Return: true if the client's next try can be steered to one.
 */
bool psteer_steer_hopes(const struct psteer_session *session)
{
	const struct psteer_service *service;

	if (psteer_session_is_vms(session))
		return false;
	service = session->server->service;
	return psteer_session_proto(session) == IPPROTO_TCP &&
	       !(psteer_session_progress(session) & PSTEER_PROGRESS_ANSWERED) &&
	       rcu_dereference(service->servers)->up > 1;
}

/**
 * psteer_steer_anew() - is a packet's session to be ended because of it
 * @session: a live session
 * @dir: which way the packet goes
 * @pkt: what was read from it
 * @reason: set if true: PSTEER_STAT_SESSION_RESTEERED if the packet is to be
 *	steered like a first one, else why its session is over
 *
 * A session moves only where nothing is lost by it: before its server has
 * answered, when both ends have closed it, or when the server is down.
 *
 * Context: RCU read side.
 */
bool psteer_steer_anew(struct psteer_session *session, enum psteer_dir dir,
		       const struct psteer_packet *pkt,
		       enum psteer_stat *reason)
{
	unsigned long progress = psteer_session_progress(session);
	const struct psteer_server *server = session->server;

	if (psteer_session_is_vms(session) || dir != PSTEER_DIR_ORIGINAL)
		return false;
	*reason = PSTEER_STAT_SESSION_RESTEERED;
	if (pkt->key.proto == IPPROTO_TCP && psteer_admit_begins(pkt)) {
		if (psteer_session_reopens(progress, dir, pkt->tcp))
			return !takes_sessions(server);
		if ((progress & PSTEER_PROGRESS_SYN) &&
		    !(progress & PSTEER_PROGRESS_ANSWERED))
			return give_up_on(session);
	}
	if (READ_ONCE(server->state) != PSTEER_SERVER_DOWN)
		return false;
	if (pkt->key.proto == IPPROTO_TCP && !psteer_admit_begins(pkt))
		*reason = PSTEER_STAT_SERVER_DOWN;
	return true;
}
