// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges: how an owner comes to its blocks, lets them drain and gives them back.
 * Ports are picked out of them in range_pick.c.
 */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "net.h"
#include "notify.h"
#include "pool.h"
#include "range.h"
#include "trace.h"
#include "use.h"

/**
 * psteer_owner_init() - make an owner that has no ranges yet
 * @owner: filled in
 * @type: what it is part of
 * @pool: where its blocks will come from
 */
void psteer_owner_init(struct psteer_owner *owner, enum psteer_owner_type type,
		       struct psteer_pool *pool)
{
	memset(owner, 0, sizeof(*owner));
	owner->type = type;
	owner->pool = pool;
	owner->calm_since = jiffies;
	spin_lock_init(&owner->lock);
	INIT_HLIST_HEAD(&owner->uses);
	INIT_LIST_HEAD(&owner->unproven);
}

/* For so many more blocks. */
static bool make_room(struct psteer_owner *owner, u32 more)
{
	u32 room = max(2 * owner->room, owner->nblocks + more);
	struct psteer_block **blocks;

	if (owner->nblocks + more <= owner->room)
		return true;
	blocks = krealloc_array(owner->blocks, room, sizeof(*blocks),
				GFP_ATOMIC | __GFP_NOWARN);
	if (!blocks)
		return false;
	owner->blocks = blocks;
	owner->room = room;
	return true;
}

/* The first place that a block has left, or one past the last. */
static u32 free_place(const struct psteer_owner *owner)
{
	u32 nr = 0;

	if (!owner->holes)
		return owner->nblocks;
	while (owner->blocks[nr])
		nr++;
	return nr;
}

static const struct psteer_block *last_block(const struct psteer_owner *owner)
{
	/* The last place is never empty. */
	return owner->nblocks ? owner->blocks[owner->nblocks - 1] : NULL;
}

/* One more block: @wanted, or if that is NULL whichever is best. */
static int add_block(struct psteer_owner *owner, struct psteer_block *wanted,
		     u32 random)
{
	struct psteer_pool *pool = owner->pool;
	u32 nr = free_place(owner);
	struct psteer_block *block;

	/* A block knows its place by 16 bits. */
	if (nr > U16_MAX)
		return -ENOSPC;
	if (nr == owner->nblocks && !make_room(owner, 1))
		return -ENOMEM;
	block = wanted ? psteer_block_take_this(pool, owner, wanted, nr) :
			 psteer_block_take(pool, owner, last_block(owner), nr,
					   random);
	if (!block)
		return -ENOSPC;
	if (!owner->size)
		owner->home = block->addr;
	if (nr < owner->nblocks)
		owner->holes--;
	else
		owner->nblocks++;
	owner->blocks[nr] = block;
	WRITE_ONCE(owner->size, owner->size + (1U << pool->shift));
	psteer_notify_range(pool, block, owner, PSTEER_EVENT_NEW);
	return 0;
}

static void give_block(struct psteer_owner *owner, u32 nr, bool hold)
{
	struct psteer_block *block = owner->blocks[nr];

	if (block->state == PSTEER_BLOCK_ACTIVE)
		WRITE_ONCE(owner->size,
			   owner->size - (1U << owner->pool->shift));
	owner->blocks[nr] = NULL;
	owner->holes++;
	while (owner->nblocks && !owner->blocks[owner->nblocks - 1]) {
		owner->nblocks--;
		owner->holes--;
	}
	psteer_notify_range(owner->pool, block, owner, PSTEER_EVENT_DEL);
	psteer_block_give(owner->pool, block, hold);
}

