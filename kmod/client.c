// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients: they appear by their first packet, hold ranges of ports, and go when
 * they have been idle. One whose sessions were never completed is unproven: it
 * may be a forged address, and leaves no trace once its sessions are gone.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "client.h"
#include "net.h"
#include "pool.h"
#include "range.h"
#include "walk.h"

/* No session can be added to a client with this count. */
#define CLIENT_RETIRED	(-1)

static struct kmem_cache *client_cache;

static int compare_key(struct rhashtable_compare_arg *arg, const void *object)
{
	const struct psteer_client *client = object;
	const struct psteer_client_key *key = arg->key;

	return client->key.pool != key->pool ||
	       !psteer_addr_equal(&client->key.ip, &key->ip);
}

static const struct rhashtable_params client_params = {
	.head_offset = offsetof(struct psteer_client, node),
	.key_offset = offsetof(struct psteer_client, key),
	.key_len = sizeof(struct psteer_client_key),
	.hashfn = psteer_hash_words,
	.obj_cmpfn = compare_key,
	.automatic_shrinking = true,
};

PSTEER_HASH_WORDS_FIT(struct psteer_client_key);

/**
 * psteer_client_cache_init() - make the module's client slab
 *
 * Return: 0 or -ENOMEM.
 */
int psteer_client_cache_init(void)
{
	client_cache = KMEM_CACHE(psteer_client, SLAB_HWCACHE_ALIGN);
	return client_cache ? 0 : -ENOMEM;
}

/**
 * psteer_client_cache_exit() - undo psteer_client_cache_init()
 *
 * Context: after rcu_barrier(), so that every client is back.
 */
void psteer_client_cache_exit(void)
{
	kmem_cache_destroy(client_cache);
}

/**
 * psteer_clients_init() - make a namespace ready for clients
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_clients_init(struct psteer_net *pnet)
{
	int err = rhashtable_init(&pnet->clients, &client_params);

	if (!err)
		rhashtable_walk_enter(&pnet->clients, &pnet->gc_clients);
	return err;
}

/**
 * psteer_clients_exit() - free all clients of a namespace
 * @pnet: namespace, without sessions, hooks and garbage collection
 */
void psteer_clients_exit(struct psteer_net *pnet)
{
	psteer_clients_retire_pool(pnet, NULL);
	rhashtable_walk_exit(&pnet->gc_clients);
	rhashtable_destroy(&pnet->clients);
}

static void free_client(struct rcu_head *rcu)
{
	kmem_cache_free(client_cache,
			container_of(rcu, struct psteer_client, rcu));
}

/**
 * psteer_client_find_rcu() - find a client
 * @pnet: namespace
 * @pool: pool that its ports come from
 * @ip: its address
 *
 * Context: RCU read side.
 * Return: the client, which may be about to go, or NULL.
 */
struct psteer_client *psteer_client_find_rcu(struct psteer_net *pnet,
					     const struct psteer_pool *pool,
					     const union nf_inet_addr *ip)
{
	struct psteer_client_key key = { .ip = *ip, .pool = pool };

	return rhashtable_lookup(&pnet->clients, &key, client_params);
}

static struct psteer_client *add_client(struct psteer_net *pnet,
					struct psteer_pool *pool,
					const union nf_inet_addr *ip)
{
	const struct psteer_config *config = psteer_config_rcu(pnet);
	struct psteer_client *client, *there;

	if (atomic_read(&pnet->clients_count) >=
	    config->value[PSTEER_A_CONFIG_CLIENTS_MAX])
		return ERR_PTR(-ENFILE);
	client = kmem_cache_zalloc(client_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!client)
		return ERR_PTR(-ENOMEM);
	client->key.ip = *ip;
	client->key.pool = pool;
	client->last_new = jiffies;
	INIT_LIST_HEAD(&client->unproven);
	psteer_owner_init(&client->owner, PSTEER_OWNER_CLIENT, pool);
	there = rhashtable_lookup_get_insert_fast(&pnet->clients, &client->node,
						  client_params);
	if (there) {
		kmem_cache_free(client_cache, client);
		return IS_ERR(there) ? ERR_PTR(-ENOMEM) : there;
	}
	atomic_inc(&pnet->clients_count);
	atomic_inc(&pool->clients);
	return client;
}

