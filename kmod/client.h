/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_CLIENT_H
#define PSTEER_CLIENT_H

#include <linux/rhashtable.h>

#include "key.h"
#include "owner.h"
#include "turnover.h"

struct psteer_net;

/**
 * struct psteer_client_key - what names a client
 * @ip: its address
 * @pool: pool that its ports come from
 */
struct psteer_client_key {
	union nf_inet_addr ip;
	const struct psteer_pool *pool;
};

/* Bits of psteer_client.flags */
#define PSTEER_CLIENT_PROVEN_BIT	0	/* a session of it was completed */

/**
 * struct psteer_client - the remote address of steered connections
 * @node: in pnet->clients
 * @key: address and pool
 * @owner: its ranges; its lock guards them and @turnover
 * @turnover: how the sessions with a port of @owner come and go
 * @flags: PSTEER_CLIENT_*_BIT; atomic
 * @sessions: live sessions and sessions being opened; CLIENT_RETIRED once it
 *	is being freed
 * @created: sessions since it appeared; a count may be lost in a race
 * @known: that packets can come from it, for psteer_forward_comes_from()
 * @last_new: when its last session was opened, in jiffies; READ_ONCE
 * @unproven: in pool->unproven while it is unproven and has ranges; pool->lock
 * @rcu: for freeing it
 */
struct psteer_client {
	struct rhash_head node;
	struct psteer_client_key key;
	struct psteer_owner owner;
	struct psteer_turnover turnover;
	unsigned long flags;
	atomic_t sessions;
	u64 created;
	u32 known;
	unsigned long last_new;
	struct list_head unproven;
	struct rcu_head rcu;
};

/**
 * struct psteer_client_outlook - what is expected of a client
 * @rate: new sessions a second, in 1/PSTEER_SCALE
 * @duration_ms: mean time that one has its port, if @known
 * @ports: ports in use, each towards a server, one horizon ahead
 * @known: one has ended
 */
struct psteer_client_outlook {
	u32 rate;
	u32 duration_ms;
	u32 ports;
	bool known;
};

int psteer_client_cache_init(void);
void psteer_client_cache_exit(void);
int psteer_clients_init(struct psteer_net *pnet);
void psteer_clients_exit(struct psteer_net *pnet);
struct psteer_client *psteer_client_find_rcu(struct psteer_net *pnet,
					     const struct psteer_pool *pool,
					     const union nf_inet_addr *ip);
bool psteer_client_hold(struct psteer_client *client);
struct psteer_client *psteer_client_get(struct psteer_net *pnet,
					struct psteer_pool *pool,
					const union nf_inet_addr *ip);
void psteer_client_count(struct psteer_client *client);
void psteer_client_put(struct psteer_client *client);
void psteer_client_prove(struct psteer_client *client);
bool psteer_client_enlist(struct psteer_client *client);
struct psteer_client *psteer_client_oldest_unproven(struct psteer_pool *pool);
bool psteer_client_delist(struct psteer_client *client);
void psteer_clients_retire_pool(struct psteer_net *pnet,
				const struct psteer_pool *pool);
void psteer_client_outlook(struct psteer_client *client, u32 horizon_ms,
			   struct psteer_client_outlook *outlook);
void psteer_clients_tend(struct psteer_net *pnet, u32 budget);

static inline bool psteer_client_proven(const struct psteer_client *client)
{
	return test_bit(PSTEER_CLIENT_PROVEN_BIT, &client->flags);
}

static inline const struct psteer_client *
psteer_client_of(const struct psteer_owner *owner)
{
	return container_of(owner, struct psteer_client, owner);
}

#endif
