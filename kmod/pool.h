/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_POOL_H
#define PSTEER_POOL_H

#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>

#include <linux/portsteer.h>

#include "block.h"
#include "key.h"
#include "owner.h"

struct psteer_net;

enum psteer_block_state {
	PSTEER_BLOCK_FREE,
	PSTEER_BLOCK_ACTIVE,
	PSTEER_BLOCK_DRAINING,	/* owned, but gets no new session */
	PSTEER_BLOCK_HELD,	/* nobody's until its hold time is over */
	PSTEER_BLOCK_ABSENT,	/* nobody's while it is not offered */
};

enum psteer_block_grant {
	PSTEER_BLOCK_UNGRANTED,
	PSTEER_BLOCK_KEPT,	/* who has it may keep it, none else gets it */
	PSTEER_BLOCK_GRANTED,	/* or its pool needs no grants */
};

/**
 * struct psteer_block - one block of one pool address
 * @owner: who holds it, NULL if free or held; written under the pool's lock,
 *	read under it or RCU
 * @free_at: when a held block becomes free, in jiffies; the pool's lock
 * @in_use: ports in use, each towards a peer; the owner's lock
 * @addr: index of the pool address
 * @index: port >> shift
 * @nth: its place in owner->blocks while it is owned
 * @grant: enum psteer_block_grant; the pool's lock
 * @state: enum psteer_block_state; written under the pool's lock, and while
 *	owned under the owner's too
 */
struct psteer_block {
	struct psteer_owner __rcu *owner;
	u32 free_at;
	u32 in_use;
	u16 addr;
	u16 index;
	u16 nth;
	u8 grant;
	u8 state;
};

/**
 * struct psteer_pool_addr - one translation address
 * @node: in pnet->pool_addrs
 * @ip: the address
 * @pool: whose it is
 * @span: the blocks that can be given out
 * @free: how many are free; the pool's lock
 * @withdrawn: none of them is given out any more; READ_ONCE, pnet->lock
 * @busy: a bit for each block of @span that is not free; the pool's lock
 * @blocks: the blocks of @span
 */
struct psteer_pool_addr {
	struct rhlist_head node;
	union nf_inet_addr ip;
	struct psteer_pool *pool;
	struct psteer_block_span span;
	u32 free;
	bool withdrawn;
	unsigned long *busy;
	struct psteer_block *blocks;
};

/**
 * struct psteer_pool_params - what a pool is made of
 * @name: its name
 * @family: AF_INET or AF_INET6
 * @first: first port that may be given out
 * @last: last one
 * @shift: log2 of the block size
 * @hold_ms: how long a released block is nobody's
 * @force: ports on which the gateway itself listens were accepted
 * @by_grants: only what grants have of it is given out
 * @naddrs: number of addresses
 * @addrs: the addresses
 */
struct psteer_pool_params {
	char name[PSTEER_NAME_MAX + 1];
	u8 family;
	u16 first;
	u16 last;
	u8 shift;
	u32 hold_ms;
	bool force;
	bool by_grants;
	u32 naddrs;
	union nf_inet_addr *addrs;
};

/**
 * struct psteer_pool - translation addresses and their ports
 * @list: in pnet->pools
 * @id: rises with creation
 * @pnet: its namespace
 * @name: unique in the namespace
 * @family: AF_INET or AF_INET6
 * @first: first port that may be given out
 * @last: last one
 * @shift: log2 of the block size
 * @hold_ms: how long a released block is nobody's
 * @force: ports on which the gateway itself listens were accepted
 * @by_grants: only what grants have of it is given out
 * @services: how many draw from it; pnet->lock
 * @vms: how many VMs have their ports from it; pnet->lock, READ_ONCE
 * @grants: how many grants are to it; pnet->lock
 * @total: blocks in all
 * @lock: guards the blocks' ownership, @free, @held, @absent and @unproven; innermost,
 *	taken with bottom halves off
 * @free: free blocks; read without the lock too
 * @held: held blocks; read without the lock too
 * @absent: blocks that are not offered and nobody has; read without the lock too
 * @unproven: unproven clients that hold ranges of their own, oldest first
 * @clients: clients of this pool
 * @probation: owner of the range that unproven clients share when @free is low
 * @rcu: for freeing it
 * @naddrs: number of addresses
 * @addrs: the addresses
 */
