// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: servers, as the user sets them and as they are shown.
 */
#include <linux/jiffies.h>

#include "nl_common.h"
#include "notify.h"
#include "server.h"
#include "service.h"
#include "session.h"
#include "zone.h"

#define SERVER_KEY_POLICY				\
	[PSTEER_A_SERVER_SERVICE] = PSTEER_NLA_NAME,	\
	[PSTEER_A_SERVER_ADDRESS] = PSTEER_NLA_ADDRESS,	\
	[PSTEER_A_SERVER_PORT] = PSTEER_NLA_PORT

const struct nla_policy
psteer_nl_server_set_policy[PSTEER_A_SERVER_MAX + 1] = {
	SERVER_KEY_POLICY,
	[PSTEER_A_SERVER_MAX_SESSIONS] = { .type = NLA_U32 },
	[PSTEER_A_SERVER_ZONE] = PSTEER_NLA_NAME,
	[PSTEER_A_SERVER_TAGS] =
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, psteer_nl_validate_words,
				       PSTEER_TAGS_MAX),
	[PSTEER_A_SERVER_STATE] =
		NLA_POLICY_MAX(NLA_U8, PSTEER_SERVER_STATE_MAX),
};

const struct nla_policy
psteer_nl_server_key_policy[PSTEER_A_SERVER_MAX + 1] = {
	SERVER_KEY_POLICY,
};

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, PSTEER_A_SERVER_PAD);
}

static int put_said(struct sk_buff *skb, const struct psteer_report *r,
		    enum psteer_server_attr attr, u32 value)
{
	return r->has & BIT_ULL(attr) ? nla_put_u32(skb, attr, value) : 0;
}

static int fill_quality(struct sk_buff *skb,
			const struct psteer_predict_quality *q)
{
	u32 i;

	for (i = 0; i < PSTEER_PREDICT_EXPERTS; i++)
		if (nla_put_u32(skb, PSTEER_A_SERVER_EXPERT_WEIGHT,
				q->expert[i].weight))
			return -EMSGSIZE;
	if (nla_put_u8(skb, PSTEER_A_SERVER_PREDICTOR, !q->off) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_FORECASTS, q->scored) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_FORECAST_ERROR, q->error) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_SAME_ERROR, q->same_error))
		return -EMSGSIZE;
	return 0;
}

static int fill_report(struct sk_buff *skb, struct psteer_server *server)
{
	struct psteer_predict_quality quality;
	u32 capacity, predicted, forecast;
	struct psteer_model_rate arrivals;
	struct psteer_report r;
	bool has_forecast;
	u64 reports;

	spin_lock_bh(&server->lock);
	r = server->last;
	reports = server->reports;
	capacity = server->capacity;
	predicted = psteer_predict_load(&server->predict);
	psteer_predict_quality(&server->predict, &quality);
	arrivals = server->arrivals;
	has_forecast = server->has_model_forecast;
	forecast = server->model_forecast;
	spin_unlock_bh(&server->lock);

	if (put_u64(skb, PSTEER_A_SERVER_REPORTS, reports))
		return -EMSGSIZE;
	if (!reports)
		return 0;
	if (psteer_report_has(&r, SEQUENCE) &&
	    put_u64(skb, PSTEER_A_SERVER_SEQUENCE, r.sequence))
		return -EMSGSIZE;
	if (nla_put_u32(skb, PSTEER_A_SERVER_LOAD, r.load) ||
	    put_said(skb, &r, PSTEER_A_SERVER_CPU, r.cpu) ||
	    put_said(skb, &r, PSTEER_A_SERVER_MEMORY, r.memory) ||
	    put_said(skb, &r, PSTEER_A_SERVER_NETWORK, r.network) ||
	    put_said(skb, &r, PSTEER_A_SERVER_LATENCY, r.latency_us) ||
	    put_said(skb, &r, PSTEER_A_SERVER_ERRORS, r.errors) ||
	    put_said(skb, &r, PSTEER_A_SERVER_APP, r.app) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_CAPACITY, capacity) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_PREDICTED_LOAD, predicted) ||
	    (arrivals.reads > 1 && nla_put_u32(skb, PSTEER_A_SERVER_ARRIVALS,
					       arrivals.per_second)) ||
	    (has_forecast && nla_put_u32(skb, PSTEER_A_SERVER_MODEL_FORECAST,
					 forecast)) ||
	    fill_quality(skb, &quality) ||
	    put_u64(skb, PSTEER_A_SERVER_REPORT_AGE,
		    psteer_ms_since(READ_ONCE(server->reported_at))))
		return -EMSGSIZE;
	return 0;
}

