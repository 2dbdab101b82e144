// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zones: names for where clients and servers are, and how far they are apart. A
 * name is a small number to everybody who decides on packets. It is known as long
 * as somebody uses it.
 */
#include <linux/slab.h>

#include "net.h"
#include "zone.h"

/* Between what is known and what is not: neither near nor far. */
#define DISTANCE_UNKNOWN	(PSTEER_SCALE / 2)

static u16 first_distance(u32 a, u32 b)
{
	if (a == PSTEER_ZONE_NONE || b == PSTEER_ZONE_NONE)
		return DISTANCE_UNKNOWN;
	return a == b ? 0 : PSTEER_SCALE;
}

static struct psteer_zones *zones_locked(const struct psteer_net *pnet)
{
	return rcu_dereference_protected(pnet->zones,
					 lockdep_is_held(&pnet->lock));
}

/**
 * psteer_zones_init() - make a namespace ready for zones
 * @pnet: namespace
 */
void psteer_zones_init(struct psteer_net *pnet)
{
	RCU_INIT_POINTER(pnet->zones, NULL);
	INIT_LIST_HEAD(&pnet->distances);
}

/* Few namespaces have zones, and the table is large: it comes with the first. */
static struct psteer_zones *make_zones(struct psteer_net *pnet)
{
	struct psteer_zones *zones = zones_locked(pnet);
	u32 a, b;

	if (zones)
		return zones;
	zones = kvzalloc(sizeof(*zones), GFP_KERNEL_ACCOUNT);
	if (!zones)
		return NULL;
	for (a = 0; a < PSTEER_ZONE_IDS; a++)
		for (b = 0; b < PSTEER_ZONE_IDS; b++)
			zones->distance[a][b] = first_distance(a, b);
	rcu_assign_pointer(pnet->zones, zones);
	return zones;
}

/**
 * psteer_zone_find() - find a zone by its name
 * @pnet: namespace
 * @name: name
 *
 * Context: process, under pnet->lock.
 * Return: its id, or PSTEER_ZONE_NONE if nobody uses that name.
 */
u8 psteer_zone_find(const struct psteer_net *pnet, const char *name)
{
	const struct psteer_zones *zones = zones_locked(pnet);
	u32 id;

	for (id = 1; zones && *name && id < PSTEER_ZONE_IDS; id++)
		if (!strcmp(zones->name[id], name))
			return id;
	return PSTEER_ZONE_NONE;
}

/**
 * psteer_zone_use() - find or make a zone, and count one more who uses it
 * @pnet: namespace
 * @name: name; empty for none
 * @zone: set to its id
 *
 * Context: process, under pnet->lock.
 * Return: 0, -ENOMEM, or -ENOSPC if there are as many as there can be.
 */
int psteer_zone_use(struct psteer_net *pnet, const char *name, u8 *zone)
{
	struct psteer_zones *zones;
	u32 id;

	lockdep_assert_held(&pnet->lock);
	*zone = PSTEER_ZONE_NONE;
	if (!*name)
		return 0;
	zones = make_zones(pnet);
	if (!zones)
		return -ENOMEM;
	id = psteer_zone_find(pnet, name);
	if (!id) {
		for (id = 1; id < PSTEER_ZONE_IDS && zones->users[id]; id++)
			;
		if (id == PSTEER_ZONE_IDS)
			return -ENOSPC;
		strscpy(zones->name[id], name, sizeof(zones->name[id]));
	}
	zones->users[id]++;
	*zone = id;
	return 0;
}

/**
 * psteer_zone_drop() - undo psteer_zone_use(); its last user takes a zone along
 * @pnet: namespace
 * @zone: its id
 *
 * Context: process, under pnet->lock.
 */
void psteer_zone_drop(struct psteer_net *pnet, u8 zone)
{
	struct psteer_zones *zones = zones_locked(pnet);

	if (zone != PSTEER_ZONE_NONE && !--zones->users[zone])
		*zones->name[zone] = '\0';
}

