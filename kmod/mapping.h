/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_MAPPING_H
#define PSTEER_MAPPING_H

#include <linux/rhashtable.h>

#include "key.h"
#include "range.h"

struct psteer_net;
struct psteer_vm;

enum psteer_side {
	PSTEER_SIDE_INSIDE,	/* as the VM knows it */
	PSTEER_SIDE_OUTSIDE,	/* as the world does */
	PSTEER_SIDES
};

/**
 * struct psteer_mapping_key - one side of a mapping
 * @ip: address of the VM, or of the pool
 * @port: port, or identifier of ICMP queries
 * @proto: IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP or IPPROTO_ICMPV6
 * @family: AF_INET or AF_INET6
 * @side: enum psteer_side
 */
struct psteer_mapping_key {
	union nf_inet_addr ip;
	__be16 port;
	u8 proto;
	u8 family;
	u8 side;
};

/**
 * struct psteer_mapping_end - one side of a mapping in the table
 * @node: in pnet->mappings
 * @key: its key
 */
struct psteer_mapping_end {
	struct rhash_head node;
	struct psteer_mapping_key key;
};

/**
 * struct psteer_mapping - what one address and port of a VM is outside, whoever
 *	it talks to
 * @end: both sides, by enum psteer_side
 * @vm: whose it is, and keeps till it is gone
 * @use: where its port is marked as in use
 * @slot: which port of the owner's
 * @sessions: live sessions and sessions being opened, and one if it is fixed;
 *	MAPPING_RETIRED once it is being freed
 * @fixed: the configuration keeps it; pnet->lock, READ_ONCE
 * @list: in vm->fixed if it is; pnet->lock
 * @rcu: for freeing it
 */
struct psteer_mapping {
	struct psteer_mapping_end end[PSTEER_SIDES];
	struct psteer_vm *vm;
	struct psteer_use *use;
	u32 slot;
	atomic_t sessions;
	bool fixed;
	struct list_head list;
	struct rcu_head rcu;
};

int psteer_mapping_cache_init(void);
void psteer_mapping_cache_exit(void);
int psteer_mappings_init(struct psteer_net *pnet);
void psteer_mappings_exit(struct psteer_net *pnet);
struct psteer_mapping *
psteer_mapping_find_rcu(struct psteer_net *pnet,
			const struct psteer_mapping_key *key);
struct psteer_mapping *
psteer_mapping_add(struct psteer_vm *vm,
		   const struct psteer_mapping_key *inside,
		   const struct psteer_pick *pick, bool *added);
bool psteer_mapping_get(struct psteer_mapping *mapping);
void psteer_mapping_count(struct psteer_mapping *mapping);
void psteer_mapping_put(struct psteer_mapping *mapping);
void psteer_mapping_fix(struct psteer_mapping *mapping);
void psteer_mapping_unfix(struct psteer_mapping *mapping);

static inline struct psteer_mapping *
psteer_mapping_of(struct psteer_mapping_end *end)
{
	return container_of(end, struct psteer_mapping, end[end->key.side]);
}

#endif
