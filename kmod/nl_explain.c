// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: what a choice for a client would be made from.
 */
#include "client.h"
#include "nl_common.h"
#include "server.h"
#include "service.h"
#include "steer.h"
#include "zone.h"

const struct nla_policy psteer_nl_explain_policy[PSTEER_A_EXPLAIN_MAX + 1] = {
	[PSTEER_A_EXPLAIN_SERVICE] = PSTEER_NLA_NAME,
	[PSTEER_A_EXPLAIN_CLIENT] = PSTEER_NLA_ADDRESS,
};

static int put_u32s(struct sk_buff *skb, const struct psteer_choice *choice,
		    const struct psteer_candidate *c)
{
	const struct psteer_terms *t = &c->terms;
	const struct {
		int attr;
		u32 value;
	} values[] = {
		{ PSTEER_A_EXPLAIN_FRESHNESS, t->freshness },
		{ PSTEER_A_EXPLAIN_ERROR_LOAD, t->errors },
		{ PSTEER_A_EXPLAIN_SLOW_LOAD, t->slow },
		{ PSTEER_A_EXPLAIN_LOAD, t->load },
		{ PSTEER_A_EXPLAIN_CAPACITY, t->capacity },
		{ PSTEER_A_EXPLAIN_PORTS_FREE, c->ports_free },
		{ PSTEER_A_EXPLAIN_PORTS_SIZE, c->ports_size },
		{ PSTEER_A_EXPLAIN_PORTS, t->ports },
		{ PSTEER_A_EXPLAIN_WEIGHT_LOAD, choice->rule.weights.load },
		{ PSTEER_A_EXPLAIN_WEIGHT_CAPACITY,
		  choice->rule.weights.capacity },
		{ PSTEER_A_EXPLAIN_WEIGHT_PORTS, choice->rule.weights.ports },
		{ PSTEER_A_EXPLAIN_TERM_LOAD, t->term_load },
		{ PSTEER_A_EXPLAIN_TERM_CAPACITY, t->term_capacity },
		{ PSTEER_A_EXPLAIN_TERM_PORTS, t->term_ports },
		{ PSTEER_A_EXPLAIN_SLOW_START, t->slow_start },
		{ PSTEER_A_EXPLAIN_SCORE, t->score },
		{ PSTEER_A_EXPLAIN_DISTANCE, c->evidence.zone },
		{ PSTEER_A_EXPLAIN_WEIGHT_ZONE, choice->rule.weights.zone },
		{ PSTEER_A_EXPLAIN_TERM_ZONE, t->term_zone },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		if (nla_put_u32(skb, values[i].attr, values[i].value))
			return -EMSGSIZE;
	return 0;
}

/* An empty one is not there. */
static int put_text(struct sk_buff *skb, int attr, const char *text)
{
	return *text ? nla_put_string(skb, attr, text) : 0;
}

static int put_extensions(struct sk_buff *skb,
			  const struct psteer_choice *choice,
			  const struct psteer_server *server)
{
	const struct psteer_service *service = server->service;

	if (put_text(skb, PSTEER_A_EXPLAIN_CLIENT_ZONE,
		     psteer_zone_name(choice->pnet, choice->zone)) ||
	    put_text(skb, PSTEER_A_EXPLAIN_SERVER_ZONE,
		     psteer_zone_name(choice->pnet, server->zone)) ||
	    put_text(skb, PSTEER_A_EXPLAIN_NEEDS, service->needs.list) ||
	    put_text(skb, PSTEER_A_EXPLAIN_TAGS, server->tags.list) ||
	    nla_put_u8(skb, PSTEER_A_EXPLAIN_EMPHASIS, service->emphasis))
		return -EMSGSIZE;
	return 0;
}

static int fill_candidate(struct sk_buff *skb,
			  const struct psteer_choice *choice,
			  const struct psteer_server *server,
			  const struct psteer_candidate *c)
{
	const struct psteer_evidence *ev = &c->evidence;

	if (nla_put_u8(skb, PSTEER_A_EXPLAIN_SELECT, choice->rule.mode) ||
	    psteer_nl_put_addr(skb, PSTEER_A_EXPLAIN_SERVER,
			       server->service->key.family, &server->ip) ||
	    nla_put_u16(skb, PSTEER_A_EXPLAIN_SERVER_PORT,
			ntohs(server->port)) ||
	    nla_put_u8(skb, PSTEER_A_EXPLAIN_ELIGIBLE, c->eligible) ||
	    nla_put_s32(skb, PSTEER_A_EXPLAIN_LOCAL_LOAD, c->terms.local) ||
	    put_u32s(skb, choice, c) ||
	    put_extensions(skb, choice, server))
		return -EMSGSIZE;
	if (!ev->reported)
		return 0;
	if (nla_put_u32(skb, PSTEER_A_EXPLAIN_REPORTED_LOAD, ev->load) ||
	    nla_put_u32(skb, PSTEER_A_EXPLAIN_REPORTED_CAPACITY, ev->capacity))
		return -EMSGSIZE;
	return 0;
}

static int put_candidate(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct psteer_choice *choice, u32 nr, bool best)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	const struct psteer_server *server = choice->servers->server[nr];
	const struct nlattr *client =
		psteer_dump_attrs(cb)[PSTEER_A_EXPLAIN_CLIENT];
	struct psteer_candidate candidate;
	void *hdr;

	psteer_choice_weigh(choice, server, &candidate);
	psteer_select_parts(&choice->rule, &candidate.evidence,
			    &candidate.terms);
	hdr = psteer_nl_begin(skb, &where);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, PSTEER_A_EXPLAIN_SERVICE,
			   server->service->name) ||
	    nla_put(skb, PSTEER_A_EXPLAIN_CLIENT, nla_len(client),
		    nla_data(client)) ||
	    fill_candidate(skb, choice, server, &candidate) ||
	    (best && nla_put_flag(skb, PSTEER_A_EXPLAIN_BEST))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static u32 find_best(const struct psteer_choice *choice)
{
	u32 best = choice->servers->n, nr;
	struct psteer_candidate c;
	s64 best_score = S64_MIN;

	for (nr = 0; nr < choice->servers->n; nr++) {
		psteer_choice_weigh(choice, choice->servers->server[nr], &c);
		if (psteer_is_eligible(c.eligible) &&
		    c.terms.score > best_score) {
			best_score = c.terms.score;
			best = nr;
		}
	}
	return best;
}

