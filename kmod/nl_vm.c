// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: VMs and their reports.
 */
#include "gc.h"
#include "hook.h"
#include "nl_common.h"
#include "pool.h"
#include "range.h"
#include "vm.h"

#define PORTS_MOST	65535
#define SESSIONS_DEFAULT	262144
/* What no machine does: a rate beyond these is a mistake. */
#define PPS_MOST	1000000000
#define BANDWIDTH_MOST	1000000000000ULL
#define CONNECTIONS_MOST	16777216

static struct netlink_range_validation ports_bounds = {
	.min = 1,
	.max = PORTS_MOST,
};

static struct netlink_range_validation bandwidth_bounds = {
	.max = BANDWIDTH_MOST,
};

static struct netlink_range_validation pps_bounds = {
	.max = PPS_MOST,
};

static struct netlink_range_validation connections_bounds = {
	.max = CONNECTIONS_MOST,
};

#define NLA_PORTS	NLA_POLICY_FULL_RANGE(NLA_U32, &ports_bounds)
#define NLA_POLICIES	NLA_POLICY_MAX(NLA_U8, PSTEER_VM_POLICY_MAX)
#define NLA_FILTERING	NLA_POLICY_MAX(NLA_U8, PSTEER_FILTERING_MAX)

const struct nla_policy psteer_nl_vm_new_policy[PSTEER_A_VM_MAX + 1] = {
	[PSTEER_A_VM_NAME] = PSTEER_NLA_NAME,
	[PSTEER_A_VM_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_VM_PREFIX_LENGTH] =
		NLA_POLICY_MAX(NLA_U8, PSTEER_PREFIX_LEN_MOST),
	[PSTEER_A_VM_POOL] = PSTEER_NLA_NAME,
	[PSTEER_A_VM_PORTS] = NLA_PORTS,
	[PSTEER_A_VM_PORTS_MIN] = NLA_PORTS,
	[PSTEER_A_VM_PORTS_MAX] = NLA_PORTS,
	[PSTEER_A_VM_POLICY] = NLA_POLICIES,
	[PSTEER_A_VM_FILTERING] = NLA_FILTERING,
	[PSTEER_A_VM_MAX_SESSIONS] = { .type = NLA_U32 },
};

const struct nla_policy psteer_nl_vm_set_policy[PSTEER_A_VM_MAX + 1] = {
	[PSTEER_A_VM_NAME] = PSTEER_NLA_NAME,
	[PSTEER_A_VM_PORTS] = NLA_PORTS,
	[PSTEER_A_VM_PORTS_MIN] = NLA_PORTS,
	[PSTEER_A_VM_PORTS_MAX] = NLA_PORTS,
	[PSTEER_A_VM_POLICY] = NLA_POLICIES,
	[PSTEER_A_VM_FILTERING] = NLA_FILTERING,
	[PSTEER_A_VM_MAX_SESSIONS] = { .type = NLA_U32 },
};

const struct nla_policy psteer_nl_vm_name_policy[PSTEER_A_VM_MAX + 1] = {
	[PSTEER_A_VM_NAME] = PSTEER_NLA_NAME,
};

const struct nla_policy psteer_nl_vm_report_policy[PSTEER_A_VM_MAX + 1] = {
	[PSTEER_A_VM_NAME] = PSTEER_NLA_NAME,
	[PSTEER_A_VM_PPS] = NLA_POLICY_FULL_RANGE(NLA_U32, &pps_bounds),
	[PSTEER_A_VM_BANDWIDTH] =
		NLA_POLICY_FULL_RANGE(NLA_U64, &bandwidth_bounds),
	[PSTEER_A_VM_CONNECTIONS] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &connections_bounds),
};

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, PSTEER_A_VM_PAD);
}

