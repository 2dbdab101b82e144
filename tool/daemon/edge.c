// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The edge of a cluster: its module knows all grants that may be in use. It says in
 * etcd of each that it is going to know it, before it does, and that it does not any
 * more, after that: so what nobody says is known is known to nobody.
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "cluster.h"
#include "etcd_key.h"
#include "grants.h"
#include "kernel.h"
#include "log.h"
#include "part.h"
#include "presence.h"

/* So long it may take from a look at our lease to a change in the module. */
#define MARGIN_MS	500

/**
 * struct edge - an edge
 * @cluster: its place
 * @settings: its section
 * @kernel: module
 * @presence: key that says we are there
 * @grants: of the module, while settling; the epoch stays
 * @added: grants put into the module
 * @removed: grants taken out of it
 */
struct edge {
	struct cluster *cluster;
	const struct edge_settings *settings;
	struct kernel *kernel;
	struct presence presence;
	struct grants grants;
	uint64_t added;
	uint64_t removed;
};

static const struct entry *find_ack(const struct edge *e, const char *address,
				    uint32_t first)
{
	return cluster_find(cluster_keys(e->cluster), "acks/%s/%s/%u",
			    e->settings->name, address, first);
}

static struct key_text ack_key(const struct edge *e, const char *address,
			       uint32_t first)
{
	return cluster_key(e->cluster, "acks/%s/%s/%u", e->settings->name,
			   address, first);
}

/* Void if the grant has gone on: it may be released by now. */
static void put_ack(struct edge *e, const struct cluster_grant *grant,
		    const char *state)
{
	struct key_text key = cluster_key(e->cluster, "%s", grant->entry->key);
	json_t *txn = etcd_txn();

	etcd_txn_if_changed(txn, key.text, grant->entry->changed);
	etcd_txn_put(txn, ack_key(e, grant->address, grant->first).text,
		     json_pack("{ss, sI}", "state", state,
			       "epoch", (json_int_t)grant->epoch), 0);
	cluster_submit(e->cluster, txn);
}

static bool is_present(const struct entry *ack)
{
	const char *state;

	state = json_string_value(json_object_get(ack->value, "state"));
	return state && !strcmp(state, "present");
}

static void describe(const struct cluster_grant *grant, struct grant *new)
{
	*new = (struct grant){
		.first = grant->first, .last = grant->last,
		.state = PSTEER_GRANT_ACTIVE,
	};
	snprintf(new->address, sizeof(new->address), "%s", grant->address);
	snprintf(new->host, sizeof(new->host), "%s", grant->via);
}

/* Return: whether the module has it as it should be. */
static bool add(struct edge *e, const struct cluster_grant *grant)
{
	struct grant new;

	if (cluster_alive_ms(e->cluster) < MARGIN_MS)
		return false;
	describe(grant, &new);
	if (grants_add(e->kernel, &e->grants, &new))
		return false;
	e->added++;
	return true;
}

static bool direct(struct edge *e, const struct cluster_grant *grant,
		   const struct grant *has)
{
	struct grant new;

	describe(grant, &new);
	if (!strcmp(new.host, has->host))
		return true;
	return !grants_set(e->kernel, &e->grants, &new);
}

/* One that the module has, or will have when this is called again. */
static void tend_live(struct edge *e, const struct cluster_grant *grant,
		      struct grant *has)
{
	const struct entry *ack = find_ack(e, grant->address, grant->first);
	bool good;

	if (has && !*has->host)
		return;
	if (has)
		has->known = true;
	if (!ack) {
		put_ack(e, grant, "adding");
		return;
	}
	good = has ? direct(e, grant, has) : add(e, grant);
	if (good && !is_present(ack))
		put_ack(e, grant, "present");
}

static void tend_grant(struct edge *e, const struct cluster_grant *grant)
{
	if (grant->phase != GRANT_RELEASED)
		tend_live(e, grant, grants_find(&e->grants, grant));
}

/* Is an address one that the cluster has, or has had? */
static bool is_clusters(const struct edge *e, const struct grant *has)
{
	const struct entry *entry = NULL;
	struct cluster_pool pool;
	const json_t *address;
	size_t i;

	if (find_ack(e, has->address, has->first))
		return true;
	while (pool_next(cluster_keys(e->cluster), &entry, &pool))
		json_array_foreach(pool.addresses, i, address)
			if (!strcmp(json_string_value(address), has->address))
				return true;
	return false;
}