/**
 * psteer_client_hold() - count a session of a client that is about to be opened
 * @client: from psteer_client_find_rcu()
 *
 * The count keeps it from going, and is given back by psteer_client_put().
 *
 * Context: RCU read side.
 * Return: false if it is going just now.
 */
bool psteer_client_hold(struct psteer_client *client)
{
	int sessions = atomic_read(&client->sessions);

	do {
		if (sessions == CLIENT_RETIRED)
			return false;
	} while (!atomic_try_cmpxchg(&client->sessions, &sessions,
				     sessions + 1));
	WRITE_ONCE(client->last_new, jiffies);
	WRITE_ONCE(client->created, client->created + 1);
	return true;
}

/**
 * psteer_client_get() - find or make a client and count a session of it
 * @pnet: namespace
 * @pool: pool that its ports come from
 * @ip: its address
 *
 * As psteer_client_hold() does.
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: the client, or ERR_PTR: -ENFILE at the limit of clients, -ENOMEM,
 * -EAGAIN if it is going just now.
 */
struct psteer_client *psteer_client_get(struct psteer_net *pnet,
					struct psteer_pool *pool,
					const union nf_inet_addr *ip)
{
	struct psteer_client *client;

	client = psteer_client_find_rcu(pnet, pool, ip);
	if (!client)
		client = add_client(pnet, pool, ip);
	if (IS_ERR(client))
		return client;
	return psteer_client_hold(client) ? client : ERR_PTR(-EAGAIN);
}

/**
 * psteer_client_count() - count one more session of a client
 * @client: client that the caller has counted a session of
 *
 * Context: any.
 */
void psteer_client_count(struct psteer_client *client)
{
	atomic_inc(&client->sessions);
}

/**
 * psteer_client_delist() - take a client off its pool's list of unproven ones
 * @client: client
 *
 * Context: any but hard interrupts; takes pool->lock.
 * Return: true if it was on the list.
 */
bool psteer_client_delist(struct psteer_client *client)
{
	struct psteer_pool *pool = client->owner.pool;
	bool listed;

	spin_lock_bh(&pool->lock);
	listed = !list_empty(&client->unproven);
	list_del_init(&client->unproven);
	spin_unlock_bh(&pool->lock);
	return listed;
}

/* Frees a client if no session of it is left, or being opened. */
static bool retire_client(struct psteer_client *client)
{
	struct psteer_pool *pool = client->owner.pool;
	struct psteer_net *pnet = pool->pnet;

	if (atomic_cmpxchg(&client->sessions, 0, CLIENT_RETIRED))
		return false;
	/* First of all, so that its next packet makes a new one. */
	rhashtable_remove_fast(&pnet->clients, &client->node, client_params);
	psteer_client_delist(client);
	/* Where nothing was established nothing can come late. */
	WARN_ON_ONCE(!psteer_range_release(&client->owner,
					   psteer_client_proven(client)));
	atomic_dec(&pnet->clients_count);
	atomic_dec(&pool->clients);
	call_rcu(&client->rcu, free_client);
	return true;
}

/**
 * psteer_client_put() - a session of a client is over, or was not opened
 * @client: client
 *
 * Context: RCU read side, any but hard interrupts.
 */
void psteer_client_put(struct psteer_client *client)
{
	if (atomic_dec_return(&client->sessions) == 0 &&
	    !psteer_client_proven(client))
		retire_client(client);
}

/**
 * psteer_client_prove() - a session of a client was completed
 * @client: client
 *
 * Context: RCU read side, any but hard interrupts; takes pool->lock once.
 */
void psteer_client_prove(struct psteer_client *client)
{
	if (psteer_client_proven(client) ||
	    test_and_set_bit(PSTEER_CLIENT_PROVEN_BIT, &client->flags))
		return;
	psteer_client_delist(client);
}

