// SPDX-License-Identifier: GPL-2.0-only
/*
 * One choice among servers: whether each can be chosen, its score from what is
 * known of it and the ports free towards it, and the choice itself. The same
 * code answers "explain".
 */
#include "net.h"
#include "pool.h"
#include "select_order.h"
#include "server.h"
#include "service.h"
#include "steer.h"
#include "trace.h"
#include "zone.h"

/**
 * psteer_choice_init() - prepare a choice
 * @choice: filled in
 * @service: service
 * @client: address of the client, which outlives @choice
 * @owner: whose port the session will get, or NULL for a client not seen yet
 *
 * Context: RCU read side, which keeps @choice valid.
 */
void psteer_choice_init(struct psteer_choice *choice,
			const struct psteer_service *service,
			const union nf_inet_addr *client,
			struct psteer_owner *owner)
{
	const struct psteer_config *config = psteer_config_rcu(service->pnet);
	u32 size = config->value[PSTEER_A_CONFIG_PORT_RANGE_SIZE];
	u8 shift = service->pool->shift;

	memset(choice, 0, sizeof(*choice));
	choice->pnet = service->pnet;
	choice->service = service;
	choice->client = client;
	choice->servers = rcu_dereference(service->servers);
	choice->owner = owner;
	choice->range_size = psteer_block_count(size, shift) << shift;
	choice->panic = psteer_service_panics(service, choice->servers);
	choice->needs = READ_ONCE(service->needs.mask);
	choice->zone = psteer_zone_of_rcu(service->pnet, service->key.family,
					  client);
	psteer_service_rule(service, &choice->rule);
	/* Of a client that is nowhere no server is nearer than another. */
	if (choice->zone == PSTEER_ZONE_NONE)
		choice->rule.weights.zone = 0;
}

static bool has_tags(const struct psteer_choice *choice,
		     const struct psteer_server *server)
{
	return psteer_tags_meet(READ_ONCE(server->tags.mask), choice->needs);
}

/**
 * psteer_choice_tagged() - does any server have the tags that are needed
 * @choice: choice
 *
 * Context: RCU read side.
 * Return: true if so, whatever else keeps it from being chosen.
 */
bool psteer_choice_tagged(const struct psteer_choice *choice)
{
	u32 i;

	for (i = 0; i < choice->servers->n; i++)
		if (has_tags(choice, choice->servers->server[i]))
			return true;
	return !choice->needs;
}

static enum psteer_eligible is_eligible(const struct psteer_choice *choice,
					const struct psteer_server *server,
					u32 ports_free)
{
	u32 limit = READ_ONCE(server->max_sessions);
	bool healthy = psteer_server_healthy(server);

	if (READ_ONCE(server->state) != PSTEER_SERVER_UP)
		return PSTEER_INELIGIBLE_STATE;
	if (!has_tags(choice, server))
		return PSTEER_INELIGIBLE_TAGS;
	if (!healthy && !choice->panic)
		return PSTEER_INELIGIBLE_HEALTH;
	if (limit && atomic_read(&server->active) >= limit)
		return PSTEER_INELIGIBLE_SESSIONS;
	if (!ports_free)
		return PSTEER_INELIGIBLE_PORTS;
	return healthy ? PSTEER_ELIGIBLE : PSTEER_ELIGIBLE_PANIC;
}

/* The client's ports, of a new one those that it will get. */
struct ports {
	u32 free;
	u32 size;
};

static void count_ports(const struct psteer_choice *choice,
			const struct psteer_server *server, struct ports *ports)
{
	struct psteer_owner *owner = choice->owner;

	ports->free = choice->range_size;
	ports->size = choice->range_size;
	if (!owner)
		return;
	ports->size = READ_ONCE(owner->size);
	ports->free = psteer_range_free(choice->pnet, owner, server->endpoint);
}

static u32 distance_of(const struct psteer_choice *choice,
		       const struct psteer_server *server)
{
	return psteer_zone_distance(choice->pnet, choice->zone,
				    READ_ONCE(server->zone));
}

