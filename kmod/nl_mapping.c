// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: mappings. Those that VMs have made are shown, fixed ones are made
 * here: the ways from outside to a VM.
 */
#include <linux/random.h>

#include "mapping.h"
#include "nl_walk.h"
#include "pool.h"
#include "range.h"
#include "use.h"
#include "vm.h"

#define INSIDE_POLICY							\
	[PSTEER_A_MAPPING_VM] = PSTEER_NLA_NAME,			\
	[PSTEER_A_MAPPING_PROTO] = { .type = NLA_U8 },			\
	[PSTEER_A_MAPPING_ADDRESS] = PSTEER_NLA_ADDRESS,		\
	[PSTEER_A_MAPPING_PORT] = PSTEER_NLA_PORT

const struct nla_policy psteer_nl_mapping_new_policy[PSTEER_A_MAPPING_MAX + 1] = {
	INSIDE_POLICY,
	[PSTEER_A_MAPPING_POOL_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_MAPPING_ASSIGNED_PORT] = PSTEER_NLA_PORT,
};

const struct nla_policy psteer_nl_mapping_del_policy[PSTEER_A_MAPPING_MAX + 1] = {
	INSIDE_POLICY,
};

const struct nla_policy psteer_nl_mapping_get_policy[PSTEER_A_MAPPING_MAX + 1] = {
	[PSTEER_A_MAPPING_VM] = PSTEER_NLA_NAME,
	[PSTEER_A_MAPPING_PROTO] = { .type = NLA_U8 },
};