static void remove_unknown(struct edge *e)
{
	size_t i;

	for (i = 0; i < e->grants.count; i++) {
		struct grant *has = &e->grants.list[i];

		if (has->known || !*has->host || !is_clusters(e, has))
			continue;
		/* What is not gone stays said. */
		has->known = grants_del(e->kernel, &e->grants, has, false);
		e->removed += !has->known;
	}
}

/* Is there a grant that it is about, of whatever phase but the last? */
static bool is_live(const struct edge *e, const char *place)
{
	const struct entry *entry;
	struct cluster_grant grant;

	entry = cluster_find(cluster_keys(e->cluster), "grants/%s", place);
	return entry && (!grant_read(entry, &grant) ||
			 grant.phase != GRANT_RELEASED);
}

static bool module_has(const struct edge *e, const char *place)
{
	char name[FORMAT_MAX + 8];
	size_t i;

	for (i = 0; i < e->grants.count; i++) {
		const struct grant *has = &e->grants.list[i];

		snprintf(name, sizeof(name), "%s/%u", has->address, has->first);
		if (has->known && !strcmp(name, place))
			return true;
	}
	return false;
}

/* What the module does not have any more is unsaid. */
static void unsay(struct edge *e)
{
	const struct keys *keys = cluster_keys(e->cluster);
	const struct entry *ack = NULL;
	char prefix[64];
	json_t *txn;

	snprintf(prefix, sizeof(prefix), "acks/%s/", e->settings->name);
	while ((ack = keys_next(keys, prefix, ack))) {
		const char *place = ack->key + strlen(prefix);

		if (is_live(e, place) || module_has(e, place))
			continue;
		txn = etcd_txn();
		etcd_txn_delete(txn, cluster_key(e->cluster, "%s",
						 ack->key).text, ack->changed);
		if (!cluster_submit(e->cluster, txn))
			return;
	}
}

static void tend_grants(struct edge *e)
{
	const struct keys *keys = cluster_keys(e->cluster);
	int64_t epoch = cluster_epoch(keys);
	const struct entry *entry = NULL;
	struct cluster_grant grant;

	if (epoch > e->grants.epoch)
		e->grants.epoch = epoch;
	while (grant_next(keys, &entry, &grant))
		tend_grant(e, &grant);
	remove_unknown(e);
	unsay(e);
}

static void settle(void *arg)
{
	struct edge *e = arg;

	if (!presence_tend(&e->presence, e->cluster, json_object()) ||
	    !grants_read(e->kernel, &e->grants))
		return;
	tend_grants(e);
	grants_free(&e->grants);
}

static const struct cluster_use use = { .settle = settle };

static void *start(struct daemon *daemon, const struct settings *settings,
		   struct refusal *refusal)
{
	struct edge *e = calloc(1, sizeof(*e));

	(void)refusal;
	if (!e)
		err(1, "no memory");
	e->settings = settings->values;
	e->kernel = daemon->kernel;
	e->presence = (struct presence){
		.kind = "edges", .name = e->settings->name,
	};
	e->cluster = cluster_open(daemon->base,
				  config_section(daemon->config,
						 &etcd_section)->values,
				  &use, e);
	return e;
}

static void stop(void *state)
{
	struct edge *e = state;

	cluster_close(e->cluster);
	free(e);
}

static json_t *show(const void *state)
{
	const struct edge *e = state;

	return json_pack("[{ss, ss, sI, sI}]", "name", e->settings->name,
			 "etcd", cluster_state(e->cluster),
			 "added", (json_int_t)e->added,
			 "removed", (json_int_t)e->removed);
}

static void metrics(const void *state, FILE *out)
{
	const struct edge *e = state;

	fprintf(out, "# HELP portsteer_edge_grants_total Grants of the edge by what was done with them.\n"
		"# TYPE portsteer_edge_grants_total counter\n"
		"portsteer_edge_grants_total{done=\"added\"} %" PRIu64 "\n"
		"portsteer_edge_grants_total{done=\"removed\"} %" PRIu64 "\n",
		e->added, e->removed);
}

const struct part edge_part = {
	.name = "edge",
	.section = &edge_section,
	.needs = &etcd_section,
	.start = start,
	.stop = stop,
	.show = show,
	.metrics = metrics,
};
