// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending translated packets on, and telling senders why theirs can't be.
 *
 * A translated packet carries one of the gateway's addresses as its source, so
 * input routing would call it martian. It is routed like output instead, goes
 * through the FORWARD and POSTROUTING rules, and is left alone by conntrack.
 */
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/netfilter/ipv4/nf_reject.h>
#include <net/netfilter/ipv6/nf_reject.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "compat.h"
#include "forward.h"

static bool is_local_out(const struct nf_hook_state *state)
{
	return state->hook == NF_INET_LOCAL_OUT;
}

static struct dst_entry *route_ipv4(const struct sk_buff *skb, struct net *net,
				    const union nf_inet_addr *src,
				    const union nf_inet_addr *dst)
{
	struct flowi4 fl4 = {
		.daddr = dst->ip,
		.saddr = src->ip,
		.flowi4_mark = skb->mark,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;

	psteer_flow_set_tos(&fl4, ip_hdr(skb)->tos);
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return NULL;
	if (!(rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)))
		return &rt->dst;
	ip_rt_put(rt);
	return NULL;
}

static struct dst_entry *route_ipv6(const struct sk_buff *skb, struct net *net,
				    const union nf_inet_addr *src,
				    const union nf_inet_addr *dst)
{
	struct flowi6 fl6 = {
		.daddr = dst->in6,
		.saddr = src->in6,
		.flowlabel = ip6_flowinfo(ipv6_hdr(skb)),
		.flowi6_mark = skb->mark,
		.flowi6_flags = FLOWI_FLAG_ANYSRC,
	};
	struct dst_entry *route = ip6_route_output(net, NULL, &fl6);

	if (!route->error)
		return route;
	dst_release(route);
	return NULL;
}

static bool is_local(const struct dst_entry *dst, u8 pf)
{
	if (pf == NFPROTO_IPV4)
		return ((const struct rtable *)dst)->rt_type == RTN_LOCAL;
	return ((const struct rt6_info *)dst)->rt6i_flags & RTF_LOCAL;
}

/*
 * Without rp_filter only martians and the gateway's own addresses are refused,
 * which takes no route; what rules and routes of "local" say of these does.
 */
static bool needs_route(const struct net *net, struct in_device *in_dev)
{
	return !in_dev || IN_DEV_RPFILTER(in_dev) ||
	       IN_DEV_ROUTE_LOCALNET(in_dev) || IN_DEV_ACCEPT_LOCAL(in_dev) ||
	       net->ipv4.fib_has_custom_local_routes ||
	       fib4_has_custom_rules(net);
}

static bool is_foreign(struct net *net, __be32 source)
{
	return !ipv4_is_multicast(source) && !ipv4_is_lbcast(source) &&
	       !ipv4_is_zeronet(source) && !ipv4_is_loopback(source) &&
	       !__ip_dev_find(net, source, false);
}

/* Asked again only when the gateway's addresses or routes have changed. */
static bool is_known_foreign(struct net *net, __be32 source, u32 *known)
{
	u32 now = (u32)rt_genid_ipv4(net) + 1;

	if (known && READ_ONCE(*known) == now && now)
		return true;
	if (!is_foreign(net, source))
		return false;
	if (known)
		WRITE_ONCE(*known, now);
	return true;
}

/*
 * What leads nowhere is not asked where it comes from: then it is asked as if it
 * were for the gateway itself.
 */
static bool comes_by_route(struct sk_buff *skb, __be32 daddr)
{
	bool admitted = psteer_route_admits(skb, daddr);
	const struct dst_entry *dst = skb_dst(skb);
	bool leads = !admitted || (dst && !dst->error);

	skb_dst_drop(skb);
	if (leads)
		return admitted;
	daddr = inet_select_addr(skb->dev, 0, RT_SCOPE_UNIVERSE);
	if (!daddr)
		return is_foreign(dev_net(skb->dev), ip_hdr(skb)->saddr);
	admitted = psteer_route_admits(skb, daddr);
	skb_dst_drop(skb);
	return admitted;
}