static int fill_settings(struct sk_buff *skb,
			 const struct psteer_server *server)
{
	const struct psteer_service *service = server->service;
	const char *zone, *tags = server->tags.list;
	int err;

	rcu_read_lock();
	zone = psteer_zone_name(service->pnet, READ_ONCE(server->zone));
	err = *zone ? nla_put_string(skb, PSTEER_A_SERVER_ZONE, zone) : 0;
	rcu_read_unlock();
	if (err ||
	    nla_put_string(skb, PSTEER_A_SERVER_SERVICE, service->name) ||
	    psteer_nl_put_addr(skb, PSTEER_A_SERVER_ADDRESS,
			       service->key.family, &server->ip) ||
	    nla_put_u16(skb, PSTEER_A_SERVER_PORT, ntohs(server->port)) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_MAX_SESSIONS,
			READ_ONCE(server->max_sessions)) ||
	    nla_put_u8(skb, PSTEER_A_SERVER_STATE, READ_ONCE(server->state)) ||
	    (*tags && nla_put_string(skb, PSTEER_A_SERVER_TAGS, tags)))
		return -EMSGSIZE;
	return 0;
}

static int fill_counters(struct sk_buff *skb,
			 const struct psteer_server *server)
{
	struct psteer_traffic traffic = psteer_traffic_sum(server->traffic);

	if (nla_put_u8(skb, PSTEER_A_SERVER_HEALTHY,
		       !test_bit(0, &server->unhealthy)) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_SESSIONS,
			atomic_read(&server->sessions)) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_ACTIVE,
			atomic_read(&server->active)) ||
	    put_u64(skb, PSTEER_A_SERVER_CREATED,
		    atomic64_read(&server->created)) ||
	    put_u64(skb, PSTEER_A_SERVER_ESTABLISHED,
		    atomic64_read(&server->established)) ||
	    put_u64(skb, PSTEER_A_SERVER_FAILED,
		    atomic64_read(&server->failed)) ||
	    put_u64(skb, PSTEER_A_SERVER_PACKETS, traffic.packets) ||
	    put_u64(skb, PSTEER_A_SERVER_BYTES, traffic.bytes) ||
	    put_u64(skb, PSTEER_A_SERVER_AGE,
		    psteer_ms_since(READ_ONCE(server->up_since))))
		return -EMSGSIZE;
	return 0;
}

static int fill_feedback(struct sk_buff *skb,
			 const struct psteer_server *server)
{
	const struct psteer_latency *handshake = &server->feedback.handshake;
	struct psteer_trouble trouble;

	psteer_server_trouble(server, &trouble);
	if (nla_put_u32(skb, PSTEER_A_SERVER_SLOW, trouble.slow) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_FAILURES, trouble.failures))
		return -EMSGSIZE;
	if (!READ_ONCE(handshake->least_us))
		return 0;
	if (nla_put_u32(skb, PSTEER_A_SERVER_HANDSHAKE,
			READ_ONCE(handshake->mean_us)) ||
	    nla_put_u32(skb, PSTEER_A_SERVER_HANDSHAKE_BEST,
			READ_ONCE(handshake->least_us)))
		return -EMSGSIZE;
	return 0;
}

