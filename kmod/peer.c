// SPDX-License-Identifier: GPL-2.0-only
/*
 * Peers: which addresses a mapping has sessions with, for the filter that lets in
 * those only that a VM has sent to.
 */
#include <linux/slab.h>

#include "net.h"
#include "peer.h"

/* Tries before one that keeps losing races goes without. */
#define TRIES	8

static const struct rhashtable_params peer_params = {
	.head_offset = offsetof(struct psteer_peer, node),
	.key_offset = offsetof(struct psteer_peer, key),
	.key_len = sizeof(struct psteer_peer_key),
	.automatic_shrinking = true,
};

/**
 * psteer_peers_init() - make a namespace ready for peers
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_peers_init(struct psteer_net *pnet)
{
	return rhashtable_init(&pnet->peers, &peer_params);
}

/**
 * psteer_peers_exit() - undo psteer_peers_init()
 * @pnet: namespace without sessions
 */
void psteer_peers_exit(struct psteer_net *pnet)
{
	rhashtable_destroy(&pnet->peers);
}

static struct psteer_peer *find_peer(struct psteer_net *pnet,
				     const struct psteer_mapping *mapping,
				     const union nf_inet_addr *ip)
{
	struct psteer_peer_key key = { .mapping = mapping, .ip = *ip };

	return rhashtable_lookup(&pnet->peers, &key, peer_params);
}

static struct psteer_peer *add_peer(struct psteer_net *pnet,
				    const struct psteer_mapping *mapping,
				    const union nf_inet_addr *ip)
{
	struct psteer_peer *peer;

	peer = kzalloc(sizeof(*peer), GFP_ATOMIC | __GFP_NOWARN);
	if (!peer)
		return NULL;
	peer->key.mapping = mapping;
	peer->key.ip = *ip;
	refcount_set(&peer->sessions, 1);
	if (!rhashtable_lookup_insert_fast(&pnet->peers, &peer->node,
					   peer_params))
		return peer;
	kfree(peer);
	return NULL;
}

/**
 * psteer_peer_get() - count a session of a mapping with an address
 * @pnet: namespace
 * @mapping: mapping
 * @ip: remote address
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: the peer; NULL without memory: then the filter does not know of it,
 * and its session's own packets pass all the same.
 */
struct psteer_peer *psteer_peer_get(struct psteer_net *pnet,
				    const struct psteer_mapping *mapping,
				    const union nf_inet_addr *ip)
{
	struct psteer_peer *peer;
	u32 tries = 0;

	do {
		peer = find_peer(pnet, mapping, ip);
		if (peer && !refcount_inc_not_zero(&peer->sessions))
			peer = NULL;
		else if (!peer)
			peer = add_peer(pnet, mapping, ip);
	} while (!peer && ++tries < TRIES);
	return peer;
}

/**
 * psteer_peer_put() - undo psteer_peer_get()
 * @pnet: namespace
 * @peer: peer, or NULL
 *
 * Context: RCU read side, any but hard interrupts.
 */
void psteer_peer_put(struct psteer_net *pnet, struct psteer_peer *peer)
{
	if (!peer || !refcount_dec_and_test(&peer->sessions))
		return;
	rhashtable_remove_fast(&pnet->peers, &peer->node, peer_params);
	kfree_rcu(peer, rcu);
}

/**
 * psteer_peer_known_rcu() - does a mapping have a session with an address
 * @pnet: namespace
 * @mapping: mapping
 * @ip: remote address
 *
 * Context: RCU read side.
 */
bool psteer_peer_known_rcu(struct psteer_net *pnet,
			   const struct psteer_mapping *mapping,
			   const union nf_inet_addr *ip)
{
	return find_peer(pnet, mapping, ip);
}
