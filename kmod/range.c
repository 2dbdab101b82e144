// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges: an owner's blocks seen as one line of slots, and the ports picked out
 * of it. A slot is a position in that line; slot >> shift is the block, the low
 * bits are the port within it.
 */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "net.h"
#include "notify.h"
#include "pool.h"
#include "range.h"
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

/**
 * psteer_range_free() - ports of an owner that are free towards a server
 * @pnet: namespace
 * @owner: owner
 * @server: endpoint of a server
 *
 * Context: RCU read side, no lock: what it says may be old at once.
 */
u32 psteer_range_free(struct psteer_net *pnet, struct psteer_owner *owner,
		      u32 server)
{
	const struct psteer_use *use;
	u32 size = READ_ONCE(owner->size);
	s32 busy;

	if (!READ_ONCE(owner->in_use))
		return size;
	use = psteer_use_find_rcu(pnet, owner, server);
	if (!use)
		return size;
	/* The two change one after the other: their difference may be off. */
	busy = READ_ONCE(use->count) - READ_ONCE(use->drained);
	return clamp_t(s32, size - busy, 0, size);
}

/*
 * A free slot at or after @from, before @end, in an active block; @end if none.
 * Each turn passes a draining block or is the last.
 */
static u32 scan_slots(const struct psteer_owner *owner,
		      const struct psteer_use *use, u32 from, u32 end)
{
	u8 shift = owner->pool->shift;

	while (from < end) {
		u32 slot = find_next_zero_bit(use->bits, end, from);

		if (slot >= end)
			break;
		if (owner->blocks[slot >> shift]->state == PSTEER_BLOCK_ACTIVE)
			return slot;
		from = ((slot >> shift) + 1) << shift;
	}
	return end;
}

static void mark_slot(struct psteer_owner *owner, struct psteer_use *use,
		      u32 slot, bool busy)
{
	struct psteer_block *block = owner->blocks[slot >> owner->pool->shift];
	int step = busy ? 1 : -1;

	__assign_bit(slot, use->bits, busy);
	WRITE_ONCE(use->count, use->count + step);
	WRITE_ONCE(block->in_use, block->in_use + step);
	WRITE_ONCE(owner->in_use, owner->in_use + step);
	if (block->state == PSTEER_BLOCK_DRAINING)
		WRITE_ONCE(use->drained, use->drained + step);
}

static int pick_slot(struct psteer_net *pnet, struct psteer_owner *owner,
		     u32 server, u32 random, struct psteer_pick *pick)
{
	u8 shift = owner->pool->shift;
	u32 slots = owner->nblocks << shift;
	const struct psteer_block *block;
	struct psteer_use *use;
	u32 start, slot;

	if (!slots)
		return -ENOSPC;
	use = psteer_use_get(pnet, owner, server, slots);
	if (!use)
		return -ENOMEM;
	start = reciprocal_scale(random, slots);
	slot = scan_slots(owner, use, start, slots);
	if (slot == slots) {
		slot = scan_slots(owner, use, 0, start);
		if (slot == start)
			return -ENOSPC;
	}
	mark_slot(owner, use, slot, true);
	block = owner->blocks[slot >> shift];
	pick->owner = owner;
	pick->use = use;
	pick->slot = slot;
	pick->ip = *psteer_block_ip(owner->pool, block);
	pick->port = htons(psteer_block_first_port(block->index, shift) +
			   (slot & ((1U << shift) - 1)));
	return 0;
}

/**
 * psteer_range_pick() - take a port that is free towards a server
 * @pnet: namespace
 * @owner: owner
 * @server: endpoint of a server
 * @random: a fresh random number: where the search begins
 * @pick: filled in on success
 *
 * Context: any but hard interrupts; takes owner->lock.
 * Return: 0, -ENOSPC if no port is free, -ENOMEM.
 */
