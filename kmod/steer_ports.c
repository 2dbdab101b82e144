// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose ports a client's next session gets, and how they become more: a range
 * of its own while the pool has plenty; for a proven client always, at the cost
 * of the oldest unproven ones if need be; else the range that all unproven
 * clients of the pool share, where the oldest unproven session makes room.
 */
#include <linux/random.h>

#include "client.h"
#include "net.h"
#include "pool.h"
#include "session.h"
#include "steer.h"

/* The shared range may have this part of a pool's ports. */
#define PROBATION_PART		8
/* Bounds of what one packet may take back for another client. */
#define TAKE_BACK_CLIENTS	4
#define TAKE_BACK_SESSIONS	64
/* Grow when less than this part of the ports is free towards a server. */
#define AHEAD_PART		5

static u32 config_value(const struct psteer_net *pnet,
			enum psteer_config_attr attr)
{
	return psteer_config_rcu(pnet)->value[attr];
}

/* The oldest unproven client's sessions end, and its blocks are free again. */
static bool take_back(struct psteer_pool *pool)
{
	struct psteer_net *pnet = pool->pnet;
	struct psteer_client *client = psteer_client_oldest_unproven(pool);
	u32 ended = 0;

	if (!client)
		return false;
	psteer_range_drain(&client->owner);
	while (ended < TAKE_BACK_SESSIONS &&
	       psteer_session_end_oldest(pnet, &client->owner))
		ended++;
	/* If it has more, the next to need a block goes on with it. */
	if (ended < TAKE_BACK_SESSIONS) {
		psteer_client_delist(client);
		if (!psteer_client_proven(client))
			psteer_range_release(&client->owner, false);
	}
	psteer_count(pnet, PSTEER_STAT_RANGE_TAKEN_BACK);
	return true;
}

static bool grow_probation(struct psteer_pool *pool)
{
	u32 most = (pool->total << pool->shift) / PROBATION_PART;

	return !psteer_range_grow(&pool->probation, most, get_random_u32());
}

static bool grow_own(struct psteer_client *client, u32 most)
{
	struct psteer_pool *pool = client->owner.pool;
	bool proven = psteer_client_proven(client);
	u32 tries = 0;
	int err;

	if (!proven && psteer_pool_short(pool))
		return false;
	do {
		err = psteer_range_grow(&client->owner, most, get_random_u32());
	} while (err == -ENOSPC && proven && tries++ < TAKE_BACK_CLIENTS &&
		 take_back(pool));
	if (!err && !proven)
		psteer_client_enlist(client);
	return !err;
}

/* Blocks for the size that a new client gets; fewer if the pool has no more. */
static bool first_range(struct psteer_client *client)
{
	u32 size = config_value(client->owner.pool->pnet,
				PSTEER_A_CONFIG_PORT_RANGE_SIZE);
	u32 len = 1U << client->owner.pool->shift;

	while (READ_ONCE(client->owner.size) < size)
		if (!grow_own(client, size + len - 1))
			break;
	return READ_ONCE(client->owner.size);
}

/**
 * psteer_ports_owner_now() - whose ports a client's next session would get
 * @client: client
 *
 * Context: RCU read side. Changes nothing.
 * Return: the owner; NULL if it would first be given a range.
 */
struct psteer_owner *psteer_ports_owner_now(struct psteer_client *client)
{
	struct psteer_pool *pool = client->owner.pool;

	if (READ_ONCE(client->owner.size))
		return &client->owner;
	if (psteer_client_proven(client) || !psteer_pool_short(pool))
		return NULL;
	return READ_ONCE(pool->probation.size) ? &pool->probation : NULL;
}

/**
 * psteer_ports_owner() - whose ports a client's next session gets
 * @client: client, a session of it counted
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: the client as owner, with its first range if it had none, or its
 * pool's probation.
 */
struct psteer_owner *psteer_ports_owner(struct psteer_client *client)
{
	struct psteer_pool *pool = client->owner.pool;

	if (READ_ONCE(client->owner.size) || first_range(client))
		return &client->owner;
	if (!READ_ONCE(pool->probation.size))
		grow_probation(pool);
	psteer_count(pool->pnet, PSTEER_STAT_PROBATION);
	return &pool->probation;
}

/**
 * psteer_ports_more() - get more ports, as there is none towards any server
 * @client: client
 * @owner: whose ports they are
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: false if there are no more to be had.
 */
bool psteer_ports_more(struct psteer_client *client, struct psteer_owner *owner)
{
	struct psteer_pool *pool = owner->pool;
	struct psteer_net *pnet = pool->pnet;

	if (owner == &client->owner)
		return grow_own(client, config_value(pnet,
					PSTEER_A_CONFIG_PORT_RANGE_MAX));
	if (grow_probation(pool))
		return true;
	psteer_count(pnet, PSTEER_STAT_PROBATION_RECYCLED);
	return psteer_session_end_oldest(pnet, owner);
}

/*
 * Ports that will be free by one of a client's uses one horizon ahead, if its part
 * of all that the client has stays what it is. Only proven clients are given ports
 * for what they may do, and only while there are plenty.
 */
static u32 free_ahead(struct psteer_client *client, const struct psteer_use *use)
{
	u32 free = psteer_range_free_by(&client->owner, use);
	u32 in_use = READ_ONCE(client->owner.in_use);
	u32 size = READ_ONCE(client->owner.size);
	struct psteer_pool *pool = client->owner.pool;
	struct psteer_client_outlook outlook;
	u32 horizon_ms;
	u64 busy;

	if (!config_value(pool->pnet, PSTEER_A_CONFIG_RANGE_ADAPT) || !in_use ||
	    !psteer_client_proven(client) || psteer_pool_short(pool))
		return free;
	horizon_ms = config_value(pool->pnet,
				  PSTEER_A_CONFIG_PREDICTION_HORIZON);
	psteer_client_outlook(client, horizon_ms, &outlook);
	busy = div_u64((u64)(size - min(free, size)) * outlook.ports, in_use);
	return min_t(u64, free, size - min_t(u64, busy, size));
}

/**
 * psteer_ports_ahead() - get more ports before they are needed
 * @client: client
 * @owner: whose ports they are
 * @use: what the last port was taken for
 *
 * Context: RCU read side, any but hard interrupts.
 */
void psteer_ports_ahead(struct psteer_client *client,
			struct psteer_owner *owner,
			const struct psteer_use *use)
{
	u32 most = config_value(owner->pool->pnet,
				PSTEER_A_CONFIG_PORT_RANGE_MAX);
	u32 size = READ_ONCE(owner->size);

	if (owner != &client->owner ||
	    size + (1U << owner->pool->shift) > most ||
	    AHEAD_PART * free_ahead(client, use) >= size)
		return;
	/* One CPU at a time, or each of them would get a block. */
	if (test_and_set_bit(0, &owner->growing))
		return;
	grow_own(client, most);
	clear_bit_unlock(0, &owner->growing);
}
