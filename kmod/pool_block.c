// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds which block of a pool, and which of them are offered at all.
 */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/math64.h>

#include "net.h"
#include "pool.h"
#include "trace.h"

/**
 * psteer_pool_addr_find() - find an address of a pool
 * @pool: pool
 * @ip: address, of the pool's family
 *
 * Context: any.
 * Return: the address, or NULL if the pool does not have it.
 */
struct psteer_pool_addr *psteer_pool_addr_find(struct psteer_pool *pool,
					       const union nf_inet_addr *ip)
{
	u32 i;

	for (i = 0; i < pool->naddrs; i++)
		if (psteer_addr_equal(&pool->addrs[i].ip, ip))
			return &pool->addrs[i];
	return NULL;
}

/**
 * psteer_block_find() - find the block of an address and port
 * @pool: pool
 * @ip: address
 * @port: port
 *
 * Context: any.
 * Return: the block, or NULL if the pool does not have it.
 */
struct psteer_block *psteer_block_find(struct psteer_pool *pool,
				       const union nf_inet_addr *ip, u16 port)
{
	struct psteer_pool_addr *addr = psteer_pool_addr_find(pool, ip);

	return addr ? psteer_block_at(addr, port) : NULL;
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

static void add_block(struct psteer_pool *pool, struct psteer_block *block)
{
	struct psteer_pool_addr *addr = &pool->addrs[block->addr];

	lockdep_assert_held(&pool->lock);
	if (block->state == PSTEER_BLOCK_ABSENT)
		WRITE_ONCE(pool->absent, pool->absent - 1);
	WRITE_ONCE(block->state, PSTEER_BLOCK_FREE);
	__clear_bit(block->index - addr->span.first, addr->busy);
	addr->free++;
	WRITE_ONCE(pool->free, pool->free + 1);
}

/* A free block gets an owner. */
static void give_to(struct psteer_pool *pool, struct psteer_block *block,
		    struct psteer_owner *owner, u32 nth)
{
	struct psteer_pool_addr *addr = &pool->addrs[block->addr];

	lockdep_assert_held(&pool->lock);
	__set_bit(block->index - addr->span.first, addr->busy);
	addr->free--;
	WRITE_ONCE(pool->free, pool->free - 1);
	WRITE_ONCE(block->state, PSTEER_BLOCK_ACTIVE);
	block->nth = nth;
	rcu_assign_pointer(block->owner, owner);
	trace_range_change(pool, block, owner);
}

/**
 * psteer_block_take() - take a free block for an owner
 * @pool: pool
 * @owner: its new owner; telling what it owns is the caller's part
 * @near: a block to be next to, if that can be, or NULL
 * @nth: its place among the owner's
 * @random: a fresh random number
 *
 * Context: any but hard interrupts; takes pool->lock.
 * Return: the block, active, or NULL if none is free.
 */
struct psteer_block *psteer_block_take(struct psteer_pool *pool,
				       struct psteer_owner *owner,
				       const struct psteer_block *near,
				       u32 nth, u32 random)
{
	struct psteer_block *block;

	spin_lock_bh(&pool->lock);
	block = search_block(pool, near, random);
	if (block)
		give_to(pool, block, owner, nth);
	spin_unlock_bh(&pool->lock);
	return block;
}

/**
 * psteer_block_take_this() - take one particular block for an owner
 * @pool: pool
 * @owner: its new owner; telling what it owns is the caller's part
 * @block: block
 * @nth: its place among the owner's
 *
 * Who asks for it by name gets it on a withdrawn address, and of a grant that
 * drains, too.
 *
 * Context: any but hard interrupts; takes pool->lock.
 * Return: @block, active, or NULL if it is not free.
 */
struct psteer_block *psteer_block_take_this(struct psteer_pool *pool,
					    struct psteer_owner *owner,
					    struct psteer_block *block, u32 nth)
{
	bool free;

	spin_lock_bh(&pool->lock);
	if (psteer_block_by_name(block))
		add_block(pool, block);
	free = block->state == PSTEER_BLOCK_FREE;
	if (free)
		give_to(pool, block, owner, nth);
	spin_unlock_bh(&pool->lock);
	return free ? block : NULL;
}

/* Nobody has it any more: free, or absent while it is not offered. */
static void free_block(struct psteer_pool *pool, struct psteer_block *block)
{
	if (psteer_block_offered(pool, block)) {
		add_block(pool, block);
	} else {
		WRITE_ONCE(block->state, PSTEER_BLOCK_ABSENT);
		WRITE_ONCE(pool->absent, pool->absent + 1);
	}
}

/* A block that nobody holds must not be given out for now. */
static void remove_block(struct psteer_pool *pool, struct psteer_block *block)
{
	struct psteer_pool_addr *addr = &pool->addrs[block->addr];

	lockdep_assert_held(&pool->lock);
	WRITE_ONCE(block->state, PSTEER_BLOCK_ABSENT);
	WRITE_ONCE(pool->absent, pool->absent + 1);
	__set_bit(block->index - addr->span.first, addr->busy);
	addr->free--;
	WRITE_ONCE(pool->free, pool->free - 1);
}

/* After what is offered has changed; owners keep what they have. */
static void settle_block(struct psteer_pool *pool, struct psteer_block *block)
{
	bool offered = psteer_block_offered(pool, block);

	if (!offered && block->state == PSTEER_BLOCK_FREE)
		remove_block(pool, block);
	else if (offered && block->state == PSTEER_BLOCK_ABSENT)
		free_block(pool, block);
}

/**
 * psteer_pool_withdraw() - stop giving out blocks of an address, or go on
 * @addr: pool address
 * @withdrawn: whether to stop
 *
 * What owners have of it they keep; it is for the caller to let that drain.
 *
 * Context: process, under pnet->lock; takes pool->lock.
 */
void psteer_pool_withdraw(struct psteer_pool_addr *addr, bool withdrawn)
{
	struct psteer_pool *pool = addr->pool;
	u32 nr;

	lockdep_assert_held(&pool->pnet->lock);
	spin_lock_bh(&pool->lock);
	WRITE_ONCE(addr->withdrawn, withdrawn);
	for (nr = 0; nr < addr->span.count; nr++)
		settle_block(pool, &addr->blocks[nr]);
	spin_unlock_bh(&pool->lock);
}

/**
 * psteer_pool_grant() - say what may be done with a part of an address
 * @addr: address of a pool by grants
 * @first: first port
 * @last: last one; only whole blocks count
 * @grant: what
 *
 * What owners have of it they keep; it is for the caller to let that drain.
 *
 * Context: process, under pnet->lock; takes pool->lock.
 */
void psteer_pool_grant(struct psteer_pool_addr *addr, u16 first, u16 last,
		       enum psteer_block_grant grant)
{
	struct psteer_pool *pool = addr->pool;
	struct psteer_block_span span;
	u32 index, port;

	lockdep_assert_held(&pool->pnet->lock);
	span = psteer_block_span(first, last, pool->shift);
	spin_lock_bh(&pool->lock);
	for (index = span.first; index < span.first + span.count; index++) {
		struct psteer_block *block;

		port = psteer_block_first_port(index, pool->shift);
		block = psteer_block_at(addr, port);
		if (!block)
			continue;
		block->grant = grant;
		settle_block(pool, block);
	}
	spin_unlock_bh(&pool->lock);
}

/**
 * psteer_pool_usage() - how much of a part of an address is used
 * @addr: pool address
 * @first: first port
 * @last: last one; only whole blocks count
 *
 * Context: any.
 */
struct psteer_pool_usage psteer_pool_usage(struct psteer_pool_addr *addr,
					   u16 first, u16 last)
{
	u8 shift = addr->pool->shift;
	struct psteer_block_span span = psteer_block_span(first, last, shift);
	struct psteer_pool_usage usage = {};
	u32 index;

	for (index = span.first; index < span.first + span.count; index++) {
		const struct psteer_block *block;

		block = psteer_block_at(addr, psteer_block_first_port(index, shift));
		if (!block)
			continue;
		usage.in_use += READ_ONCE(block->in_use);
		usage.serving += READ_ONCE(block->state) == PSTEER_BLOCK_ACTIVE;
	}
	return usage;
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
	struct psteer_owner *owner = rcu_access_pointer(block->owner);

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
	trace_range_change(pool, block, owner);
	spin_unlock_bh(&pool->lock);
}

/* It may be given out again. */
static void end_hold(struct psteer_pool *pool, struct psteer_block *block)
{
	lockdep_assert_held(&pool->lock);
	WRITE_ONCE(pool->held, pool->held - 1);
	free_block(pool, block);
	trace_range_change(pool, block, NULL);
}

/**
 * psteer_block_end_hold() - free a block although its hold time is not over
 * @pool: pool
 * @block: block; in any other state it stays as it is
 *
 * Context: any but hard interrupts; takes pool->lock.
 */
void psteer_block_end_hold(struct psteer_pool *pool, struct psteer_block *block)
{
	spin_lock_bh(&pool->lock);
	if (block->state == PSTEER_BLOCK_HELD)
		end_hold(pool, block);
	spin_unlock_bh(&pool->lock);
}

static void end_holds_of(struct psteer_pool_addr *addr)
{
	struct psteer_pool *pool = addr->pool;
	u32 now = jiffies, nr;

	spin_lock_bh(&pool->lock);
	for_each_set_bit(nr, addr->busy, addr->span.count) {
		struct psteer_block *block = &addr->blocks[nr];

		if (block->state == PSTEER_BLOCK_HELD &&
		    (s32)(now - block->free_at) >= 0)
			end_hold(pool, block);
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
