/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_VM_H
#define PSTEER_VM_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include <linux/portsteer.h>

#include "demand.h"
#include "mapping.h"
#include "owner.h"
#include "prefix.h"
#include "traffic.h"

struct psteer_net;
struct psteer_pool;

/**
 * struct psteer_vm_params - what a VM is made of
 * @name: its name
 * @prefix: its addresses
 * @pool: where its ports come from
 * @ports: how many it goes on from; 0: from what it has
 * @min: fewest
 * @max: most
 * @policy: enum psteer_vm_policy
 * @filtering: enum psteer_filtering
 * @max_sessions: most sessions, 0 for no limit
 */
struct psteer_vm_params {
	char name[PSTEER_NAME_MAX + 1];
	struct psteer_prefix prefix;
	struct psteer_pool *pool;
	u32 ports;
	u32 min;
	u32 max;
	u8 policy;
	u8 filtering;
	u32 max_sessions;
};

/**
 * struct psteer_vm_report - what an agent says
 * @pps: packets a second, both ways
 * @bandwidth: bytes a second, both ways
 * @connections: its open connections
 */
struct psteer_vm_report {
	u32 pps;
	u64 bandwidth;
	u32 connections;
};

/**
 * struct psteer_vm - a virtual machine, or many behind one prefix
 * @list: in pnet->vms
 * @id: rises with creation
 * @pnet: its namespace
 * @name: unique in the namespace
 * @prefix: its addresses, in pnet->vm_prefixes
 * @owner: its ranges
 * @min: fewest ports; READ_ONCE, written under pnet->lock, as the next four
 * @max: most
 * @policy: enum psteer_vm_policy
 * @filtering: enum psteer_filtering
 * @max_sessions: most sessions, 0 for no limit
 * @gone: it is being removed, no session is opened any more; READ_ONCE
 * @share: ports it may have while its pool is short; READ_ONCE
 * @mappings: its mappings
 * @sessions: live sessions
 * @created: sessions since it was added
 * @traffic: what passed to and from it
 * @fixed: its fixed mappings; pnet->lock
 * @lock: guards all below; taken with bottom halves off, innermost
 * @demand: decides how many ports it should have
 * @score: demand score of the last sample, in tenths
 * @pps: of the last sample
 * @bandwidth: of the last sample, bytes a second
 * @report: the last report
 * @reports: how many
 * @reported_at: when, in jiffies
 * @sampled_at: when the last sample was taken, in jiffies
 * @sampled: @traffic then
 * @rcu: for freeing it
 */
struct psteer_vm {
	struct list_head list;
	u32 id;
	struct psteer_net *pnet;
	char name[PSTEER_NAME_MAX + 1];
	struct psteer_prefix prefix;
	struct psteer_owner owner;
	u32 min;
	u32 max;
	u8 policy;
	u8 filtering;
	u32 max_sessions;
	bool gone;
	u32 share;
	atomic_t mappings;
	atomic_t sessions;
	atomic64_t created;
	struct psteer_traffic __percpu *traffic;
	struct list_head fixed;

	spinlock_t lock;		/* see above: demand */
	struct psteer_demand demand;
	u32 score;
	u32 pps;
	u64 bandwidth;
	struct psteer_vm_report report;
	u64 reports;
	unsigned long reported_at;
	unsigned long sampled_at;
	struct psteer_traffic sampled;
	struct rcu_head rcu;
};

int psteer_vms_init(struct psteer_net *pnet);
void psteer_vms_exit(struct psteer_net *pnet);
struct psteer_vm *psteer_vm_add(struct psteer_net *pnet,
				const struct psteer_vm_params *params);
void psteer_vm_set(struct psteer_vm *vm, const struct psteer_vm_params *params);
void psteer_vm_del(struct psteer_vm *vm);
struct psteer_vm *psteer_vm_find(struct psteer_net *pnet, const char *name);
struct psteer_vm *psteer_vm_find_rcu(struct psteer_net *pnet, u8 family,
				     const union nf_inet_addr *ip);
const struct psteer_vm *psteer_vm_overlap(struct psteer_net *pnet,
					  const struct psteer_prefix *prefix);
bool psteer_vm_full(const struct psteer_vm *vm, bool inbound);

u32 psteer_vm_ports(struct psteer_vm *vm);
bool psteer_vm_more(struct psteer_vm *vm);
void psteer_vm_ahead(struct psteer_vm *vm, u32 towards);
void psteer_vm_report(struct psteer_vm *vm,
		      const struct psteer_vm_report *report);
void psteer_vms_tend(struct psteer_net *pnet);
u64 psteer_vm_minimums(struct psteer_net *pnet, const struct psteer_pool *pool);

static inline struct psteer_vm *psteer_vm_of(struct psteer_owner *owner)
{
	return container_of(owner, struct psteer_vm, owner);
}

#endif
