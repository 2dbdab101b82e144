// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: grants, on the edge and on hosts.
 */
#include <linux/netdevice.h>

#include "gc.h"
#include "grant.h"
#include "hook.h"
#include "nl_common.h"
#include "pool.h"

static struct netlink_range_validation size_bounds = {
	.min = PSTEER_GRANT_UNIT,
	.max = PSTEER_PORTS,
};

#define PLACE_POLICY							\
	[PSTEER_A_GRANT_ADDRESS] = PSTEER_NLA_ADDRESS,			\
	[PSTEER_A_GRANT_PORT_FIRST] = { .type = NLA_U16 },		\
	[PSTEER_A_GRANT_PORT_LAST] = { .type = NLA_U16 },		\
	[PSTEER_A_GRANT_EPOCH] = { .type = NLA_U64 }

#define HOLDER_POLICY							\
	[PSTEER_A_GRANT_HOST] = PSTEER_NLA_ADDRESS,			\
	[PSTEER_A_GRANT_DEV] = { .type = NLA_NUL_STRING, .len = PSTEER_DEV_MAX }, \
	[PSTEER_A_GRANT_STATE] = NLA_POLICY_MAX(NLA_U8, PSTEER_GRANT_STATE_MAX)

const struct nla_policy psteer_nl_grant_new_policy[PSTEER_A_GRANT_MAX + 1] = {
	PLACE_POLICY,
	HOLDER_POLICY,
	[PSTEER_A_GRANT_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U32, &size_bounds),
	[PSTEER_A_GRANT_POOL] = PSTEER_NLA_NAME,
};

const struct nla_policy psteer_nl_grant_set_policy[PSTEER_A_GRANT_MAX + 1] = {
	PLACE_POLICY,
	HOLDER_POLICY,
};

const struct nla_policy psteer_nl_grant_del_policy[PSTEER_A_GRANT_MAX + 1] = {
	PLACE_POLICY,
	[PSTEER_A_GRANT_FORCE] = { .type = NLA_FLAG },
};

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, PSTEER_A_GRANT_PAD);
}

static int fill_edge(struct sk_buff *skb, const struct psteer_grant *grant)
{
	struct psteer_traffic traffic = psteer_traffic_sum(grant->traffic);
	const struct psteer_grant_params *is = &grant->is;
	struct net_device *dev;
	char name[IFNAMSIZ];

	if (psteer_nl_put_addr(skb, PSTEER_A_GRANT_HOST, is->family,
			       &is->host) ||
	    put_u64(skb, PSTEER_A_GRANT_PACKETS, traffic.packets) ||
	    put_u64(skb, PSTEER_A_GRANT_BYTES, traffic.bytes))
		return -EMSGSIZE;
	if (!is->ifindex)
		return 0;
	rcu_read_lock();
	dev = dev_get_by_index_rcu(grant->pnet->net, is->ifindex);
	if (dev)
		strscpy(name, dev->name, sizeof(name));
	rcu_read_unlock();
	return dev ? nla_put_string(skb, PSTEER_A_GRANT_DEV, name) : 0;
}

static int fill_host(struct sk_buff *skb, const struct psteer_grant *grant)
{
	const struct psteer_pool *pool = grant->is.pool_addr->pool;

	if (nla_put_string(skb, PSTEER_A_GRANT_POOL, pool->name) ||
	    nla_put_u32(skb, PSTEER_A_GRANT_IN_USE,
			psteer_grant_usage(grant).in_use))
		return -EMSGSIZE;
	return 0;
}

