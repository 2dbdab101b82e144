// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way that packets of a flow took last, for those after them. What is unusual
 * about one, its route or its size, makes it take the slow path (forward.c), which
 * tells senders what they have to know, and learns the way anew.
 */
#include <net/dsfield.h>
#include <net/dst.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "compat.h"
#include "forward.h"
#include "hop.h"

/**
 * psteer_hop_tos() - tell what a route may depend on besides addresses and mark
 * @skb: packet
 * @family: AF_INET or AF_INET6
 *
 * Context: any.
 * Return: its TOS or traffic class, as far as routing looks at it.
 */
u8 psteer_hop_tos(const struct sk_buff *skb, u8 family)
{
	return family == AF_INET ? psteer_route_tos(ip_hdr(skb)->tos) :
				   ipv6_get_dsfield(ipv6_hdr(skb)) &
				   ~INET_ECN_MASK;
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
	u8 tos = psteer_hop_tos(skb, state->pf);
	u32 cookie;

	if (!dst || route->local || skb->mark || !is_plain(dst))
		return;
	/* A route of IPv6 may get a new one when others come and go. */
	cookie = state->pf == NFPROTO_IPV4 ? 0 :
		 rt6_get_cookie((const struct rt6_info *)dst);
	if (rcu_access_pointer(hop->dst) == dst &&
	    READ_ONCE(hop->tos) == tos && READ_ONCE(hop->cookie) == cookie)
		return;
	/* It may be borrowed, and whoever lent it may just be letting it go. */
	if (!dst_hold_safe(dst))
		return;
	psteer_hop_forget(hop);
	WRITE_ONCE(hop->tos, tos);
	WRITE_ONCE(hop->cookie, cookie);
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

/* Every link takes so much whole (RFC 791, RFC 8200). */
static u32 least_mtu(u8 family)
{
	return family == AF_INET ? IPV4_MIN_MTU : IPV6_MIN_MTU;
}

/* What a device has put together without saying how never does. */
static bool fits(const struct sk_buff *skb, const struct dst_entry *dst,
		 u8 family)
{
	u32 mtu;

	if (!skb_is_gso(skb))
		return skb->len <= least_mtu(family) ||
		       skb->len <= psteer_forward_mtu(dst, family);
	mtu = psteer_forward_mtu(dst, family);
	return skb_shinfo(skb)->gso_type &&
	       (skb->len <= mtu || skb_gso_validate_network_len(skb, mtu));
}

/**
 * psteer_hop_find_rcu() - find the way of a packet, if it is a usual one
 * @hop: of its flow
 * @skb: packet
 * @family: AF_INET or AF_INET6
 *
 * Context: RCU read side.
 * Return: its route, no reference, or NULL: it has to take the slow path.
 */
struct dst_entry *psteer_hop_find_rcu(const struct psteer_hop *hop,
				      const struct sk_buff *skb, u8 family)
{
	struct dst_entry *dst = rcu_dereference(hop->dst);

	if (!dst || skb->mark ||
	    READ_ONCE(hop->tos) != psteer_hop_tos(skb, family) ||
	    !dst_check(dst, READ_ONCE(hop->cookie)))
		return NULL;
	if (!fits(skb, dst, family) || skb_sec_path(skb) ||
	    skb_headroom(skb) < LL_RESERVED_SPACE(dst->dev))
		return NULL;
	return dst;
}

/* Returns its next hop; *@ipv6 is set if that is of IPv6. */
static struct neighbour *prepare_ipv4(struct sk_buff *skb,
				      struct dst_entry *dst, bool *ipv6)
{
	struct iphdr *iph = ip_hdr(skb);

	/* Nobody has filled it in yet, and errors about the packet read it. */
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->flags = IPSKB_FORWARDED;
	ip_decrease_ttl(iph);
	skb->priority = rt_tos2priority(iph->tos);
	return ip_neigh_for_gw((struct rtable *)dst, skb, ipv6);
}

static struct neighbour *prepare_ipv6(struct sk_buff *skb,
				      struct dst_entry *dst)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct in6_addr *hop = rt6_nexthop((struct rt6_info *)dst,
						 &ip6h->daddr);
	struct neighbour *neighbour;

	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->flags = IP6SKB_FORWARDED;
	ip6h->hop_limit--;
	neighbour = __ipv6_neigh_lookup_noref(dst->dev, hop);
	if (!neighbour)
		neighbour = __neigh_create(&nd_tbl, hop, dst->dev, false);
	return neighbour;
}

/**
 * psteer_hop_send() - send a translated packet to its next hop
 * @skb: packet, which is used up
 * @family: AF_INET or AF_INET6
 * @dst: from psteer_hop_find_rcu() for this packet
 *
 * Context: softirq or bottom halves off, RCU read side.
 */
void psteer_hop_send(struct sk_buff *skb, u8 family, struct dst_entry *dst)
{
	struct neighbour *neighbour;
	/* Of another family than the packet. */
	bool other = false;

	/* What its sender has to do with it ends here, as it does in ip_rcv(). */
	skb_orphan(skb);
	nf_reset_ct(skb);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, dst);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb->dev = dst->dev;
	if (family == AF_INET)
		neighbour = prepare_ipv4(skb, dst, &other);
	else
		neighbour = prepare_ipv6(skb, dst);
	if (IS_ERR(neighbour))
		kfree_skb(skb);
	else
		/* Whose link address is not known yet waits for it. */
		neigh_output(neighbour, skb, other);
}