/* The whole message; -EMSGSIZE leaves @skb as it was. */
static int fill_server(struct sk_buff *skb, struct psteer_server *server,
		       const struct psteer_nl_where *where,
		       enum psteer_event event)
{
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (fill_settings(skb, server) || fill_report(skb, server) ||
	    fill_counters(skb, server) || fill_feedback(skb, server) ||
	    (event && (nla_put_u8(skb, PSTEER_A_SERVER_EVENT, event) ||
		       put_u64(skb, PSTEER_A_SERVER_TIME, psteer_nl_time())))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_notify_server() - tell that a server has come, changed or gone
 * @server: server
 * @event: which
 *
 * Context: any but hard interrupts; not under server->lock.
 */
void psteer_notify_server(const struct psteer_server *server,
			  enum psteer_event event)
{
	const struct psteer_net *pnet = server->service->pnet;
	struct psteer_nl_where where = { .cmd = PSTEER_CMD_SERVER_NTF };
	struct sk_buff *skb;

	if (!psteer_nl_listens(pnet, PSTEER_NL_GROUP_SERVER))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!skb)
		return;
	if (fill_server(skb, (struct psteer_server *)server, &where, event))
		nlmsg_free(skb);
	else
		psteer_nl_multicast(pnet, skb, PSTEER_NL_GROUP_SERVER);
}

/* Service, address and port are given; the server may be absent yet. */
static int parse_key(struct genl_info *info, struct psteer_service **service,
		     union nf_inet_addr *ip, __be16 *port,
		     struct psteer_net *pnet)
{
	const struct nlattr *attr = info->attrs[PSTEER_A_SERVER_ADDRESS];
	u8 family;
	int err;

	err = psteer_nl_addr(ip, &family, attr, info->extack);
	if (err)
		return err;
	*port = htons(nla_get_u16(info->attrs[PSTEER_A_SERVER_PORT]));
	*service = psteer_nl_service_find(pnet, info->extack,
					  info->attrs[PSTEER_A_SERVER_SERVICE]);
	if (!*service)
		return -ENOENT;
	if (family != (*service)->key.family)
		return psteer_nl_refuse(pnet, info->extack, attr, -EINVAL,
			"service %s is %s and the server is not",
			(*service)->name, (*service)->key.family == AF_INET ?
			"IPv4" : "IPv6");
	return 0;
}

static int require_key(struct genl_info *info)
{
	if (PSTEER_NL_LACKS(info, PSTEER_A_SERVER_SERVICE) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SERVER_ADDRESS) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SERVER_PORT))
		return -EINVAL;
	return 0;
}

/**
 * psteer_nl_server_find() - find the server that a request names
 * @pnet: namespace
 * @info: request; told in its extack if there is none
 *
 * Context: process, under pnet->lock.
 * Return: the server, or ERR_PTR.
 */
struct psteer_server *psteer_nl_server_find(struct psteer_net *pnet,
					    struct genl_info *info)
{
	struct psteer_service *service;
	struct psteer_server *server;
	union nf_inet_addr ip;
	__be16 port;
	int err;

	err = parse_key(info, &service, &ip, &port, pnet);
	if (err)
		return ERR_PTR(err);
	server = psteer_server_find(service, &ip, port);
	if (server)
		return server;
	return ERR_PTR(psteer_nl_refuse(pnet, info->extack,
					info->attrs[PSTEER_A_SERVER_ADDRESS],
					-ENOENT,
					"service %s has no such server",
					service->name));
}

/* What psteer_nl_zone() and psteer_nl_tags() have used for nothing. */
static void drop_params(struct psteer_net *pnet,
			struct psteer_server_params *params)
{
	psteer_zone_drop(pnet, params->zone);
	psteer_tags_drop(&pnet->tags, &params->tags);
}