int psteer_range_pick(struct psteer_net *pnet, struct psteer_owner *owner,
		      u32 server, u32 random, struct psteer_pick *pick)
{
	int err;

	spin_lock_bh(&owner->lock);
	err = pick_slot(pnet, owner, server, random, pick);
	spin_unlock_bh(&owner->lock);
	return err;
}

/**
 * psteer_range_put() - give a picked port back
 * @owner: owner
 * @use: from the pick; may be freed once this returns
 * @slot: from the pick
 *
 * Context: under owner->lock.
 */
void psteer_range_put(struct psteer_owner *owner, struct psteer_use *use,
		      u32 slot)
{
	lockdep_assert_held(&owner->lock);
	mark_slot(owner, use, slot, false);
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
	psteer_notify_range(owner->pool, block, owner, PSTEER_EVENT_CHANGE);
}

/* Takes a draining block back into service; false if there is none. */
static bool undrain_block(struct psteer_owner *owner)
{
	u32 nr;

	for (nr = 0; nr < owner->nblocks; nr++) {
		if (owner->blocks[nr]->state == PSTEER_BLOCK_DRAINING) {
			set_block_draining(owner, nr, false);
			return true;
		}
	}
	return false;
}

static bool make_room(struct psteer_owner *owner)
{
	u32 room = max(2 * owner->room, 1U);
	struct psteer_block **blocks;

	if (owner->nblocks < owner->room)
		return true;
	blocks = krealloc_array(owner->blocks, room, sizeof(*blocks),
				GFP_ATOMIC | __GFP_NOWARN);
	if (!blocks)
		return false;
	owner->blocks = blocks;
	owner->room = room;
	return true;
}

static int add_block(struct psteer_owner *owner, u32 random)
{
	struct psteer_pool *pool = owner->pool;
	struct psteer_block *near = NULL, *block;

	if (!make_room(owner))
		return -ENOMEM;
	if (owner->nblocks)
		near = owner->blocks[owner->nblocks - 1];
	block = psteer_block_take(pool, owner, near, random);
	if (!block)
		return -ENOSPC;
	owner->blocks[owner->nblocks++] = block;
	WRITE_ONCE(owner->size, owner->size + (1U << pool->shift));
	psteer_notify_range(pool, block, owner, PSTEER_EVENT_NEW);
	return 0;
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
		if (owner->nblocks && (owner->nblocks + 1) * len > most)
			err = -EDQUOT;
		else
			err = add_block(owner, random);
	}
	spin_unlock_bh(&owner->lock);
	return err;
}

static void give_last_block(struct psteer_owner *owner, bool hold)
{
	struct psteer_block *block = owner->blocks[--owner->nblocks];

	if (block->state == PSTEER_BLOCK_ACTIVE)
		WRITE_ONCE(owner->size,
			   owner->size - (1U << owner->pool->shift));
	psteer_notify_range(owner->pool, block, owner, PSTEER_EVENT_DEL);
	psteer_block_give(owner->pool, block, hold);
}

/* Ports in use towards the server that uses most of them. */
static u32 busiest_use(const struct psteer_owner *owner)
{
	const struct psteer_use *use;
	u32 most = 0;

	hlist_for_each_entry(use, &owner->uses, list)
		most = max(most, use->count - use->drained);
	return most;
}

static u32 last_active(const struct psteer_owner *owner)
{
	u32 nr = owner->nblocks;

	while (nr && owner->blocks[nr - 1]->state != PSTEER_BLOCK_ACTIVE)
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
	while (owner->nblocks) {
		struct psteer_block *last = owner->blocks[owner->nblocks - 1];

		if (last->state != PSTEER_BLOCK_DRAINING || last->in_use)
			break;
		give_last_block(owner, true);
	}
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
		if (owner->blocks[nr]->state == PSTEER_BLOCK_ACTIVE)
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
			give_last_block(owner, hold);
		kfree(owner->blocks);
		owner->blocks = NULL;
		owner->room = 0;
	}
	spin_unlock_bh(&owner->lock);
	return empty;
}