/* The service and the client that a request is about, or ERR_PTR. */
static struct psteer_service *parse_request(struct netlink_callback *cb,
					    union nf_inet_addr *client)
{
	struct nlattr **attrs = psteer_dump_attrs(cb);
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	struct psteer_service *service;
	u8 family;
	int err;

	if (!attrs[PSTEER_A_EXPLAIN_SERVICE] ||
	    !attrs[PSTEER_A_EXPLAIN_CLIENT]) {
		NL_SET_ERR_MSG(cb->extack, "a service and a client are needed");
		return ERR_PTR(-EINVAL);
	}
	err = psteer_nl_addr(client, &family, attrs[PSTEER_A_EXPLAIN_CLIENT],
			     cb->extack);
	if (err)
		return ERR_PTR(err);
	service = psteer_nl_service_find(pnet, cb->extack,
					 attrs[PSTEER_A_EXPLAIN_SERVICE]);
	if (!service)
		return ERR_PTR(-ENOENT);
	if (service->key.family == family)
		return service;
	psteer_nl_refuse(pnet, cb->extack, attrs[PSTEER_A_EXPLAIN_CLIENT],
			 -EINVAL, "service %s is %s and the client is not",
			 service->name,
			 service->key.family == AF_INET ? "IPv4" : "IPv6");
	return ERR_PTR(-EINVAL);
}

static void dump_choice(struct sk_buff *skb, struct netlink_callback *cb,
			const struct psteer_service *service,
			const union nf_inet_addr *ip)
{
	struct psteer_owner *owner = NULL;
	struct psteer_client *client;
	struct psteer_choice choice;
	u32 best;

	client = psteer_client_find_rcu(service->pnet, service->pool, ip);
	if (client)
		owner = psteer_ports_owner_now(client);
	psteer_choice_init(&choice, service, ip, owner);
	best = find_best(&choice);
	for (; cb->args[0] < choice.servers->n; cb->args[0]++)
		if (put_candidate(skb, cb, &choice, cb->args[0],
				  cb->args[0] == best))
			break;
}

/**
 * psteer_nl_explain_dump() - PSTEER_CMD_EXPLAIN_GET
 * @skb: to fill
 * @cb: args[0] is the server to go on at
 *
 * Return: length of @skb, or a negative errno, told in the extack.
 */
int psteer_nl_explain_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	const struct psteer_service *service;
	union nf_inet_addr client;

	mutex_lock(&pnet->lock);
	rcu_read_lock();
	cb->seq = pnet->generation;
	service = parse_request(cb, &client);
	if (!IS_ERR(service))
		dump_choice(skb, cb, service, &client);
	rcu_read_unlock();
	mutex_unlock(&pnet->lock);
	return IS_ERR(service) ? PTR_ERR(service) : skb->len;
}
