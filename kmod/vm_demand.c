// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many ports a VM has: samples of its traffic, from an agent or measured here,
 * go into the policy (demand.c); what that decides is given and taken back, and
 * shared out fairly while the pool is short. A failing pick never waits for it.
 */
#include <linux/random.h>
#include <linux/slab.h>

#include "net.h"
#include "pool.h"
#include "range.h"
#include "vm.h"

/* An agent that has not reported for so long is silent: we measure instead. */
#define AGENT_SILENT	(60 * HZ)
/* How often we measure. The fixed factors of "seed" are for a slow hand. */
#define SAFE_PERIOD	HZ
#define SEED_PERIOD	(60 * HZ)
/* Grow when less than this part of the ports is free. */
#define AHEAD_PART	5
/* In owner->growing. */
#define WAITING_BIT	1

static u32 block_len(const struct psteer_vm *vm)
{
	return 1U << vm->owner.pool->shift;
}

/**
 * psteer_vm_ports() - ports that a VM's policy has decided on
 * @vm: VM
 *
 * Context: any but hard interrupts; takes vm->lock.
 * Return: ports, within its bounds.
 */
u32 psteer_vm_ports(struct psteer_vm *vm)
{
	u32 ports;

	spin_lock_bh(&vm->lock);
	ports = vm->demand.ports;
	spin_unlock_bh(&vm->lock);
	return clamp(ports, READ_ONCE(vm->min), READ_ONCE(vm->max));
}

/* What its ranges may have now if it asks in a hurry. */
static u32 most_ports(struct psteer_vm *vm)
{
	const struct psteer_pool *pool = vm->owner.pool;
	u32 most = min(READ_ONCE(vm->max), READ_ONCE(vm->share));
	u32 equal;

	if (psteer_pool_short(pool)) {
		/* Others may be in as much of a hurry. */
		equal = ((pool->total - READ_ONCE(pool->absent)) /
			 max(READ_ONCE(pool->vms), 1U)) << pool->shift;
		most = min(most, max(equal, psteer_vm_ports(vm)));
	}
	return round_up(max(most, READ_ONCE(vm->min)), block_len(vm));
}

/* Its policy goes on from what it turned out to need. */
static void note_need(struct psteer_vm *vm, u32 ports)
{
	ports = min(ports, READ_ONCE(vm->max));
	spin_lock_bh(&vm->lock);
	psteer_demand_need(&vm->demand, ports);
	spin_unlock_bh(&vm->lock);
}

/* Its pool has nothing to spare: it is not its own bound that it has come to. */
static bool waits(const struct psteer_vm *vm, int err)
{
	return err == -ENOSPC ||
	       (err == -EDQUOT &&
		READ_ONCE(vm->owner.size) < READ_ONCE(vm->max));
}

/* One more block; a VM that has to wait for it is counted once till it has one. */
static int grow(struct psteer_vm *vm, u32 most)
{
	struct psteer_owner *owner = &vm->owner;
	int err = psteer_range_grow(owner, most, get_random_u32());

	if (!err) {
		psteer_count(vm->pnet, PSTEER_STAT_RANGE_GROWN);
		clear_bit(WAITING_BIT, &owner->growing);
	} else if (waits(vm, err) &&
		   !test_and_set_bit(WAITING_BIT, &owner->growing)) {
		psteer_count(vm->pnet, PSTEER_STAT_RANGE_WAITED);
	}
	return err;
}

/**
 * psteer_vm_more() - get a VM more ports, as it has none free
 * @vm: VM
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 * Return: false if there are no more to be had.
 */
bool psteer_vm_more(struct psteer_vm *vm)
{
	int err = grow(vm, most_ports(vm));
	u32 size = READ_ONCE(vm->owner.size);

	note_need(vm, err ? size + block_len(vm) : size);
	return !err;
}

/**
 * psteer_vm_ahead() - get a VM more ports before they are needed
 * @vm: VM that has just been given one
 * @towards: as in struct psteer_use_key
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 */
void psteer_vm_ahead(struct psteer_vm *vm, u32 towards)
{
	struct psteer_owner *owner = &vm->owner;

	if (AHEAD_PART * psteer_range_free(vm->pnet, owner, towards) >=
	    READ_ONCE(owner->size))
		return;
	/* One CPU at a time, or each of them would get a block. */
	if (test_and_set_bit(0, &owner->growing))
		return;
	psteer_vm_more(vm);
	clear_bit_unlock(0, &owner->growing);
}

/* Gives and takes what has been decided, as far as that can be done now. */
static void apply(struct psteer_vm *vm)
{
	u32 len = block_len(vm);
	u32 ports = min(psteer_vm_ports(vm), READ_ONCE(vm->share));

	ports = round_up(max(ports, READ_ONCE(vm->min)), len);
	while (READ_ONCE(vm->owner.size) < ports)
		if (grow(vm, ports))
			break;
	psteer_range_trim(&vm->owner, ports);
}

static u64 ms_since(unsigned long then)
{
	return max_t(u64, psteer_ms_since(then), 1);
}

