// SPDX-License-Identifier: GPL-2.0-or-later
/* Who gets which chunk next, and who has to leave one. */
#include "manager.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "etcd_key.h"
#include "grow.h"
#include "log.h"
#include "plan.h"

/**
 * struct slot - a place for a grant
 * @address: pool address
 * @first: first port
 * @taken: somebody has it, or it is held
 * @grant: who has it, if @taken and not held
 */
struct slot {
	const char *address;
	uint32_t first;
	bool taken;
	struct cluster_grant grant;
};

/**
 * struct board - a pool, and who wants what of it
 * @m: manager
 * @pool: pool
 * @chunk: ports of a slot
 * @slots: all there are
 * @nslots: of @slots
 * @hosts: those who ask, as numbers
 * @asks: those who ask, as they did
 * @nhosts: of both
 * @free: slots that can be given
 * @coming: slots that will be free
 */
struct board {
	struct manager *m;
	struct cluster_pool pool;
	uint32_t chunk;
	struct slot *slots;
	size_t nslots;
	struct plan_host *hosts;
	struct cluster_ask *asks;
	size_t nhosts;
	uint32_t free;
	uint32_t coming;
};

static const struct keys *keys_of(const struct board *b)
{
	return cluster_keys(b->m->cluster);
}

/**
 * manager_via() - the address of a host that edges can send to
 * @keys: where it is looked up
 * @host: its name
 * @address: pool address, of the family that is needed
 *
 * Return: NULL if the host is away, or has none.
 */
const char *manager_via(const struct keys *keys, const char *host,
			const char *address)
{
	const struct entry *entry = cluster_find(keys, "hosts/%s", host);
	struct address wanted, has;
	const json_t *each;
	const char *text;
	size_t i;

	if (!entry || parse_address(address, &wanted))
		return NULL;
	json_array_foreach(json_object_get(entry->value, "addresses"), i, each) {
		text = json_string_value(each);
		if (text && !parse_address(text, &has) && has.len == wanted.len)
			return text;
	}
	return NULL;
}

static struct plan_host *host_of(const struct board *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->nhosts; i++)
		if (!strcmp(b->asks[i].host, name))
			return &b->hosts[i];
	return NULL;
}

/* Those who are away keep what they have, and get no more. */
static void find_hosts(struct board *b)
{
	const struct entry *entry = NULL;
	struct plan_host *host;
	struct cluster_ask ask;

	while ((entry = keys_next(keys_of(b), "asks/", entry))) {
		if (!ask_read(entry, &ask) || strcmp(ask.pool, b->pool.name) ||
		    !cluster_find(keys_of(b), "hosts/%s", ask.host) ||
		    host_of(b, ask.host))
			continue;
		b->hosts = grow(b->hosts, b->nhosts, sizeof(*b->hosts));
		b->asks = grow(b->asks, b->nhosts, sizeof(*b->asks));
		b->asks[b->nhosts] = ask;
		host = &b->hosts[b->nhosts++];
		*host = (struct plan_host){
			.want = (ask.want + b->chunk - 1) / b->chunk,
			.least = (ask.least + b->chunk - 1) / b->chunk,
		};
	}
}

static void count_slot(struct board *b, struct slot *slot)
{
	const struct entry *entry;
	struct plan_host *host;

	entry = cluster_find(keys_of(b), "grants/%s/%u", slot->address,
			     slot->first);
	/* What can't be read is somebody's nevertheless. */
	slot->taken = entry || cluster_find(keys_of(b), "held/%s/%u",
					    slot->address, slot->first);
	if (!entry || !grant_read(entry, &slot->grant)) {
		b->free += !slot->taken;
		b->coming += slot->taken && !entry;
		return;
	}
	if (slot->grant.phase >= GRANT_DRAINING) {
		b->coming++;
		return;
	}
	host = host_of(b, slot->grant.host);
	if (host)
		host->has++;
}

static void find_slots_of(struct board *b, const char *address)
{
	uint32_t first = (b->pool.first + b->chunk - 1) / b->chunk * b->chunk;
	struct slot *slot;

	for (; first + b->chunk - 1 <= b->pool.last; first += b->chunk) {
		b->slots = grow(b->slots, b->nslots, sizeof(*b->slots));
		slot = &b->slots[b->nslots++];
		*slot = (struct slot){ .address = address, .first = first };
		count_slot(b, slot);
	}
}

/* An address is of one pool: the first that has it. */
static bool is_elsewhere(const struct board *b, const char *address)
{
	const struct entry *entry = NULL;
	struct cluster_pool pool;
	const json_t *each;
	size_t i;

	while (pool_next(keys_of(b), &entry, &pool)) {
		if (!strcmp(pool.name, b->pool.name))
			return false;
		json_array_foreach(pool.addresses, i, each)
			if (!strcmp(json_string_value(each), address))
				return true;
	}
	return false;
}

static void find_slots(struct board *b)
{
	const json_t *address;
	size_t i;

	json_array_foreach(b->pool.addresses, i, address) {
		const char *text = json_string_value(address);

		if (is_elsewhere(b, text))
			log_warning("%s of pool %s is another pool's, and left out",
				    text, b->pool.name);
		else
			find_slots_of(b, text);
	}
}

static bool is_of(const struct slot *slot, const char *host)
{
	return slot->taken && slot->grant.host &&
	       !strcmp(slot->grant.host, host);
}