/**
 * psteer_choice_weigh() - see how one server stands
 * @choice: choice
 * @server: one of its servers
 * @candidate: filled in
 *
 * Context: RCU read side.
 */
void psteer_choice_weigh(const struct psteer_choice *choice,
			 const struct psteer_server *server,
			 struct psteer_candidate *candidate)
{
	struct ports ports;

	count_ports(choice, server, &ports);
	candidate->ports_free = ports.free;
	candidate->ports_size = ports.size;
	candidate->eligible = is_eligible(choice, server, ports.free);
	psteer_server_evidence(server, &candidate->evidence);
	candidate->evidence.zone = distance_of(choice, server);
	psteer_select_terms(&choice->rule, &candidate->evidence,
			    psteer_share_of(ports.free, ports.size),
			    &candidate->terms);
}

/* Of a score by what is reported, that is all that is not known beforehand. */
static bool vary(void *ctx, u32 index, u64 *varying)
{
	struct psteer_choice *choice = ctx;
	const struct psteer_server *server = choice->servers->server[index];
	enum psteer_eligible eligible;
	struct ports ports;

	count_ports(choice, server, &ports);
	eligible = is_eligible(choice, server, ports.free);
	if (eligible == PSTEER_INELIGIBLE_PORTS)
		choice->short_of_ports = true;
	*varying = psteer_select_varying(&choice->rule,
					 psteer_share_of(ports.free, ports.size),
					 distance_of(choice, server));
	return psteer_is_eligible(eligible);
}

/**
 * psteer_choice_tries() - would a server be chosen to see how it is now
 * @choice: choice
 * @server: one of its servers
 * @candidate: how that stands
 *
 * What was held against it is no help then.
 *
 * Context: any.
 */
bool psteer_choice_tries(const struct psteer_choice *choice,
			 const struct psteer_server *server,
			 const struct psteer_candidate *candidate)
{
	return choice->rule.mode != PSTEER_SELECT_ARGMAX &&
	       candidate->eligible == PSTEER_ELIGIBLE &&
	       test_bit(0, &server->unhealthy);
}

static bool contend(void *ctx, u32 index, struct psteer_contender *contender)
{
	struct psteer_choice *choice = ctx;
	const struct psteer_server *server = choice->servers->server[index];
	struct psteer_candidate candidate;

	if (READ_ONCE(server->state) != PSTEER_SERVER_UP ||
	    !has_tags(choice, server))
		return false;
	psteer_choice_weigh(choice, server, &candidate);
	if (candidate.eligible == PSTEER_INELIGIBLE_PORTS)
		choice->short_of_ports = true;
	contender->score = candidate.terms.score;
	contender->full = candidate.terms.load > PSTEER_SCALE;
	contender->sessions = atomic_read(&server->active);
	if (psteer_choice_tries(choice, server, &candidate)) {
		contender->score = S32_MAX;
		contender->full = false;
	}
	return psteer_is_eligible(candidate.eligible);
}

static int find_server(struct psteer_choice *choice, u64 random)
{
	const struct psteer_select_rule *rule = &choice->rule;
	u64 varying = (u64)rule->weights.ports + rule->weights.zone;

	if (rule->mode == PSTEER_SELECT_ARGMAX)
		return psteer_order_best(choice->servers->order,
					 varying * PSTEER_SCALE, vary, choice);
	return psteer_select_choose(rule->mode, choice->servers->n, contend,
				    choice, random);
}

/**
 * psteer_choice_make() - choose
 * @choice: choice
 * @random: a fresh random number, of 32 bits at least
 *
 * Context: RCU read side.
 * Return: the server, borrowed, or NULL if none can be chosen.
 */
struct psteer_server *psteer_choice_make(struct psteer_choice *choice,
					 u64 random)
{
	struct psteer_server *server;
	int chosen;

	choice->short_of_ports = false;
	if (!choice->servers->up)
		return NULL;
	chosen = find_server(choice, random);
	if (chosen < 0)
		return NULL;
	server = choice->servers->server[chosen];
	trace_server_choice(choice, server);
	psteer_server_chosen(server);
	if (choice->panic)
		psteer_count(choice->pnet, PSTEER_STAT_PANIC);
	return server;
}
