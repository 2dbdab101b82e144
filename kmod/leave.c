// SPDX-License-Identifier: GPL-2.0-only
/*
 * All owners of a pool leave what it does not offer any more: new sessions at
 * once have ports elsewhere, old ones go on to their end.
 */
#include "client.h"
#include "leave.h"
#include "net.h"
#include "pool.h"
#include "range.h"
#include "vm.h"
#include "walk.h"

static bool client_leaves(struct psteer_net *pnet, void *entry, const void *pool)
{
	struct psteer_client *client = entry;

	return client->key.pool == pool &&
	       psteer_range_leave(&client->owner);
}

/**
 * psteer_owners_leave() - let all owners leave what is not offered
 * @pnet: namespace
 * @pool: pool of which less is offered than before
 *
 * Context: process, under pnet->lock.
 */
void psteer_owners_leave(struct psteer_net *pnet, struct psteer_pool *pool)
{
	struct psteer_vm *vm;

	lockdep_assert_held(&pnet->lock);
	psteer_range_leave(&pool->probation);
	list_for_each_entry(vm, &pnet->vms, list)
		if (vm->owner.pool == pool)
			psteer_range_leave(&vm->owner);
	psteer_walk_all(pnet, &pnet->clients, client_leaves, pool);
	psteer_vms_tend(pnet);
}