/* Lets the policy decide by a sample. */
static void take_sample(struct psteer_vm *vm, u32 pps, u64 bandwidth)
{
	struct psteer_demand_bounds bounds = {
		.min = READ_ONCE(vm->min),
		.max = READ_ONCE(vm->max),
		.block = block_len(vm),
	};
	struct psteer_demand_sample sample = {
		.at_ms = jiffies64_to_msecs(get_jiffies_64()),
		.pps = pps,
		.kbytes = min_t(u64, div_u64(bandwidth, 1000), U32_MAX),
	};

	psteer_range_peak(&vm->owner, &sample.peak, &sample.in_use);
	spin_lock_bh(&vm->lock);
	vm->pps = pps;
	vm->bandwidth = bandwidth;
	vm->score = psteer_demand_score(sample.pps, sample.kbytes);
	vm->sampled_at = jiffies;
	vm->sampled = psteer_traffic_sum(vm->traffic);
	psteer_demand_decide(&vm->demand, READ_ONCE(vm->policy), &sample,
			     &bounds);
	spin_unlock_bh(&vm->lock);
}

/**
 * psteer_vm_report() - take what an agent says
 * @vm: VM
 * @report: checked
 *
 * Context: process, under pnet->lock.
 */
void psteer_vm_report(struct psteer_vm *vm,
		      const struct psteer_vm_report *report)
{
	lockdep_assert_held(&vm->pnet->lock);
	take_sample(vm, report->pps, report->bandwidth);
	spin_lock_bh(&vm->lock);
	vm->report = *report;
	vm->reports++;
	vm->reported_at = jiffies;
	spin_unlock_bh(&vm->lock);
	apply(vm);
}

static bool has_agent(const struct psteer_vm *vm)
{
	return vm->reports &&
	       time_before(jiffies, vm->reported_at + AGENT_SILENT);
}

static void measure(struct psteer_vm *vm)
{
	u32 period = READ_ONCE(vm->policy) == PSTEER_VM_SEED ? SEED_PERIOD :
							       SAFE_PERIOD;
	struct psteer_traffic now;
	u64 packets, bytes, ms;

	if (has_agent(vm) || time_before(jiffies, vm->sampled_at + period))
		return;
	now = psteer_traffic_sum(vm->traffic);
	ms = ms_since(vm->sampled_at);
	packets = div64_u64((now.packets - vm->sampled.packets) * 1000, ms);
	bytes = div64_u64((now.bytes - vm->sampled.bytes) * 1000, ms);
	take_sample(vm, min_t(u64, packets, U32_MAX), bytes);
}

/**
 * struct sharing - of a pool among its VMs, in blocks
 * @want: what each wants
 * @least: what each must have
 * @n: how many they are
 * @wanted: sum of @want
 * @capacity: what there is for them all
 */
struct sharing {
	u32 *want;
	u32 *least;
	u32 n;
	u64 wanted;
	u32 capacity;
};

static void gather(struct psteer_net *pnet, const struct psteer_pool *pool,
		   struct sharing *sharing)
{
	struct psteer_vm *vm;

	/* Held blocks are about to be free. */
	sharing->capacity = READ_ONCE(pool->free) + READ_ONCE(pool->held);
	list_for_each_entry(vm, &pnet->vms, list) {
		const struct psteer_owner *owner = &vm->owner;
		u32 nr = sharing->n;

		if (owner->pool != pool)
			continue;
		sharing->least[nr] = psteer_block_count(READ_ONCE(vm->min),
							pool->shift);
		sharing->want[nr] = psteer_block_count(psteer_vm_ports(vm),
						       pool->shift);
		sharing->wanted += sharing->want[nr];
		sharing->capacity += READ_ONCE(owner->nblocks) -
				     READ_ONCE(owner->holes);
		sharing->n++;
	}
}

static void set_shares(struct psteer_net *pnet, const struct psteer_pool *pool,
		       u32 level)
{
	u32 most = level >= PSTEER_PORTS ? U32_MAX : level << pool->shift;
	struct psteer_vm *vm;

	list_for_each_entry(vm, &pnet->vms, list)
		if (vm->owner.pool == pool)
			WRITE_ONCE(vm->share, most);
}

/* Everyone's minimum first, then the rest so that who wants less gets it all. */
static void share_pool(struct psteer_net *pnet, const struct psteer_pool *pool)
{
	struct sharing sharing = {};
	u32 level = U32_MAX;

	if (!pool->vms)
		return;
	sharing.want = kvmalloc_array(2 * pool->vms, sizeof(u32), GFP_KERNEL);
	if (!sharing.want)
		return;
	sharing.least = sharing.want + pool->vms;
	gather(pnet, pool, &sharing);
	if (sharing.wanted > sharing.capacity)
		level = psteer_demand_level(sharing.want, sharing.least,
					    sharing.n, sharing.capacity);
	set_shares(pnet, pool, level);
	kvfree(sharing.want);
}

/**
 * psteer_vms_tend() - let VMs' ports follow their demand
 * @pnet: namespace
 *
 * Context: process, under pnet->lock.
 */
void psteer_vms_tend(struct psteer_net *pnet)
{
	struct psteer_pool *pool;
	struct psteer_vm *vm;

	lockdep_assert_held(&pnet->lock);
	list_for_each_entry(vm, &pnet->vms, list)
		measure(vm);
	list_for_each_entry(pool, &pnet->pools, list)
		share_pool(pnet, pool);
	list_for_each_entry(vm, &pnet->vms, list)
		apply(vm);
}

/**
 * psteer_vm_minimums() - blocks that the VMs of a pool must have
 * @pnet: namespace
 * @pool: pool
 *
 * Context: process, under pnet->lock.
 * Return: their sum.
 */
u64 psteer_vm_minimums(struct psteer_net *pnet, const struct psteer_pool *pool)
{
	struct psteer_vm *vm;
	u64 sum = 0;

	lockdep_assert_held(&pnet->lock);
	list_for_each_entry(vm, &pnet->vms, list)
		if (vm->owner.pool == pool)
			sum += psteer_block_count(vm->min, pool->shift);
	return sum;
}
