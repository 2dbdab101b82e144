// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fast path: packets of a flow whose way is known go to their next hop at
 * once, past the FORWARD and POSTROUTING rules. What is unusual about a packet,
 * its route or its size makes it take the slow path (forward.c), which tells
 * senders what they have to know, and learns the way anew.
 */
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "forward.h"
#include "hop.h"

/* What a route may depend on besides addresses and mark. */
static u8 routing_tos(const struct sk_buff *skb, u8 pf)
{
	return pf == NFPROTO_IPV4 ? RT_TOS(ip_hdr(skb)->tos) :
				    ipv6_get_dsfield(ipv6_hdr(skb));
}

/* A device that is left by a link address only, no tunnel and no transform. */
static bool is_plain(const struct dst_entry *dst)
{
	return !dst_xfrm(dst) && !dst->lwtstate && !dst->error &&
	       !(dst->dev->flags & IFF_LOOPBACK);
}

/**
 * psteer_hop_learn() - remember the way of a packet for those after it
 * @hop: of its flow
 * @skb: packet
 * @state: of the hook
 * @route: the way it goes
 *
 * Context: softirq or bottom halves off, RCU read side.
 */
void psteer_hop_learn(struct psteer_hop *hop, const struct sk_buff *skb,
		      const struct nf_hook_state *state,
		      const struct psteer_route *route)
{
	struct dst_entry *dst = route->dst;

	if (!dst || route->local || skb->mark || !is_plain(dst))
		return;
	psteer_hop_forget(hop);
	WRITE_ONCE(hop->tos, routing_tos(skb, state->pf));
	WRITE_ONCE(hop->cookie, state->pf == NFPROTO_IPV4 ? 0 :
		   rt6_get_cookie((const struct rt6_info *)dst));
	dst_hold(dst);
	if (cmpxchg((struct dst_entry **)&hop->dst, NULL, dst))
		dst_release(dst);
}

/**
 * psteer_hop_forget() - forget the way of a flow
 * @hop: of the flow
 *
 * Context: any.
 */
void psteer_hop_forget(struct psteer_hop *hop)
{
	dst_release(xchg((struct dst_entry **)&hop->dst, NULL));
}

/* Of such a packet nobody can tell what it was received as. */
static bool is_lro(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && !skb_shinfo(skb)->gso_type;
}

static bool passes_ipv4(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

	return iph->ihl == 5 && iph->ttl > 1;
}

/**
 * psteer_hop_find_rcu() - find the way of a packet, if it is a usual one
 * @hop: of its flow
 * @skb: packet
 * @state: of the hook
 *
 * Context: RCU read side.
 * Return: its route, no reference, or NULL: it has to take the slow path.
 */
struct dst_entry *psteer_hop_find_rcu(const struct psteer_hop *hop,
				      const struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	struct dst_entry *dst = rcu_dereference(hop->dst);

	if (!dst || state->hook != NF_INET_PRE_ROUTING || skb->mark ||
	    READ_ONCE(hop->tos) != routing_tos(skb, state->pf) ||
	    !dst_check(dst, READ_ONCE(hop->cookie)))
		return NULL;
	if (state->pf == NFPROTO_IPV4 ? !passes_ipv4(skb) :
					ipv6_hdr(skb)->hop_limit <= 1)
		return NULL;
	if (!psteer_forward_fits(skb, state->pf, dst) || skb_sec_path(skb) ||
	    is_lro(skb) || skb_headroom(skb) < LL_RESERVED_SPACE(dst->dev))
		return NULL;
	return dst;
}

static int xmit_ipv4(struct sk_buff *skb, struct dst_entry *dst)
{
	struct iphdr *iph = ip_hdr(skb);
	__be32 hop = rt_nexthop((struct rtable *)dst, iph->daddr);

	ip_decrease_ttl(iph);
	skb->priority = rt_tos2priority(iph->tos);
	return neigh_xmit(NEIGH_ARP_TABLE, dst->dev, &hop, skb);
}

static int xmit_ipv6(struct sk_buff *skb, struct dst_entry *dst)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct in6_addr *hop = rt6_nexthop((struct rt6_info *)dst,
						 &ip6h->daddr);

	ip6h->hop_limit--;
	return neigh_xmit(NEIGH_ND_TABLE, dst->dev, hop, skb);
}

/**
 * psteer_hop_send() - send a translated packet to its next hop
 * @skb: packet
 * @state: of the hook
 * @dst: from psteer_hop_find_rcu() for this packet
 *
 * Context: softirq or bottom halves off, RCU read side.
 * Return: NF_STOLEN.
 */
unsigned int psteer_hop_send(struct sk_buff *skb,
			     const struct nf_hook_state *state,
			     struct dst_entry *dst)
{
	nf_reset_ct(skb);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb->dev = dst->dev;
	if (state->pf == NFPROTO_IPV4)
		xmit_ipv4(skb, dst);
	else
		xmit_ipv6(skb, dst);
	return NF_STOLEN;
}