/* Every use counts what it has in this block as drained, or not any more. */
static void set_block_draining(struct psteer_owner *owner, u32 nr,
			       bool draining)
{
	struct psteer_block *block = owner->blocks[nr];
	u8 shift = owner->pool->shift;
	u32 begin = nr << shift, len = 1U << shift;
	int step = draining ? 1 : -1;
	struct psteer_use *use;
	u32 slot;

	hlist_for_each_entry(use, &owner->uses, list) {
		u32 end = min(begin + len, use->slots), busy = 0;

		for (slot = begin; slot < end; slot++)
			busy += test_bit(slot, use->bits);
		WRITE_ONCE(use->drained, use->drained + step * busy);
	}
	WRITE_ONCE(block->state, draining ? PSTEER_BLOCK_DRAINING :
					    PSTEER_BLOCK_ACTIVE);
	WRITE_ONCE(owner->size, owner->size - step * len);
	trace_range_change(owner->pool, block, owner);
	psteer_notify_range(owner->pool, block, owner, PSTEER_EVENT_CHANGE);
}

/**
 * psteer_range_reserve() - make room for blocks that will be claimed
 * @owner: owner
 * @more: how many
 *
 * Then claiming them can't fail for want of memory, unless packets have made the
 * owner take others meanwhile.
 *
 * Context: any but hard interrupts; takes owner->lock.
 * Return: 0 or -ENOMEM.
 */
int psteer_range_reserve(struct psteer_owner *owner, u32 more)
{
	bool there;

	spin_lock_bh(&owner->lock);
	there = make_room(owner, more);
	spin_unlock_bh(&owner->lock);
	return there ? 0 : -ENOMEM;
}

/**
 * psteer_range_may_claim() - could an owner get one particular block, if others
 *	who do not use it have to give it up
 * @owner: owner
 * @ip: pool address
 * @port: a port of the block
 *
 * Context: any, no lock: what it says may be old at once.
 * Return: as psteer_range_claim() would after psteer_range_vacate().
 */
int psteer_range_may_claim(struct psteer_owner *owner,
			   const union nf_inet_addr *ip, u16 port)
{
	const struct psteer_block *block;

	block = psteer_block_find(owner->pool, ip, port);
	if (!block)
		return -ERANGE;
	if (rcu_access_pointer(block->owner) == owner)
		return 0;
	switch (READ_ONCE(block->state)) {
	case PSTEER_BLOCK_FREE:
	case PSTEER_BLOCK_HELD:
		return 0;
	case PSTEER_BLOCK_ABSENT:
		return psteer_block_by_name(block) ? 0 : -EBUSY;
	default:
		return READ_ONCE(block->in_use) ? -EBUSY : 0;
	}
}

/**
 * psteer_range_vacate() - make room for who is known to have one particular block
 * @owner: who that is
 * @ip: pool address
 * @port: a port of the block
 *
 * Another who has it here but does not use it gives it up, and if it waits out its
 * hold time that is over: it has been waited out elsewhere.
 *
 * Context: RCU read side, any but hard interrupts; takes the lock of the other
 * owner, then pool->lock.
 */
void psteer_range_vacate(struct psteer_owner *owner,
			 const union nf_inet_addr *ip, u16 port)
{
	struct psteer_block *block = psteer_block_find(owner->pool, ip, port);
	struct psteer_owner *other;

	if (!block)
		return;
	psteer_block_end_hold(owner->pool, block);
	other = rcu_dereference(block->owner);
	if (!other || other == owner)
		return;
	spin_lock_bh(&other->lock);
	if (rcu_access_pointer(block->owner) == other && !block->in_use)
		give_block(other, block->nth, false);
	spin_unlock_bh(&other->lock);
}

/**
 * psteer_range_claim() - get an owner one particular block
 * @owner: owner
 * @ip: pool address
 * @port: a port of the block
 *
 * One of a grant that drains will drain, too.
 *
 * Context: any but hard interrupts; takes owner->lock, then pool->lock.
 * Return: 0, also if it has it already; -ERANGE if the pool does not have it,
 * -EBUSY if it is not free, -ENOMEM.
 */
int psteer_range_claim(struct psteer_owner *owner,
		       const union nf_inet_addr *ip, u16 port)
{
	struct psteer_block *block = psteer_block_find(owner->pool, ip, port);
	int err = 0;

	if (!block)
		return -ERANGE;
	spin_lock_bh(&owner->lock);
	if (rcu_access_pointer(block->owner) != owner) {
		err = add_block(owner, block, 0);
		/* On a withdrawn address it serves: that is asked for by name. */
		if (!err && block->grant == PSTEER_BLOCK_KEPT)
			set_block_draining(owner, block->nth, true);
	}
	spin_unlock_bh(&owner->lock);
	return err == -ENOSPC ? -EBUSY : err;
}

