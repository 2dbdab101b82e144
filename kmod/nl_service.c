// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: services.
 */
#include "hook.h"
#include "nl_common.h"
#include "pool.h"
#include "server.h"
#include "service.h"
#include "session.h"
#include "tag.h"

static struct netlink_range_validation weight_bounds = {
	.max = 1000000,
};

#define NLA_WEIGHT	NLA_POLICY_FULL_RANGE(NLA_U32, &weight_bounds)
#define NLA_MODE	NLA_POLICY_MAX(NLA_U8, PSTEER_SELECT_MAX)

/* How it chooses, and among which. */
#define CHOICE_POLICY							\
	[PSTEER_A_SERVICE_WEIGHT_LOAD] = NLA_WEIGHT,			\
	[PSTEER_A_SERVICE_WEIGHT_CAPACITY] = NLA_WEIGHT,		\
	[PSTEER_A_SERVICE_WEIGHT_PORTS] = NLA_WEIGHT,			\
	[PSTEER_A_SERVICE_SELECT] = NLA_MODE,				\
	[PSTEER_A_SERVICE_WEIGHT_ZONE] = NLA_WEIGHT,			\
	[PSTEER_A_SERVICE_NEEDS] =					\
		NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING,			\
				       psteer_nl_validate_words,	\
				       PSTEER_TAGS_MAX),		\
	[PSTEER_A_SERVICE_EMPHASIS] =					\
		NLA_POLICY_MAX(NLA_U8, PSTEER_EMPHASIS_MAX)

const struct nla_policy
psteer_nl_service_new_policy[PSTEER_A_SERVICE_MAX + 1] = {
	[PSTEER_A_SERVICE_NAME] = PSTEER_NLA_NAME,
	[PSTEER_A_SERVICE_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_SERVICE_PROTO] = { .type = NLA_U8 },
	[PSTEER_A_SERVICE_PORT] = PSTEER_NLA_PORT,
	[PSTEER_A_SERVICE_POOL] = PSTEER_NLA_NAME,
	CHOICE_POLICY,
};

const struct nla_policy
psteer_nl_service_set_policy[PSTEER_A_SERVICE_MAX + 1] = {
	[PSTEER_A_SERVICE_NAME] = PSTEER_NLA_NAME,
	CHOICE_POLICY,
	[PSTEER_A_SERVICE_INHERIT] = { .type = NLA_FLAG },
};

const struct nla_policy
psteer_nl_service_name_policy[PSTEER_A_SERVICE_MAX + 1] = {
	[PSTEER_A_SERVICE_NAME] = PSTEER_NLA_NAME,
};

static const struct psteer_policy *
policy_in_force(const struct psteer_service *service, bool *inherit)
{
	const struct psteer_net *pnet = service->pnet;
	const struct psteer_policy *policy;

	policy = rcu_dereference_protected(service->policy,
					   lockdep_is_held(&pnet->lock));
	*inherit = !policy;
	if (policy)
		return policy;
	return &rcu_dereference_protected(pnet->config,
				lockdep_is_held(&pnet->lock))->policy;
}

static int fill_policy(struct sk_buff *skb,
		       const struct psteer_service *service)
{
	const struct psteer_policy *policy;
	bool inherit;

	policy = policy_in_force(service, &inherit);
	if (nla_put_u32(skb, PSTEER_A_SERVICE_WEIGHT_LOAD,
			policy->weights.load) ||
	    nla_put_u32(skb, PSTEER_A_SERVICE_WEIGHT_CAPACITY,
			policy->weights.capacity) ||
	    nla_put_u32(skb, PSTEER_A_SERVICE_WEIGHT_PORTS,
			policy->weights.ports) ||
	    nla_put_u8(skb, PSTEER_A_SERVICE_SELECT, policy->mode) ||
	    nla_put_u32(skb, PSTEER_A_SERVICE_WEIGHT_ZONE,
			policy->weights.zone) ||
	    (inherit && nla_put_flag(skb, PSTEER_A_SERVICE_INHERIT)))
		return -EMSGSIZE;
	return 0;
}