/**
 * psteer_zone_name() - the name of a zone
 * @pnet: namespace
 * @zone: its id
 *
 * Context: under pnet->lock, or RCU read side: then a zone that goes just now may
 * be told by the name of the next one.
 * Return: the name, empty for PSTEER_ZONE_NONE.
 */
const char *psteer_zone_name(const struct psteer_net *pnet, u8 zone)
{
	const struct psteer_zones *zones;

	zones = rcu_dereference_check(pnet->zones,
				      lockdep_is_held(&pnet->lock));
	return zones ? zones->name[zone] : "";
}

/**
 * psteer_zone_distance() - how far two zones are apart
 * @pnet: namespace
 * @a: id of one, or PSTEER_ZONE_NONE
 * @b: id of the other, likewise
 *
 * Context: under pnet->lock, or RCU read side.
 * Return: a share.
 */
u32 psteer_zone_distance(const struct psteer_net *pnet, u8 a, u8 b)
{
	const struct psteer_zones *zones;

	zones = rcu_dereference_check(pnet->zones,
				      lockdep_is_held(&pnet->lock));
	return zones ? READ_ONCE(zones->distance[a][b]) : DISTANCE_UNKNOWN;
}

static int say_distance(struct psteer_net *pnet, u8 from, u8 to)
{
	struct psteer_zones *zones = zones_locked(pnet);
	struct psteer_distance *said;

	said = kzalloc(sizeof(*said), GFP_KERNEL_ACCOUNT);
	if (!said)
		return -ENOMEM;
	said->id = ++pnet->next_id;
	said->from = from;
	said->to = to;
	list_add_tail(&said->list, &pnet->distances);
	zones->users[from]++;
	zones->users[to]++;
	return 0;
}

static void unsay_distance(struct psteer_net *pnet,
			   struct psteer_distance *said)
{
	list_del(&said->list);
	psteer_zone_drop(pnet, said->from);
	psteer_zone_drop(pnet, said->to);
	kfree(said);
}

static struct psteer_distance *find_distance(const struct psteer_net *pnet,
					     u8 a, u8 b)
{
	struct psteer_distance *said;

	list_for_each_entry(said, &pnet->distances, list)
		if ((said->from == a && said->to == b) ||
		    (said->from == b && said->to == a))
			return said;
	return NULL;
}

/**
 * psteer_distance_set() - say how far two zones are apart
 * @pnet: namespace
 * @from: id of one
 * @to: id of another one
 * @share: distance; PSTEER_SCALE is to say nothing of them any more
 *
 * Both are in use as long as something is said of them.
 *
 * Context: process, under pnet->lock.
 * Return: 0 or -ENOMEM.
 */
int psteer_distance_set(struct psteer_net *pnet, u8 from, u8 to, u32 share)
{
	struct psteer_zones *zones = zones_locked(pnet);
	bool was_said = zones->distance[from][to] != PSTEER_SCALE;
	bool is_said = share != PSTEER_SCALE;

	if (is_said && !was_said && say_distance(pnet, from, to))
		return -ENOMEM;
	WRITE_ONCE(zones->distance[from][to], share);
	WRITE_ONCE(zones->distance[to][from], share);
	pnet->generation++;
	if (was_said && !is_said)
		unsay_distance(pnet, find_distance(pnet, from, to));
	return 0;
}

/**
 * psteer_zones_exit() - free all zones of a namespace
 * @pnet: namespace, without hooks, servers and prefixes of zones
 *
 * Context: process.
 */
void psteer_zones_exit(struct psteer_net *pnet)
{
	struct psteer_distance *said, *next;

	mutex_lock(&pnet->lock);
	list_for_each_entry_safe(said, next, &pnet->distances, list)
		unsay_distance(pnet, said);
	mutex_unlock(&pnet->lock);
	kvfree(rcu_access_pointer(pnet->zones));
}
