/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_WAY_H
#define PSTEER_WAY_H

#include "hop.h"
#include "key.h"

/* So many pool addresses, if they follow one another, don't meet. */
#define PSTEER_WAYS	8

/**
 * struct psteer_way - how packets from one pool address went to a server last
 * @taken: bit 0: some pool address has it, and keeps it, so that addresses which
 *	meet do not take turns
 * @known: @src and @tos say which
 * @tos: of its packets; of sessions on two CPUs each may learn a way, and what
 *	psteer_hop says of its TOS would not hold for both
 * @src: pool address
 * @hop: where they went
 */
struct psteer_way {
	unsigned long taken;
	bool known;
	u8 tos;
	union nf_inet_addr src;
	struct psteer_hop hop;
};

/**
 * struct psteer_ways - the ways to a server
 * @way: by pool address
 */
struct psteer_ways {
	struct psteer_way way[PSTEER_WAYS];
};

struct dst_entry *psteer_way_find_rcu(const struct psteer_ways *ways,
				      const union nf_inet_addr *src,
				      const struct sk_buff *skb, u8 family);
void psteer_way_learn(struct psteer_ways *ways, const union nf_inet_addr *src,
		      const struct sk_buff *skb,
		      const struct nf_hook_state *state,
		      const struct psteer_route *route);
void psteer_ways_forget(struct psteer_ways *ways);

#endif
