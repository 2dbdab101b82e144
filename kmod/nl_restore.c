// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: ranges and sessions as another gateway, or this one before it was
 * loaded again, has had them.
 */
#include "client.h"
#include "nl_common.h"
#include "pool.h"
#include "range.h"
#include "server.h"
#include "service.h"
#include "session.h"
#include "use.h"
#include "vm.h"

#define EXPIRES_MOST_MS	(5 * 86400000U)

static struct netlink_range_validation expires_bounds = {
	.max = EXPIRES_MOST_MS,
};

const struct nla_policy psteer_nl_range_new_policy[PSTEER_A_RANGE_MAX + 1] = {
	[PSTEER_A_RANGE_POOL] = PSTEER_NLA_NAME,
	[PSTEER_A_RANGE_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_RANGE_FIRST] = { .type = NLA_U16 },
	[PSTEER_A_RANGE_LAST] = { .type = NLA_U16 },
	[PSTEER_A_RANGE_OWNER_TYPE] =
		NLA_POLICY_RANGE(NLA_U8, PSTEER_OWNER_CLIENT, PSTEER_OWNER_VM),
	[PSTEER_A_RANGE_OWNER] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_RANGE_OWNER_NAME] = PSTEER_NLA_NAME,
};

const struct nla_policy
psteer_nl_session_new_policy[PSTEER_A_SESSION_MAX + 1] = {
	[PSTEER_A_SESSION_SERVICE] = PSTEER_NLA_NAME,
	[PSTEER_A_SESSION_VM] = PSTEER_NLA_NAME,
	[PSTEER_A_SESSION_PROTO] = { .type = NLA_U8 },
	[PSTEER_A_SESSION_CLIENT] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_SESSION_CLIENT_PORT] = { .type = NLA_U16 },
	[PSTEER_A_SESSION_POOL_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_SESSION_ASSIGNED_PORT] = PSTEER_NLA_PORT,
	[PSTEER_A_SESSION_SERVER] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_SESSION_SERVER_PORT] = { .type = NLA_U16 },
	[PSTEER_A_SESSION_STATE] =
		NLA_POLICY_MAX(NLA_U8, PSTEER_SESSION_STATE_MAX),
	[PSTEER_A_SESSION_EXPIRES] =
		NLA_POLICY_FULL_RANGE(NLA_U64, &expires_bounds),
	[PSTEER_A_SESSION_INBOUND] = { .type = NLA_FLAG },
};

/* The client that an address is, a session of it counted. */
static struct psteer_client *get_client(struct psteer_net *pnet,
					struct psteer_pool *pool,
					const union nf_inet_addr *ip)
{
	struct psteer_client *client;

	do {
		client = psteer_client_get(pnet, pool, ip);
	} while (client == ERR_PTR(-EAGAIN));
	return client;
}

static int claim_blocks(struct psteer_net *pnet, struct genl_info *info,
			struct psteer_owner *owner,
			const union nf_inet_addr *ip)
{
	const struct nlattr *bad = info->attrs[PSTEER_A_RANGE_FIRST];
	u32 last = nla_get_u16(info->attrs[PSTEER_A_RANGE_LAST]);
	u32 first = nla_get_u16(bad), len = 1U << owner->pool->shift, port;
	int err = 0;

	if ((first | (last + 1)) & (len - 1) || last < first)
		return psteer_nl_refuse(pnet, info->extack, bad, -EINVAL,
			"ports %u-%u are not whole blocks of %u", first, last,
			len);
	/* All or none, unless another is just being given one of them. */
	for (port = first; port < last && !err; port += len)
		err = psteer_range_may_claim(owner, ip, port);
	if (!err)
		for (port = first; port < last && !err; port += len)
			err = psteer_range_claim(owner, ip, port);
	if (err == -ERANGE)
		return psteer_nl_refuse(pnet, info->extack, bad, err,
			"pool %s does not have port %u there",
			owner->pool->name, port - len);
	if (err == -EBUSY)
		return psteer_nl_refuse(pnet, info->extack, bad, err,
			"port %u is in a block that is not free", port - len);
	return err;
}

