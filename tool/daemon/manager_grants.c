// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How grants go on: an edge knows one before its host has it, and has forgotten it
 * before another can have it.
 */
#include "manager.h"

#include <stdlib.h>
#include <string.h>

#include "etcd_key.h"
#include "grow.h"
#include "log.h"

/**
 * struct edges - those whose word counts
 * @names: all that are there, or have said that they know a grant
 * @there: those of them that are
 * @count: of both
 * @any: is one there?
 */
struct edges {
	char **names;
	bool *there;
	size_t count;
	bool any;
};

static void add_edge(struct edges *edges, const char *name, size_t length,
		     bool there)
{
	size_t i;

	for (i = 0; i < edges->count; i++)
		if (!strncmp(edges->names[i], name, length) &&
		    !edges->names[i][length])
			return;
	edges->names = grow(edges->names, edges->count, sizeof(*edges->names));
	edges->there = grow(edges->there, edges->count, sizeof(*edges->there));
	edges->names[edges->count] = strndup(name, length);
	edges->there[edges->count++] = there;
	edges->any |= there;
}

static void find_edges(const struct keys *keys, struct edges *edges)
{
	const struct entry *entry = NULL;

	while ((entry = keys_next(keys, "edges/", entry)))
		add_edge(edges, entry->key + 6, strlen(entry->key + 6), true);
	while ((entry = keys_next(keys, "acks/", entry)))
		add_edge(edges, entry->key + 5, strcspn(entry->key + 5, "/"),
			 false);
}

static void clear_edges(struct edges *edges)
{
	while (edges->count)
		free(edges->names[--edges->count]);
	free(edges->names);
	free(edges->there);
}

static const struct entry *find_ack(const struct keys *keys, const char *edge,
				    const struct cluster_grant *grant)
{
	return cluster_find(keys, "acks/%s/%s/%u", edge, grant->address,
			    grant->first);
}

/* All who are there have it. With none there, but known, its host would be cut off. */
static bool is_known(const struct keys *keys, const struct edges *edges,
		     const struct cluster_grant *grant)
{
	const struct entry *ack;
	const char *state;
	size_t i;

	for (i = 0; i < edges->count; i++) {
		if (!edges->there[i])
			continue;
		ack = find_ack(keys, edges->names[i], grant);
		state = ack ? json_string_value(json_object_get(ack->value,
								"state")) : NULL;
		if (!state || strcmp(state, "present"))
			return false;
	}
	return edges->any || !edges->count;
}

static bool is_forgotten(const struct keys *keys, const struct edges *edges,
			 const struct cluster_grant *grant)
{
	size_t i;

	for (i = 0; i < edges->count; i++)
		if (find_ack(keys, edges->names[i], grant))
			return false;
	return true;
}

/**
 * manager_change() - let a grant go on to another phase
 */
bool manager_change(struct manager *m, const struct cluster_grant *grant,
		    enum grant_phase phase)
{
	struct cluster_grant new = *grant;
	struct key_text key = cluster_key(m->cluster, "%s", grant->entry->key);
	json_t *txn = manager_txn(m);

	new.phase = phase;
	new.epoch = m->epoch;
	etcd_txn_if_changed(txn, key.text, grant->entry->changed);
	etcd_txn_put(txn, key.text, grant_write(&new), 0);
	return cluster_submit(m->cluster, txn);
}

/* An edge that is away for so long does not lead anybody anywhere. */
static void forget_edge(struct manager *m, const char *name)
{
	const struct keys *keys = cluster_keys(m->cluster);
	const struct entry *entry = NULL;
	char prefix[64];
	json_t *txn;

	log_warning("edge %s was away too long, its word does not count any more",
		    name);
	snprintf(prefix, sizeof(prefix), "acks/%s/", name);
	while ((entry = keys_next(keys, prefix, entry))) {
		txn = manager_txn(m);
		etcd_txn_delete(txn, cluster_key(m->cluster, "%s",
						 entry->key).text,
				entry->changed);
		if (!cluster_submit(m->cluster, txn))
			return;
	}
}

