// SPDX-License-Identifier: GPL-2.0-only
/*
 * The gateway's own sockets, so that a pool does not take ports they need.
 */
#include <linux/bitmap.h>
#include <linux/netfilter_ipv6.h>
#include <linux/sched.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/tcp.h>
#include <net/udp.h>

#include "compat.h"
#include "listen.h"

#define PORTS	65536

/**
 * psteer_listen_is_local() - is this one of the gateway's own addresses
 * @net: namespace
 * @family: of @ip
 * @ip: address
 *
 * Context: process.
 */
bool psteer_listen_is_local(struct net *net, u8 family,
			    const union nf_inet_addr *ip)
{
	if (family == AF_INET)
		return inet_addr_type(net, ip->ip) == RTN_LOCAL;
	return ipv6_chk_addr(net, &ip->in6, NULL, 0);
}

/* Context: RCU read side, which is all that a listener's lookup asks for. */
static bool listens_tcp(struct net *net, u8 family,
			const union nf_inet_addr *ip, u16 port)
{
	if (family == AF_INET)
		return psteer_lookup_listener(net, ip->ip, htons(port));
	return psteer_lookup_listener6(net, &ip->in6, port);
}

static bool listens_udp(struct net *net, u8 family,
			const union nf_inet_addr *ip, u16 port)
{
	struct sock *sk;

	if (family == AF_INET)
		sk = udp4_lib_lookup(net, 0, 0, ip->ip, htons(port), 0);
	else
		sk = udp6_lib_lookup(net, &in6addr_any, 0, &ip->in6,
				     htons(port), 0);
	/* Unlike the lookup of a listener, these return a reference. */
	if (sk)
		sock_put(sk);
	return sk;
}

static bool listens(struct net *net, u8 family, const union nf_inet_addr *ip,
		    u16 port, u8 *proto)
{
	bool open;

	rcu_read_lock();
	*proto = IPPROTO_TCP;
	open = listens_tcp(net, family, ip, port);
	if (!open) {
		*proto = IPPROTO_UDP;
		open = listens_udp(net, family, ip, port);
	}
	rcu_read_unlock();
	return open;
}

/**
 * psteer_listen_find() - find a socket that takes what is sent to some ports
 * @net: namespace
 * @family: of @ip
 * @ip: an address of the gateway
 * @first: first port
 * @last: last port
 * @found: filled in with the socket of the lowest port
 *
 * Context: process.
 * Return: false if there is none.
 */
bool psteer_listen_find(struct net *net, u8 family,
			const union nf_inet_addr *ip, u16 first, u16 last,
			struct psteer_listener *found)
{
	u32 port;

	for (port = first; port <= last; port++) {
		if (listens(net, family, ip, port, &found->proto)) {
			found->port = port;
			return true;
		}
		if (!(port % 1024))
			cond_resched();
	}
	return false;
}

/**
 * psteer_listen_ephemeral() - may the gateway take one of these by itself
 * @net: namespace
 * @first: first port
 * @last: last port
 * @low: set to the first port of the two ranges' overlap
 * @high: set to the last
 *
 * Context: process.
 * Return: true if ip_local_port_range overlaps and some port of the overlap is
 * not in ip_local_reserved_ports.
 */
bool psteer_listen_ephemeral(struct net *net, u16 first, u16 last, u16 *low,
			     u16 *high)
{
	int from, to;
	u32 port;

	inet_get_local_port_range(net, &from, &to);
	*low = max_t(int, first, from);
	*high = min_t(int, last, to);
	for (port = *low; port <= *high; port++)
		if (!inet_is_local_reserved_port(net, port))
			return true;
	return false;
}

/**
 * psteer_listen_reserve() - what to reserve so that some ports are too
 * @net: namespace
 * @low: first port
 * @high: last port
 * @list: filled in with the ports reserved now and these, as
 *	ip_local_reserved_ports takes them
 * @size: room in @list
 *
 * Context: process.
 * Return: 0, -ENOMEM, or -ENOSPC if the list is longer than that.
 */
int psteer_listen_reserve(struct net *net, u16 low, u16 high, char *list,
			  u32 size)
{
	const unsigned long *reserved = net->ipv4.sysctl_local_reserved_ports;
	unsigned long *ports = bitmap_zalloc(PORTS, GFP_KERNEL);
	u32 len;

	if (!ports)
		return -ENOMEM;
	if (reserved)
		bitmap_copy(ports, reserved, PORTS);
	bitmap_set(ports, low, high - low + 1);
	len = snprintf(list, size, "%*pbl", PORTS, ports);
	bitmap_free(ports);
	return len < size ? 0 : -ENOSPC;
}