static int fill_needs(struct sk_buff *skb, const struct psteer_service *service)
{
	const char *needs = service->needs.list;

	if ((*needs && nla_put_string(skb, PSTEER_A_SERVICE_NEEDS, needs)) ||
	    nla_put_u8(skb, PSTEER_A_SERVICE_EMPHASIS, service->emphasis))
		return -EMSGSIZE;
	return 0;
}

/* The whole message; -EMSGSIZE leaves @skb as it was. */
static int fill_service(struct sk_buff *skb,
			const struct psteer_service *service,
			const struct psteer_nl_where *where)
{
	const struct psteer_service_key *key = &service->key;
	void *hdr;

	hdr = psteer_nl_begin(skb, where);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, PSTEER_A_SERVICE_NAME, service->name) ||
	    psteer_nl_put_addr(skb, PSTEER_A_SERVICE_ADDRESS, key->family,
			       &key->ip) ||
	    nla_put_u8(skb, PSTEER_A_SERVICE_PROTO, key->proto) ||
	    nla_put_u16(skb, PSTEER_A_SERVICE_PORT, ntohs(key->port)) ||
	    nla_put_string(skb, PSTEER_A_SERVICE_POOL, service->pool->name) ||
	    fill_policy(skb, service) || fill_needs(skb, service) ||
	    nla_put_u32(skb, PSTEER_A_SERVICE_SERVERS, psteer_servers_locked(service)->n) ||
	    nla_put_u32(skb, PSTEER_A_SERVICE_SESSIONS,
			psteer_service_sessions(service)) ||
	    nla_put_u64_64bit(skb, PSTEER_A_SERVICE_CREATED,
			      atomic64_read(&service->created),
			      PSTEER_A_SERVICE_PAD)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int parse_key(struct genl_info *info, struct psteer_service_key *key)
{
	struct nlattr **attrs = info->attrs;
	int err;

	err = psteer_nl_addr(&key->ip, &key->family,
			     attrs[PSTEER_A_SERVICE_ADDRESS], info->extack);
	if (err)
		return err;
	key->proto = nla_get_u8(attrs[PSTEER_A_SERVICE_PROTO]);
	if (key->proto != IPPROTO_TCP && key->proto != IPPROTO_UDP) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    attrs[PSTEER_A_SERVICE_PROTO],
				    "the protocol of a service is tcp or udp");
		return -EINVAL;
	}
	key->port = htons(nla_get_u16(attrs[PSTEER_A_SERVICE_PORT]));
	return 0;
}

/*
 * Changes @policy by what the request says of it; @own is set if it says
 * anything.
 */
static int parse_policy(struct genl_info *info, struct psteer_policy *policy,
			bool *own)
{
	struct nlattr *load = info->attrs[PSTEER_A_SERVICE_WEIGHT_LOAD];
	struct nlattr *capacity = info->attrs[PSTEER_A_SERVICE_WEIGHT_CAPACITY];
	struct nlattr *ports = info->attrs[PSTEER_A_SERVICE_WEIGHT_PORTS];
	struct nlattr *zone = info->attrs[PSTEER_A_SERVICE_WEIGHT_ZONE];
	struct nlattr *mode = info->attrs[PSTEER_A_SERVICE_SELECT];

	if (load && capacity && ports) {
		policy->weights.load = nla_get_u32(load);
		policy->weights.capacity = nla_get_u32(capacity);
		policy->weights.ports = nla_get_u32(ports);
		if (!policy->weights.load && !policy->weights.capacity &&
		    !policy->weights.ports) {
			NL_SET_ERR_MSG_ATTR(info->extack, load,
					    "weights can't all be zero");
			return -EINVAL;
		}
		*own = true;
	} else if (load || capacity || ports) {
		NL_SET_ERR_MSG(info->extack,
			       "weights are three: load, capacity, ports");
		return -EINVAL;
	}
	if (zone)
		policy->weights.zone = nla_get_u32(zone);
	if (mode)
		policy->mode = nla_get_u8(mode);
	*own |= zone || mode;
	return 0;
}

static struct psteer_service *find_service(struct psteer_net *pnet,
					   struct genl_info *info)
{
	return psteer_nl_service_find(pnet, info->extack,
				      info->attrs[PSTEER_A_SERVICE_NAME]);
}