static int fill_mapping(struct sk_buff *skb,
			const struct psteer_mapping *mapping,
			const struct psteer_nl_where *where)
{
	const struct psteer_mapping_key *outside, *inside;
	bool fixed = READ_ONCE(mapping->fixed);
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	inside = &mapping->end[PSTEER_SIDE_INSIDE].key;
	outside = &mapping->end[PSTEER_SIDE_OUTSIDE].key;
	if (nla_put_string(skb, PSTEER_A_MAPPING_VM, mapping->vm->name) ||
	    nla_put_u8(skb, PSTEER_A_MAPPING_PROTO, inside->proto) ||
	    psteer_nl_put_addr(skb, PSTEER_A_MAPPING_ADDRESS, inside->family,
			       &inside->ip) ||
	    nla_put_u16(skb, PSTEER_A_MAPPING_PORT, ntohs(inside->port)) ||
	    psteer_nl_put_addr(skb, PSTEER_A_MAPPING_POOL_ADDRESS,
			       outside->family, &outside->ip) ||
	    nla_put_u16(skb, PSTEER_A_MAPPING_ASSIGNED_PORT,
			ntohs(outside->port)) ||
	    nla_put_u32(skb, PSTEER_A_MAPPING_SESSIONS,
			max(atomic_read(&mapping->sessions) - fixed, 0)) ||
	    (fixed && nla_put_flag(skb, PSTEER_A_MAPPING_FIXED))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int check_proto(struct genl_info *info)
{
	u8 proto = nla_get_u8(info->attrs[PSTEER_A_MAPPING_PROTO]);

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[PSTEER_A_MAPPING_PROTO],
			    "the protocol of a mapping is tcp or udp");
	return -EINVAL;
}

/* The inside that a request means. */
static int parse_inside(struct psteer_net *pnet, struct genl_info *info,
			const struct psteer_vm *vm,
			struct psteer_mapping_key *inside)
{
	const struct nlattr *address = info->attrs[PSTEER_A_MAPPING_ADDRESS];
	u8 most = psteer_prefix_len_most(vm->prefix.family);
	struct psteer_prefix host = { .ip = vm->prefix.ip, .len = most };
	int err;

	host.family = vm->prefix.family;
	if (!address && vm->prefix.len < most)
		return psteer_nl_refuse(pnet, info->extack, NULL, -EINVAL,
					"vm %s has many addresses: say which",
					vm->name);
	if (address) {
		err = psteer_nl_addr(&host.ip, &host.family, address,
				     info->extack);
		if (err)
			return err;
	}
	if (!psteer_prefix_overlaps(&host, &vm->prefix))
		return psteer_nl_refuse(pnet, info->extack, address, -EINVAL,
					"vm %s does not have this address",
					vm->name);
	inside->ip = host.ip;
	inside->family = host.family;
	inside->port = htons(nla_get_u16(info->attrs[PSTEER_A_MAPPING_PORT]));
	inside->proto = nla_get_u8(info->attrs[PSTEER_A_MAPPING_PROTO]);
	inside->side = PSTEER_SIDE_INSIDE;
	return 0;
}

static int refuse_port(struct psteer_net *pnet, struct genl_info *info,
		       const struct psteer_vm *vm, int err)
{
	const struct nlattr *bad = info->attrs[PSTEER_A_MAPPING_ASSIGNED_PORT];

	switch (err) {
	case -ERANGE:
		return psteer_nl_refuse(pnet, info->extack, bad, err,
					"pool %s does not have this port",
					vm->owner.pool->name);
	case -EBUSY:
		return psteer_nl_refuse(pnet, info->extack, bad, err,
			"this port is in a block that vm %s does not hold and that is not free",
			vm->name);
	case -EADDRINUSE:
		return psteer_nl_refuse(pnet, info->extack, bad, err,
					"this port is in use by vm %s already",
					vm->name);
	case -ENOSPC:
		return psteer_nl_refuse(pnet, info->extack, NULL, err,
					"vm %s has no port left", vm->name);
	default:
		return err;
	}
}

static int pick_port(struct psteer_net *pnet, struct genl_info *info,
		     struct psteer_vm *vm,
		     const struct psteer_mapping_key *inside,
		     struct psteer_pick *pick)
{
	const struct nlattr *port = info->attrs[PSTEER_A_MAPPING_ASSIGNED_PORT];
	const struct nlattr *addr = info->attrs[PSTEER_A_MAPPING_POOL_ADDRESS];
	u32 towards = PSTEER_TOWARDS_ALL(inside->proto);
	struct psteer_owner *owner = &vm->owner;
	union nf_inet_addr ip;
	int err;

	ip = owner->pool->addrs[owner->home].ip;
	if (addr) {
		err = psteer_nl_addr_of(&ip, owner->pool->family, addr,
					info->extack);
		if (err)
			return err;
	}
	if (port) {
		err = psteer_range_pick_port(pnet, owner, towards, &ip,
					     nla_get_u16(port), pick);
		return err ? refuse_port(pnet, info, vm, err) : 0;
	}
	do {
		err = psteer_range_pick(pnet, owner, towards,
					ntohs(inside->port), get_random_u32(),
					pick);
	} while (err == -ENOSPC && psteer_vm_more(vm));
	return err ? refuse_port(pnet, info, vm, err) : 0;
}

static int fix_mapping(struct psteer_net *pnet, struct genl_info *info,
		       struct psteer_vm *vm,
		       const struct psteer_mapping_key *inside,
		       struct psteer_mapping **fixed)
{
	struct psteer_mapping *mapping = psteer_mapping_find_rcu(pnet, inside);
	struct psteer_pick pick;
	bool added;
	int err;

	if (mapping)
		return psteer_nl_refuse(pnet, info->extack,
					info->attrs[PSTEER_A_MAPPING_PORT],
					-EEXIST, "it is mapped to port %u already",
					ntohs(mapping->end[PSTEER_SIDE_OUTSIDE].key.port));
	err = pick_port(pnet, info, vm, inside, &pick);
	if (err)
		return err;
	mapping = psteer_mapping_add(vm, inside, &pick, &added);
	if (!added) {
		/* The VM has just made one of its own. */
		psteer_range_put_pick(&pick);
		if (!IS_ERR(mapping))
			psteer_mapping_put(mapping);
		return IS_ERR(mapping) ? PTR_ERR(mapping) : -EEXIST;
	}
	psteer_mapping_fix(mapping);
	*fixed = mapping;
	return 0;
}

static int add_mapping(struct psteer_net *pnet, struct genl_info *info,
		       struct sk_buff *reply)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_mapping_key inside = {};
	struct psteer_mapping *mapping;
	struct psteer_vm *vm;
	int err;

	vm = psteer_nl_vm_find(pnet, info->extack,
			       info->attrs[PSTEER_A_MAPPING_VM]);
	if (!vm)
		return -ENOENT;
	err = parse_inside(pnet, info, vm, &inside);
	if (err)
		return err;
	rcu_read_lock();
	err = fix_mapping(pnet, info, vm, &inside, &mapping);
	if (!err)
		err = fill_mapping(reply, mapping, &where);
	rcu_read_unlock();
	return err;
}

