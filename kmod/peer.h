/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_PEER_H
#define PSTEER_PEER_H

#include <linux/refcount.h>
#include <linux/rhashtable.h>

#include "key.h"

struct psteer_mapping;
struct psteer_net;

/**
 * struct psteer_peer_key - what names a peer
 * @mapping: whose
 * @ip: remote address
 */
struct psteer_peer_key {
	const struct psteer_mapping *mapping;
	union nf_inet_addr ip;
};

/**
 * struct psteer_peer - an address that a mapping has sessions with
 * @node: in pnet->peers
 * @key: mapping and address
 * @sessions: how many
 * @rcu: for freeing it
 */
struct psteer_peer {
	struct rhash_head node;
	struct psteer_peer_key key;
	refcount_t sessions;
	struct rcu_head rcu;
};

int psteer_peers_init(struct psteer_net *pnet);
void psteer_peers_exit(struct psteer_net *pnet);
struct psteer_peer *psteer_peer_get(struct psteer_net *pnet,
				    const struct psteer_mapping *mapping,
				    const union nf_inet_addr *ip);
void psteer_peer_put(struct psteer_net *pnet, struct psteer_peer *peer);
bool psteer_peer_known_rcu(struct psteer_net *pnet,
			   const struct psteer_mapping *mapping,
			   const union nf_inet_addr *ip);

#endif