/**
 * psteer_range_disclaim() - give one particular block back that was just claimed
 * @owner: who has it
 * @ip: pool address
 * @port: a port of the block
 *
 * One with a port in use stays.
 *
 * Context: any but hard interrupts; takes owner->lock, then pool->lock.
 */
void psteer_range_disclaim(struct psteer_owner *owner,
			   const union nf_inet_addr *ip, u16 port)
{
	struct psteer_block *block = psteer_block_find(owner->pool, ip, port);

	if (!block)
		return;
	spin_lock_bh(&owner->lock);
	if (rcu_access_pointer(block->owner) == owner && !block->in_use)
		give_block(owner, block->nth, false);
	spin_unlock_bh(&owner->lock);
}

/* Takes a draining block back into service; false if there is none. */
static bool undrain_block(struct psteer_owner *owner)
{
	u32 nr;

	for (nr = 0; nr < owner->nblocks; nr++) {
		struct psteer_block *block = owner->blocks[nr];

		if (block && block->state == PSTEER_BLOCK_DRAINING &&
		    psteer_block_offered(owner->pool, block)) {
			set_block_draining(owner, nr, false);
			return true;
		}
	}
	return false;
}

/**
 * psteer_range_grow() - get an owner one more block of ports
 * @owner: owner
 * @most: ports that its ranges may have after it
 * @random: a fresh random number
 *
 * Draining blocks are put back into service before new ones are taken.
 *
 * Context: any but hard interrupts; takes owner->lock, then pool->lock.
 * Return: 0 if it has more active ports now; -EDQUOT if it has @most already,
 * -ENOSPC if the pool has no free block, -ENOMEM.
 */
int psteer_range_grow(struct psteer_owner *owner, u32 most, u32 random)
{
	u32 len = 1U << owner->pool->shift;
	int err = 0;

	spin_lock_bh(&owner->lock);
	owner->calm_since = jiffies;
	if (!undrain_block(owner)) {
		/* What drains is not offered: it is as good as gone. */
		if (owner->size && owner->size + len > most)
			err = -EDQUOT;
		else
			err = add_block(owner, NULL, random);
	}
	spin_unlock_bh(&owner->lock);
	return err;
}

/* Ports of active blocks in use towards the peer that uses most of them. */
static u32 busiest_use(const struct psteer_owner *owner)
{
	const struct psteer_use *use;
	u32 most = 0;

	hlist_for_each_entry(use, &owner->uses, list)
		most = max(most, use->count - use->drained);
	return most;
}

/**
 * psteer_range_busiest() - how many of an owner's ports one peer has at most
 * @owner: owner
 *
 * Context: any but hard interrupts; takes owner->lock.
 * Return: ports of its active blocks.
 */
u32 psteer_range_busiest(struct psteer_owner *owner)
{
	u32 most;

	spin_lock_bh(&owner->lock);
	most = busiest_use(owner);
	spin_unlock_bh(&owner->lock);
	return most;
}

/* Empty blocks that get no new session any more go back to the pool. */
static void give_drained(struct psteer_owner *owner)
{
	u32 nr = owner->nblocks;

	while (nr--) {
		const struct psteer_block *block = owner->blocks[nr];

		if (block && block->state == PSTEER_BLOCK_DRAINING &&
		    !block->in_use)
			give_block(owner, nr, true);
	}
}

static u32 last_active(const struct psteer_owner *owner)
{
	u32 nr = owner->nblocks;

	while (nr && !psteer_block_serves(owner->blocks[nr - 1]))
		nr--;
	return nr;
}

