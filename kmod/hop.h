/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_HOP_H
#define PSTEER_HOP_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

struct psteer_packet;
struct psteer_route;

/**
 * struct psteer_hop - the way that the packets of a flow went last
 * @dst: route, a reference; NULL: none is known; RCU
 * @cookie: what dst_check() wants to know
 * @tos: what of the packets' TOS or traffic class routing has looked at
 *
 * Two CPUs that learn at once may leave @cookie and @tos of one of them and @dst
 * of the other, which is then not found to be valid or is as good.
 */
struct psteer_hop {
	struct dst_entry __rcu *dst;
	u32 cookie;
	u8 tos;
};

u8 psteer_hop_tos(const struct sk_buff *skb, u8 family);
void psteer_hop_learn(struct psteer_hop *hop, const struct sk_buff *skb,
		      const struct nf_hook_state *state,
		      const struct psteer_route *route);
void psteer_hop_forget(struct psteer_hop *hop);
struct dst_entry *psteer_hop_find_rcu(const struct psteer_hop *hop,
				      const struct sk_buff *skb, u8 family);
void psteer_hop_send(struct sk_buff *skb, u8 family, struct dst_entry *dst);

#endif
