// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: ranges, that is runs of adjacent blocks of one owner and state.
 */
#include <linux/jiffies.h>

#include "client.h"
#include "nl_common.h"
#include "notify.h"
#include "pool.h"
#include "range.h"
#include "vm.h"

const struct nla_policy psteer_nl_range_get_policy[PSTEER_A_RANGE_MAX + 1] = {
	[PSTEER_A_RANGE_POOL] = PSTEER_NLA_NAME,
	[PSTEER_A_RANGE_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_RANGE_PORT] = PSTEER_NLA_PORT,
	[PSTEER_A_RANGE_OWNER] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_RANGE_OWNER_NAME] = PSTEER_NLA_NAME,
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

/**
 * struct run - adjacent blocks alike
 * @addr: pool address
 * @begin: first block, counted from the first of the address
 * @end: one past the last
 * @owner: who holds them, NULL if they are held
 * @state: enum psteer_block_state
 * @in_use: ports in use
 * @free_at: when the first of them is free, if they are held
 */
struct run {
	const struct psteer_pool_addr *addr;
	u32 begin;
	u32 end;
	struct psteer_owner *owner;
	u8 state;
	u32 in_use;
	u32 free_at;
};

static void begin_run(struct run *run, const struct psteer_pool_addr *addr,
		      u32 nr)
{
	const struct psteer_block *block = &addr->blocks[nr];

	run->addr = addr;
	run->begin = nr;
	run->end = nr;
	run->owner = rcu_dereference(block->owner);
	run->state = READ_ONCE(block->state);
	run->free_at = READ_ONCE(block->free_at);
	run->in_use = 0;
}

/* The run that begins at block @nr; it has one block at least. */
static void gather_run(struct run *run, const struct psteer_pool_addr *addr,
		       u32 nr)
{
	begin_run(run, addr, nr);
	do {
		const struct psteer_block *block = &addr->blocks[run->end];
		s32 later = READ_ONCE(block->free_at) - run->free_at;

		run->in_use += READ_ONCE(block->in_use);
		if (run->state == PSTEER_BLOCK_HELD && later < 0)
			run->free_at += later;
		run->end++;
	} while (run->end < addr->span.count &&
		 rcu_access_pointer(addr->blocks[run->end].owner) ==
			run->owner &&
		 READ_ONCE(addr->blocks[run->end].state) == run->state);
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, PSTEER_A_RANGE_PAD);
}

static int fill_owner(struct sk_buff *skb, struct psteer_owner *owner,
		      u8 family)
{
	if (nla_put_u8(skb, PSTEER_A_RANGE_OWNER_TYPE,
		       owner ? owner->type : PSTEER_OWNER_NONE))
		return -EMSGSIZE;
	if (owner && owner->type == PSTEER_OWNER_VM)
		return nla_put_string(skb, PSTEER_A_RANGE_OWNER_NAME,
				      psteer_vm_of(owner)->name);
	if (!owner || owner->type != PSTEER_OWNER_CLIENT)
		return 0;
	if (!psteer_client_proven(psteer_client_of(owner)) &&
	    nla_put_flag(skb, PSTEER_A_RANGE_UNPROVEN))
		return -EMSGSIZE;
	return psteer_nl_put_addr(skb, PSTEER_A_RANGE_OWNER, family,
				  &psteer_client_of(owner)->key.ip);
}

static int fill_state(struct sk_buff *skb, const struct run *run)
{
	s32 left = run->free_at - (u32)jiffies;
	u8 state = PSTEER_RANGE_ACTIVE;

	if (run->state == PSTEER_BLOCK_DRAINING)
		state = PSTEER_RANGE_DRAINING;
	if (run->state == PSTEER_BLOCK_HELD) {
		state = PSTEER_RANGE_HELD;
		if (put_u64(skb, PSTEER_A_RANGE_HELD_FOR,
			    jiffies_to_msecs(max(left, 0))))
			return -EMSGSIZE;
	}
	return nla_put_u8(skb, PSTEER_A_RANGE_STATE, state);
}

/* The whole message; -EMSGSIZE leaves @skb as it was. */
static int fill_run(struct sk_buff *skb, const struct run *run,
		    const struct psteer_nl_where *where,
		    enum psteer_event event)
{
	const struct psteer_pool_addr *addr = run->addr;
	const struct psteer_pool *pool = addr->pool;
	u32 first = addr->span.first + run->begin;
	u32 last = addr->span.first + run->end - 1;
	void *hdr;

	hdr = psteer_nl_begin(skb, where);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, PSTEER_A_RANGE_POOL, pool->name) ||
	    psteer_nl_put_addr(skb, PSTEER_A_RANGE_ADDRESS, pool->family,
			       &addr->ip) ||
	    nla_put_u16(skb, PSTEER_A_RANGE_FIRST,
			psteer_block_first_port(first, pool->shift)) ||
	    nla_put_u16(skb, PSTEER_A_RANGE_LAST,
			psteer_block_last_port(last, pool->shift)) ||
	    fill_owner(skb, run->owner, pool->family) ||
	    fill_state(skb, run) ||
	    nla_put_u32(skb, PSTEER_A_RANGE_IN_USE, run->in_use) ||
	    (event && (nla_put_u8(skb, PSTEER_A_RANGE_EVENT, event) ||
		       put_u64(skb, PSTEER_A_RANGE_TIME, psteer_nl_time())))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_notify_range() - tell that a block was given, taken or changed state
 * @pool: pool
 * @block: block
 * @owner: who holds it, or held it till now
 * @event: which
 *
 * Context: any but hard interrupts.
 */
