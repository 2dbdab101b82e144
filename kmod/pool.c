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
	addr->free = addr->span.count;
	addr->busy = bitmap_zalloc(addr->span.count, GFP_KERNEL_ACCOUNT);
	addr->blocks = kvcalloc(addr->span.count, sizeof(*addr->blocks),
				GFP_KERNEL_ACCOUNT);
	if (!addr->busy || !addr->blocks)
		return -ENOMEM;
	for (i = 0; i < addr->span.count; i++) {
		addr->blocks[i].addr = nr;
		addr->blocks[i].index = addr->span.first + i;
	}
	pool->total += addr->span.count;
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
	pool->free = pool->total;
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
 * psteer_pool_port_taken() - does some owner hold this address and port
 * @pnet: namespace
 * @family: of @ip
 * @ip: address
 * @port: port
 *
 * Context: RCU read side.
 */
bool psteer_pool_port_taken(struct psteer_net *pnet, u8 family,
			    const union nf_inet_addr *ip, __be16 port)
{
	const struct psteer_pool_addr *addr;
	struct rhlist_head *pos, *list;

	list = rhltable_lookup(&pnet->pool_addrs, ip, addr_params);
	rhl_for_each_entry_rcu(addr, pos, list, node) {
		u32 nr = (ntohs(port) >> addr->pool->shift) - addr->span.first;

		if (addr->pool->family == family && nr < addr->span.count &&
		    rcu_access_pointer(addr->blocks[nr].owner))
			return true;
	}
	return false;
}

/**
 * psteer_pool_short() - is a pool running out of blocks
 * @pool: pool
 *
 * Context: any.
 * Return: true if at most a fifth of its blocks is free.
 */
bool psteer_pool_short(const struct psteer_pool *pool)
{
	return READ_ONCE(pool->free) * SHORT_PART <= pool->total;
}

static struct psteer_block *block_if_free(struct psteer_pool_addr *addr, u32 nr)
{
	if (nr >= addr->span.count || test_bit(nr, addr->busy))
		return NULL;
	return &addr->blocks[nr];
}

/* Any free block of an address, the search begun at random. */
static struct psteer_block *find_free(struct psteer_pool_addr *addr, u32 random)
{
	u32 count = addr->span.count, nr;

	if (!addr->free)
		return NULL;
	nr = find_next_zero_bit(addr->busy, count,
				reciprocal_scale(random, count));
	if (nr >= count)
		nr = find_first_zero_bit(addr->busy, count);
	return &addr->blocks[nr];
}

/* Next to @near if that is free, else its address, else any address. */
static struct psteer_block *search_block(struct psteer_pool *pool,
					 const struct psteer_block *near,
					 u32 random)
{
	struct psteer_block *block = NULL;
	u32 start, i;

	if (near) {
		struct psteer_pool_addr *addr = &pool->addrs[near->addr];

		block = block_if_free(addr, near->index + 1 - addr->span.first);
		if (!block)
			block = find_free(addr, random);
	}
	start = reciprocal_scale(random, pool->naddrs);
	for (i = 0; i < pool->naddrs && !block; i++)
		block = find_free(&pool->addrs[(start + i) % pool->naddrs],
				  random);
	return block;
}

/**
 * psteer_block_take() - take a free block for an owner
 * @pool: pool
 * @owner: its new owner; telling what it owns is the caller's part
 * @near: a block to be next to, if that can be, or NULL
 * @random: a fresh random number
 *
 * Context: any but hard interrupts; takes pool->lock.
 * Return: the block, active, or NULL if none is free.
 */
struct psteer_block *psteer_block_take(struct psteer_pool *pool,
				       struct psteer_owner *owner,
				       const struct psteer_block *near,
				       u32 random)
{
	struct psteer_block *block;

	spin_lock_bh(&pool->lock);
	block = search_block(pool, near, random);
	if (block) {
		struct psteer_pool_addr *addr = &pool->addrs[block->addr];

		__set_bit(block->index - addr->span.first, addr->busy);
		addr->free--;
		WRITE_ONCE(pool->free, pool->free - 1);
		WRITE_ONCE(block->state, PSTEER_BLOCK_ACTIVE);
		rcu_assign_pointer(block->owner, owner);
	}
	spin_unlock_bh(&pool->lock);
	return block;
}

static void free_block(struct psteer_pool *pool, struct psteer_block *block)
{
	struct psteer_pool_addr *addr = &pool->addrs[block->addr];

	lockdep_assert_held(&pool->lock);
	WRITE_ONCE(block->state, PSTEER_BLOCK_FREE);
	__clear_bit(block->index - addr->span.first, addr->busy);
	addr->free++;
	WRITE_ONCE(pool->free, pool->free + 1);
}

/**
 * psteer_block_give() - give a block back to its pool
 * @pool: pool
 * @block: an owned block with no port in use
 * @hold: let the hold time pass before anybody gets it
 *
 * Context: any but hard interrupts; takes pool->lock.
 */
void psteer_block_give(struct psteer_pool *pool, struct psteer_block *block,
		       bool hold)
{
	spin_lock_bh(&pool->lock);
	RCU_INIT_POINTER(block->owner, NULL);
	if (hold && pool->hold_ms) {
		WRITE_ONCE(block->state, PSTEER_BLOCK_HELD);
		WRITE_ONCE(block->free_at, (u32)jiffies +
			   (u32)msecs_to_jiffies(pool->hold_ms));
		WRITE_ONCE(pool->held, pool->held + 1);
	} else {
		free_block(pool, block);
	}
	spin_unlock_bh(&pool->lock);
}

static void end_holds_of(struct psteer_pool_addr *addr)
{
	struct psteer_pool *pool = addr->pool;
	u32 now = jiffies, nr;

	spin_lock_bh(&pool->lock);
	for_each_set_bit(nr, addr->busy, addr->span.count) {
		struct psteer_block *block = &addr->blocks[nr];

		if (block->state != PSTEER_BLOCK_HELD ||
		    (s32)(now - block->free_at) < 0)
			continue;
		WRITE_ONCE(pool->held, pool->held - 1);
		free_block(pool, block);
	}
	spin_unlock_bh(&pool->lock);
}

/**
 * psteer_pool_end_holds() - free the blocks whose hold time is over
 * @pool: pool
 *
 * Context: any but hard interrupts; takes pool->lock an address at a time.
 */
void psteer_pool_end_holds(struct psteer_pool *pool)
{
	u32 i;

	if (!READ_ONCE(pool->held))
		return;
	for (i = 0; i < pool->naddrs; i++)
		end_holds_of(&pool->addrs[i]);
}

/**
 * psteer_pool_largest_free() - how long the longest run of free blocks is
 * @pool: pool
 *
 * Context: any but hard interrupts; takes pool->lock an address at a time.
 * Return: blocks.
 */
u32 psteer_pool_largest_free(struct psteer_pool *pool)
{
	u32 largest = 0, begin, end, i;

	for (i = 0; i < pool->naddrs; i++) {
		struct psteer_pool_addr *addr = &pool->addrs[i];

		spin_lock_bh(&pool->lock);
		for_each_clear_bitrange(begin, end, addr->busy,
					addr->span.count)
			largest = max(largest, end - begin);
		spin_unlock_bh(&pool->lock);
	}
	return largest;
}
