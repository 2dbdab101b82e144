// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: sessions as another gateway has them, or this one before it was loaded
 * again has had them.
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

/* What is told: the longest timeout, and psteer_session_slack(). */
#define EXPIRES_MOST_MS	(5 * 86400000U + 1000U)
/* Two that say how long a session has been silent may differ by so much. */
#define SILENCE_SLACK	(2 * HZ)

static struct netlink_range_validation expires_bounds = {
	.max = EXPIRES_MOST_MS,
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
	[PSTEER_A_SESSION_WHOSE] = NLA_POLICY_MAX(NLA_U8, PSTEER_WHOSE_MAX),
};

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

static u32 expires_of(struct genl_info *info)
{
	return msecs_to_jiffies(nla_get_u64(info->attrs[PSTEER_A_SESSION_EXPIRES]));
}

static bool is_peers(struct genl_info *info)
{
	const struct nlattr *whose = info->attrs[PSTEER_A_SESSION_WHOSE];

	return whose && nla_get_u8(whose) != PSTEER_WHOSE_OWN;
}

static unsigned long told_by(struct genl_info *info)
{
	unsigned long told = progress_of(info);

	return is_peers(info) ? told | BIT(PSTEER_SESSION_PEERS_BIT) : told;
}

/* Opens it where it was. */
static int open_past(struct psteer_net *pnet, struct genl_info *info,
		     struct psteer_session_params *params)
{
	struct psteer_session *session;
	bool opened;

	params->flags |= told_by(info) | BIT(PSTEER_SESSION_TOLD_BIT);
	params->expires_jiffies = expires_of(info);
	session = psteer_session_open(pnet, params, &opened);
	if (IS_ERR(session))
		return PTR_ERR(session);
	return opened ? 0 : -EEXIST;
}

/*
 * What is one's own belongs to who has seen it last; the other has seen more of it
 * than is told here, if there has been more at all.
 */
static bool is_newer(struct psteer_net *pnet, struct genl_info *info,
		     const struct psteer_session *session)
{
	u32 left = READ_ONCE(session->expires) - (u32)jiffies;
	s32 here, there;

	if (psteer_session_whose(session) != PSTEER_WHOSE_OWN)
		return true;
	here = psteer_session_silence(pnet, session,
				      psteer_session_progress(session), left);
	there = psteer_session_silence(pnet, session, progress_of(info),
				       expires_of(info));
	return there - here <= SILENCE_SLACK;
}

static void renew_session(struct psteer_net *pnet, struct genl_info *info,
			  struct psteer_session *session)
{
	if (is_newer(pnet, info, session))
		psteer_session_adopt(pnet, session, told_by(info),
				     expires_of(info));
}

/* A session with one end of @past only. */
static int refuse_other(struct psteer_net *pnet, struct genl_info *info,
			const struct psteer_session *other, bool far)
{
	enum psteer_dir near = PSTEER_DIR_ORIGINAL;
	struct psteer_key key;

	if (psteer_session_is_vms(other))
		near = psteer_session_outward(other);
	psteer_flow_key(psteer_session_flow(other, far ? near : !near), &key);
	if (far)
		return psteer_nl_refuse(pnet, info->extack,
			info->attrs[PSTEER_A_SESSION_ASSIGNED_PORT], -EEXIST,
			"this port is in use already, from port %u",
			ntohs(key.sport));
	return psteer_nl_refuse(pnet, info->extack,
		info->attrs[PSTEER_A_SESSION_CLIENT_PORT], -EEXIST,
		"this port has a session already, by port %u",
		ntohs(key.dport));
}

/*
 * The session that has an end of @past: 0 if it has both, and is taken to where it
 * is told to be. A peer's copy of what must be over there by now gives way.
 */
static int renew_by(struct psteer_net *pnet, struct genl_info *info,
		    const struct past *past, bool far)
{
	const struct psteer_key *key = far ? &past->far : &past->near;
	const struct psteer_key *end = far ? &past->near : &past->far;
	struct psteer_session *session;
	enum psteer_dir dir;

	session = psteer_session_find_live_rcu(pnet, key, &dir);
	if (!session)
		return -ENOENT;
	if (psteer_flow_has(psteer_session_flow(session, !dir), end)) {
		renew_session(pnet, info, session);
		return 0;
	}
	if (psteer_session_whose(session) == PSTEER_WHOSE_OWN)
		return refuse_other(pnet, info, session, far);
	psteer_session_end(pnet, session, PSTEER_END_REPLACED);
	return -ENOENT;
}

/* 0 if it is there already, -ENOENT if nothing is in its way. */
static int renew_past(struct psteer_net *pnet, struct genl_info *info,
		      const struct past *past)
{
	int err = renew_by(pnet, info, past, true);

	return err == -ENOENT ? renew_by(pnet, info, past, false) : err;
}

/* Is the block of its port this owner's already? */
static bool has_port(struct psteer_net *pnet, const struct psteer_owner *owner,
		     const struct past *past)
{
	return psteer_pool_port_owner_rcu(pnet, past->far.family,
					  &past->far.dst,
					  past->far.dport) == owner;
}

/* Its block stays claimed even if the port is not to be had. */
static int claim_port(struct psteer_net *pnet, struct psteer_owner *owner,
		      u32 towards, const struct past *past,
		      struct psteer_pick *pick)
{
	u16 port = ntohs(past->far.dport);

	psteer_range_vacate(owner, &past->far.dst, port);
	return psteer_range_pick_port(pnet, owner, towards, &past->far.dst,
				      port, pick);
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
	err = claim_port(pnet, &vm->owner, PSTEER_TOWARDS_ALL(inside.proto),
			 past, &pick);
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
	bool had;
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
	err = renew_past(pnet, info, past);
	if (err != -ENOENT)
		return err;
	had = has_port(pnet, &vm->owner, past);
	mapping = map_past(pnet, vm, past);
	err = PTR_ERR_OR_ZERO(mapping);
	if (!err) {
		err = open_mapped(pnet, info, past, mapping);
		psteer_mapping_put(mapping);
	}
	if (err && !had)
		psteer_range_disclaim(&vm->owner, &past->far.dst,
				      ntohs(past->far.dport));
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
	struct psteer_owner *owner = owner_of(client, past);
	bool had = has_port(pnet, owner, past);
	struct psteer_pick pick;
	int err;

	err = claim_port(pnet, owner, server->endpoint, past, &pick);
	if (!err) {
		params.use = pick.use;
		params.slot = pick.slot;
		err = open_past(pnet, info, &params);
		if (err)
			psteer_range_put_pick(&pick);
		else if (owner == &client->owner)
			psteer_client_enlist(client);
	}
	if (err && !had)
		psteer_range_disclaim(owner, &past->far.dst,
				      ntohs(past->far.dport));
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
	err = renew_past(pnet, info, past);
	if (err != -ENOENT)
		return err;
	client = psteer_nl_client_get(pnet, service->pool, &past->near.src);
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
