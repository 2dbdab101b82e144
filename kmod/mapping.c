// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings: one port of a pool address for one address and port of a VM, towards
 * whomever it talks to (RFC 4787, endpoint-independent). A mapping lives as long
 * as one of its sessions does.
 */
#include <linux/slab.h>

#include "mapping.h"
#include "net.h"
#include "pool.h"
#include "vm.h"

/* No session can be added to a mapping with this count. */
#define MAPPING_RETIRED	(-1)

static struct kmem_cache *mapping_cache;

static const struct rhashtable_params end_params = {
	.head_offset = offsetof(struct psteer_mapping_end, node),
	.key_offset = offsetof(struct psteer_mapping_end, key),
	.key_len = offsetofend(struct psteer_mapping_key, side),
	.automatic_shrinking = true,
};

/**
 * psteer_mapping_cache_init() - make the module's slab of mappings
 *
 * Return: 0 or -ENOMEM.
 */
int psteer_mapping_cache_init(void)
{
	mapping_cache = KMEM_CACHE(psteer_mapping, SLAB_HWCACHE_ALIGN);
	return mapping_cache ? 0 : -ENOMEM;
}

/**
 * psteer_mapping_cache_exit() - undo psteer_mapping_cache_init()
 *
 * Context: after rcu_barrier(), so that every mapping is back.
 */
void psteer_mapping_cache_exit(void)
{
	kmem_cache_destroy(mapping_cache);
}

/**
 * psteer_mappings_init() - make a namespace ready for mappings
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_mappings_init(struct psteer_net *pnet)
{
	return rhashtable_init(&pnet->mappings, &end_params);
}

/**
 * psteer_mappings_exit() - undo psteer_mappings_init()
 * @pnet: namespace without VMs
 */
void psteer_mappings_exit(struct psteer_net *pnet)
{
	rhashtable_destroy(&pnet->mappings);
}

/**
 * psteer_mapping_find_rcu() - find a mapping by one of its sides
 * @pnet: namespace
 * @key: the side
 *
 * Context: RCU read side.
 * Return: the mapping, which may be about to go, or NULL.
 */
struct psteer_mapping *
psteer_mapping_find_rcu(struct psteer_net *pnet,
			const struct psteer_mapping_key *key)
{
	struct psteer_mapping_end *end;

	end = rhashtable_lookup(&pnet->mappings, key, end_params);
	return end ? psteer_mapping_of(end) : NULL;
}

static void free_mapping(struct rcu_head *rcu)
{
	kmem_cache_free(mapping_cache,
			container_of(rcu, struct psteer_mapping, rcu));
}

static struct psteer_mapping *
make_mapping(struct psteer_vm *vm, const struct psteer_mapping_key *inside,
	     const struct psteer_pick *pick)
{
	struct psteer_mapping_key *outside;
	struct psteer_mapping *mapping;

	mapping = kmem_cache_zalloc(mapping_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!mapping)
		return NULL;
	mapping->end[PSTEER_SIDE_INSIDE].key = *inside;
	outside = &mapping->end[PSTEER_SIDE_OUTSIDE].key;
	outside->ip = pick->ip;
	outside->port = pick->port;
	outside->proto = inside->proto;
	outside->family = inside->family;
	outside->side = PSTEER_SIDE_OUTSIDE;
	mapping->vm = vm;
	mapping->use = pick->use;
	mapping->slot = pick->slot;
	/* Nobody may count a session of it before both sides are in. */
	atomic_set(&mapping->sessions, MAPPING_RETIRED);
	INIT_LIST_HEAD(&mapping->list);
	return mapping;
}

static void unhash(struct psteer_net *pnet, struct psteer_mapping *mapping,
		   enum psteer_side side)
{
	rhashtable_remove_fast(&pnet->mappings, &mapping->end[side].node,
			       end_params);
}

/* Both sides, or neither; an existing mapping of the same inside. */
static struct psteer_mapping *publish_mapping(struct psteer_net *pnet,
					      struct psteer_mapping *mapping)
{
	struct psteer_mapping_end *outside = &mapping->end[PSTEER_SIDE_OUTSIDE];
	struct psteer_mapping_end *inside = &mapping->end[PSTEER_SIDE_INSIDE];
	struct psteer_mapping_end *there;
	int err;

