/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_USE_H
#define PSTEER_USE_H

#include <linux/rhashtable.h>

#include "owner.h"

struct psteer_net;

/*
 * A mapping is for whoever it is sent to; each protocol has ports of its own.
 * Endpoints of servers count from below and never get here.
 */
#define PSTEER_TOWARDS_ALL(proto)	(U32_MAX - (proto))

/**
 * struct psteer_use_key - what names a use
 * @owner: whose ports
 * @towards: what they are in use towards: a server by its endpoint, or for a
 *	VM's mappings PSTEER_TOWARDS_ALL() of their protocol
 * @pad: zero, the key is hashed by words, two at a time
 */
struct psteer_use_key {
	struct psteer_owner *owner;
	u32 towards;
	u32 pad;
};

/**
 * struct psteer_use - which of an owner's ports are in use towards one peer
 * @node: in pnet->uses
 * @key: owner and peer
 * @list: in owner->uses
 * @count: slots in use; read without the lock too
 * @drained: of these, slots in draining blocks; read without the lock too
 * @slots: for how many slots @bits has room
 * @bits: a bit for each slot in use
 * @rcu: for freeing it
 *
 * All but @node, @key and @rcu is guarded by the owner's lock.
 */
struct psteer_use {
	struct rhash_head node;
	struct psteer_use_key key;
	struct hlist_node list;
	u32 count;
	u32 drained;
	u32 slots;
	unsigned long *bits;
	struct rcu_head rcu;
};

int psteer_uses_init(struct psteer_net *pnet);
void psteer_uses_exit(struct psteer_net *pnet);
struct psteer_use *psteer_use_find_rcu(struct psteer_net *pnet,
				       struct psteer_owner *owner, u32 towards);
struct psteer_use *psteer_use_get(struct psteer_net *pnet,
				  struct psteer_owner *owner, u32 towards,
				  u32 slots);
void psteer_uses_prune(struct psteer_net *pnet, struct psteer_owner *owner);

#endif
