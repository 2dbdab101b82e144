// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports picked out of an owner's ranges, and put back. To pick, the ranges are one
 * line of slots: slot >> shift is the block's place, the low bits are the port
 * within it.
 */
#include <linux/bitmap.h>
#include <linux/math64.h>

#include "net.h"
#include "pool.h"
#include "range.h"
#include "use.h"

/* Slots of the wrong parity that a search passes. */
#define PARITY_TRIES	8

/**
 * psteer_range_free_by() - ports of an owner that are free by one of its uses
 * @owner: owner
 * @use: use, or NULL if no port is in use
 *
 * Context: RCU read side, no lock: what it says may be old at once.
 */
u32 psteer_range_free_by(const struct psteer_owner *owner,
			 const struct psteer_use *use)
{
	u32 size = READ_ONCE(owner->size);
	s32 busy;

	if (!use)
		return size;
	/* The two change one after the other: their difference may be off. */
	busy = READ_ONCE(use->count) - READ_ONCE(use->drained);
	return clamp_t(s32, size - busy, 0, size);
}

/**
 * psteer_range_free() - ports of an owner that are free towards a peer
 * @pnet: namespace
 * @owner: owner
 * @towards: as in struct psteer_use_key
 *
 * Context: RCU read side, no lock: what it says may be old at once.
 */
u32 psteer_range_free(struct psteer_net *pnet, struct psteer_owner *owner,
		      u32 towards)
{
	if (!READ_ONCE(owner->in_use))
		return READ_ONCE(owner->size);
	return psteer_range_free_by(owner, psteer_use_find_rcu(pnet, owner,
							       towards));
}

/* Is a slot's block in service, and at home if that matters? */
static bool slot_serves(const struct psteer_owner *owner, u32 slot, bool home)
{
	const struct psteer_block *block;

	block = owner->blocks[slot >> owner->pool->shift];
	return psteer_block_serves(block) &&
	       (!home || block->addr == owner->home);
}

/**
 * struct search - for a slot
 * @use: whose bits say which are free
 * @like: port whose parity the slot's should have, 0 for either
 * @home: only on the owner's home address
 * @tries: how many of the wrong parity to pass
 */
struct search {
	const struct psteer_use *use;
	u16 like;
	bool home;
	u32 tries;
};

/*
 * A free slot at or after @from, before @end; @end if none. Each turn passes a
 * block that does not serve, or a slot of the wrong parity, or is the last.
 */
static u32 scan_slots(const struct psteer_owner *owner, struct search *search,
		      u32 from, u32 end)
{
	u8 shift = owner->pool->shift;

	while (from < end) {
		u32 slot = find_next_zero_bit(search->use->bits, end, from);

		if (slot >= end)
			break;
		if (!slot_serves(owner, slot, search->home)) {
			from = ((slot >> shift) + 1) << shift;
			continue;
		}
		/* Blocks begin at an even port: slot and port are alike. */
		if (!search->like || !((slot ^ search->like) & 1))
			return slot;
		if (!search->tries)
			break;
		search->tries--;
		from = slot + 1;
	}
	return end;
}

static u32 scan_from(const struct psteer_owner *owner, struct search *search,
		     u32 start, u32 slots)
{
	u32 slot = scan_slots(owner, search, start, slots);

	if (slot < slots)
		return slot;
	slot = scan_slots(owner, search, 0, start);
	return slot < start ? slot : slots;
}

/* First the best there can be, then what there is. */
static u32 search_slot(const struct psteer_owner *owner,
		       const struct psteer_use *use, u16 like, u32 random,
		       u32 slots)
{
	u32 start = reciprocal_scale(random, slots), slot = slots;
	struct search search = {
		.use = use, .like = like, .home = true, .tries = PARITY_TRIES,
	};

	if (like)
		slot = scan_from(owner, &search, start, slots);
	search.like = 0;
	if (slot == slots)
		slot = scan_from(owner, &search, start, slots);
	search.home = false;
	if (slot == slots)
		slot = scan_from(owner, &search, start, slots);
	return slot;
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
	if (owner->in_use > owner->peak)
		owner->peak = owner->in_use;
	if (block->state == PSTEER_BLOCK_DRAINING)
		WRITE_ONCE(use->drained, use->drained + step);
}

/* The slot of a port, which need not be free; @slots if it is not the owner's. */
static u32 slot_of(const struct psteer_owner *owner,
		   const struct psteer_block *block, u16 port, u32 slots)
{
	u8 shift = owner->pool->shift;

	if (!block || rcu_access_pointer(block->owner) != owner)
		return slots;
	return (block->nth << shift) + (port & ((1U << shift) - 1));
}