static int check_service(struct psteer_net *pnet, struct genl_info *info,
			 struct psteer_service_params *params)
{
	const struct nlattr *pool = info->attrs[PSTEER_A_SERVICE_POOL];
	const struct psteer_service *other;

	if (psteer_service_find(pnet, params->name))
		return psteer_nl_refuse(pnet, info->extack,
					info->attrs[PSTEER_A_SERVICE_NAME],
					-EEXIST, "service %s exists already",
					params->name);
	params->pool = psteer_nl_pool_find(pnet, info->extack, pool);
	if (!params->pool)
		return -ENOENT;
	if (params->pool->family != params->key.family)
		return psteer_nl_refuse(pnet, info->extack, pool, -EINVAL,
			"pool %s is %s and the service is not",
			params->pool->name,
			params->pool->family == AF_INET ? "IPv4" : "IPv6");
	list_for_each_entry(other, &pnet->services, list)
		if (!memcmp(&other->key, &params->key, sizeof(other->key)))
			return psteer_nl_refuse(pnet, info->extack,
				info->attrs[PSTEER_A_SERVICE_ADDRESS], -EEXIST,
				"service %s has this address, protocol and port",
				other->name);
	list_for_each_entry(other, &pnet->services, list)
		if (other->key.proto == params->key.proto &&
		    psteer_server_find(other, &params->key.ip,
				       params->key.port))
			return psteer_nl_refuse(pnet, info->extack,
				info->attrs[PSTEER_A_SERVICE_ADDRESS], -ELOOP,
				"a server of service %s has this address and port",
				other->name);
	return 0;
}

/* What it needs and emphasises; an absent attribute leaves that as it is. */
static int parse_needs(struct psteer_net *pnet, struct genl_info *info,
		       struct psteer_tag_set *needs, u8 *emphasis)
{
	struct nlattr **attrs = info->attrs;
	int err = 0;

	if (attrs[PSTEER_A_SERVICE_NEEDS])
		err = psteer_nl_tags(pnet, needs, attrs[PSTEER_A_SERVICE_NEEDS],
				     info->extack);
	if (!err && attrs[PSTEER_A_SERVICE_EMPHASIS])
		*emphasis = nla_get_u8(attrs[PSTEER_A_SERVICE_EMPHASIS]);
	return err;
}

static int make_service(struct psteer_net *pnet, struct genl_info *info,
			struct psteer_service_params *params)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_service *service;
	struct sk_buff *reply;
	int err;

	reply = psteer_nl_new(0);
	err = reply ? psteer_hooks_enable(pnet) : -ENOMEM;
	if (err)
		goto err_reply;
	service = psteer_service_add(pnet, params);
	if (IS_ERR(service)) {
		err = PTR_ERR(service);
		goto err_hooks;
	}
	return psteer_nl_reply(reply, info,
			       fill_service(reply, service, &where));

err_hooks:
	psteer_hooks_settle(pnet);
err_reply:
	nlmsg_free(reply);
	psteer_tags_drop(&pnet->tags, &params->needs);
	return err;
}

static int add_service(struct psteer_net *pnet, struct genl_info *info,
		       struct psteer_service_params *params)
{
	const struct psteer_config *config;
	struct psteer_policy policy = {};
	bool own = false;
	int err;

	err = check_service(pnet, info, params);
	if (err)
		return err;
	/* What it does not say itself it takes from the config of today. */
	config = rcu_dereference_protected(pnet->config,
					   lockdep_is_held(&pnet->lock));
	policy.weights = config->policy.weights;
	policy.mode = config->policy.mode;
	err = parse_policy(info, &policy, &own);
	if (err)
		return err;
	params->policy = own ? &policy : NULL;
	err = parse_needs(pnet, info, &params->needs, &params->emphasis);
	return err ?: make_service(pnet, info, params);
}