/**
 * psteer_forward_comes_from() - can a packet have come from its source
 * @skb: packet, not translated
 * @state: of the hook
 * @known: kept with the source, 0 at first: by which of the gateway's addresses,
 *	as they have changed, this was found to be so; READ_ONCE. Or NULL.
 *
 * As packets are taken before input routing, what that would refuse is asked
 * for here: martian sources, and rp_filter. IPv6 has no such filter.
 *
 * Context: RCU read side, any but hard interrupts.
 */
bool psteer_forward_comes_from(struct sk_buff *skb,
			       const struct nf_hook_state *state, u32 *known)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (state->pf != NFPROTO_IPV4 || is_local_out(state) ||
	    skb_valid_dst(skb))
		return true;
	if (!needs_route(state->net, __in_dev_get_rcu(skb->dev)))
		return is_known_foreign(state->net, iph->saddr, known);
	return comes_by_route(skb, iph->daddr);
}

/* icmp_send() wants to know where the packet came from by its route. */
static bool attach_route_back(struct sk_buff *skb, struct net *net)
{
	struct flowi4 fl4 = { .daddr = ip_hdr(skb)->saddr };
	struct rtable *rt;

	if (skb_rtable(skb))
		return true;
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return false;
	skb_dst_set(skb, &rt->dst);
	return true;
}

static void tell_ipv4(struct sk_buff *skb, struct net *net, int type, int code,
		      u32 info)
{
	if (attach_route_back(skb, net))
		icmp_send(skb, type, code, htonl(info));
}

static bool too_big_ipv4(const struct sk_buff *skb, u32 mtu)
{
	if (skb->len <= mtu || !(ip_hdr(skb)->frag_off & htons(IP_DF)))
		return false;
	/* Reassembled from fragments that would each still fit. */
	if (IPCB(skb)->frag_max_size > mtu)
		return true;
	if (skb->ignore_df)
		return false;
	return !skb_is_gso(skb) || !skb_gso_validate_network_len(skb, mtu);
}

static bool too_big_ipv6(const struct sk_buff *skb, u32 mtu)
{
	if (skb->len <= mtu)
		return false;
	if (IP6CB(skb)->frag_max_size && IP6CB(skb)->frag_max_size > mtu)
		return true;
	if (skb->ignore_df)
		return false;
	return !skb_is_gso(skb) || !skb_gso_validate_network_len(skb, mtu);
}

