/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_EDGE_H
#define PSTEER_EDGE_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "net.h"
#include "packet.h"

/* "Not for us": the packet goes its way. */
#define PSTEER_EDGE_PASSES	(-1)

/* Is the gateway the edge of anybody? */
static inline bool psteer_edge_is(const struct psteer_net *pnet)
{
	return atomic_read(&pnet->edge_addrs.nelems);
}

bool psteer_edge_has(struct psteer_net *pnet, const struct psteer_key *key);
int psteer_edge(struct psteer_net *pnet, struct sk_buff *skb,
		const struct nf_hook_state *state,
		const struct psteer_packet *pkt);

#endif