/**
 * psteer_nl_service_new() - PSTEER_CMD_SERVICE_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_service_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_service_params params = {};
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_SERVICE_NAME) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SERVICE_ADDRESS) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SERVICE_PROTO) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SERVICE_PORT) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SERVICE_POOL))
		return -EINVAL;
	err = psteer_nl_name(params.name, info->attrs[PSTEER_A_SERVICE_NAME],
			     info->extack);
	if (!err)
		err = parse_key(info, &params.key);
	if (err)
		return err;
	mutex_lock(&pnet->lock);
	err = add_service(pnet, info, &params);
	mutex_unlock(&pnet->lock);
	return err;
}

static int set_policy(struct genl_info *info, struct psteer_service *service)
{
	bool inherit = info->attrs[PSTEER_A_SERVICE_INHERIT], own = false;
	bool needs = info->attrs[PSTEER_A_SERVICE_NEEDS] ||
		     info->attrs[PSTEER_A_SERVICE_EMPHASIS];
	struct psteer_policy policy = {};
	bool inherited;
	int err;

	policy.weights = policy_in_force(service, &inherited)->weights;
	policy.mode = policy_in_force(service, &inherited)->mode;
	err = parse_policy(info, &policy, &own);
	if (err)
		return err;
	if (own != inherit)
		return psteer_service_set(service, inherit ? NULL : &policy);
	if (needs && !own)
		return 0;
	NL_SET_ERR_MSG(info->extack, "say weights or select, or else inherit");
	return -EINVAL;
}

static int set_service(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_tag_set needs = {};
	struct psteer_service *service;
	struct sk_buff *reply;
	u8 emphasis;
	int err;

	service = find_service(pnet, info);
	if (!service)
		return -ENOENT;
	emphasis = service->emphasis;
	err = parse_needs(pnet, info, &needs, &emphasis);
	if (err)
		return err;
	reply = psteer_nl_new(0);
	err = reply ? set_policy(info, service) : -ENOMEM;
	if (err) {
		psteer_tags_drop(&pnet->tags, &needs);
		nlmsg_free(reply);
		return err;
	}
	if (info->attrs[PSTEER_A_SERVICE_NEEDS])
		psteer_tags_replace(&pnet->tags, &service->needs, &needs);
	WRITE_ONCE(service->emphasis, emphasis);
	pnet->generation++;
	return psteer_nl_reply(reply, info,
			       fill_service(reply, service, &where));
}

/**
 * psteer_nl_service_set() - PSTEER_CMD_SERVICE_SET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_service_set(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_SERVICE_NAME))
		return -EINVAL;
	mutex_lock(&pnet->lock);
	err = set_service(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

static bool is_of_service(const struct psteer_session *session, const void *ctx)
{
	return !psteer_session_is_vms(session) &&
	       session->server->service == ctx;
}

static int del_service(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_service *service = find_service(pnet, info);

	if (!service)
		return -ENOENT;
	psteer_service_unlist(service);
	do {
		/* Packets inside still open sessions, or are ending them. */
		synchronize_rcu();
		psteer_sessions_end(pnet, is_of_service, service,
				    PSTEER_END_REMOVED);
	} while (psteer_service_sessions(service));
	psteer_service_free(service);
	psteer_hooks_settle(pnet);
	return 0;
}

/**
 * psteer_nl_service_del() - PSTEER_CMD_SERVICE_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_service_del(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_SERVICE_NAME))
		return -EINVAL;
	mutex_lock(&pnet->lock);
	err = del_service(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_service_get() - PSTEER_CMD_SERVICE_GET of one service
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_service_get(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_service *service;
	struct sk_buff *reply;
	int err = -ENOENT;

	if (PSTEER_NL_LACKS(info, PSTEER_A_SERVICE_NAME))
		return -EINVAL;
	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&pnet->lock);
	service = find_service(pnet, info);
	if (service)
		err = fill_service(reply, service, &where);
	mutex_unlock(&pnet->lock);
	return psteer_nl_reply(reply, info, err);
}

/**
 * psteer_nl_service_dump() - PSTEER_CMD_SERVICE_GET of all services
 * @skb: to fill
 * @cb: args[0] is the id of the last service that was put
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_service_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	struct psteer_service *service;

	mutex_lock(&pnet->lock);
	cb->seq = pnet->generation;
	list_for_each_entry(service, &pnet->services, list) {
		if (service->id <= cb->args[0])
			continue;
		if (fill_service(skb, service, &where))
			break;
		cb->args[0] = service->id;
	}
	mutex_unlock(&pnet->lock);
	return skb->len;
}