/**
 * psteer_range_shrink() - let an owner's ranges follow a falling need
 * @owner: owner
 * @least: ports below which they don't shrink
 * @idle_jiffies: how long less than half must have been needed
 *
 * From the tail: an empty draining block goes back to the pool, to be held. If
 * half the ports would have done for long enough, one more block begins to
 * drain. A port in use is never taken.
 *
 * Context: any but hard interrupts; takes owner->lock, then pool->lock.
 */
void psteer_range_shrink(struct psteer_owner *owner, u32 least,
			 u32 idle_jiffies)
{
	u32 len = 1U << owner->pool->shift, now = jiffies, nr;
	struct psteer_pool *pool = owner->pool;

	spin_lock_bh(&owner->lock);
	psteer_uses_prune(pool->pnet, owner);
	give_drained(owner);
	nr = last_active(owner);
	if (owner->size < least + len || 2 * busiest_use(owner) > owner->size) {
		owner->calm_since = now;
	} else if (now - owner->calm_since >= idle_jiffies && nr) {
		set_block_draining(owner, nr - 1, true);
		/* The next one after another idle time. */
		owner->calm_since = now;
	}
	spin_unlock_bh(&owner->lock);
}

/**
 * psteer_range_trim() - let an owner's ranges shrink to a size
 * @owner: owner
 * @ports: active ports that are to be left, at least
 *
 * From the tail, whole blocks. One that has ports in use only drains: it is given
 * back by a later call, when it is empty.
 *
 * Context: any but hard interrupts; takes owner->lock, then pool->lock.
 */
void psteer_range_trim(struct psteer_owner *owner, u32 ports)
{
	u32 len = 1U << owner->pool->shift;

	spin_lock_bh(&owner->lock);
	psteer_uses_prune(owner->pool->pnet, owner);
	while (owner->size >= ports + len)
		set_block_draining(owner, last_active(owner) - 1, true);
	give_drained(owner);
	spin_unlock_bh(&owner->lock);
}

/**
 * psteer_range_leave() - give no more sessions to ports that are not offered now
 * @owner: owner
 *
 * Its home is where most of what is left to it is, if anything is.
 *
 * Context: any but hard interrupts; takes owner->lock.
 * Return: true if there were such ports.
 */
bool psteer_range_leave(struct psteer_owner *owner)
{
	bool leaves = false;
	u32 nr;

	spin_lock_bh(&owner->lock);
	for (nr = 0; nr < owner->nblocks; nr++)
		if (psteer_block_serves(owner->blocks[nr]) &&
		    !psteer_block_offered(owner->pool, owner->blocks[nr])) {
			set_block_draining(owner, nr, true);
			leaves = true;
		}
	nr = last_active(owner);
	if (nr)
		owner->home = owner->blocks[nr - 1]->addr;
	spin_unlock_bh(&owner->lock);
	return leaves;
}

/**
 * psteer_range_drain() - give no more sessions to any of an owner's ports
 * @owner: owner
 *
 * Context: any but hard interrupts; takes owner->lock.
 */
void psteer_range_drain(struct psteer_owner *owner)
{
	u32 nr;

	spin_lock_bh(&owner->lock);
	for (nr = 0; nr < owner->nblocks; nr++)
		if (psteer_block_serves(owner->blocks[nr]))
			set_block_draining(owner, nr, true);
	spin_unlock_bh(&owner->lock);
}

/**
 * psteer_range_release() - take all ranges from an owner, if none is in use
 * @owner: owner
 * @hold: let the hold time pass before anybody gets them
 *
 * Context: any but hard interrupts; takes owner->lock, then pool->lock.
 * Return: true if it has none any more; otherwise nothing has changed.
 */
bool psteer_range_release(struct psteer_owner *owner, bool hold)
{
	bool empty;

	spin_lock_bh(&owner->lock);
	empty = !owner->in_use;
	if (empty) {
		psteer_uses_prune(owner->pool->pnet, owner);
		while (owner->nblocks)
			give_block(owner, owner->nblocks - 1, hold);
		kfree(owner->blocks);
		owner->blocks = NULL;
		owner->room = 0;
	}
	spin_unlock_bh(&owner->lock);
	return empty;
}
