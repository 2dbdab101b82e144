/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_FORWARD_H
#define PSTEER_FORWARD_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "key.h"
#include "stats.h"

/**
 * struct psteer_route - where a packet goes once it is translated
 * @dst: route, a reference; NULL for packets of the gateway itself
 * @local: the gateway itself is the destination
 */
struct psteer_route {
	struct dst_entry *dst;
	bool local;
};

/* The largest packet that a route takes whole. Context: RCU read side. */
static inline u32 psteer_forward_mtu(const struct dst_entry *dst, u8 family)
{
	return family == AF_INET ? ip_dst_mtu_maybe_forward(dst, true) :
				   max_t(u32, dst_mtu(dst), IPV6_MIN_MTU);
}

bool psteer_forward_comes_from(struct sk_buff *skb,
			       const struct nf_hook_state *state, u32 *known);
int psteer_forward_route(struct sk_buff *skb,
			 const struct nf_hook_state *state,
			 const union nf_inet_addr *src,
			 const union nf_inet_addr *dst, struct dst_entry *known,
			 struct psteer_route *route, enum psteer_stat *reason);
int psteer_forward_via(struct sk_buff *skb, const struct nf_hook_state *state,
		       const union nf_inet_addr *hop, int ifindex,
		       struct psteer_route *route, enum psteer_stat *reason);
bool psteer_forward_leads_to(const struct nf_hook_state *state,
			     const union nf_inet_addr *hop);
unsigned int psteer_forward_send(struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct psteer_route *route);
void psteer_forward_drop_route(const struct psteer_route *route);

void psteer_refuse_reset(struct sk_buff *skb, const struct nf_hook_state *state);
void psteer_refuse_unreachable(struct sk_buff *skb,
			       const struct nf_hook_state *state, bool filtered);

#endif