/* The whole message; -EMSGSIZE leaves @skb as it was. */
static int fill_grant(struct sk_buff *skb, const struct psteer_grant *grant,
		      const struct psteer_nl_where *where)
{
	const struct psteer_grant_params *is = &grant->is;
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (psteer_nl_put_addr(skb, PSTEER_A_GRANT_ADDRESS, is->family,
			       &is->ip) ||
	    nla_put_u16(skb, PSTEER_A_GRANT_PORT_FIRST, is->first) ||
	    nla_put_u16(skb, PSTEER_A_GRANT_PORT_LAST, is->last) ||
	    nla_put_u8(skb, PSTEER_A_GRANT_STATE, is->state) ||
	    put_u64(skb, PSTEER_A_GRANT_EPOCH, grant->pnet->epoch) ||
	    (psteer_grant_is_edges(grant) ? fill_edge(skb, grant) :
					    fill_host(skb, grant))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* A manager that others have followed must not speak any more. */
static int check_epoch(struct psteer_net *pnet, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[PSTEER_A_GRANT_EPOCH];
	u64 epoch = attr ? nla_get_u64(attr) : 0;

	if (!attr && pnet->epoch)
		return psteer_nl_refuse(pnet, info->extack, NULL, -ESTALE,
			"a manager of epoch %llu is in charge: say an epoch",
			pnet->epoch);
	if (epoch < pnet->epoch)
		return psteer_nl_refuse(pnet, info->extack, attr, -ESTALE,
			"epoch %llu is stale, %llu is in charge", epoch,
			pnet->epoch);
	return 0;
}

static void accept_epoch(struct psteer_net *pnet, struct genl_info *info)
{
	if (info->attrs[PSTEER_A_GRANT_EPOCH])
		pnet->epoch = nla_get_u64(info->attrs[PSTEER_A_GRANT_EPOCH]);
}

static int parse_ports(struct psteer_net *pnet, struct genl_info *info,
		       struct psteer_grant_params *params)
{
	const struct nlattr *first = info->attrs[PSTEER_A_GRANT_PORT_FIRST];
	const struct nlattr *last = info->attrs[PSTEER_A_GRANT_PORT_LAST];

	if (!first || !last)
		return psteer_nl_refuse(pnet, info->extack, first ?: last,
					-EINVAL, "a grant has ports LO-HI");
	params->first = nla_get_u16(first);
	params->last = nla_get_u16(last);
	if (params->first % PSTEER_GRANT_UNIT ||
	    (params->last + 1) % PSTEER_GRANT_UNIT ||
	    params->first > params->last)
		return psteer_nl_refuse(pnet, info->extack, first, -EINVAL,
			"ports %u-%u are not whole runs of %u", params->first,
			params->last, PSTEER_GRANT_UNIT);
	return 0;
}

static int place_ports(struct psteer_net *pnet, struct genl_info *info,
		       struct psteer_grant_params *params)
{
	const struct nlattr *attr = info->attrs[PSTEER_A_GRANT_SIZE];
	u32 size = nla_get_u32(attr);

	if (size % PSTEER_GRANT_UNIT)
		return psteer_nl_refuse(pnet, info->extack, attr, -EINVAL,
			"%u ports are not whole runs of %u", size,
			PSTEER_GRANT_UNIT);
	if (!psteer_grant_place(pnet, params, size))
		return psteer_nl_refuse(pnet, info->extack, attr, -ENOSPC,
			"no %u ports in a row are left there", size);
	return 0;
}

static int parse_addr(struct genl_info *info,
		      struct psteer_grant_params *params)
{
	if (PSTEER_NL_LACKS(info, PSTEER_A_GRANT_ADDRESS))
		return -EINVAL;
	return psteer_nl_addr(&params->ip, &params->family,
			      info->attrs[PSTEER_A_GRANT_ADDRESS],
			      info->extack);
}

static int parse_dev(struct psteer_net *pnet, struct genl_info *info,
		     struct psteer_grant_params *params)
{
	const struct nlattr *attr = info->attrs[PSTEER_A_GRANT_DEV];
	struct net_device *dev;

	if (!attr)
		return 0;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(pnet->net, nla_data(attr));
	params->ifindex = dev ? dev->ifindex : 0;
	rcu_read_unlock();
	if (dev)
		return 0;
	return psteer_nl_refuse(pnet, info->extack, attr, -ENODEV,
				"there is no device %s",
				(const char *)nla_data(attr));
}

static int parse_host(struct psteer_net *pnet, struct genl_info *info,
		      struct psteer_grant_params *params)
{
	const struct nlattr *attr = info->attrs[PSTEER_A_GRANT_HOST];
	int err;

	if (attr) {
		err = psteer_nl_addr_of(&params->host, params->family, attr,
					info->extack);
		if (err)
			return err;
		/* Another host is not behind the same device as a matter of course. */
		params->ifindex = 0;
	}
	return parse_dev(pnet, info, params);
}

static int parse_pool(struct psteer_net *pnet, struct genl_info *info,
		      struct psteer_grant_params *params)
{
	const struct nlattr *attr = info->attrs[PSTEER_A_GRANT_POOL];
	struct psteer_pool *pool = psteer_nl_pool_find(pnet, info->extack,
						       attr);

	if (!pool)
		return -ENOENT;
	if (!pool->by_grants)
		return psteer_nl_refuse(pnet, info->extack, attr, -EINVAL,
					"pool %s needs no grants: it is not by-grants",
					pool->name);
	if (1U << pool->shift > PSTEER_GRANT_UNIT)
		return psteer_nl_refuse(pnet, info->extack, attr, -EINVAL,
					"the blocks of pool %s are larger than %u ports",
					pool->name, PSTEER_GRANT_UNIT);
	if (pool->family == params->family)
		params->pool_addr = psteer_pool_addr_find(pool, &params->ip);
	if (params->pool_addr)
		return 0;
	return psteer_nl_refuse(pnet, info->extack,
				info->attrs[PSTEER_A_GRANT_ADDRESS], -ENOENT,
				"pool %s does not have this address",
				pool->name);
}

static int parse_holder(struct psteer_net *pnet, struct genl_info *info,
			struct psteer_grant_params *params)
{
	if (!info->attrs[PSTEER_A_GRANT_HOST] ==
	    !info->attrs[PSTEER_A_GRANT_POOL])
		return psteer_nl_refuse(pnet, info->extack, NULL, -EINVAL,
			"a grant is to a host, or on a host to a pool");
	if (info->attrs[PSTEER_A_GRANT_POOL])
		return parse_pool(pnet, info, params);
	return parse_host(pnet, info, params);
}

static int refuse_overlap(struct psteer_net *pnet, struct genl_info *info,
			  const struct psteer_grant_params *params,
			  const struct psteer_grant *other)
{
	const struct nlattr *bad = info->attrs[PSTEER_A_GRANT_PORT_FIRST];
	u32 size = params->last - params->first + 1;
	struct psteer_grant_params place = *params;
	char holder[64], instead[32] = "";

	if (!psteer_grant_is_edges(other))
		snprintf(holder, sizeof(holder), "pool %s",
			 other->is.pool_addr->pool->name);
	else if (other->is.family == AF_INET)
		snprintf(holder, sizeof(holder), "host %pI4",
			 &other->is.host.ip);
	else
		snprintf(holder, sizeof(holder), "host %pI6c",
			 &other->is.host.in6);
	if (psteer_grant_place(pnet, &place, size))
		snprintf(instead, sizeof(instead), "; %u-%u are free",
			 place.first, place.last);
	return psteer_nl_refuse(pnet, info->extack, bad, -EEXIST,
				"ports %u-%u are granted to %s%s",
				other->is.first, other->is.last, holder,
				instead);
}

static int parse_new(struct psteer_net *pnet, struct genl_info *info,
		     struct psteer_grant_params *params)
{
	const struct psteer_grant *other;
	int err;

	err = parse_holder(pnet, info, params);
	if (err)
		return err;
	if (info->attrs[PSTEER_A_GRANT_SIZE])
		return place_ports(pnet, info, params);
	err = parse_ports(pnet, info, params);
	if (err)
		return err;
	other = psteer_grant_overlap(pnet, params);
	return other ? refuse_overlap(pnet, info, params, other) : 0;
}

static int add_grant(struct psteer_net *pnet, struct genl_info *info,
		     struct psteer_grant_params *params)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct sk_buff *reply;
	int err;

	err = check_epoch(pnet, info);
	if (!err)
		err = parse_new(pnet, info, params);
	if (err)
		return err;
	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	err = psteer_hooks_enable(pnet);
	if (!err)
		err = psteer_grant_add(pnet, params);
	if (err) {
		psteer_hooks_settle(pnet);
		nlmsg_free(reply);
		return err;
	}
	accept_epoch(pnet, info);
	psteer_gc_start(pnet);
	return psteer_nl_reply(reply, info,
			       fill_grant(reply,
					  psteer_grant_find(pnet, params),
					  &where));
}

/**
 * psteer_nl_grant_new() - PSTEER_CMD_GRANT_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_grant_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_grant_params params = { .state = PSTEER_GRANT_ACTIVE };
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	err = parse_addr(info, &params);
	if (err)
		return err;
	if (info->attrs[PSTEER_A_GRANT_STATE])
		params.state = nla_get_u8(info->attrs[PSTEER_A_GRANT_STATE]);
	mutex_lock(&pnet->lock);
	err = add_grant(pnet, info, &params);
	mutex_unlock(&pnet->lock);
	return err;
}

/* The grant of the address and ports that a request names. */
static struct psteer_grant *find_grant(struct psteer_net *pnet,
				       struct genl_info *info)
{
	struct psteer_grant_params params = {};
	struct psteer_grant *grant;
	int err;

	err = parse_addr(info, &params);
	if (!err)
		err = check_epoch(pnet, info);
	if (!err)
		err = parse_ports(pnet, info, &params);
	if (err)
		return ERR_PTR(err);
	grant = psteer_grant_find(pnet, &params);
	if (grant)
		return grant;
	return ERR_PTR(psteer_nl_refuse(pnet, info->extack,
				info->attrs[PSTEER_A_GRANT_PORT_FIRST], -ENOENT,
				"there is no grant of just these ports"));
}

static int set_grant(struct psteer_net *pnet, struct genl_info *info)
{
	const struct nlattr *state = info->attrs[PSTEER_A_GRANT_STATE];
	struct psteer_grant *grant = find_grant(pnet, info);
	struct psteer_grant_params params;
	int err;

	if (IS_ERR(grant))
		return PTR_ERR(grant);
	params = grant->is;
	if (!psteer_grant_is_edges(grant) &&
	    (info->attrs[PSTEER_A_GRANT_HOST] || info->attrs[PSTEER_A_GRANT_DEV]))
		return psteer_nl_refuse(pnet, info->extack, NULL, -EINVAL,
					"this is a host: only the state can be set");
	err = parse_host(pnet, info, &params);
	if (err)
		return err;
	if (state)
		params.state = nla_get_u8(state);
	if (params.state == PSTEER_GRANT_PREPARED &&
	    grant->is.state != PSTEER_GRANT_PREPARED)
		return psteer_nl_refuse(pnet, info->extack, state, -EINVAL,
			"it is in force already: set it draining, or delete it");
	err = psteer_grant_set(grant, &params);
	if (!err)
		accept_epoch(pnet, info);
	return err;
}

/**
 * psteer_nl_grant_set() - PSTEER_CMD_GRANT_SET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_grant_set(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	mutex_lock(&pnet->lock);
	err = set_grant(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

static int refuse_retiring(struct psteer_net *pnet, struct genl_info *info,
			   struct psteer_grant *grant)
{
	const struct nlattr *bad = info->attrs[PSTEER_A_GRANT_PORT_FIRST];
	struct psteer_pool_usage usage;
	int err;

	err = psteer_grant_retire(grant, &usage);
	if (err && usage.in_use)
		return psteer_nl_refuse(pnet, info->extack, bad, err,
			"ports of it are in use, %u: set it draining, and wait",
			usage.in_use);
	if (err)
		return psteer_nl_refuse(pnet, info->extack, bad, err,
			"blocks of it are given out, %u: set it draining first",
			usage.serving);
	return 0;
}

static int del_grant(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_grant *grant = find_grant(pnet, info);
	int err;

	if (IS_ERR(grant))
		return PTR_ERR(grant);
	if (info->attrs[PSTEER_A_GRANT_FORCE]) {
		psteer_grant_evict(grant);
	} else {
		err = refuse_retiring(pnet, info, grant);
		if (err)
			return err;
		psteer_grant_del(grant);
	}
	accept_epoch(pnet, info);
	psteer_hooks_settle(pnet);
	return 0;
}

/**
 * psteer_nl_grant_del() - PSTEER_CMD_GRANT_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_grant_del(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	mutex_lock(&pnet->lock);
	err = del_grant(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_grant_dump() - PSTEER_CMD_GRANT_GET
 * @skb: to fill
 * @cb: args[0] is the id of the last grant that was put
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_grant_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	const struct psteer_grant *grant;

	mutex_lock(&pnet->lock);
	cb->seq = pnet->generation;
	list_for_each_entry(grant, &pnet->grants, list) {
		if (grant->id <= cb->args[0])
			continue;
		if (fill_grant(skb, grant, &where))
			break;
		cb->args[0] = grant->id;
	}
	mutex_unlock(&pnet->lock);
	return skb->len;
}
