// SPDX-License-Identifier: GPL-2.0-only
/*
 * The edge: packets to a pool address go to the host that their port is granted
 * to, by its index and without any session; what comes from a pool address must
 * come from the host that has the port.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <net/arp.h>
#include <net/ndisc.h>

#include "edge.h"
#include "forward.h"
#include "grant.h"
#include "net.h"

/**
 * struct ends - the pool ends that a packet has, or is about
 * @from: from there it comes; its address is NULL if it is of no pool
 * @from_port: port there
 * @to: there it goes
 * @to_port: port there
 */
struct ends {
	struct psteer_edge_addr *from;
	__be16 from_port;
	struct psteer_edge_addr *to;
	__be16 to_port;
};

/* An error comes from where the packet that it is about was sent to. */
static void find_ends(struct psteer_net *pnet, const struct psteer_packet *pkt,
		      struct ends *ends)
{
	const struct psteer_key *key = &pkt->key;
	bool error = pkt->kind == PSTEER_PACKET_ICMP_ERROR;
	const union nf_inet_addr *src = error ? &pkt->teller : &key->src;
	const union nf_inet_addr *dst = error ? &pkt->told : &key->dst;

	ends->from = psteer_edge_addr_find_rcu(pnet, key->family, src);
	ends->from_port = error ? key->dport : key->sport;
	ends->to = psteer_edge_addr_find_rcu(pnet, key->family, dst);
	ends->to_port = error ? key->sport : key->dport;
}

static struct psteer_grant *grant_of(const struct psteer_edge_addr *addr,
				     __be16 port)
{
	u32 unit = ntohs(port) / PSTEER_GRANT_UNIT;
	struct psteer_grant *grant = NULL;

	if (addr)
		grant = rcu_dereference(addr->unit[unit]);
	if (grant && grant->is.state == PSTEER_GRANT_PREPARED)
		return NULL;
	return grant;
}

static struct neighbour *find_neighbour(struct net_device *dev, u8 family,
					const union nf_inet_addr *ip)
{
	if (family == AF_INET)
		return __ipv4_neigh_lookup_noref(dev, (__force u32)ip->ip);
	return __ipv6_neigh_lookup_noref(dev, &ip->in6);
}

/* Where the host's link address is known, nobody else's will do. */
static bool has_address_of(struct sk_buff *skb, struct net_device *dev,
			   const struct psteer_grant *grant)
{
	const struct neighbour *neighbour;

	if (dev->type != ARPHRD_ETHER || !skb_mac_header_was_set(skb))
		return true;
	neighbour = find_neighbour(dev, grant->is.family, &grant->is.host);
	if (!neighbour || !(READ_ONCE(neighbour->nud_state) & NUD_VALID))
		return true;
	return ether_addr_equal(neighbour->ha, eth_hdr(skb)->h_source);
}

static bool comes_from_host(struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    const struct psteer_grant *grant)
{
	if (!grant)
		return false;
	if (grant->is.ifindex ? state->in->ifindex != grant->is.ifindex :
				!psteer_forward_leads_to(state, &grant->is.host))
		return false;
	return has_address_of(skb, state->in, grant);
}

static int pass_to_host(struct psteer_net *pnet, struct sk_buff *skb,
			const struct nf_hook_state *state,
			const struct psteer_grant *grant)
{
	enum psteer_stat reason;
	struct psteer_route route;
	u32 len = skb->len;

	if (psteer_forward_via(skb, state, &grant->is.host, grant->is.ifindex,
			       &route, &reason)) {
		psteer_count(pnet, reason);
		return NF_DROP;
	}
	psteer_traffic_count(grant->traffic, len);
	psteer_count(pnet, PSTEER_STAT_TO_HOST);
	return psteer_forward_send(skb, state, &route);
}

/**
 * psteer_edge_has() - is one end of a packet on the edge
 * @pnet: namespace
 * @key: of the packet
 *
 * Context: RCU read side.
 */
bool psteer_edge_has(struct psteer_net *pnet, const struct psteer_key *key)
{
	return psteer_edge_addr_find_rcu(pnet, key->family, &key->src) ||
	       psteer_edge_addr_find_rcu(pnet, key->family, &key->dst);
}

/**
 * psteer_edge() - see a packet through the edge
 * @pnet: namespace
 * @skb: packet
 * @state: of the hook
 * @pkt: what was read from it, of any kind
 *
 * Context: softirq or bottom halves off, RCU read side.
 * Return: a verdict, or PSTEER_EDGE_PASSES.
 */
int psteer_edge(struct psteer_net *pnet, struct sk_buff *skb,
		const struct nf_hook_state *state,
		const struct psteer_packet *pkt)
{
	struct psteer_grant *grant;
	struct ends ends;

	if (!psteer_edge_is(pnet) ||
	    state->hook != NF_INET_PRE_ROUTING)
		return PSTEER_EDGE_PASSES;
	find_ends(pnet, pkt, &ends);
	if (ends.from && !comes_from_host(skb, state,
					  grant_of(ends.from, ends.from_port))) {
		psteer_count(pnet, PSTEER_STAT_SPOOFED);
		return NF_DROP;
	}
	grant = grant_of(ends.to, ends.to_port);
	return grant ? pass_to_host(pnet, skb, state, grant) :
		       PSTEER_EDGE_PASSES;
}