static int fill_settings(struct sk_buff *skb, struct psteer_vm *vm)
{
	if (nla_put_string(skb, PSTEER_A_VM_NAME, vm->name) ||
	    psteer_nl_put_addr(skb, PSTEER_A_VM_ADDRESS, vm->prefix.family,
			       &vm->prefix.ip) ||
	    nla_put_u8(skb, PSTEER_A_VM_PREFIX_LENGTH, vm->prefix.len) ||
	    nla_put_string(skb, PSTEER_A_VM_POOL, vm->owner.pool->name) ||
	    nla_put_u32(skb, PSTEER_A_VM_PORTS, psteer_vm_ports(vm)) ||
	    nla_put_u32(skb, PSTEER_A_VM_PORTS_MIN, vm->min) ||
	    nla_put_u32(skb, PSTEER_A_VM_PORTS_MAX, vm->max) ||
	    nla_put_u8(skb, PSTEER_A_VM_POLICY, vm->policy) ||
	    nla_put_u8(skb, PSTEER_A_VM_FILTERING, vm->filtering) ||
	    nla_put_u32(skb, PSTEER_A_VM_MAX_SESSIONS, vm->max_sessions))
		return -EMSGSIZE;
	return 0;
}

static int fill_ports(struct sk_buff *skb, struct psteer_vm *vm)
{
	struct psteer_owner *owner = &vm->owner;
	u32 size = READ_ONCE(owner->size);
	u32 busy = psteer_range_busiest(owner);
	u32 seconds;

	spin_lock_bh(&vm->lock);
	seconds = psteer_demand_time_to_full(&vm->demand, busy, size);
	spin_unlock_bh(&vm->lock);
	if (nla_put_u32(skb, PSTEER_A_VM_PORTS_HELD,
			(READ_ONCE(owner->nblocks) - READ_ONCE(owner->holes)) <<
				owner->pool->shift) ||
	    nla_put_u32(skb, PSTEER_A_VM_PORTS_IN_USE,
			READ_ONCE(owner->in_use)) ||
	    nla_put_u32(skb, PSTEER_A_VM_OCCUPANCY,
			psteer_share_of(busy, size)) ||
	    (seconds != U32_MAX &&
	     put_u64(skb, PSTEER_A_VM_TIME_TO_FULL, seconds * 1000ULL)) ||
	    (READ_ONCE(vm->share) != U32_MAX &&
	     nla_put_u32(skb, PSTEER_A_VM_SHARE, READ_ONCE(vm->share))))
		return -EMSGSIZE;
	return 0;
}

static int fill_demand(struct sk_buff *skb, struct psteer_vm *vm)
{
	struct psteer_vm_report report;
	unsigned long reported_at;
	u32 pps, score;
	u64 bandwidth;
	u64 reports;

	spin_lock_bh(&vm->lock);
	pps = vm->pps;
	bandwidth = vm->bandwidth;
	score = vm->score;
	report = vm->report;
	reports = vm->reports;
	reported_at = vm->reported_at;
	spin_unlock_bh(&vm->lock);
	if (nla_put_u32(skb, PSTEER_A_VM_PPS, pps) ||
	    put_u64(skb, PSTEER_A_VM_BANDWIDTH, bandwidth) ||
	    nla_put_u32(skb, PSTEER_A_VM_DEMAND, score) ||
	    put_u64(skb, PSTEER_A_VM_REPORTS, reports))
		return -EMSGSIZE;
	if (reports &&
	    (nla_put_u32(skb, PSTEER_A_VM_CONNECTIONS, report.connections) ||
	     put_u64(skb, PSTEER_A_VM_REPORT_AGE,
		     psteer_ms_since(reported_at))))
		return -EMSGSIZE;
	return 0;
}

static int fill_counters(struct sk_buff *skb, const struct psteer_vm *vm)
{
	struct psteer_traffic traffic = psteer_traffic_sum(vm->traffic);

	if (nla_put_u32(skb, PSTEER_A_VM_SESSIONS,
			atomic_read(&vm->sessions)) ||
	    nla_put_u32(skb, PSTEER_A_VM_MAPPINGS,
			atomic_read(&vm->mappings)) ||
	    put_u64(skb, PSTEER_A_VM_CREATED, atomic64_read(&vm->created)) ||
	    put_u64(skb, PSTEER_A_VM_PACKETS, traffic.packets) ||
	    put_u64(skb, PSTEER_A_VM_BYTES, traffic.bytes))
		return -EMSGSIZE;
	return 0;
}