static int parse_params(struct psteer_net *pnet, struct genl_info *info,
			struct psteer_server_params *params)
{
	struct nlattr **attrs = info->attrs;
	int err = 0;
	u32 i;

	memset(params, 0, sizeof(*params));
	for (i = 1; i <= PSTEER_A_SERVER_MAX; i++)
		if (attrs[i])
			params->has |= BIT_ULL(i);
	if (attrs[PSTEER_A_SERVER_MAX_SESSIONS])
		params->max_sessions =
			nla_get_u32(attrs[PSTEER_A_SERVER_MAX_SESSIONS]);
	if (attrs[PSTEER_A_SERVER_STATE])
		params->state = nla_get_u8(attrs[PSTEER_A_SERVER_STATE]);
	if (attrs[PSTEER_A_SERVER_ZONE])
		err = psteer_nl_zone(pnet, &params->zone,
				     attrs[PSTEER_A_SERVER_ZONE], info->extack);
	if (!err && attrs[PSTEER_A_SERVER_TAGS])
		err = psteer_nl_tags(pnet, &params->tags,
				     attrs[PSTEER_A_SERVER_TAGS], info->extack);
	if (err)
		drop_params(pnet, params);
	return err;
}

/* Packets to such a server would be steered again, and again. */
static bool is_service(struct psteer_net *pnet,
		       const struct psteer_service *service,
		       const union nf_inet_addr *ip, __be16 port)
{
	struct psteer_service_key key = service->key;
	bool found;

	key.ip = *ip;
	key.port = port;
	rcu_read_lock();
	found = psteer_service_lookup_rcu(pnet, &key);
	rcu_read_unlock();
	return found;
}

static int add_server(struct psteer_net *pnet, struct genl_info *info)
{
	const struct nlattr *bad = info->attrs[PSTEER_A_SERVER_ADDRESS];
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_server_params params;
	struct psteer_service *service;
	struct psteer_server *server;
	union nf_inet_addr ip;
	struct sk_buff *reply;
	__be16 port;
	int err;

	err = parse_key(info, &service, &ip, &port, pnet);
	if (err)
		return err;
	if (is_service(pnet, service, &ip, port))
		return psteer_nl_refuse(pnet, info->extack, bad, -ELOOP,
					"a service has this address and port itself");
	if (psteer_server_find(service, &ip, port))
		return psteer_nl_refuse(pnet, info->extack, bad, -EEXIST,
					"service %s has this server already",
					service->name);
	if (psteer_servers_locked(service)->n >= PSTEER_SERVERS_MAX)
		return psteer_nl_refuse(pnet, info->extack, bad, -ENOSPC,
					"service %s has %u servers, the most it can",
					service->name, PSTEER_SERVERS_MAX);
	err = parse_params(pnet, info, &params);
	if (err)
		return err;
	reply = psteer_nl_new(0);
	server = reply ? psteer_server_add(service, &ip, port, &params) :
			 ERR_PTR(-ENOMEM);
	if (IS_ERR(server)) {
		drop_params(pnet, &params);
		nlmsg_free(reply);
		return PTR_ERR(server);
	}
	return psteer_nl_reply(reply, info,
			       fill_server(reply, server, &where,
					   PSTEER_EVENT_UNSPEC));
}

static int set_server(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_server_params params;
	struct psteer_server *server;
	struct sk_buff *reply;
	int err;

	server = psteer_nl_server_find(pnet, info);
	if (IS_ERR(server))
		return PTR_ERR(server);
	err = parse_params(pnet, info, &params);
	if (err)
		return err;
	reply = psteer_nl_new(0);
	err = reply ? psteer_server_set(server, &params) : -ENOMEM;
	if (err) {
		drop_params(pnet, &params);
		nlmsg_free(reply);
		return err;
	}
	err = fill_server(reply, server, &where, PSTEER_EVENT_UNSPEC);
	return psteer_nl_reply(reply, info, err);
}

