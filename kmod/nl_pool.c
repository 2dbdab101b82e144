// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: pools.
 */
#include <linux/log2.h>
#include <linux/slab.h>

#include "client.h"
#include "gc.h"
#include "leave.h"
#include "listen.h"
#include "nl_common.h"
#include "pool.h"
#include "vm.h"

#define HOLD_DEFAULT_MS	120000
#define HOLD_MOST_MS	86400000
#define FIRST_DEFAULT	1024
#define LAST_DEFAULT	65535
/* Each address, and that it is withdrawn. */
#define REPLY_EXTRA	(2 * PSTEER_POOL_ADDRS_MAX * nla_total_size(16))
#define RESERVED_LEN	128
#define WARNING_LEN	(160 + RESERVED_LEN)

static struct netlink_range_validation hold_bounds = {
	.max = HOLD_MOST_MS,
};

const struct nla_policy psteer_nl_pool_new_policy[PSTEER_A_POOL_MAX + 1] = {
	[PSTEER_A_POOL_NAME] = PSTEER_NLA_NAME,
	[PSTEER_A_POOL_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_POOL_PORT_FIRST] = PSTEER_NLA_PORT,
	[PSTEER_A_POOL_PORT_LAST] = PSTEER_NLA_PORT,
	[PSTEER_A_POOL_BLOCK_SIZE] =
		NLA_POLICY_RANGE(NLA_U32, PSTEER_BLOCK_LEAST,
				 PSTEER_BLOCK_MOST),
	[PSTEER_A_POOL_HOLD_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &hold_bounds),
	[PSTEER_A_POOL_FORCE] = { .type = NLA_FLAG },
	[PSTEER_A_POOL_BY_GRANTS] = { .type = NLA_FLAG },
};

const struct nla_policy psteer_nl_pool_set_policy[PSTEER_A_POOL_MAX + 1] = {
	[PSTEER_A_POOL_NAME] = PSTEER_NLA_NAME,
	[PSTEER_A_POOL_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_POOL_STATE] = NLA_POLICY_MAX(NLA_U8, PSTEER_ADDRESS_STATE_MAX),
};

const struct nla_policy psteer_nl_pool_name_policy[PSTEER_A_POOL_MAX + 1] = {
	[PSTEER_A_POOL_NAME] = PSTEER_NLA_NAME,
};

static int fill_config(struct sk_buff *skb, const struct psteer_pool *pool)
{
	u32 i;

	if (nla_put_string(skb, PSTEER_A_POOL_NAME, pool->name) ||
	    nla_put_u16(skb, PSTEER_A_POOL_PORT_FIRST, pool->first) ||
	    nla_put_u16(skb, PSTEER_A_POOL_PORT_LAST, pool->last) ||
	    nla_put_u32(skb, PSTEER_A_POOL_BLOCK_SIZE, 1U << pool->shift) ||
	    nla_put_u32(skb, PSTEER_A_POOL_HOLD_TIME, pool->hold_ms) ||
	    (pool->force && nla_put_flag(skb, PSTEER_A_POOL_FORCE)) ||
	    (pool->by_grants && nla_put_flag(skb, PSTEER_A_POOL_BY_GRANTS)))
		return -EMSGSIZE;
	for (i = 0; i < pool->naddrs; i++)
		if (psteer_nl_put_addr(skb, PSTEER_A_POOL_ADDRESS, pool->family,
				       &pool->addrs[i].ip))
			return -EMSGSIZE;
	for (i = 0; i < pool->naddrs; i++)
		if (pool->addrs[i].withdrawn &&
		    psteer_nl_put_addr(skb, PSTEER_A_POOL_WITHDRAWN,
				       pool->family, &pool->addrs[i].ip))
			return -EMSGSIZE;
	return 0;
}

static u32 blocks_used(const struct psteer_pool *pool)
{
	u32 sum = 0, i, nr;

	for (i = 0; i < pool->naddrs; i++)
		for (nr = 0; nr < pool->addrs[i].span.count; nr++)
			sum += !!rcu_access_pointer(pool->addrs[i].blocks[nr].owner);
	return sum;
}

static u32 ports_in_use(const struct psteer_pool *pool)
{
	u32 sum = 0, i, nr;

	for (i = 0; i < pool->naddrs; i++)
		for (nr = 0; nr < pool->addrs[i].span.count; nr++)
			sum += READ_ONCE(pool->addrs[i].blocks[nr].in_use);
	return sum;
}