static void take_slot(struct psteer_owner *owner, struct psteer_use *use,
		      u32 slot, struct psteer_pick *pick)
{
	u8 shift = owner->pool->shift;
	const struct psteer_block *block = owner->blocks[slot >> shift];

	mark_slot(owner, use, slot, true);
	pick->owner = owner;
	pick->use = use;
	pick->slot = slot;
	pick->ip = *psteer_block_ip(owner->pool, block);
	pick->port = htons(psteer_block_first_port(block->index, shift) +
			   (slot & ((1U << shift) - 1)));
}

static int pick_slot(struct psteer_net *pnet, struct psteer_owner *owner,
		     u32 towards, u16 like, u32 random,
		     struct psteer_pick *pick)
{
	struct psteer_pool_addr *home = &owner->pool->addrs[owner->home];
	u32 slots = owner->nblocks << owner->pool->shift, slot = slots;
	struct psteer_use *use;

	if (!slots)
		return -ENOSPC;
	use = psteer_use_get(pnet, owner, towards, slots);
	if (!use)
		return -ENOMEM;
	if (like)
		slot = slot_of(owner, psteer_block_at(home, like), like, slots);
	if (slot == slots || test_bit(slot, use->bits) ||
	    !slot_serves(owner, slot, true))
		slot = search_slot(owner, use, like, random, slots);
	if (slot == slots)
		return -ENOSPC;
	take_slot(owner, use, slot, pick);
	return 0;
}

/**
 * psteer_range_pick() - take a port that is free towards a peer
 * @pnet: namespace
 * @owner: owner
 * @towards: as in struct psteer_use_key
 * @like: a port: the very one if it is free, else of its parity if that is soon
 *	found; 0 for any
 * @random: a fresh random number: where the search begins
 * @pick: filled in on success
 *
 * Ports of one pool address are given out while there are any.
 *
 * Context: any but hard interrupts; takes owner->lock.
 * Return: 0, -ENOSPC if no port is free, -ENOMEM.
 */
int psteer_range_pick(struct psteer_net *pnet, struct psteer_owner *owner,
		      u32 towards, u16 like, u32 random,
		      struct psteer_pick *pick)
{
	int err;

	spin_lock_bh(&owner->lock);
	err = pick_slot(pnet, owner, towards, like, random, pick);
	spin_unlock_bh(&owner->lock);
	return err;
}

/**
 * psteer_range_pick_port() - take one particular port
 * @pnet: namespace
 * @owner: owner; it gets the port's block if nobody has it
 * @towards: as in struct psteer_use_key
 * @ip: pool address
 * @port: port
 * @pick: filled in on success
 *
 * Context: any but hard interrupts; takes owner->lock, then pool->lock.
 * Return: 0; -ERANGE if the pool does not have it, -EBUSY if another owner does
 * or it waits out its hold time, -EADDRINUSE if it is in use, -ENOMEM.
 */
int psteer_range_pick_port(struct psteer_net *pnet, struct psteer_owner *owner,
			   u32 towards, const union nf_inet_addr *ip,
			   u16 port, struct psteer_pick *pick)
{
	const struct psteer_block *block;
	struct psteer_use *use;
	u32 slots, slot;
	int err;

	err = psteer_range_claim(owner, ip, port);
	if (err)
		return err;
	block = psteer_block_find(owner->pool, ip, port);
	spin_lock_bh(&owner->lock);
	slots = owner->nblocks << owner->pool->shift;
	slot = slot_of(owner, block, port, slots);
	use = psteer_use_get(pnet, owner, towards, slots);
	if (!use)
		err = -ENOMEM;
	else if (slot == slots)
		err = -EBUSY;
	else if (test_bit(slot, use->bits))
		err = -EADDRINUSE;
	else
		take_slot(owner, use, slot, pick);
	spin_unlock_bh(&owner->lock);
	return err;
}

/**
 * psteer_range_peak() - tell the most ports in use since the last call
 * @owner: owner
 * @peak: set to that
 * @in_use: set to how many are in use now
 *
 * Context: any but hard interrupts; takes owner->lock.
 */
void psteer_range_peak(struct psteer_owner *owner, u32 *peak, u32 *in_use)
{
	spin_lock_bh(&owner->lock);
	*peak = owner->peak;
	*in_use = owner->in_use;
	owner->peak = owner->in_use;
	spin_unlock_bh(&owner->lock);
}

/**
 * psteer_range_put_pick() - give a pick back
 * @pick: from psteer_range_pick() or psteer_range_pick_port()
 *
 * Context: any but hard interrupts; takes owner->lock.
 */
void psteer_range_put_pick(const struct psteer_pick *pick)
{
	spin_lock_bh(&pick->owner->lock);
	psteer_range_put(pick->owner, pick->use, pick->slot);
	spin_unlock_bh(&pick->owner->lock);
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
