// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where clients are: prefixes of their addresses, each in a zone.
 */
#include <linux/slab.h>

#include "net.h"
#include "zone.h"

/**
 * psteer_zone_prefixes_init() - make a namespace ready for prefixes of zones
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_zone_prefixes_init(struct psteer_net *pnet)
{
	xa_init(&pnet->zone_places);
	return psteer_prefixes_init(&pnet->zone_prefixes);
}

/**
 * psteer_zone_prefixes_exit() - free all prefixes of zones of a namespace
 * @pnet: namespace, without hooks
 *
 * Context: process.
 */
void psteer_zone_prefixes_exit(struct psteer_net *pnet)
{
	mutex_lock(&pnet->lock);
	psteer_zone_prefixes_flush(pnet, PSTEER_ZONE_NONE);
	mutex_unlock(&pnet->lock);
	psteer_prefixes_exit(&pnet->zone_prefixes);
	xa_destroy(&pnet->zone_places);
}

/**
 * psteer_zone_prefix_add() - say in which zone the clients of a prefix are
 * @pnet: namespace
 * @prefix: prefix, masked, that has no zone yet
 * @zone: id; its use goes over to the prefix
 *
 * Context: process, under pnet->lock.
 * Return: 0, -ENOMEM or what the tables say; then @zone is still the caller's.
 */
int psteer_zone_prefix_add(struct psteer_net *pnet,
			   const struct psteer_prefix *prefix, u8 zone)
{
	struct psteer_zone_prefix *place;
	int err;

	lockdep_assert_held(&pnet->lock);
	place = kzalloc(sizeof(*place), GFP_KERNEL_ACCOUNT);
	if (!place)
		return -ENOMEM;
	place->zone = zone;
	place->prefix = *prefix;
	place->id = pnet->next_id + 1;
	err = xa_err(xa_store(&pnet->zone_places, place->id, place,
			      GFP_KERNEL_ACCOUNT));
	if (err)
		goto err_free;
	err = psteer_prefix_add(&pnet->zone_prefixes, &place->prefix);
	if (err)
		goto err_erase;
	pnet->next_id++;
	pnet->zone_places_count++;
	pnet->generation++;
	return 0;

err_erase:
	xa_erase(&pnet->zone_places, place->id);
err_free:
	kfree(place);
	return err;
}

/**
 * psteer_zone_prefix_del() - undo psteer_zone_prefix_add()
 * @pnet: namespace
 * @place: the prefix
 *
 * Context: process, under pnet->lock.
 */
void psteer_zone_prefix_del(struct psteer_net *pnet,
			    struct psteer_zone_prefix *place)
{
	lockdep_assert_held(&pnet->lock);
	psteer_prefix_del(&pnet->zone_prefixes, &place->prefix);
	xa_erase(&pnet->zone_places, place->id);
	psteer_zone_drop(pnet, place->zone);
	pnet->zone_places_count--;
	pnet->generation++;
	kfree_rcu(place, rcu);
}

/**
 * psteer_zone_prefix_find() - find a prefix of a zone
 * @pnet: namespace
 * @prefix: prefix, masked
 *
 * Context: process, under pnet->lock.
 * Return: the very prefix, or NULL.
 */
struct psteer_zone_prefix *
psteer_zone_prefix_find(struct psteer_net *pnet,
			const struct psteer_prefix *prefix)
{
	struct psteer_prefix *same;

	lockdep_assert_held(&pnet->lock);
	same = psteer_prefix_find_same(&pnet->zone_prefixes, prefix);
	return same ? container_of(same, struct psteer_zone_prefix, prefix) :
		      NULL;
}

/**
 * psteer_zone_prefixes_flush() - remove the prefixes of a zone
 * @pnet: namespace
 * @zone: id, or PSTEER_ZONE_NONE for those of all zones
 *
 * Context: process, under pnet->lock.
 * Return: how many there were.
 */
u32 psteer_zone_prefixes_flush(struct psteer_net *pnet, u8 zone)
{
	struct psteer_zone_prefix *place;
	unsigned long id;
	u32 n = 0;

	xa_for_each(&pnet->zone_places, id, place) {
		if (zone != PSTEER_ZONE_NONE && place->zone != zone)
			continue;
		psteer_zone_prefix_del(pnet, place);
		n++;
		cond_resched();
	}
	return n;
}

/**
 * psteer_zone_of_rcu() - in which zone a client is
 * @pnet: namespace
 * @family: of @ip
 * @ip: its address
 *
 * Context: RCU read side. One probe of a hash table for each length of a prefix
 * that is in use, the longest first.
 * Return: the id, or PSTEER_ZONE_NONE.
 */
u8 psteer_zone_of_rcu(struct psteer_net *pnet, u8 family,
		      const union nf_inet_addr *ip)
{
	const struct psteer_prefix *prefix;

	prefix = psteer_prefix_find_rcu(&pnet->zone_prefixes, family, ip);
	return prefix ? container_of(prefix, struct psteer_zone_prefix,
				     prefix)->zone : PSTEER_ZONE_NONE;
}