/* The whole message; -EMSGSIZE leaves @skb as it was. */
static int fill_pool(struct sk_buff *skb, struct psteer_pool *pool,
		     const struct psteer_nl_where *where, const char *warning)
{
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (fill_config(skb, pool) ||
	    nla_put_u32(skb, PSTEER_A_POOL_BLOCKS, pool->total) ||
	    nla_put_u32(skb, PSTEER_A_POOL_BLOCKS_FREE,
			READ_ONCE(pool->free)) ||
	    nla_put_u32(skb, PSTEER_A_POOL_BLOCKS_HELD,
			READ_ONCE(pool->held)) ||
	    nla_put_u32(skb, PSTEER_A_POOL_LARGEST_FREE,
			psteer_pool_largest_free(pool)) ||
	    nla_put_u32(skb, PSTEER_A_POOL_CLIENTS,
			atomic_read(&pool->clients)) ||
	    nla_put_u32(skb, PSTEER_A_POOL_SESSIONS, ports_in_use(pool)) ||
	    nla_put_u32(skb, PSTEER_A_POOL_BLOCKS_USED, blocks_used(pool)) ||
	    nla_put_u32(skb, PSTEER_A_POOL_VMS, pool->vms) ||
	    (warning && nla_put_string(skb, PSTEER_A_POOL_WARNING, warning))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int parse_addrs(struct genl_info *info,
		       struct psteer_pool_params *params)
{
	const struct nlattr *attr;
	int rem, err;
	u8 family;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != PSTEER_A_POOL_ADDRESS)
			continue;
		if (params->naddrs == PSTEER_POOL_ADDRS_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "a pool has at most 128 addresses");
			return -EINVAL;
		}
		err = psteer_nl_addr(&params->addrs[params->naddrs], &family,
				     attr, info->extack);
		if (err)
			return err;
		if (params->naddrs++ && family != params->family) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "a pool's addresses are all IPv4 or all IPv6");
			return -EINVAL;
		}
		params->family = family;
	}
	return 0;
}

static int parse_ports(struct genl_info *info,
		       struct psteer_pool_params *params)
{
	struct nlattr **attrs = info->attrs;
	u32 block = PSTEER_BLOCK_DEFAULT;

	params->first = FIRST_DEFAULT;
	params->last = LAST_DEFAULT;
	params->hold_ms = HOLD_DEFAULT_MS;
	params->force = attrs[PSTEER_A_POOL_FORCE];
	params->by_grants = attrs[PSTEER_A_POOL_BY_GRANTS];
	if (attrs[PSTEER_A_POOL_PORT_FIRST])
		params->first = nla_get_u16(attrs[PSTEER_A_POOL_PORT_FIRST]);
	if (attrs[PSTEER_A_POOL_PORT_LAST])
		params->last = nla_get_u16(attrs[PSTEER_A_POOL_PORT_LAST]);
	if (attrs[PSTEER_A_POOL_HOLD_TIME])
		params->hold_ms = nla_get_u32(attrs[PSTEER_A_POOL_HOLD_TIME]);
	if (attrs[PSTEER_A_POOL_BLOCK_SIZE])
		block = nla_get_u32(attrs[PSTEER_A_POOL_BLOCK_SIZE]);

	if (!is_power_of_2(block)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    attrs[PSTEER_A_POOL_BLOCK_SIZE],
				    "a block is a power of two of ports");
		return -EINVAL;
	}
	params->shift = ilog2(block);
	if (!psteer_block_span(params->first, params->last,
			       params->shift).count) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    attrs[PSTEER_A_POOL_PORT_LAST],
				    "the ports hold no whole block");
		return -EINVAL;
	}
	return 0;
}

static int check_twins(struct psteer_net *pnet, struct genl_info *info,
		       const struct psteer_pool_params *params)
{
	u32 i, j;

	for (i = 0; i < params->naddrs; i++)
		for (j = 0; j < i; j++)
			if (psteer_addr_equal(&params->addrs[i],
					      &params->addrs[j]))
				return psteer_nl_refuse(pnet, info->extack,
					info->attrs[PSTEER_A_POOL_ADDRESS],
					-EINVAL, "an address is given twice");
	return 0;
}

static const char *addr_format(u8 family)
{
	return family == AF_INET ? "%pI4" : "%pI6c";
}