static void tend_edges(struct manager *m, const struct edges *edges)
{
	size_t i;

	for (i = 0; i < edges->count; i++)
		if (absent_ms(&m->edges, edges->names[i], edges->there[i]) >
		    m->settings->host_timeout)
			forget_edge(m, edges->names[i]);
}

/* Edges send to where a host says that it is. */
static void tend_via(struct manager *m, const struct cluster_grant *grant)
{
	struct cluster_grant new = *grant;

	new.via = manager_via(cluster_keys(m->cluster), grant->host,
			      grant->address);
	if (new.via && strcmp(new.via, grant->via))
		manager_change(m, &new, grant->phase);
}

/* A host that is away may still translate: it keeps what it has for a while. */
static void tend_host_of(struct manager *m, const struct cluster_grant *grant)
{
	const struct keys *keys = cluster_keys(m->cluster);
	bool there = cluster_find(keys, "hosts/%s", grant->host);

	if (there)
		tend_via(m, grant);
	if (absent_ms(&m->hosts, grant->host, there) <=
	    m->settings->host_timeout)
		return;
	log_warning("host %s was away too long, others get what it had",
		    grant->host);
	m->fenced += manager_change(m, grant, GRANT_RELEASED);
}

static void tend_prepared(struct manager *m, const struct edges *edges,
			  const struct cluster_grant *grant)
{
	const struct keys *keys = cluster_keys(m->cluster);

	/* Nobody uses it yet: it need not wait for a host that is away. */
	if (!cluster_find(keys, "hosts/%s", grant->host))
		manager_change(m, grant, GRANT_RELEASED);
	else if (is_known(keys, edges, grant))
		manager_change(m, grant, GRANT_ACTIVE);
}

static void free_grant(struct manager *m, const struct cluster_grant *grant,
		       int64_t lease)
{
	struct key_text key = cluster_key(m->cluster, "%s", grant->entry->key);
	json_t *txn = manager_txn(m);

	etcd_txn_delete(txn, key.text, grant->entry->changed);
	etcd_txn_put(txn, cluster_key(m->cluster, "held/%s/%u", grant->address,
				      grant->first).text,
		     json_pack("{ss}", "pool", grant->pool), lease);
	cluster_submit(m->cluster, txn);
}

/* Nobody gets them before the lease is over. */
static void free_forgotten(int64_t lease, void *arg)
{
	struct manager *m = arg;
	const struct keys *keys = cluster_keys(m->cluster);
	const struct entry *entry = NULL;
	struct cluster_grant grant;
	struct edges edges = { 0 };

	find_edges(keys, &edges);
	while (grant_next(keys, &entry, &grant))
		if (grant.phase == GRANT_RELEASED &&
		    is_forgotten(keys, &edges, &grant))
			free_grant(m, &grant, lease);
	clear_edges(&edges);
}

/* Return: whether it can be freed. */
static bool tend_grant(struct manager *m, const struct edges *edges,
		       const struct cluster_grant *grant)
{
	switch (grant->phase) {
	case GRANT_PREPARED:
		tend_prepared(m, edges, grant);
		return false;
	case GRANT_ACTIVE:
	case GRANT_DRAINING:
		tend_host_of(m, grant);
		return false;
	default:
		return is_forgotten(cluster_keys(m->cluster), edges, grant);
	}
}

/**
 * manager_tend_grants() - let grants go on as far as they can
 */
void manager_tend_grants(struct manager *m)
{
	const struct keys *keys = cluster_keys(m->cluster);
	const struct entry *entry = NULL;
	struct cluster_grant grant;
	struct edges edges = { 0 };
	bool any = false;

	find_edges(keys, &edges);
	tend_edges(m, &edges);
	while (grant_next(keys, &entry, &grant))
		any |= tend_grant(m, &edges, &grant);
	clear_edges(&edges);
	if (any)
		cluster_lend(m->cluster, (m->settings->hold + 999) / 1000,
			     free_forgotten);
}
