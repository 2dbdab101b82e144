/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where kernels from 6.1 on differ: the rest of the module knows only the words
 * that are defined here.
 */
#ifndef PSTEER_COMPAT_H
#define PSTEER_COMPAT_H

#include <linux/version.h>
#include <net/flow.h>
#include <net/genetlink.h>
#include <net/inet6_hashtables.h>
#include <net/inet_dscp.h>
#include <net/inet_hashtables.h>
#include <net/tcp.h>

/* Lengths of segments moved out of skbuff.h */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/**
 * psteer_dump_attrs() - attributes that a dump was asked for with
 * @cb: dump
 *
 * Return: by their number, as the family's policy has checked them.
 */
static inline struct nlattr **psteer_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/**
 * psteer_route_tos() - the part of an IPv4 type of service that routes depend on
 * @tos: of a packet
 *
 * Return: that part: all but ECN, or before 6.12 what RFC 1349 makes of it.
 */
static inline u8 psteer_route_tos(u8 tos)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return tos & INET_DSCP_MASK;
#else
	return tos & IPTOS_RT_MASK;
#endif
}

/**
 * psteer_flow_set_tos() - route by type of service, too
 * @fl4: flow
 * @tos: of a packet of it
 */
static inline void psteer_flow_set_tos(struct flowi4 *fl4, u8 tos)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	fl4->flowi4_dscp = inet_dsfield_to_dscp(tos);
#else
	fl4->flowi4_tos = psteer_route_tos(tos);
#endif
}

/**
 * psteer_route_admits() - can a packet have come from its source, by its route
 * @skb: packet; gets the route that it came by, if there is one
 * @daddr: where it goes to
 *
 * Context: RCU read side.
 * Return: false for what rp_filter refuses and for martians; that there is no route
 * to @daddr is no matter.
 */
static inline bool psteer_route_admits(struct sk_buff *skb, __be32 daddr)
{
	const struct iphdr *iph = ip_hdr(skb);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	switch (ip_route_input_noref(skb, daddr, iph->saddr, ip4h_dscp(iph),
				     skb->dev)) {
	case SKB_DROP_REASON_IP_RPFILTER:
	case SKB_DROP_REASON_IP_LOCAL_SOURCE:
	case SKB_DROP_REASON_IP_INVALID_SOURCE:
	case SKB_DROP_REASON_IP_LOCALNET:
	case SKB_DROP_REASON_IP_INVALID_DEST:
		return false;
	default:
		return true;
	}
#else
	int err = ip_route_input_noref(skb, daddr, iph->saddr, iph->tos,
				       skb->dev);

	return err != -EINVAL && err != -EXDEV;
#endif
}

/**
 * psteer_lookup_listener() - the TCP socket that listens on an IPv4 address
 * @net: namespace
 * @addr: address
 * @port: port
 *
 * Context: RCU read side.
 * Return: it, without a reference, or NULL.
 */
static inline struct sock *psteer_lookup_listener(struct net *net, __be32 addr,
						  __be16 port)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return inet_lookup_listener(net, NULL, 0, 0, 0, addr, port, 0, 0);
#else
	return inet_lookup_listener(net, net->ipv4.tcp_death_row.hashinfo, NULL,
				    0, 0, 0, addr, port, 0, 0);
#endif
}

/**
 * psteer_lookup_listener6() - the TCP socket that listens on an IPv6 address
 * @net: namespace
 * @addr: address
 * @port: port, in host order
 *
 * Context: RCU read side.
 * Return: it, without a reference, or NULL.
 */
static inline struct sock *
psteer_lookup_listener6(struct net *net, const struct in6_addr *addr, u16 port)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return inet6_lookup_listener(net, NULL, 0, &in6addr_any, 0, addr, port,
				     0, 0);
#else
	return inet6_lookup_listener(net, net->ipv4.tcp_death_row.hashinfo,
				     NULL, 0, &in6addr_any, 0, addr, port, 0,
				     0);
#endif
}

#endif