	err = rhashtable_lookup_insert_fast(&pnet->mappings, &outside->node,
					    end_params);
	if (err)
		return ERR_PTR(err == -EEXIST ? -EAGAIN : err);
	there = rhashtable_lookup_get_insert_fast(&pnet->mappings,
						  &inside->node, end_params);
	if (!there)
		return mapping;
	unhash(pnet, mapping, PSTEER_SIDE_OUTSIDE);
	return IS_ERR(there) ? ERR_CAST(there) : psteer_mapping_of(there);
}

/**
 * psteer_mapping_add() - map an address and port of a VM, or find that another
 *	CPU just has
 * @vm: VM
 * @inside: its side of the mapping
 * @pick: the port
 * @added: set to whether the mapping is new; if so @pick is the mapping's now,
 *	else it stays the caller's
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: the mapping with a session counted, or ERR_PTR: -ENOMEM, -EAGAIN if
 * the one that is there is just going.
 */
struct psteer_mapping *
psteer_mapping_add(struct psteer_vm *vm,
		   const struct psteer_mapping_key *inside,
		   const struct psteer_pick *pick, bool *added)
{
	struct psteer_mapping *mapping, *winner;

	*added = false;
	mapping = make_mapping(vm, inside, pick);
	if (!mapping)
		return ERR_PTR(-ENOMEM);
	/* Who finds it unfinished tries again: not in a softirq on top of this. */
	local_bh_disable();
	winner = publish_mapping(vm->pnet, mapping);
	if (winner == mapping) {
		atomic_inc(&vm->mappings);
		atomic_set_release(&mapping->sessions, 1);
		*added = true;
	}
	local_bh_enable();
	if (*added)
		return mapping;
	call_rcu(&mapping->rcu, free_mapping);
	if (!IS_ERR(winner) && !psteer_mapping_get(winner))
		return ERR_PTR(-EAGAIN);
	return winner;
}

/**
 * psteer_mapping_get() - count a session of a mapping, if it is not going
 * @mapping: mapping
 *
 * Context: RCU read side.
 * Return: false if it is going.
 */
bool psteer_mapping_get(struct psteer_mapping *mapping)
{
	int sessions = atomic_read(&mapping->sessions);

	do {
		if (sessions == MAPPING_RETIRED)
			return false;
	} while (!atomic_try_cmpxchg(&mapping->sessions, &sessions,
				     sessions + 1));
	return true;
}

/**
 * psteer_mapping_count() - count one more session of a mapping
 * @mapping: mapping that the caller has counted a session of
 *
 * Context: any.
 */
void psteer_mapping_count(struct psteer_mapping *mapping)
{
	atomic_inc(&mapping->sessions);
}

/**
 * psteer_mapping_put() - a session of a mapping is over, or was not opened
 * @mapping: mapping; goes, and its port comes back, with its last session
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 */
void psteer_mapping_put(struct psteer_mapping *mapping)
{
	struct psteer_vm *vm = mapping->vm;
	struct psteer_owner *owner = &vm->owner;

	if (atomic_dec_return(&mapping->sessions) ||
	    atomic_cmpxchg(&mapping->sessions, 0, MAPPING_RETIRED))
		return;
	unhash(vm->pnet, mapping, PSTEER_SIDE_INSIDE);
	unhash(vm->pnet, mapping, PSTEER_SIDE_OUTSIDE);
	spin_lock_bh(&owner->lock);
	psteer_range_put(owner, mapping->use, mapping->slot);
	spin_unlock_bh(&owner->lock);
	call_rcu(&mapping->rcu, free_mapping);
	/* Last: who waits for it frees the VM. */
	atomic_dec(&vm->mappings);
}

/**
 * psteer_mapping_fix() - keep a mapping whether it has sessions or not
 * @mapping: mapping that the caller has counted a session of, which is given up
 *
 * Context: process, under pnet->lock.
 */
void psteer_mapping_fix(struct psteer_mapping *mapping)
{
	lockdep_assert_held(&mapping->vm->pnet->lock);
	WRITE_ONCE(mapping->fixed, true);
	list_add_tail(&mapping->list, &mapping->vm->fixed);
}

/**
 * psteer_mapping_unfix() - keep a mapping no longer than its sessions live
 * @mapping: a fixed mapping
 *
 * Context: process, under pnet->lock and RCU read side; takes owner->lock.
 */
void psteer_mapping_unfix(struct psteer_mapping *mapping)
{
	lockdep_assert_held(&mapping->vm->pnet->lock);
	WRITE_ONCE(mapping->fixed, false);
	list_del_init(&mapping->list);
	/* A packet of what is being retired would wait for us in vain. */
	local_bh_disable();
	psteer_mapping_put(mapping);
	local_bh_enable();
}
