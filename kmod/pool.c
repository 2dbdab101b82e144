// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools: translation addresses, and who holds which block of their ports.
 */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include "net.h"
#include "notify.h"
#include "pool.h"
#include "range.h"

/* A pool is short when fewer than one in so many of its blocks is free. */
#define SHORT_PART	5

static const struct rhashtable_params addr_params = {
	.head_offset = offsetof(struct psteer_pool_addr, node),
	.key_offset = offsetof(struct psteer_pool_addr, ip),
	.key_len = sizeof(union nf_inet_addr),
	.automatic_shrinking = true,
};

/**
 * psteer_pools_init() - make a namespace ready for pools
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_pools_init(struct psteer_net *pnet)
{
	INIT_LIST_HEAD(&pnet->pools);
	return rhltable_init(&pnet->pool_addrs, &addr_params);
}

/**
 * psteer_pools_exit() - free all pools of a namespace
 * @pnet: namespace, without hooks, clients and sessions
 */
void psteer_pools_exit(struct psteer_net *pnet)
{
	struct psteer_pool *pool, *next;

	list_for_each_entry_safe(pool, next, &pnet->pools, list)
		psteer_pool_del(pool);
	rhltable_destroy(&pnet->pool_addrs);
}

static void free_pool(struct psteer_pool *pool)
{
	u32 i;

	for (i = 0; i < pool->naddrs; i++) {
		bitmap_free(pool->addrs[i].busy);
		kvfree(pool->addrs[i].blocks);
	}
	kvfree(pool);
}

static int init_addr(struct psteer_pool *pool, u32 nr,
		     const union nf_inet_addr *ip)
{
	struct psteer_pool_addr *addr = &pool->addrs[nr];
	u32 i;

	addr->ip = *ip;
	addr->pool = pool;
	addr->span = psteer_block_span(pool->first, pool->last, pool->shift);
	addr->free = pool->by_grants ? 0 : addr->span.count;
	addr->busy = bitmap_zalloc(addr->span.count, GFP_KERNEL_ACCOUNT);
	addr->blocks = kvcalloc(addr->span.count, sizeof(*addr->blocks),
				GFP_KERNEL_ACCOUNT);
	if (!addr->busy || !addr->blocks)
		return -ENOMEM;
	for (i = 0; i < addr->span.count; i++) {
		struct psteer_block *block = &addr->blocks[i];

		block->addr = nr;
		block->index = addr->span.first + i;
		block->grant = pool->by_grants ? PSTEER_BLOCK_UNGRANTED :
						 PSTEER_BLOCK_GRANTED;
		if (pool->by_grants)
			block->state = PSTEER_BLOCK_ABSENT;
	}
	if (pool->by_grants)
		bitmap_fill(addr->busy, addr->span.count);
	pool->total += addr->span.count;
	pool->free += addr->free;
	pool->absent += addr->span.count - addr->free;
	return 0;
}

static struct psteer_pool *
create_pool(struct psteer_net *pnet, const struct psteer_pool_params *params)
{
	struct psteer_pool *pool;
	u32 i;

	pool = kvzalloc(struct_size(pool, addrs, params->naddrs),
			GFP_KERNEL_ACCOUNT);
	if (!pool)
		return NULL;
	strscpy(pool->name, params->name, sizeof(pool->name));
	pool->pnet = pnet;
	pool->family = params->family;
	pool->first = params->first;
	pool->last = params->last;
	pool->shift = params->shift;
	pool->hold_ms = params->hold_ms;
	pool->force = params->force;
	pool->by_grants = params->by_grants;
	pool->naddrs = params->naddrs;
	spin_lock_init(&pool->lock);
	INIT_LIST_HEAD(&pool->unproven);
	psteer_owner_init(&pool->probation, PSTEER_OWNER_PROBATION, pool);
	for (i = 0; i < pool->naddrs; i++) {
		if (init_addr(pool, i, &params->addrs[i])) {
			free_pool(pool);
			return NULL;
		}
	}
	return pool;
}

/**
 * psteer_pool_add() - add a pool
 * @pnet: namespace
 * @params: checked: a new name, no overlap, at least one block an address
 *
 * Context: process, under pnet->lock.
 * Return: the pool, or ERR_PTR(-ENOMEM or what the address table says).
 */