void psteer_notify_range(const struct psteer_pool *pool,
			 const struct psteer_block *block,
			 struct psteer_owner *owner, enum psteer_event event)
{
	const struct psteer_pool_addr *addr = &pool->addrs[block->addr];
	struct run run = {
		.addr = addr,
		.begin = block->index - addr->span.first,
		.end = block->index - addr->span.first + 1,
		.owner = owner,
		.state = READ_ONCE(block->state),
		.in_use = READ_ONCE(block->in_use),
	};
	struct psteer_nl_where where = { .cmd = PSTEER_CMD_RANGE_NTF };
	struct sk_buff *skb;

	if (!psteer_nl_listens(pool->pnet, PSTEER_NL_GROUP_RANGE))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!skb)
		return;
	if (fill_run(skb, &run, &where, event))
		nlmsg_free(skb);
	else
		psteer_nl_multicast(pool->pnet, skb, PSTEER_NL_GROUP_RANGE);
}

static bool is_wanted(struct netlink_callback *cb, const struct run *run)
{
	struct nlattr **attrs = psteer_dump_attrs(cb);
	const struct nlattr *owner = attrs[PSTEER_A_RANGE_OWNER];
	const struct nlattr *name = attrs[PSTEER_A_RANGE_OWNER_NAME];
	const struct nlattr *port = attrs[PSTEER_A_RANGE_PORT];
	const struct psteer_pool *pool = run->addr->pool;
	u32 len = psteer_addr_len(pool->family);

	if (run->state == PSTEER_BLOCK_FREE || run->state == PSTEER_BLOCK_ABSENT)
		return false;
	if (port) {
		u32 nr = (nla_get_u16(port) >> pool->shift) -
			 run->addr->span.first;

		if (nr < run->begin || nr >= run->end)
			return false;
	}
	if (name && (!run->owner || run->owner->type != PSTEER_OWNER_VM ||
		     nla_strcmp(name, psteer_vm_of(run->owner)->name)))
		return false;
	if (!owner)
		return true;
	return run->owner && run->owner->type == PSTEER_OWNER_CLIENT &&
	       nla_len(owner) == len &&
	       !memcmp(nla_data(owner), &psteer_client_of(run->owner)->key.ip,
		       len);
}

static bool addr_is_wanted(struct netlink_callback *cb,
			   const struct psteer_pool_addr *addr)
{
	struct nlattr **attrs = psteer_dump_attrs(cb);
	const struct nlattr *address = attrs[PSTEER_A_RANGE_ADDRESS];
	const struct nlattr *pool = attrs[PSTEER_A_RANGE_POOL];
	u32 len = psteer_addr_len(addr->pool->family);

	if (pool && nla_strcmp(pool, addr->pool->name))
		return false;
	return !address || (nla_len(address) == len &&
			    !memcmp(nla_data(address), &addr->ip, len));
}

/* Goes on at block args[2]. */
static int dump_addr(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct psteer_pool_addr *addr)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct run run;

	while (cb->args[2] < addr->span.count) {
		gather_run(&run, addr, cb->args[2]);
		if (is_wanted(cb, &run) &&
		    fill_run(skb, &run, &where, PSTEER_EVENT_UNSPEC))
			return -EMSGSIZE;
		cb->args[2] = run.end;
	}
	return 0;
}

/* Goes on at address args[1]. */
static int dump_pool(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct psteer_pool *pool)
{
	for (; cb->args[1] < pool->naddrs; cb->args[1]++, cb->args[2] = 0) {
		const struct psteer_pool_addr *addr = &pool->addrs[cb->args[1]];

		if (addr_is_wanted(cb, addr) && dump_addr(skb, cb, addr))
			return -EMSGSIZE;
	}
	return 0;
}

/**
 * psteer_nl_range_dump() - PSTEER_CMD_RANGE_GET
 * @skb: to fill
 * @cb: args[0] is the id of the last pool that was put whole, args[1] the
 *	address and args[2] the block to go on at in the next one
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_range_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *name =
		psteer_dump_attrs(cb)[PSTEER_A_RANGE_POOL];
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	const struct psteer_pool *pool;
	int err;

	mutex_lock(&pnet->lock);
	rcu_read_lock();
	cb->seq = pnet->generation;
	err = psteer_nl_check_filter(cb, name, NULL);
	if (err)
		goto unlock;
	list_for_each_entry(pool, &pnet->pools, list) {
		if (pool->id <= cb->args[0])
			continue;
		if (dump_pool(skb, cb, pool))
			break;
		cb->args[0] = pool->id;
		cb->args[1] = 0;
	}
unlock:
	rcu_read_unlock();
	mutex_unlock(&pnet->lock);
	return err ?: skb->len;
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
		err = psteer_range_reserve(owner, (last - first + 1) / len);
	if (!err) {
		for (port = first; port < last && !err; port += len) {
			psteer_range_vacate(owner, ip, port);
			err = psteer_range_claim(owner, ip, port);
		}
	}
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
	client = psteer_nl_client_get(pnet, pool, &address);
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
	int err;

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
	rcu_read_lock();
	err = claim_blocks(pnet, info, &vm->owner, ip);
	rcu_read_unlock();
	return err;
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
		rcu_read_lock();
		err = claim_blocks(pnet, info, &pool->probation, &ip);
		rcu_read_unlock();
		return err;
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
