/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_ZONE_H
#define PSTEER_ZONE_H

#include <linux/list.h>

#include <linux/portsteer.h>

#include "prefix.h"

struct psteer_net;

/* Of who has no zone; the ids of zones count from 1. */
#define PSTEER_ZONE_NONE	0

#define PSTEER_ZONE_IDS		(PSTEER_ZONES_MAX + 1)

/**
 * struct psteer_zones - the zones of a namespace, and how far they are apart
 * @name: by id; empty if the id is free
 * @users: how many prefixes, servers and distances name each; pnet->lock
 * @distance: a share, by two ids in either order; READ_ONCE, written under
 *	pnet->lock
 *
 * A free id has the distances of a new zone.
 */
struct psteer_zones {
	char name[PSTEER_ZONE_IDS][PSTEER_NAME_MAX + 1];
	u32 users[PSTEER_ZONE_IDS];
	u16 distance[PSTEER_ZONE_IDS][PSTEER_ZONE_IDS];
};

/**
 * struct psteer_zone_prefix - addresses of clients that are in a zone
 * @id: rises with creation
 * @zone: their zone, used
 * @prefix: the addresses, in pnet->zone_prefixes
 * @rcu: for freeing it
 */
struct psteer_zone_prefix {
	u32 id;
	u8 zone;
	struct psteer_prefix prefix;
	struct rcu_head rcu;
};

/**
 * struct psteer_distance - two zones of whose distance something is said
 * @list: in pnet->distances
 * @id: rises with creation
 * @from: id of one, used
 * @to: id of the other, used
 */
struct psteer_distance {
	struct list_head list;
	u32 id;
	u8 from;
	u8 to;
};

void psteer_zones_init(struct psteer_net *pnet);
void psteer_zones_exit(struct psteer_net *pnet);
int psteer_zone_use(struct psteer_net *pnet, const char *name, u8 *zone);
void psteer_zone_drop(struct psteer_net *pnet, u8 zone);
u8 psteer_zone_find(const struct psteer_net *pnet, const char *name);
const char *psteer_zone_name(const struct psteer_net *pnet, u8 zone);
u32 psteer_zone_distance(const struct psteer_net *pnet, u8 a, u8 b);
int psteer_distance_set(struct psteer_net *pnet, u8 from, u8 to, u32 share);

int psteer_zone_prefixes_init(struct psteer_net *pnet);
void psteer_zone_prefixes_exit(struct psteer_net *pnet);
int psteer_zone_prefix_add(struct psteer_net *pnet,
			   const struct psteer_prefix *prefix, u8 zone);
void psteer_zone_prefix_del(struct psteer_net *pnet,
			    struct psteer_zone_prefix *place);
struct psteer_zone_prefix *
psteer_zone_prefix_find(struct psteer_net *pnet,
			const struct psteer_prefix *prefix);
u32 psteer_zone_prefixes_flush(struct psteer_net *pnet, u8 zone);
u8 psteer_zone_of_rcu(struct psteer_net *pnet, u8 family,
		      const union nf_inet_addr *ip);

#endif