/* The whole message; -EMSGSIZE leaves @skb as it was. */
static int fill_vm(struct sk_buff *skb, struct psteer_vm *vm,
		   const struct psteer_nl_where *where)
{
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (fill_settings(skb, vm) || fill_ports(skb, vm) ||
	    fill_demand(skb, vm) || fill_counters(skb, vm)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_nl_vm_find() - find a VM that must be there
 * @pnet: namespace
 * @extack: told if it is not
 * @name: attribute with its name
 *
 * Context: process, under pnet->lock.
 * Return: the VM, valid while the lock is held, or NULL.
 */
struct psteer_vm *psteer_nl_vm_find(struct psteer_net *pnet,
				    struct netlink_ext_ack *extack,
				    const struct nlattr *name)
{
	struct psteer_vm *vm = psteer_vm_find(pnet, nla_data(name));

	if (!vm)
		psteer_nl_refuse(pnet, extack, name, -ENOENT,
				 "there is no vm %s",
				 (const char *)nla_data(name));
	return vm;
}

static u32 get_u32(const struct nlattr *attr, u32 otherwise)
{
	return attr ? nla_get_u32(attr) : otherwise;
}

static u8 get_u8(const struct nlattr *attr, u8 otherwise)
{
	return attr ? nla_get_u8(attr) : otherwise;
}

/* Changes @params by what the request says. */
static void parse_params(struct genl_info *info,
			 struct psteer_vm_params *params)
{
	struct nlattr **attrs = info->attrs;

	params->min = get_u32(attrs[PSTEER_A_VM_PORTS_MIN], params->min);
	params->max = get_u32(attrs[PSTEER_A_VM_PORTS_MAX], params->max);
	params->ports = get_u32(attrs[PSTEER_A_VM_PORTS], params->ports);
	params->policy = get_u8(attrs[PSTEER_A_VM_POLICY], params->policy);
	params->filtering = get_u8(attrs[PSTEER_A_VM_FILTERING],
				   params->filtering);
	params->max_sessions = get_u32(attrs[PSTEER_A_VM_MAX_SESSIONS],
				       params->max_sessions);
}

/* @vm is the one that is to be changed, or NULL. */
static int check_bounds(struct psteer_net *pnet, struct genl_info *info,
			const struct psteer_vm *vm,
			const struct psteer_vm_params *params)
{
	const struct psteer_pool *pool = params->pool;
	u64 least = psteer_vm_minimums(pnet, pool);

	if (params->min > params->max)
		return psteer_nl_refuse(pnet, info->extack,
			info->attrs[PSTEER_A_VM_PORTS_MIN] ?:
				info->attrs[PSTEER_A_VM_PORTS_MAX],
			-ERANGE, "min %u is more than max %u", params->min,
			params->max);
	if (params->ports &&
	    (params->ports < params->min || params->ports > params->max))
		return psteer_nl_refuse(pnet, info->extack,
			info->attrs[PSTEER_A_VM_PORTS], -ERANGE,
			"ports %u is not between min %u and max %u",
			params->ports, params->min, params->max);
	if (vm)
		least -= psteer_block_count(vm->min, pool->shift);
	least += psteer_block_count(params->min, pool->shift);
	if (least > pool->total)
		return psteer_nl_refuse(pnet, info->extack,
			info->attrs[PSTEER_A_VM_PORTS_MIN], -ENOSPC,
			"the minimums of all VMs are %llu blocks and pool %s has %u",
			least, pool->name, pool->total);
	return 0;
}

static int check_prefix(struct psteer_net *pnet, struct genl_info *info,
			const struct psteer_vm_params *params)
{
	const struct nlattr *bad = info->attrs[PSTEER_A_VM_ADDRESS];
	const struct psteer_vm *other;
	const struct psteer_pool *pool;
	u32 i;

	if (params->prefix.family != params->pool->family)
		return psteer_nl_refuse(pnet, info->extack, bad, -EINVAL,
			"pool %s is %s and the address is not",
			params->pool->name,
			params->pool->family == AF_INET ? "IPv4" : "IPv6");
	other = psteer_vm_overlap(pnet, &params->prefix);
	if (other)
		return psteer_nl_refuse(pnet, info->extack, bad, -EEXIST,
					"vm %s has such addresses already",
					other->name);
	list_for_each_entry(pool, &pnet->pools, list) {
		for (i = 0; i < pool->naddrs; i++) {
			struct psteer_prefix host = {
				.ip = pool->addrs[i].ip,
				.family = pool->family,
				.len = psteer_prefix_len_most(pool->family),
			};

			if (psteer_prefix_overlaps(&params->prefix, &host))
				return psteer_nl_refuse(pnet, info->extack, bad,
					-EADDRINUSE,
					"an address of pool %s is among them",
					pool->name);
		}
	}
	return 0;
}

static int check_vm(struct psteer_net *pnet, struct genl_info *info,
		    struct psteer_vm_params *params)
{
	int err;

	if (psteer_vm_find(pnet, params->name))
		return psteer_nl_refuse(pnet, info->extack,
					info->attrs[PSTEER_A_VM_NAME], -EEXIST,
					"vm %s exists already", params->name);
	params->pool = psteer_nl_pool_find(pnet, info->extack,
					   info->attrs[PSTEER_A_VM_POOL]);
	if (!params->pool)
		return -ENOENT;
	err = check_prefix(pnet, info, params);
	if (err)
		return err;
	params->min = min_t(u32, 1U << params->pool->shift,
			    get_u32(info->attrs[PSTEER_A_VM_PORTS_MAX],
				    PORTS_MOST));
	params->max = PORTS_MOST;
	params->max_sessions = SESSIONS_DEFAULT;
	parse_params(info, params);
	err = check_bounds(pnet, info, NULL, params);
	if (!params->ports)
		params->ports = params->min;
	return err;
}

static int add_vm(struct psteer_net *pnet, struct genl_info *info,
		  struct psteer_vm_params *params)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct sk_buff *reply;
	struct psteer_vm *vm;
	int err;

	err = check_vm(pnet, info, params);
	if (err)
		return err;
	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	err = psteer_hooks_enable(pnet);
	if (err)
		goto err_reply;
	vm = psteer_vm_add(pnet, params);
	if (IS_ERR(vm)) {
		err = PTR_ERR(vm);
		goto err_hooks;
	}
	psteer_vms_tend(pnet);
	return psteer_nl_reply(reply, info, fill_vm(reply, vm, &where));

err_hooks:
	psteer_hooks_settle(pnet);
err_reply:
	nlmsg_free(reply);
	return err;
}

/**
 * psteer_nl_vm_new() - PSTEER_CMD_VM_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_vm_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_vm_params params = {};
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_VM_NAME) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_VM_ADDRESS) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_VM_POOL))
		return -EINVAL;
	err = psteer_nl_name(params.name, info->attrs[PSTEER_A_VM_NAME],
			     info->extack);
	if (!err)
		err = psteer_nl_prefix(&params.prefix,
				       info->attrs[PSTEER_A_VM_ADDRESS],
				       info->attrs[PSTEER_A_VM_PREFIX_LENGTH],
				       info->extack);
	if (err)
		return err;
	mutex_lock(&pnet->lock);
	err = add_vm(pnet, info, &params);
	mutex_unlock(&pnet->lock);
	return err;
}

static struct psteer_vm *find_vm(struct psteer_net *pnet,
				 struct genl_info *info)
{
	return psteer_nl_vm_find(pnet, info->extack,
				 info->attrs[PSTEER_A_VM_NAME]);
}

static int set_vm(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_vm *vm = find_vm(pnet, info);
	struct psteer_vm_params params = {};
	struct sk_buff *reply;
	int err;

	if (!vm)
		return -ENOENT;
	params.pool = vm->owner.pool;
	params.min = vm->min;
	params.max = vm->max;
	params.policy = vm->policy;
	params.filtering = vm->filtering;
	params.max_sessions = vm->max_sessions;
	parse_params(info, &params);
	err = check_bounds(pnet, info, vm, &params);
	if (err)
		return err;
	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	psteer_vm_set(vm, &params);
	psteer_vms_tend(pnet);
	return psteer_nl_reply(reply, info, fill_vm(reply, vm, &where));
}

/**
 * psteer_nl_vm_set() - PSTEER_CMD_VM_SET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_vm_set(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_VM_NAME))
		return -EINVAL;
	mutex_lock(&pnet->lock);
	err = set_vm(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_vm_del() - PSTEER_CMD_VM_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_vm_del(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_vm *vm;

	if (PSTEER_NL_LACKS(info, PSTEER_A_VM_NAME))
		return -EINVAL;
	mutex_lock(&pnet->lock);
	vm = find_vm(pnet, info);
	if (vm) {
		psteer_vm_del(vm);
		psteer_hooks_settle(pnet);
	}
	mutex_unlock(&pnet->lock);
	return vm ? 0 : -ENOENT;
}

/**
 * psteer_nl_vm_report() - PSTEER_CMD_VM_REPORT
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_vm_report(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_vm_report report = {};
	struct nlattr **attrs = info->attrs;
	struct psteer_vm *vm;

	if (PSTEER_NL_LACKS(info, PSTEER_A_VM_NAME))
		return -EINVAL;
	if (!attrs[PSTEER_A_VM_PPS] && !attrs[PSTEER_A_VM_BANDWIDTH]) {
		NL_SET_ERR_MSG(info->extack,
			       "a report says pps, bandwidth, or both");
		return -EINVAL;
	}
	report.pps = get_u32(attrs[PSTEER_A_VM_PPS], 0);
	report.connections = get_u32(attrs[PSTEER_A_VM_CONNECTIONS], 0);
	if (attrs[PSTEER_A_VM_BANDWIDTH])
		report.bandwidth = nla_get_u64(attrs[PSTEER_A_VM_BANDWIDTH]);
	mutex_lock(&pnet->lock);
	vm = find_vm(pnet, info);
	if (vm)
		psteer_vm_report(vm, &report);
	mutex_unlock(&pnet->lock);
	return vm ? 0 : -ENOENT;
}

/**
 * psteer_nl_vm_get() - PSTEER_CMD_VM_GET of one VM
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_vm_get(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_net *pnet = psteer_nl_net(info);
	struct sk_buff *reply;
	struct psteer_vm *vm;
	int err = -ENOENT;

	if (PSTEER_NL_LACKS(info, PSTEER_A_VM_NAME))
		return -EINVAL;
	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&pnet->lock);
	vm = find_vm(pnet, info);
	if (vm)
		err = fill_vm(reply, vm, &where);
	mutex_unlock(&pnet->lock);
	return psteer_nl_reply(reply, info, err);
}

/**
 * psteer_nl_vm_dump() - PSTEER_CMD_VM_GET of all VMs
 * @skb: to fill
 * @cb: args[0] is the id of the last VM that was put
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_vm_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	struct psteer_vm *vm;

	mutex_lock(&pnet->lock);
	cb->seq = pnet->generation;
	list_for_each_entry(vm, &pnet->vms, list) {
		if (vm->id <= cb->args[0])
			continue;
		if (fill_vm(skb, vm, &where))
			break;
		cb->args[0] = vm->id;
	}
	mutex_unlock(&pnet->lock);
	return skb->len;
}