static int claim_for_client(struct psteer_net *pnet, struct genl_info *info,
			    struct psteer_pool *pool,
			    const union nf_inet_addr *ip)
{
	struct psteer_client *client;
	union nf_inet_addr address;
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_RANGE_OWNER))
		return -EINVAL;
	err = psteer_nl_addr_of(&address, pool->family,
				info->attrs[PSTEER_A_RANGE_OWNER],
				info->extack);
	if (err)
		return err;
	rcu_read_lock();
	client = get_client(pnet, pool, &address);
	if (IS_ERR(client)) {
		err = PTR_ERR(client);
	} else {
		err = claim_blocks(pnet, info, &client->owner, ip);
		/* Only proven ones keep a range, and this one has kept it. */
		if (!err)
			psteer_client_prove(client);
		psteer_client_put(client);
	}
	rcu_read_unlock();
	return err;
}

static int claim_for_vm(struct psteer_net *pnet, struct genl_info *info,
			const struct psteer_pool *pool,
			const union nf_inet_addr *ip)
{
	struct psteer_vm *vm;

	if (PSTEER_NL_LACKS(info, PSTEER_A_RANGE_OWNER_NAME))
		return -EINVAL;
	vm = psteer_nl_vm_find(pnet, info->extack,
			       info->attrs[PSTEER_A_RANGE_OWNER_NAME]);
	if (!vm)
		return -ENOENT;
	if (vm->owner.pool != pool)
		return psteer_nl_refuse(pnet, info->extack,
			info->attrs[PSTEER_A_RANGE_OWNER_NAME], -EINVAL,
			"vm %s has its ports from pool %s", vm->name,
			vm->owner.pool->name);
	return claim_blocks(pnet, info, &vm->owner, ip);
}

static int restore_range(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_pool *pool;
	union nf_inet_addr ip;
	int err;

	pool = psteer_nl_pool_find(pnet, info->extack,
				   info->attrs[PSTEER_A_RANGE_POOL]);
	if (!pool)
		return -ENOENT;
	err = psteer_nl_addr_of(&ip, pool->family,
				info->attrs[PSTEER_A_RANGE_ADDRESS],
				info->extack);
	if (err)
		return err;
	switch (nla_get_u8(info->attrs[PSTEER_A_RANGE_OWNER_TYPE])) {
	case PSTEER_OWNER_CLIENT:
		return claim_for_client(pnet, info, pool, &ip);
	case PSTEER_OWNER_VM:
		return claim_for_vm(pnet, info, pool, &ip);
	default:
		return claim_blocks(pnet, info, &pool->probation, &ip);
	}
}

/**
 * psteer_nl_range_new() - PSTEER_CMD_RANGE_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_range_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_RANGE_POOL) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_RANGE_ADDRESS) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_RANGE_FIRST) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_RANGE_LAST) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_RANGE_OWNER_TYPE))
		return -EINVAL;
	mutex_lock(&pnet->lock);
	err = restore_range(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * struct past - a session as it was
 * @near: its client's, or VM's, side: from there to whom it spoke
 * @far: the other side: from whom it spoke with to the pool
 */
struct past {
	struct psteer_key near;
	struct psteer_key far;
};

static __be16 port_of(struct genl_info *info, int attr)
{
	return htons(nla_get_u16(info->attrs[attr]));
}

/* All of a session but what its virtual address is, which a service tells. */
static int parse_past(struct genl_info *info, struct past *past)
{
	u8 family;
	int err;

	memset(past, 0, sizeof(*past));
	err = psteer_nl_addr(&past->near.src, &family,
			     info->attrs[PSTEER_A_SESSION_CLIENT],
			     info->extack);
	if (!err)
		err = psteer_nl_addr_of(&past->far.src, family,
					info->attrs[PSTEER_A_SESSION_SERVER],
					info->extack);
	if (!err)
		err = psteer_nl_addr_of(&past->far.dst, family,
					info->attrs[PSTEER_A_SESSION_POOL_ADDRESS],
					info->extack);
	past->near.sport = port_of(info, PSTEER_A_SESSION_CLIENT_PORT);
	past->far.sport = port_of(info, PSTEER_A_SESSION_SERVER_PORT);
	past->far.dport = port_of(info, PSTEER_A_SESSION_ASSIGNED_PORT);
	past->near.proto = nla_get_u8(info->attrs[PSTEER_A_SESSION_PROTO]);
	past->far.proto = past->near.proto;
	past->near.family = family;
	past->far.family = family;
	return err;
}