static bool is_of_server(const struct psteer_session *session, const void *ctx)
{
	return session->server == ctx;
}

static int del_server(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_server *server = psteer_nl_server_find(pnet, info);
	int err;

	if (IS_ERR(server))
		return PTR_ERR(server);
	err = psteer_server_unlist(server);
	if (err)
		return err;
	while (atomic_read(&server->sessions))
		psteer_sessions_end(pnet, is_of_server, server,
				    PSTEER_END_REMOVED);
	psteer_server_put(server);
	return 0;
}

static int get_server(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_server *server;
	struct sk_buff *reply;

	server = psteer_nl_server_find(pnet, info);
	if (IS_ERR(server))
		return PTR_ERR(server);
	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	return psteer_nl_reply(reply, info,
			       fill_server(reply, server, &where,
					   PSTEER_EVENT_UNSPEC));
}

/* What every command on one server does around its own part. */
static int on_server(struct genl_info *info,
		     int (*act)(struct psteer_net *pnet,
				struct genl_info *info))
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err = require_key(info);

	if (err)
		return err;
	mutex_lock(&pnet->lock);
	err = act(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_server_new() - PSTEER_CMD_SERVER_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_server_new(struct sk_buff *skb, struct genl_info *info)
{
	return on_server(info, add_server);
}

/**
 * psteer_nl_server_set() - PSTEER_CMD_SERVER_SET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_server_set(struct sk_buff *skb, struct genl_info *info)
{
	return on_server(info, set_server);
}

/**
 * psteer_nl_server_del() - PSTEER_CMD_SERVER_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_server_del(struct sk_buff *skb, struct genl_info *info)
{
	return on_server(info, del_server);
}

/**
 * psteer_nl_server_get() - PSTEER_CMD_SERVER_GET of one server
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_server_get(struct sk_buff *skb, struct genl_info *info)
{
	return on_server(info, get_server);
}

static int dump_servers(struct sk_buff *skb, struct netlink_callback *cb,
			const struct psteer_service *service)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	const struct psteer_servers *servers;
	u32 i;

	servers = psteer_servers_locked(service);
	for (i = 0; i < servers->n; i++) {
		struct psteer_server *server = servers->server[i];

		if (server->id <= cb->args[1])
			continue;
		if (fill_server(skb, server, &where, PSTEER_EVENT_UNSPEC))
			return -EMSGSIZE;
		cb->args[1] = server->id;
	}
	return 0;
}

/**
 * psteer_nl_server_start() - PSTEER_CMD_SERVER_GET of all servers begins
 * @cb: dump
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_server_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = psteer_dump_attrs(cb);

	if (!attrs[PSTEER_A_SERVER_ADDRESS] && !attrs[PSTEER_A_SERVER_PORT])
		return 0;
	NL_SET_ERR_MSG(cb->extack, "a dump of servers takes only a service");
	return -EINVAL;
}

/**
 * psteer_nl_server_dump() - PSTEER_CMD_SERVER_GET of all servers
 * @skb: to fill
 * @cb: args[0] is the id of the last service that was put whole, args[1] that
 *	of the last server of the next one
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_server_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *name =
		psteer_dump_attrs(cb)[PSTEER_A_SERVER_SERVICE];
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	struct psteer_service *service;
	int err;

	mutex_lock(&pnet->lock);
	cb->seq = pnet->generation;
	err = psteer_nl_check_filter(cb, NULL, name);
	if (err)
		goto unlock;
	list_for_each_entry(service, &pnet->services, list) {
		if (service->id <= cb->args[0] ||
		    (name && nla_strcmp(name, service->name)))
			continue;
		if (dump_servers(skb, cb, service))
			break;
		cb->args[0] = service->id;
		cb->args[1] = 0;
	}
unlock:
	mutex_unlock(&pnet->lock);
	return err ?: skb->len;
}