/* How well a free slot suits a host: beside its own, else on an address it has. */
static unsigned int suits(const struct board *b, size_t nr, const char *host,
			  const char *home)
{
	const struct slot *slot = &b->slots[nr];
	unsigned int beside = 0;

	if (nr && b->slots[nr - 1].address == slot->address)
		beside = is_of(slot - 1, host);
	if (nr + 1 < b->nslots && b->slots[nr + 1].address == slot->address)
		beside |= is_of(slot + 1, host);
	return 1 + 2 * beside + (home == slot->address);
}

static struct slot *best_slot(const struct board *b, const char *host)
{
	struct slot *best = NULL;
	const char *home = NULL;
	unsigned int most = 0;
	size_t i;

	for (i = 0; i < b->nslots && !home; i++)
		if (is_of(&b->slots[i], host))
			home = b->slots[i].address;
	for (i = 0; i < b->nslots; i++) {
		if (b->slots[i].taken || suits(b, i, host, home) <= most)
			continue;
		best = &b->slots[i];
		most = suits(b, i, host, home);
	}
	return best;
}

/* The key is not there, and neither is that of the hold time: nobody has it. */
static bool give(struct board *b, const char *host)
{
	struct slot *slot = best_slot(b, host);
	struct cluster *c = b->m->cluster;
	struct key_text key;
	json_t *txn;

	if (!slot)
		return false;
	slot->grant = (struct cluster_grant){
		.address = slot->address, .first = slot->first,
		.last = slot->first + b->chunk - 1, .pool = b->pool.name,
		.host = host, .via = manager_via(keys_of(b), host, slot->address),
		.phase = GRANT_PREPARED, .epoch = b->m->epoch,
	};
	slot->taken = true;
	if (!slot->grant.via)
		return false;
	key = cluster_key(c, "grants/%s/%u", slot->address, slot->first);
	txn = manager_txn(b->m);
	etcd_txn_if_created(txn, key.text, 0);
	etcd_txn_if_created(txn, cluster_key(c, "held/%s/%u", slot->address,
					     slot->first).text, 0);
	etcd_txn_put(txn, key.text, grant_write(&slot->grant), 0);
	if (!cluster_submit(c, txn))
		return false;
	b->m->given++;
	return true;
}

static bool can_leave(const struct slot *slot, const char *host)
{
	return is_of(slot, host) && slot->grant.phase == GRANT_ACTIVE;
}

/* What the host has named as easiest to leave, else the last. */
static struct slot *slot_to_leave(const struct board *b,
				  const struct cluster_ask *ask)
{
	struct slot *last = NULL;
	const json_t *named;
	size_t i, nr;

	json_array_foreach(ask->idle, i, named) {
		const char *text = json_string_value(named);

		for (nr = 0; text && nr < b->nslots; nr++) {
			struct slot *slot = &b->slots[nr];

			if (can_leave(slot, ask->host) &&
			    !strcmp(slot->grant.entry->key + 7, text))
				return slot;
		}
	}
	for (nr = 0; nr < b->nslots; nr++)
		if (can_leave(&b->slots[nr], ask->host))
			last = &b->slots[nr];
	return last;
}

static bool take(struct board *b, const struct cluster_ask *ask)
{
	struct slot *slot = slot_to_leave(b, ask);

	if (!slot || !manager_change(b->m, &slot->grant, GRANT_DRAINING))
		return false;
	slot->grant.phase = GRANT_DRAINING;
	b->m->taken++;
	return true;
}

static void share_out(struct board *b)
{
	size_t i;

	plan(b->hosts, b->nhosts, b->free, b->coming);
	for (i = 0; i < b->nhosts; i++) {
		struct plan_host *host = &b->hosts[i];

		while (host->give && give(b, b->asks[i].host))
			host->give--;
		while (host->take && take(b, &b->asks[i]))
			host->take--;
	}
}

static bool is_in(const struct cluster_pool *pool,
		  const struct cluster_grant *grant)
{
	const json_t *address;
	size_t i;

	if (grant->first < pool->first || grant->last > pool->last)
		return false;
	json_array_foreach(pool->addresses, i, address)
		if (!strcmp(json_string_value(address), grant->address))
			return true;
	return false;
}

/* Grants of what is not in any pool any more have to be left. */
static void leave_removed(struct manager *m)
{
	const struct keys *keys = cluster_keys(m->cluster);
	const struct entry *entry = NULL;
	struct cluster_grant grant;
	const struct entry *pool;
	struct cluster_pool of;

	while (grant_next(keys, &entry, &grant)) {
		pool = cluster_find(keys, "pools/%s", grant.pool);
		/* What can't be read is not gone. */
		if (grant.phase == GRANT_ACTIVE &&
		    (!pool || (pool_read(pool, &of) && !is_in(&of, &grant))))
			manager_change(m, &grant, GRANT_DRAINING);
	}
}

/**
 * manager_plan() - share out what hosts ask for
 */
void manager_plan(struct manager *m)
{
	const struct entry *entry = NULL;
	struct board b;

	leave_removed(m);
	b = (struct board){ .m = m, .chunk = cluster_chunk(m->cluster) };
	while (pool_next(cluster_keys(m->cluster), &entry, &b.pool)) {
		find_hosts(&b);
		find_slots(&b);
		share_out(&b);
		free(b.slots);
		free(b.hosts);
		free(b.asks);
		b = (struct board){ .m = m, .chunk = b.chunk };
	}
}