static bool may_pass_ipv4(struct sk_buff *skb, struct net *net,
			  const struct dst_entry *dst, enum psteer_stat *reason)
{
	u32 mtu = psteer_forward_mtu(dst, AF_INET);

	if (ip_hdr(skb)->ttl <= 1) {
		*reason = PSTEER_STAT_TTL_EXCEEDED;
		tell_ipv4(skb, net, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
		return false;
	}
	if (too_big_ipv4(skb, mtu)) {
		*reason = PSTEER_STAT_TOO_BIG;
		tell_ipv4(skb, net, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
		return false;
	}
	return true;
}

static bool may_pass_ipv6(struct sk_buff *skb, const struct dst_entry *dst,
			  enum psteer_stat *reason)
{
	u32 mtu = psteer_forward_mtu(dst, AF_INET6);

	if (ipv6_hdr(skb)->hop_limit <= 1) {
		*reason = PSTEER_STAT_TTL_EXCEEDED;
		icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
		return false;
	}
	if (too_big_ipv6(skb, mtu)) {
		*reason = PSTEER_STAT_TOO_BIG;
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
		return false;
	}
	return true;
}

/* Drops a route that the packet can't take. */
static int check_route(struct sk_buff *skb, const struct nf_hook_state *state,
		       const struct psteer_route *route,
		       enum psteer_stat *reason)
{
	bool passes = state->pf == NFPROTO_IPV4 ?
		      may_pass_ipv4(skb, state->net, route->dst, reason) :
		      may_pass_ipv6(skb, route->dst, reason);

	if (passes)
		return 0;
	psteer_forward_drop_route(route);
	return -EMSGSIZE;
}

/**
 * psteer_forward_route() - find where a packet will go, and whether it can
 * @skb: packet, not translated yet, so that an error speaks of it as its sender
 *	knows it
 * @state: of the hook
 * @src: source it will have
 * @dst: destination it will have
 * @known: its route, no reference, if that is known
 * @route: filled in on success; psteer_forward_send() uses it up
 * @reason: set on failure
 *
 * Packets of the gateway itself have their route already and get another when
 * they are sent.
 *
 * Context: softirq or bottom halves off, RCU read side.
 * Return: 0, or a negative errno; then the sender has been told.
 */
int psteer_forward_route(struct sk_buff *skb, const struct nf_hook_state *state,
			 const union nf_inet_addr *src,
			 const union nf_inet_addr *dst, struct dst_entry *known,
			 struct psteer_route *route, enum psteer_stat *reason)
{
	route->dst = NULL;
	route->local = false;
	if (is_local_out(state))
		return 0;
	if (known && dst_hold_safe(known))
		route->dst = known;
	else if (state->pf == NFPROTO_IPV4)
		route->dst = route_ipv4(skb, state->net, src, dst);
	else
		route->dst = route_ipv6(skb, state->net, src, dst);
	if (!route->dst) {
		*reason = PSTEER_STAT_NO_ROUTE;
		psteer_refuse_unreachable(skb, state, false);
		return -EHOSTUNREACH;
	}
	route->local = is_local(route->dst, state->pf);
	return route->local ? 0 : check_route(skb, state, route, reason);
}

static struct dst_entry *route_hop(const struct nf_hook_state *state,
				   const union nf_inet_addr *hop, int ifindex)
{
	struct dst_entry *dst;
	struct flowi6 fl6 = {
		.flowi6_oif = ifindex,
		.flowi6_flags = FLOWI_FLAG_KNOWN_NH,
	};
	struct flowi4 fl4 = {
		.daddr = hop->ip,
		.flowi4_oif = ifindex,
		.flowi4_flags = FLOWI_FLAG_KNOWN_NH,
	};
	struct rtable *rt;

	if (state->pf == NFPROTO_IPV4) {
		rt = ip_route_output_key(state->net, &fl4);
		if (IS_ERR(rt))
			return NULL;
		/* By its device alone: such a route is nobody else's. */
		if (!rt->rt_gw_family) {
			rt->rt_gw_family = AF_INET;
			rt->rt_gw4 = hop->ip;
		}
		return &rt->dst;
	}
	fl6.daddr = hop->in6;
	dst = ip6_route_output(state->net, NULL, &fl6);
	if (!dst->error)
		return dst;
	dst_release(dst);
	return NULL;
}

/**
 * psteer_forward_via() - find the way by a given next hop, and whether it can go
 * @skb: packet, which will not be translated
 * @state: of the hook
 * @hop: next hop
 * @ifindex: device to it, 0: by its own route
 * @route: filled in on success; psteer_forward_send() uses it up
 * @reason: set on failure
 *
 * Context: softirq or bottom halves off, RCU read side.
 * Return: 0, or a negative errno; then the sender has been told.
 */
int psteer_forward_via(struct sk_buff *skb, const struct nf_hook_state *state,
		       const union nf_inet_addr *hop, int ifindex,
		       struct psteer_route *route, enum psteer_stat *reason)
{
	route->local = false;
	route->dst = route_hop(state, hop, ifindex);
	if (route->dst && is_local(route->dst, state->pf))
		psteer_forward_drop_route(route);
	else if (route->dst)
		return check_route(skb, state, route, reason);
	*reason = PSTEER_STAT_NO_ROUTE;
	psteer_refuse_unreachable(skb, state, false);
	return -EHOSTUNREACH;
}

/**
 * psteer_forward_leads_to() - is a next hop behind the device of a packet
 * @state: of the hook
 * @hop: next hop
 *
 * Context: softirq or bottom halves off, RCU read side.
 */
bool psteer_forward_leads_to(const struct nf_hook_state *state,
			     const union nf_inet_addr *hop)
{
	struct dst_entry *dst = route_hop(state, hop, 0);
	bool leads;

	if (!dst)
		return false;
	leads = dst->dev == state->in;
	dst_release(dst);
	return leads;
}

/**
 * psteer_forward_drop_route() - give up a route that was not used
 * @route: from psteer_forward_route()
 */
void psteer_forward_drop_route(const struct psteer_route *route)
{
	dst_release(route->dst);
}

static unsigned int reroute_local_out(struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	int err;

	if (state->pf == NFPROTO_IPV4)
		err = ip_route_me_harder(state->net, state->sk, skb,
					 RTN_UNSPEC);
	else
		err = ip6_route_me_harder(state->net, state->sk, skb);
	return err ? NF_DROP_ERR(err) : NF_ACCEPT;
}

static void mark_forwarded(struct sk_buff *skb, u8 pf)
{
	if (pf == NFPROTO_IPV4) {
		ip_decrease_ttl(ip_hdr(skb));
		IPCB(skb)->flags |= IPSKB_FORWARDED;
		skb->priority = rt_tos2priority(ip_hdr(skb)->tos);
	} else {
		ipv6_hdr(skb)->hop_limit--;
		IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	}
}

/**
 * psteer_forward_send() - send a translated packet on
 * @skb: packet
 * @state: of the hook
 * @route: from psteer_forward_route(), used up
 *
 * Context: softirq or bottom halves off, RCU read side.
 * Return: the verdict: NF_STOLEN, or for packets of the gateway itself NF_ACCEPT
 * or an error.
 */
unsigned int psteer_forward_send(struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct psteer_route *route)
{
	nf_reset_ct(skb);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	if (is_local_out(state))
		return reroute_local_out(skb, state);

	skb_dst_drop(skb);
	skb_dst_set(skb, route->dst);
	if (route->local) {
		dst_output(state->net, NULL, skb);
		return NF_STOLEN;
	}
	if (skb_warn_if_lro(skb) ||
	    skb_cow(skb, LL_RESERVED_SPACE(route->dst->dev)))
		return NF_DROP;
	mark_forwarded(skb, state->pf);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	NF_HOOK(state->pf, NF_INET_FORWARD, state->net, NULL, skb, state->in,
		route->dst->dev, dst_output);
	return NF_STOLEN;
}

/**
 * psteer_refuse_reset() - answer a TCP segment with a reset
 * @skb: packet, not translated
 * @state: of the hook
 */
void psteer_refuse_reset(struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_IPV4)
		nf_send_reset(state->net, state->sk, skb, state->hook);
	else
		nf_send_reset6(state->net, state->sk, skb, state->hook);
}

/**
 * psteer_refuse_unreachable() - answer a packet with an ICMP error
 * @skb: packet, not translated
 * @state: of the hook
 * @filtered: it is not allowed more, rather than there being nothing there
 */
void psteer_refuse_unreachable(struct sk_buff *skb,
			       const struct nf_hook_state *state, bool filtered)
{
	if (state->pf == NFPROTO_IPV4)
		nf_send_unreach(skb, filtered ? ICMP_PKT_FILTERED :
						ICMP_PORT_UNREACH, state->hook);
	else
		nf_send_unreach6(state->net, skb,
				 filtered ? ICMPV6_ADM_PROHIBITED :
					    ICMPV6_PORT_UNREACH, state->hook);
}
