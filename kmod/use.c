// SPDX-License-Identifier: GPL-2.0-only
/*
 * Uses: for each owner and peer, which of the owner's ports carry a session to
 * that peer. One port may be in use towards many servers at once.
 */
#include <linux/bitmap.h>
#include <linux/slab.h>

#include "net.h"
#include "use.h"

static int compare_key(struct rhashtable_compare_arg *arg, const void *object)
{
	const struct psteer_use *use = object;
	const struct psteer_use_key *key = arg->key;

	return use->key.owner != key->owner || use->key.towards != key->towards;
}

static const struct rhashtable_params use_params = {
	.head_offset = offsetof(struct psteer_use, node),
	.key_offset = offsetof(struct psteer_use, key),
	.key_len = sizeof(struct psteer_use_key),
	.hashfn = psteer_hash_words,
	.obj_cmpfn = compare_key,
	.automatic_shrinking = true,
};

PSTEER_HASH_WORDS_FIT(struct psteer_use_key);

/**
 * psteer_uses_init() - make a namespace ready for uses
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_uses_init(struct psteer_net *pnet)
{
	return rhashtable_init(&pnet->uses, &use_params);
}

/**
 * psteer_uses_exit() - undo psteer_uses_init()
 * @pnet: namespace; every owner has been pruned
 */
void psteer_uses_exit(struct psteer_net *pnet)
{
	rhashtable_destroy(&pnet->uses);
}

/**
 * psteer_use_find_rcu() - find the use of an owner towards a peer
 * @pnet: namespace
 * @owner: owner
 * @towards: as in struct psteer_use_key
 *
 * Context: RCU read side.
 * Return: the use, or NULL, which means that no port is in use.
 */
struct psteer_use *psteer_use_find_rcu(struct psteer_net *pnet,
				       struct psteer_owner *owner, u32 towards)
{
	struct psteer_use_key key = { .owner = owner, .towards = towards };

	return rhashtable_lookup(&pnet->uses, &key, use_params);
}

static struct psteer_use *add_use(struct psteer_net *pnet,
				  struct psteer_owner *owner, u32 towards)
{
	struct psteer_use *use;

	use = kzalloc(sizeof(*use), GFP_ATOMIC | __GFP_NOWARN);
	if (!use)
		return NULL;
	use->key.owner = owner;
	use->key.towards = towards;
	if (rhashtable_insert_fast(&pnet->uses, &use->node, use_params)) {
		kfree(use);
		return NULL;
	}
	hlist_add_head(&use->list, &owner->uses);
	return use;
}

static bool enlarge_use(struct psteer_use *use, u32 slots)
{
	unsigned long *bits;

	bits = bitmap_zalloc(slots, GFP_ATOMIC | __GFP_NOWARN);
	if (!bits)
		return false;
	if (use->bits)
		bitmap_copy(bits, use->bits, use->slots);
	/* Only holders of the owner's lock look at the bits. */
	bitmap_free(use->bits);
	use->bits = bits;
	use->slots = slots;
	return true;
}

/**
 * psteer_use_get() - find or make the use of an owner towards a peer
 * @pnet: namespace
 * @owner: owner
 * @towards: as in struct psteer_use_key
 * @slots: for how many slots it must have room
 *
 * Context: under owner->lock, which also keeps the result valid.
 * Return: the use, or NULL if there is no memory.
 */
struct psteer_use *psteer_use_get(struct psteer_net *pnet,
				  struct psteer_owner *owner, u32 towards,
				  u32 slots)
{
	struct psteer_use *use;

	lockdep_assert_held(&owner->lock);
	rcu_read_lock();
	use = psteer_use_find_rcu(pnet, owner, towards);
	rcu_read_unlock();
	if (!use)
		use = add_use(pnet, owner, towards);
	if (use && use->slots < slots && !enlarge_use(use, slots))
		return NULL;
	return use;
}

/**
 * psteer_uses_prune() - free an owner's uses that are empty
 * @pnet: namespace
 * @owner: owner
 *
 * Context: under owner->lock.
 */
void psteer_uses_prune(struct psteer_net *pnet, struct psteer_owner *owner)
{
	struct hlist_node *next;
	struct psteer_use *use;

	lockdep_assert_held(&owner->lock);
	hlist_for_each_entry_safe(use, next, &owner->uses, list) {
		if (use->count)
			continue;
		hlist_del(&use->list);
		rhashtable_remove_fast(&pnet->uses, &use->node, use_params);
		bitmap_free(use->bits);
		use->bits = NULL;
		kfree_rcu(use, rcu);
	}
}