static int check_addr(struct psteer_net *pnet, struct genl_info *info,
		      const struct psteer_pool_params *params,
		      const union nf_inet_addr *ip)
{
	const struct nlattr *bad = info->attrs[PSTEER_A_POOL_ADDRESS];
	struct psteer_prefix host = {
		.ip = *ip,
		.family = params->family,
		.len = psteer_prefix_len_most(params->family),
	};
	const struct psteer_pool *other;
	struct psteer_listener socket;
	const struct psteer_vm *vm;
	char text[64];

	snprintf(text, sizeof(text), addr_format(params->family), ip);
	other = psteer_pool_overlap(pnet, params->family, ip, params->first,
				    params->last);
	if (other)
		return psteer_nl_refuse(pnet, info->extack, bad, -EEXIST,
			"%s ports %u-%u overlap pool %s", text, params->first,
			params->last, other->name);
	vm = psteer_vm_overlap(pnet, &host);
	if (vm)
		return psteer_nl_refuse(pnet, info->extack, bad, -EEXIST,
					"%s is an address of vm %s", text,
					vm->name);
	if (!psteer_listen_is_local(pnet->net, params->family, ip) ||
	    params->force)
		return 0;
	if (psteer_listen_find(pnet->net, params->family, ip, params->first,
			       params->last, &socket))
		return psteer_nl_refuse(pnet, info->extack, bad, -EADDRINUSE,
			"the gateway itself uses %s port %u of %s; leave it out or say force",
			socket.proto == IPPROTO_TCP ? "tcp" : "udp",
			socket.port, text);
	return 0;
}

static int check_pool(struct psteer_net *pnet, struct genl_info *info,
		      const struct psteer_pool_params *params)
{
	u32 i;
	int err;

	if (psteer_pool_find(pnet, params->name))
		return psteer_nl_refuse(pnet, info->extack,
					info->attrs[PSTEER_A_POOL_NAME],
					-EEXIST, "pool %s exists already",
					params->name);
	err = check_twins(pnet, info, params);
	for (i = 0; i < params->naddrs && !err; i++)
		err = check_addr(pnet, info, params, &params->addrs[i]);
	return err;
}

/* What is allowed but may hurt: the gateway's own outgoing connections. */
static bool warn_of(struct psteer_net *pnet,
		    const struct psteer_pool_params *params, char *warning)
{
	char list[RESERVED_LEN];
	u16 low, high;
	u32 i;

	if (!psteer_listen_ephemeral(pnet->net, params->first, params->last,
				     &low, &high))
		return false;
	for (i = 0; i < params->naddrs; i++)
		if (psteer_listen_is_local(pnet->net, params->family,
					   &params->addrs[i]))
			break;
	if (i == params->naddrs)
		return false;
	if (psteer_listen_reserve(pnet->net, low, high, list, sizeof(list)))
		strscpy(list, "...", sizeof(list));
	snprintf(warning, WARNING_LEN,
		 "the gateway's own connections may take ports %u-%u of this pool; reserve them: sysctl -w net.ipv4.ip_local_reserved_ports=%s",
		 low, high, list);
	return true;
}

static int add_pool(struct psteer_net *pnet, struct genl_info *info,
		    const struct psteer_pool_params *params)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	char warning[WARNING_LEN];
	struct psteer_pool *pool;
	struct sk_buff *reply;
	bool warn;
	int err;

	err = check_pool(pnet, info, params);
	if (err)
		return err;
	warn = warn_of(pnet, params, warning);
	reply = psteer_nl_new(params->naddrs * nla_total_size(16) +
			      WARNING_LEN);
	if (!reply)
		return -ENOMEM;
	pool = psteer_pool_add(pnet, params);
	if (IS_ERR(pool)) {
		nlmsg_free(reply);
		return PTR_ERR(pool);
	}
	psteer_gc_start(pnet);
	return psteer_nl_reply(reply, info, fill_pool(reply, pool, &where,
						      warn ? warning : NULL));
}