struct psteer_pool *psteer_pool_add(struct psteer_net *pnet,
				    const struct psteer_pool_params *params)
{
	struct psteer_pool *pool;
	int err = 0;
	u32 i;

	lockdep_assert_held(&pnet->lock);
	pool = create_pool(pnet, params);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < pool->naddrs && !err; i++)
		err = rhltable_insert(&pnet->pool_addrs, &pool->addrs[i].node,
				      addr_params);
	if (err) {
		/* The one that failed is not in: i is past it. */
		for (i--; i-- > 0;)
			rhltable_remove(&pnet->pool_addrs,
					&pool->addrs[i].node, addr_params);
		synchronize_rcu();
		free_pool(pool);
		return ERR_PTR(err);
	}
	pool->id = ++pnet->next_id;
	list_add_tail(&pool->list, &pnet->pools);
	pnet->generation++;
	return pool;
}

/**
 * psteer_pool_del() - remove a pool and free it
 * @pool: no service draws from it and no client has blocks of it
 *
 * Context: process, under pnet->lock or at the end of the namespace; waits
 * for RCU readers.
 */
void psteer_pool_del(struct psteer_pool *pool)
{
	struct psteer_net *pnet = pool->pnet;
	u32 i;

	list_del(&pool->list);
	pnet->generation++;
	for (i = 0; i < pool->naddrs; i++)
		rhltable_remove(&pnet->pool_addrs, &pool->addrs[i].node,
				addr_params);
	WARN_ON_ONCE(!psteer_range_release(&pool->probation, false));
	/* Packets may be looking at its addresses and blocks. */
	synchronize_rcu();
	free_pool(pool);
}

/**
 * psteer_pool_find() - find a pool by name
 * @pnet: namespace
 * @name: name
 *
 * Context: process, under pnet->lock.
 * Return: the pool, valid while the lock is held, or NULL.
 */
struct psteer_pool *psteer_pool_find(struct psteer_net *pnet, const char *name)
{
	struct psteer_pool *pool;

	lockdep_assert_held(&pnet->lock);
	list_for_each_entry(pool, &pnet->pools, list)
		if (!strcmp(pool->name, name))
			return pool;
	return NULL;
}

/**
 * psteer_pool_overlap() - find a pool that has some of these ports already
 * @pnet: namespace
 * @family: of @ip
 * @ip: address
 * @first: first port
 * @last: last port
 *
 * Context: process, under pnet->lock.
 * Return: such a pool, valid while the lock is held, or NULL.
 */
const struct psteer_pool *
psteer_pool_overlap(struct psteer_net *pnet, u8 family,
		    const union nf_inet_addr *ip, u16 first, u16 last)
{
	const struct psteer_pool_addr *addr;
	const struct psteer_pool *found = NULL;
	struct rhlist_head *pos, *list;

	lockdep_assert_held(&pnet->lock);
	rcu_read_lock();
	list = rhltable_lookup(&pnet->pool_addrs, ip, addr_params);
	rhl_for_each_entry_rcu(addr, pos, list, node) {
		const struct psteer_pool *pool = addr->pool;

		if (pool->family == family && first <= pool->last &&
		    pool->first <= last) {
			found = pool;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

/**
 * psteer_pool_port_owner_rcu() - who holds this address and port
 * @pnet: namespace
 * @family: of @ip
 * @ip: address
 * @port: port
 *
 * Context: RCU read side.
 * Return: the owner, or NULL.
 */
struct psteer_owner *psteer_pool_port_owner_rcu(struct psteer_net *pnet,
						u8 family,
						const union nf_inet_addr *ip,
						__be16 port)
{
	struct psteer_owner *owner = NULL;
	struct rhlist_head *pos, *list;
	struct psteer_pool_addr *addr;

	list = rhltable_lookup(&pnet->pool_addrs, ip, addr_params);
	rhl_for_each_entry_rcu(addr, pos, list, node) {
		struct psteer_block *block = psteer_block_at(addr, ntohs(port));

		if (addr->pool->family == family && block)
			owner = rcu_dereference(block->owner);
		if (owner)
			break;
	}
	return owner;
}

/**
 * psteer_pool_short() - is a pool running out of blocks
 * @pool: pool
 *
 * Context: any.
 * Return: true if at most a fifth of what it offers is free.
 */
bool psteer_pool_short(const struct psteer_pool *pool)
{
	u32 offered = pool->total - READ_ONCE(pool->absent);

	return READ_ONCE(pool->free) * SHORT_PART <= offered;
}
