/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_OWNER_H
#define PSTEER_OWNER_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include <linux/portsteer.h>

struct psteer_block;
struct psteer_pool;

/**
 * struct psteer_owner - who holds port ranges; part of a client, a VM or a pool
 * @type: enum psteer_owner_type, which says what it is part of
 * @pool: where its blocks come from
 * @lock: guards all below, and the in_use of its blocks. Inside pnet->lock,
 *	outside pool->lock; taken with bottom halves off. Two owners' locks are
 *	never held at once.
 * @blocks: its blocks; the place of one here times the block size is the first
 *	of its slots, by which ports are counted (struct psteer_use). A block that
 *	goes leaves its place empty, NULL, as others can't move.
 * @nblocks: how many places there are; the last one is not empty
 * @holes: how many of them are empty
 * @room: for how many @blocks has room
 * @home: index of the pool address that its ports are from while that has any
 * @size: ports in its active blocks; read without the lock too
 * @in_use: ports in use, each towards a peer; read without the lock too
 * @peak: most of @in_use since somebody set it back
 * @calm_since: since when half of @size would have done, in jiffies
 * @uses: struct psteer_use, one for each peer it has sessions with
 * @unproven: its sessions that were not completed yet, oldest first
 * @growing: bit 0 is set while one CPU is getting it a block, bit 1 while a VM
 *	waits for one that its pool does not have; no lock
 */
struct psteer_owner {
	u8 type;
	struct psteer_pool *pool;
	spinlock_t lock;		/* guards what follows */
	struct psteer_block **blocks;
	u32 nblocks;
	u32 holes;
	u32 room;
	u32 home;
	u32 size;
	u32 in_use;
	u32 peak;
	u32 calm_since;
	struct hlist_head uses;
	struct list_head unproven;
	unsigned long growing;
};

void psteer_owner_init(struct psteer_owner *owner, enum psteer_owner_type type,
		       struct psteer_pool *pool);

#endif