static bool lacks_key(struct genl_info *info)
{
	return PSTEER_NL_LACKS(info, PSTEER_A_MAPPING_VM) ||
	       PSTEER_NL_LACKS(info, PSTEER_A_MAPPING_PROTO) ||
	       PSTEER_NL_LACKS(info, PSTEER_A_MAPPING_PORT) ||
	       check_proto(info);
}

/**
 * psteer_nl_mapping_new() - PSTEER_CMD_MAPPING_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_mapping_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct sk_buff *reply;
	int err;

	if (lacks_key(info))
		return -EINVAL;
	if (info->attrs[PSTEER_A_MAPPING_POOL_ADDRESS] &&
	    !info->attrs[PSTEER_A_MAPPING_ASSIGNED_PORT]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[PSTEER_A_MAPPING_POOL_ADDRESS],
				    "a pool address goes with an assigned port");
		return -EINVAL;
	}
	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&pnet->lock);
	err = add_mapping(pnet, info, reply);
	mutex_unlock(&pnet->lock);
	return psteer_nl_reply(reply, info, err);
}

static int del_mapping(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_mapping_key inside = {};
	struct psteer_mapping *mapping;
	struct psteer_vm *vm;
	int err;

	vm = psteer_nl_vm_find(pnet, info->extack,
			       info->attrs[PSTEER_A_MAPPING_VM]);
	if (!vm)
		return -ENOENT;
	err = parse_inside(pnet, info, vm, &inside);
	if (err)
		return err;
	rcu_read_lock();
	mapping = psteer_mapping_find_rcu(pnet, &inside);
	if (mapping && mapping->fixed)
		psteer_mapping_unfix(mapping);
	else
		err = psteer_nl_refuse(pnet, info->extack,
				       info->attrs[PSTEER_A_MAPPING_PORT],
				       -ENOENT, "vm %s has no such fixed mapping",
				       vm->name);
	rcu_read_unlock();
	return err;
}

/**
 * psteer_nl_mapping_del() - PSTEER_CMD_MAPPING_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_mapping_del(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	if (lacks_key(info))
		return -EINVAL;
	mutex_lock(&pnet->lock);
	err = del_mapping(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

static int put_mapping(struct sk_buff *skb, struct netlink_callback *cb,
		       void *entry)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct nlattr **attrs = psteer_dump_attrs(cb);
	const struct nlattr *proto = attrs[PSTEER_A_MAPPING_PROTO];
	const struct nlattr *vm = attrs[PSTEER_A_MAPPING_VM];
	struct psteer_mapping_end *end = entry;
	struct psteer_mapping *mapping;

	/* Each mapping is in the table twice. */
	if (end->key.side != PSTEER_SIDE_INSIDE)
		return 0;
	mapping = psteer_mapping_of(end);
	if ((vm && nla_strcmp(vm, mapping->vm->name)) ||
	    (proto && nla_get_u8(proto) != end->key.proto))
		return 0;
	return fill_mapping(skb, mapping, &where);
}

/**
 * psteer_nl_mapping_start() - PSTEER_CMD_MAPPING_GET begins
 * @cb: dump
 *
 * Return: 0 or a negative errno.
 */
int psteer_nl_mapping_start(struct netlink_callback *cb)
{
	return psteer_nl_walk_start(cb, &psteer_nl_dump_net(cb)->mappings);
}

/**
 * psteer_nl_mapping_dump() - PSTEER_CMD_MAPPING_GET
 * @skb: to fill
 * @cb: dump
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_mapping_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *vm =
		psteer_dump_attrs(cb)[PSTEER_A_MAPPING_VM];
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	bool there;

	mutex_lock(&pnet->lock);
	there = !vm || psteer_nl_vm_find(pnet, cb->extack, vm);
	mutex_unlock(&pnet->lock);
	return there ? psteer_nl_walk_dump(skb, cb, put_mapping) : -ENOENT;
}