struct psteer_pool {
	struct list_head list;
	u32 id;
	struct psteer_net *pnet;
	char name[PSTEER_NAME_MAX + 1];
	u8 family;
	u16 first;
	u16 last;
	u8 shift;
	u32 hold_ms;
	bool force;
	bool by_grants;
	u32 services;
	u32 vms;
	u32 grants;
	u32 total;
	spinlock_t lock;		/* see above: who owns blocks */
	u32 free;
	u32 held;
	u32 absent;
	struct list_head unproven;
	atomic_t clients;
	struct psteer_owner probation;
	struct rcu_head rcu;
	u32 naddrs;
	struct psteer_pool_addr addrs[];
};

/**
 * struct psteer_pool_usage - how much of a part of an address is used
 * @in_use: ports in use, each towards a peer
 * @serving: blocks that owners have and may give ports out of
 */
struct psteer_pool_usage {
	u32 in_use;
	u32 serving;
};

int psteer_pools_init(struct psteer_net *pnet);
void psteer_pools_exit(struct psteer_net *pnet);
struct psteer_pool *psteer_pool_add(struct psteer_net *pnet,
				    const struct psteer_pool_params *params);
void psteer_pool_del(struct psteer_pool *pool);
struct psteer_pool *psteer_pool_find(struct psteer_net *pnet,
				     const char *name);
const struct psteer_pool *
psteer_pool_overlap(struct psteer_net *pnet, u8 family,
		    const union nf_inet_addr *ip, u16 first, u16 last);
struct psteer_owner *psteer_pool_port_owner_rcu(struct psteer_net *pnet,
						u8 family,
						const union nf_inet_addr *ip,
						__be16 port);
bool psteer_pool_short(const struct psteer_pool *pool);
struct psteer_pool_addr *psteer_pool_addr_find(struct psteer_pool *pool,
					       const union nf_inet_addr *ip);
struct psteer_block *psteer_block_find(struct psteer_pool *pool,
				       const union nf_inet_addr *ip, u16 port);
struct psteer_block *psteer_block_take(struct psteer_pool *pool,
				       struct psteer_owner *owner,
				       const struct psteer_block *near,
				       u32 nth, u32 random);
struct psteer_block *psteer_block_take_this(struct psteer_pool *pool,
					    struct psteer_owner *owner,
					    struct psteer_block *block,
					    u32 nth);
void psteer_block_end_hold(struct psteer_pool *pool,
			   struct psteer_block *block);
void psteer_block_give(struct psteer_pool *pool, struct psteer_block *block,
		       bool hold);
void psteer_pool_end_holds(struct psteer_pool *pool);
u32 psteer_pool_largest_free(struct psteer_pool *pool);

void psteer_pool_withdraw(struct psteer_pool_addr *addr, bool withdrawn);
void psteer_pool_grant(struct psteer_pool_addr *addr, u16 first, u16 last,
		       enum psteer_block_grant grant);
struct psteer_pool_usage psteer_pool_usage(struct psteer_pool_addr *addr,
					   u16 first, u16 last);

/* The block of a port on a pool address, NULL if that has none. */
static inline struct psteer_block *psteer_block_at(struct psteer_pool_addr *addr,
						   u16 port)
{
	u32 nr = (port >> addr->pool->shift) - addr->span.first;

	return nr < addr->span.count ? &addr->blocks[nr] : NULL;
}

/* Whether its owner may give out ports of it; none does not. */
static inline bool psteer_block_serves(const struct psteer_block *block)
{
	return block && block->state == PSTEER_BLOCK_ACTIVE;
}

/* Whether it may be given out at all. */
static inline bool psteer_block_offered(const struct psteer_pool *pool,
					const struct psteer_block *block)
{
	return block->grant == PSTEER_BLOCK_GRANTED &&
	       !READ_ONCE(pool->addrs[block->addr].withdrawn);
}

/* Whether it is offered to nobody but who asks for it by name. */
static inline bool psteer_block_by_name(const struct psteer_block *block)
{
	return READ_ONCE(block->state) == PSTEER_BLOCK_ABSENT &&
	       block->grant != PSTEER_BLOCK_UNGRANTED;
}

static inline const union nf_inet_addr *
psteer_block_ip(const struct psteer_pool *pool,
		const struct psteer_block *block)
{
	return &pool->addrs[block->addr].ip;
}

#endif
