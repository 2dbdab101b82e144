/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_GRANT_H
#define PSTEER_GRANT_H

#include <linux/list.h>
#include <linux/rhashtable.h>

#include <linux/portsteer.h>

#include "block.h"
#include "key.h"
#include "traffic.h"

struct psteer_net;
struct psteer_pool_addr;
struct psteer_pool_usage;

#define PSTEER_GRANT_UNITS	(PSTEER_PORTS / PSTEER_GRANT_UNIT)

/**
 * struct psteer_grant_params - what a grant is made of
 * @ip: pool address
 * @family: AF_INET or AF_INET6
 * @first: first port, at the begin of a unit
 * @last: last one, at the end of a unit
 * @pool_addr: on a host: address of its pool; NULL on the edge
 * @host: on the edge: whose it is
 * @ifindex: on the edge: device to the host, 0: by its route
 * @state: enum psteer_grant_state
 */
struct psteer_grant_params {
	union nf_inet_addr ip;
	u8 family;
	u16 first;
	u16 last;
	struct psteer_pool_addr *pool_addr;
	union nf_inet_addr host;
	int ifindex;
	u8 state;
};

/**
 * struct psteer_grant - ports of a pool address that one host has
 * @list: in pnet->grants
 * @id: rises with creation
 * @pnet: namespace
 * @is: what it is made of; @is.host, @is.ifindex and @is.state change under
 *	pnet->lock. The edge's packets see another host only by another grant.
 * @since: when it was prepared, in jiffies
 * @traffic: on the edge: what was passed on; goes over to who takes its place
 * @rcu: for freeing it
 */
struct psteer_grant {
	struct list_head list;
	u32 id;
	struct psteer_net *pnet;
	struct psteer_grant_params is;
	unsigned long since;
	struct psteer_traffic __percpu *traffic;
	struct rcu_head rcu;
};

/**
 * struct psteer_edge_addr - a pool address on the edge
 * @node: in pnet->edge_addrs
 * @ip: the address
 * @family: AF_INET or AF_INET6
 * @count: units that a grant has; pnet->lock
 * @rcu: for freeing it
 * @unit: whose each unit is
 */
struct psteer_edge_addr {
	struct rhash_head node;
	union nf_inet_addr ip;
	u8 family;
	u32 count;
	struct rcu_head rcu;
	struct psteer_grant __rcu *unit[PSTEER_GRANT_UNITS];
};

int psteer_grants_init(struct psteer_net *pnet);
void psteer_grants_exit(struct psteer_net *pnet);
int psteer_grant_add(struct psteer_net *pnet,
		     const struct psteer_grant_params *params);
int psteer_grant_set(struct psteer_grant *grant,
		     const struct psteer_grant_params *params);
void psteer_grant_del(struct psteer_grant *grant);
void psteer_grant_evict(struct psteer_grant *grant);
struct psteer_grant *psteer_grant_find(struct psteer_net *pnet,
				       const struct psteer_grant_params *params);
const struct psteer_grant *
psteer_grant_overlap(struct psteer_net *pnet,
		     const struct psteer_grant_params *params);
bool psteer_grant_place(struct psteer_net *pnet,
			struct psteer_grant_params *params, u32 size);
int psteer_grant_retire(struct psteer_grant *grant,
			struct psteer_pool_usage *usage);
struct psteer_pool_usage psteer_grant_usage(const struct psteer_grant *grant);
void psteer_grants_tend(struct psteer_net *pnet);
struct psteer_edge_addr *psteer_edge_addr_find_rcu(struct psteer_net *pnet,
						   u8 family,
						   const union nf_inet_addr *ip);

static inline bool psteer_grant_is_edges(const struct psteer_grant *grant)
{
	return !grant->is.pool_addr;
}

#endif