/**
 * psteer_client_enlist() - put a client on its pool's list of unproven ones
 * @client: client with ranges, its sessions counted
 *
 * Context: any but hard interrupts; takes pool->lock.
 * Return: false if it is on the list already, or proven.
 */
bool psteer_client_enlist(struct psteer_client *client)
{
	struct psteer_pool *pool = client->owner.pool;
	bool enlist;

	spin_lock_bh(&pool->lock);
	enlist = list_empty(&client->unproven) && !psteer_client_proven(client);
	if (enlist)
		list_add_tail(&client->unproven, &pool->unproven);
	spin_unlock_bh(&pool->lock);
	return enlist;
}

/**
 * psteer_client_oldest_unproven() - who has been unproven the longest
 * @pool: pool
 *
 * Context: RCU read side, which keeps the result from being freed; takes
 * pool->lock.
 * Return: the client, with ranges of its own, or NULL.
 */
struct psteer_client *psteer_client_oldest_unproven(struct psteer_pool *pool)
{
	struct psteer_client *client;

	spin_lock_bh(&pool->lock);
	client = list_first_entry_or_null(&pool->unproven, struct psteer_client,
					  unproven);
	spin_unlock_bh(&pool->lock);
	return client;
}

/**
 * psteer_client_outlook() - work out what is expected of a client
 * @client: client
 * @horizon_ms: how far ahead
 * @outlook: filled in
 *
 * Context: RCU read side, any but hard interrupts; takes owner->lock.
 */
void psteer_client_outlook(struct psteer_client *client, u32 horizon_ms,
			   struct psteer_client_outlook *outlook)
{
	const struct psteer_turnover *turnover = &client->turnover;
	u32 now_ms = jiffies_to_msecs((u32)jiffies);

	spin_lock_bh(&client->owner.lock);
	outlook->rate = psteer_turnover_rate(turnover, now_ms);
	outlook->duration_ms = turnover->duration_ms;
	outlook->known = turnover->ended;
	outlook->ports = psteer_turnover_expected(turnover, now_ms,
						  client->owner.in_use,
						  horizon_ms);
	spin_unlock_bh(&client->owner.lock);
}

static bool retire_of_pool(struct psteer_net *pnet, void *entry,
			   const void *pool)
{
	struct psteer_client *client = entry;

	return (!pool || client->key.pool == pool) && retire_client(client);
}

/**
 * psteer_clients_retire_pool() - free the clients of a pool
 * @pnet: namespace
 * @pool: pool that no service draws from, or NULL for all
 *
 * Context: process. Their sessions have been ended; another CPU may be about to
 * say so.
 */
void psteer_clients_retire_pool(struct psteer_net *pnet,
				const struct psteer_pool *pool)
{
	const atomic_t *count = pool ? &pool->clients : &pnet->clients_count;

	while (atomic_read(count))
		psteer_walk_all(pnet, &pnet->clients, retire_of_pool, pool);
}

static bool tend_client(struct psteer_net *pnet, void *entry, const void *ctx)
{
	const u32 *value = psteer_config_rcu(pnet)->value;
	u32 idle = msecs_to_jiffies(value[PSTEER_A_CONFIG_CLIENT_IDLE]);
	u32 calm = msecs_to_jiffies(value[PSTEER_A_CONFIG_RANGE_IDLE]);
	u32 size = value[PSTEER_A_CONFIG_PORT_RANGE_SIZE];
	struct psteer_client *client = entry;

	if (!atomic_read(&client->sessions) &&
	    (!psteer_client_proven(client) ||
	     time_after(jiffies, READ_ONCE(client->last_new) + idle)))
		return retire_client(client);
	psteer_range_shrink(&client->owner, size, calm);
	return false;
}

/**
 * psteer_clients_tend() - go on shrinking idle ranges and freeing idle clients
 * @pnet: namespace
 * @budget: how many clients to look at
 *
 * Context: process, garbage collection only.
 */
void psteer_clients_tend(struct psteer_net *pnet, u32 budget)
{
	psteer_walk_some(pnet, &pnet->clients, &pnet->gc_clients, budget,
			 tend_client, NULL);
}
