// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a host asks for: what its VMs should have by their policies, and some more, so
 * that ranges grow without anybody being asked.
 */
#include "host.h"

#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "clock.h"
#include "etcd_key.h"

/* The needs change with each session; etcd is told of less than that. */
#define MEASURE_MS	1000
#define ASK_MS		1000

static struct need *need_of(struct host *h, const char *pool)
{
	size_t i;

	for (i = 0; pool && i < h->nneeds; i++)
		if (!strcmp(h->needs[i].pool, pool))
			return &h->needs[i];
	return NULL;
}

static void add_pool(const struct record *r, void *arg)
{
	struct need *need = need_of(arg, record_text(r, PSTEER_A_POOL_NAME));

	if (!need)
		return;
	need->block = record_number(r, PSTEER_A_POOL_BLOCK_SIZE);
	need->held = record_number(r, PSTEER_A_POOL_BLOCKS_HELD) * need->block;
}

static uint64_t whole_blocks(uint64_t ports, uint32_t block)
{
	return block ? (ports + block - 1) / block * block : ports;
}

static void add_vm(const struct record *r, void *arg)
{
	struct need *need = need_of(arg, record_text(r, PSTEER_A_VM_POOL));
	uint64_t ports = record_number(r, PSTEER_A_VM_PORTS);
	uint64_t least = record_number(r, PSTEER_A_VM_PORTS_MIN);

	if (!need)
		return;
	need->vms += whole_blocks(ports > least ? ports : least, need->block);
	need->least += whole_blocks(least, need->block);
}

/**
 * host_measure() - find out what is needed, unless that was done just now
 */
bool host_measure(struct host *h)
{
	struct refusal refusal;
	size_t i;

	if (h->measured && clock_ms() - h->measured < MEASURE_MS)
		return true;
	for (i = 0; i < h->nneeds; i++) {
		h->needs[i].vms = 0;
		h->needs[i].least = 0;
	}
	if (kernel_list(h->kernel, &pool_object, NULL, add_pool, h, &refusal) ||
	    kernel_list(h->kernel, &vm_object, NULL, add_vm, h, &refusal))
		return false;
	h->measured = clock_ms();
	return true;
}

static uint64_t whole_chunks(uint64_t ports, uint32_t chunk)
{
	return chunk ? (ports + chunk - 1) / chunk * chunk : ports;
}

/**
 * host_wants() - ports to have of a pool
 *
 * What waits out its hold time is of no use. One chunk is the least there should be
 * ahead of need, as the next one is some time away.
 */
uint32_t host_wants(const struct host *h, const struct need *need)
{
	uint32_t chunk = cluster_chunk(h->cluster);
	uint64_t ports = need->vms + need->held;
	uint64_t spare = ports * h->settings->spare / PSTEER_SCALE;

	ports = whole_chunks(ports + (spare > chunk ? spare : chunk), chunk);
	return ports < UINT32_MAX ? ports : UINT32_MAX;
}

/* With fewer ports in use first, by what a block makes no difference to. */
static int compare_use(const void *a, const void *b)
{
	const struct grant *const *x = a, *const *y = b;
	uint32_t in_x = (*x)->in_use / PSTEER_GRANT_UNIT;
	uint32_t in_y = (*y)->in_use / PSTEER_GRANT_UNIT;

	if (in_x != in_y)
		return in_x < in_y ? -1 : 1;
	return *x < *y ? -1 : *x > *y;
}

/* Our active grants of a pool, those that are used least first; to be freed. */
static const struct grant **by_use(const struct host *h, const char *pool,
				   size_t *count)
{
	const struct grant **list = calloc(h->grants.count + 1, sizeof(*list));
	size_t i;

	*count = 0;
	for (i = 0; list && i < h->grants.count; i++) {
		const struct grant *has = &h->grants.list[i];

		if (has->known && has->state == PSTEER_GRANT_ACTIVE &&
		    !strcmp(has->pool, pool))
			list[(*count)++] = has;
	}
	if (*count)
		qsort(list, *count, sizeof(*list), compare_use);
	return list;
}

static json_t *names_of(const struct grant **list, size_t count)
{
	json_t *names = json_array();
	char name[FORMAT_MAX + 8];
	size_t i;

	for (i = 0; i < count && i < IDLE_MOST; i++) {
		snprintf(name, sizeof(name), "%s/%u", list[i]->address,
			 list[i]->first);
		json_array_append_new(names, json_string(name));
	}
	return names;
}

/* More ports are asked for at once; what is least used may be told later. */
static bool is_due(const struct host *h, const struct need *need,
		   const struct entry *entry, const json_t *ask)
{
	if (!entry || entry->lease != cluster_lease(h->cluster))
		return true;
	if (json_equal(entry->value, ask))
		return false;
	return clock_ms() - need->asked >= ASK_MS ||
	       json_integer_value(json_object_get(ask, "want")) >
	       json_integer_value(json_object_get(entry->value, "want"));
}

static void put_ask(struct host *h, struct need *need,
		    const struct grant **list, size_t count)
{
	const struct keys *keys = cluster_keys(h->cluster);
	const struct entry *entry;
	struct key_text key;
	json_t *ask, *txn;

	ask = json_pack("{ss, ss, sI, sI, so}", "host", h->settings->name,
			"pool", need->pool,
			"want", (json_int_t)host_wants(h, need),
			"least", (json_int_t)need->least,
			"idle", names_of(list, count));
	entry = cluster_find(keys, "asks/%s/%s", h->settings->name, need->pool);
	if (!is_due(h, need, entry, ask)) {
		json_decref(ask);
		return;
	}
	key = cluster_key(h->cluster, "asks/%s/%s", h->settings->name,
			  need->pool);
	txn = etcd_txn();
	etcd_txn_put(txn, key.text, ask, cluster_lease(h->cluster));
	cluster_submit(h->cluster, txn);
	need->asked = clock_ms();
}

static void leave_one(struct host *h, const struct grant *has)
{
	const struct entry *entry;
	struct cluster_grant grant;

	entry = cluster_find(cluster_keys(h->cluster), "grants/%s/%u",
			     has->address, has->first);
	if (entry && grant_read(entry, &grant) && host_is_ours(h, &grant))
		host_change(h, &grant, GRANT_DRAINING);
}

/* What has long been more than enough goes back, if nothing of it is in use. */
static void give_back(struct host *h, struct need *need,
		      const struct grant **list, size_t count)
{
	uint32_t chunk = cluster_chunk(h->cluster);
	size_t want = host_wants(h, need) / chunk;
	size_t i;

	if (count <= want + 1) {
		need->plenty_since = 0;
		return;
	}
	if (!need->plenty_since)
		need->plenty_since = clock_ms();
	if (clock_ms() - need->plenty_since < h->settings->idle)
		return;
	for (i = 0; i < count - want - 1 && !list[i]->in_use; i++)
		leave_one(h, list[i]);
}

/**
 * host_ask() - ask for what is wanted, give back what is not
 */
void host_ask(struct host *h)
{
	const struct grant **list;
	size_t count, i;

	for (i = 0; i < h->nneeds; i++) {
		struct need *need = &h->needs[i];

		if (!cluster_find(cluster_keys(h->cluster), "pools/%s",
				  need->pool))
			continue;
		list = by_use(h, need->pool, &count);
		if (!list)
			return;
		put_ask(h, need, list, count);
		give_back(h, need, list, count);
		free(list);
	}
}