static unsigned long progress_of(struct genl_info *info)
{
	unsigned long established = PSTEER_PROGRESS_SYN |
				    PSTEER_PROGRESS_ANSWERED |
				    PSTEER_PROGRESS_COMPLETED;

	switch (nla_get_u8(info->attrs[PSTEER_A_SESSION_STATE])) {
	case PSTEER_SESSION_OPENING:
		return PSTEER_PROGRESS_SYN;
	case PSTEER_SESSION_ESTABLISHED:
		return established;
	case PSTEER_SESSION_CLOSING:
		return established | PSTEER_PROGRESS_FIN_ORIGINAL;
	case PSTEER_SESSION_TIME_WAIT:
		return established | PSTEER_PROGRESS_FIN_ORIGINAL |
		       PSTEER_PROGRESS_FIN_REPLY;
	default:
		return 0;
	}
}

static int refuse_port(struct psteer_net *pnet, struct genl_info *info, int err)
{
	const struct nlattr *bad = info->attrs[PSTEER_A_SESSION_ASSIGNED_PORT];

	if (err == -ERANGE)
		return psteer_nl_refuse(pnet, info->extack, bad, err,
					"the pool does not have this port");
	if (err == -EBUSY || err == -EADDRINUSE || err == -EEXIST)
		return psteer_nl_refuse(pnet, info->extack, bad, err,
					"this port is in use already");
	return err;
}

/* Opens it, and takes it to where it was. */
static int open_past(struct psteer_net *pnet, struct genl_info *info,
		     const struct psteer_session_params *params)
{
	u64 expires_ms = nla_get_u64(info->attrs[PSTEER_A_SESSION_EXPIRES]);
	struct psteer_session *session;
	bool opened;

	session = psteer_session_open(pnet, params, &opened);
	if (IS_ERR(session))
		return PTR_ERR(session);
	if (!opened)
		return -EEXIST;
	psteer_session_adopt(pnet, session, progress_of(info),
			     msecs_to_jiffies(expires_ms));
	return 0;
}

static int open_mapped(struct psteer_net *pnet, struct genl_info *info,
		       const struct past *past, struct psteer_mapping *mapping)
{
	const struct psteer_mapping_key *outside =
		&mapping->end[PSTEER_SIDE_OUTSIDE].key;
	bool inbound = info->attrs[PSTEER_A_SESSION_INBOUND];
	struct psteer_session_params params = { .mapping = mapping };
	const struct psteer_owner *peer;

	if (!psteer_addr_equal(&outside->ip, &past->far.dst) ||
	    outside->port != past->far.dport)
		return -EADDRINUSE;
	params.key[PSTEER_DIR_ORIGINAL] = inbound ? past->far : past->near;
	params.key[PSTEER_DIR_REPLY] = inbound ? past->near : past->far;
	if (inbound)
		__set_bit(PSTEER_SESSION_INBOUND_BIT, &params.flags);
	peer = psteer_pool_port_owner_rcu(pnet, past->far.family,
					  &past->far.src, past->far.sport);
	if (peer && peer->type == PSTEER_OWNER_VM)
		__set_bit(PSTEER_SESSION_HAIRPIN_BIT, &params.flags);
	return open_past(pnet, info, &params);
}

static struct psteer_mapping *map_past(struct psteer_net *pnet,
				       struct psteer_vm *vm,
				       const struct past *past)
{
	struct psteer_mapping_key inside = {
		.ip = past->near.src,
		.port = past->near.sport,
		.proto = past->near.proto,
		.family = past->near.family,
		.side = PSTEER_SIDE_INSIDE,
	};
	struct psteer_mapping *mapping;
	struct psteer_pick pick;
	bool added;
	int err;

	mapping = psteer_mapping_find_rcu(pnet, &inside);
	if (mapping)
		return psteer_mapping_get(mapping) ? mapping :
						     ERR_PTR(-EBUSY);
	err = psteer_range_pick_port(pnet, &vm->owner,
				     PSTEER_TOWARDS_ALL(inside.proto),
				     &past->far.dst, ntohs(past->far.dport),
				     &pick);
	if (err)
		return ERR_PTR(err);
	mapping = psteer_mapping_add(vm, &inside, &pick, &added);
	if (!added)
		psteer_range_put_pick(&pick);
	return mapping;
}