/**
 * psteer_nl_pool_new() - PSTEER_CMD_POOL_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_pool_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_pool_params params = {};
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_POOL_NAME) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_POOL_ADDRESS))
		return -EINVAL;
	params.addrs = kcalloc(PSTEER_POOL_ADDRS_MAX, sizeof(*params.addrs),
			       GFP_KERNEL);
	if (!params.addrs)
		return -ENOMEM;
	err = psteer_nl_name(params.name, info->attrs[PSTEER_A_POOL_NAME],
			     info->extack);
	if (!err)
		err = parse_addrs(info, &params);
	if (!err)
		err = parse_ports(info, &params);
	if (!err) {
		mutex_lock(&pnet->lock);
		err = add_pool(pnet, info, &params);
		mutex_unlock(&pnet->lock);
	}
	kfree(params.addrs);
	return err;
}

static struct psteer_pool *find_pool(struct psteer_net *pnet,
				     struct genl_info *info)
{
	return psteer_nl_pool_find(pnet, info->extack,
				   info->attrs[PSTEER_A_POOL_NAME]);
}

static int del_pool(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_pool *pool = find_pool(pnet, info);

	if (!pool)
		return -ENOENT;
	if (pool->services)
		return psteer_nl_refuse(pnet, info->extack,
					info->attrs[PSTEER_A_POOL_NAME], -EBUSY,
					"pool %s is in use by %u service%s",
					pool->name, pool->services,
					pool->services == 1 ? "" : "s");
	if (pool->vms)
		return psteer_nl_refuse(pnet, info->extack,
					info->attrs[PSTEER_A_POOL_NAME], -EBUSY,
					"pool %s is in use by %u vm%s",
					pool->name, pool->vms,
					pool->vms == 1 ? "" : "s");
	if (pool->grants)
		return psteer_nl_refuse(pnet, info->extack,
					info->attrs[PSTEER_A_POOL_NAME], -EBUSY,
					"pool %s has %u grant%s", pool->name,
					pool->grants,
					pool->grants == 1 ? "" : "s");
	psteer_clients_retire_pool(pnet, pool);
	psteer_pool_del(pool);
	return 0;
}

/**
 * psteer_nl_pool_del() - PSTEER_CMD_POOL_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_pool_del(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_POOL_NAME))
		return -EINVAL;
	mutex_lock(&pnet->lock);
	err = del_pool(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

static u32 count_addrs(const struct genl_info *info)
{
	const struct nlattr *attr;
	u32 n = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == PSTEER_A_POOL_ADDRESS;
	return n;
}

static int set_pool(struct psteer_net *pnet, struct genl_info *info,
		    struct sk_buff *reply)
{
	const struct nlattr *address = info->attrs[PSTEER_A_POOL_ADDRESS];
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_pool *pool = find_pool(pnet, info);
	struct psteer_pool_addr *addr;
	union nf_inet_addr ip;
	bool withdrawn;
	int err;

	if (!pool)
		return -ENOENT;
	if (count_addrs(info) > 1)
		return psteer_nl_refuse(pnet, info->extack, address, -EINVAL,
					"one address at a time");
	err = psteer_nl_addr_of(&ip, pool->family, address, info->extack);
	if (err)
		return err;
	addr = psteer_pool_addr_find(pool, &ip);
	if (!addr)
		return psteer_nl_refuse(pnet, info->extack, address, -ENOENT,
					"pool %s does not have this address",
					pool->name);
	withdrawn = nla_get_u8(info->attrs[PSTEER_A_POOL_STATE]) ==
		    PSTEER_ADDRESS_WITHDRAWN;
	psteer_pool_withdraw(addr, withdrawn);
	pnet->generation++;
	if (withdrawn)
		psteer_owners_leave(pnet, pool);
	return fill_pool(reply, pool, &where, NULL);
}

/**
 * psteer_nl_pool_set() - PSTEER_CMD_POOL_SET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_pool_set(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct sk_buff *reply;
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_POOL_NAME) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_POOL_ADDRESS) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_POOL_STATE))
		return -EINVAL;
	reply = psteer_nl_new(REPLY_EXTRA);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&pnet->lock);
	err = set_pool(pnet, info, reply);
	mutex_unlock(&pnet->lock);
	return psteer_nl_reply(reply, info, err);
}

/**
 * psteer_nl_pool_get() - PSTEER_CMD_POOL_GET of one pool
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_pool_get(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_pool *pool;
	struct sk_buff *reply;
	int err = -ENOENT;

	if (PSTEER_NL_LACKS(info, PSTEER_A_POOL_NAME))
		return -EINVAL;
	reply = psteer_nl_new(REPLY_EXTRA);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&pnet->lock);
	pool = find_pool(pnet, info);
	if (pool)
		err = fill_pool(reply, pool, &where, NULL);
	mutex_unlock(&pnet->lock);
	return psteer_nl_reply(reply, info, err);
}

/**
 * psteer_nl_pool_start() - begin PSTEER_CMD_POOL_GET of all pools
 * @cb: dump
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_pool_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = NLMSG_DEFAULT_SIZE + REPLY_EXTRA;
	return psteer_nl_dump_all_start(cb);
}

/**
 * psteer_nl_pool_dump() - PSTEER_CMD_POOL_GET of all pools
 * @skb: to fill
 * @cb: args[0] is the id of the last pool that was put
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_pool_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	struct psteer_pool *pool;
	int err = 0;

	mutex_lock(&pnet->lock);
	cb->seq = pnet->generation;
	list_for_each_entry(pool, &pnet->pools, list) {
		if (pool->id <= cb->args[0])
			continue;
		err = fill_pool(skb, pool, &where, NULL);
		if (err)
			break;
		cb->args[0] = pool->id;
	}
	mutex_unlock(&pnet->lock);
	/* With nothing in it this would be the end. */
	return skb->len ?: err;
}
