// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways to a server: where a new session's first packet goes is where the last
 * one's went. Routing may depend on the source, so there is one for each pool
 * address.
 */
#include "way.h"

/* The last word of an address is what tells those of a pool apart. */
static u32 place_of(const union nf_inet_addr *src, u8 family)
{
	__be32 word = family == AF_INET ? src->ip : src->ip6[3];

	return ntohl(word) % PSTEER_WAYS;
}

static bool is_of(const struct psteer_way *way, const union nf_inet_addr *src,
		  u8 tos)
{
	/* Pairs with psteer_way_learn(). */
	return smp_load_acquire(&way->known) && way->tos == tos &&
	       psteer_addr_equal(&way->src, src);
}

/**
 * psteer_way_find_rcu() - find the way of a packet to a server, if it is usual
 * @ways: of the server
 * @src: source that the packet will have
 * @skb: packet
 * @family: AF_INET or AF_INET6
 *
 * Context: RCU read side.
 * Return: its route, no reference, or NULL: it has to be looked up.
 */
struct dst_entry *psteer_way_find_rcu(const struct psteer_ways *ways,
				      const union nf_inet_addr *src,
				      const struct sk_buff *skb, u8 family)
{
	const struct psteer_way *way = &ways->way[place_of(src, family)];

	if (!is_of(way, src, psteer_hop_tos(skb, family)))
		return NULL;
	return psteer_hop_find_rcu(&way->hop, skb, family);
}

/**
 * psteer_way_learn() - remember the way of a packet for other sessions' first
 * @ways: of the server that it goes to
 * @src: source that it has now
 * @skb: packet
 * @state: of the hook
 * @route: the way it goes
 *
 * Context: softirq or bottom halves off, RCU read side.
 */
void psteer_way_learn(struct psteer_ways *ways, const union nf_inet_addr *src,
		      const struct sk_buff *skb,
		      const struct nf_hook_state *state,
		      const struct psteer_route *route)
{
	struct psteer_way *way = &ways->way[place_of(src, state->pf)];
	u8 tos = psteer_hop_tos(skb, state->pf);

	if (!READ_ONCE(way->known) && !test_and_set_bit(0, &way->taken)) {
		way->src = *src;
		way->tos = tos;
		/* Pairs with is_of(). */
		smp_store_release(&way->known, true);
	}
	if (is_of(way, src, tos))
		psteer_hop_learn(&way->hop, skb, state, route);
}

/**
 * psteer_ways_forget() - forget the ways to a server
 * @ways: of the server
 *
 * Context: any.
 */
void psteer_ways_forget(struct psteer_ways *ways)
{
	u32 i;

	for (i = 0; i < PSTEER_WAYS; i++)
		psteer_hop_forget(&ways->way[i].hop);
}