static int restore_vms(struct psteer_net *pnet, struct genl_info *info,
		       struct past *past)
{
	struct psteer_mapping *mapping;
	struct psteer_vm *vm;
	int err;

	vm = psteer_nl_vm_find(pnet, info->extack,
			       info->attrs[PSTEER_A_SESSION_VM]);
	if (!vm)
		return -ENOENT;
	if (psteer_vm_find_rcu(pnet, past->near.family, &past->near.src) != vm)
		return psteer_nl_refuse(pnet, info->extack,
			info->attrs[PSTEER_A_SESSION_CLIENT], -EINVAL,
			"vm %s does not have this address", vm->name);
	past->near.dst = past->far.src;
	past->near.dport = past->far.sport;
	mapping = map_past(pnet, vm, past);
	if (IS_ERR(mapping))
		return refuse_port(pnet, info, PTR_ERR(mapping));
	err = open_mapped(pnet, info, past, mapping);
	psteer_mapping_put(mapping);
	return refuse_port(pnet, info, err);
}

/* Its client, or the probation that its client shared. */
static struct psteer_owner *owner_of(struct psteer_client *client,
				     const struct past *past)
{
	struct psteer_pool *pool = client->owner.pool;
	struct psteer_owner *owner;

	owner = psteer_pool_port_owner_rcu(pool->pnet, pool->family,
					   &past->far.dst, past->far.dport);
	return owner == &pool->probation ? owner : &client->owner;
}

static int open_steered(struct psteer_net *pnet, struct genl_info *info,
			const struct past *past, struct psteer_server *server,
			struct psteer_client *client)
{
	struct psteer_session_params params = {
		.key = {
			[PSTEER_DIR_ORIGINAL] = past->near,
			[PSTEER_DIR_REPLY] = past->far,
		},
		.server = server,
		.client = client,
	};
	struct psteer_pick pick;
	int err;

	err = psteer_range_pick_port(pnet, owner_of(client, past),
				     server->endpoint, &past->far.dst,
				     ntohs(past->far.dport), &pick);
	if (err)
		return err;
	params.use = pick.use;
	params.slot = pick.slot;
	err = open_past(pnet, info, &params);
	if (err)
		psteer_range_put_pick(&pick);
	return err;
}

static int restore_steered(struct psteer_net *pnet, struct genl_info *info,
			   struct past *past)
{
	struct psteer_service *service;
	struct psteer_client *client;
	struct psteer_server *server;
	int err;

	service = psteer_nl_service_find(pnet, info->extack,
					 info->attrs[PSTEER_A_SESSION_SERVICE]);
	if (!service)
		return -ENOENT;
	server = psteer_server_find(service, &past->far.src, past->far.sport);
	if (!server || service->key.family != past->near.family ||
	    service->key.proto != past->near.proto)
		return psteer_nl_refuse(pnet, info->extack,
			info->attrs[PSTEER_A_SESSION_SERVER], -ENOENT,
			"service %s has no such server", service->name);
	past->near.dst = service->key.ip;
	past->near.dport = service->key.port;
	client = get_client(pnet, service->pool, &past->near.src);
	if (IS_ERR(client))
		return PTR_ERR(client);
	err = open_steered(pnet, info, past, server, client);
	psteer_client_put(client);
	return refuse_port(pnet, info, err);
}

/**
 * psteer_nl_session_new() - PSTEER_CMD_SESSION_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_session_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct past past;
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_SESSION_PROTO) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SESSION_CLIENT) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SESSION_CLIENT_PORT) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SESSION_POOL_ADDRESS) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SESSION_ASSIGNED_PORT) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SESSION_SERVER) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SESSION_SERVER_PORT) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SESSION_STATE) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_SESSION_EXPIRES))
		return -EINVAL;
	if (!info->attrs[PSTEER_A_SESSION_VM] ==
	    !info->attrs[PSTEER_A_SESSION_SERVICE]) {
		NL_SET_ERR_MSG(info->extack,
			       "a session is of a service or of a vm");
		return -EINVAL;
	}
	err = parse_past(info, &past);
	if (err)
		return err;
	mutex_lock(&pnet->lock);
	rcu_read_lock();
	if (info->attrs[PSTEER_A_SESSION_VM])
		err = restore_vms(pnet, info, &past);
	else
		err = restore_steered(pnet, info, &past);
	rcu_read_unlock();
	mutex_unlock(&pnet->lock);
	return err;
}
