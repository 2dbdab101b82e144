// SPDX-License-Identifier: GPL-2.0-or-later
/* What etcd has of the cluster, for those who want to see it. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"
#include "part.h"

/**
 * struct onlooker - a place from which to look
 * @cluster: the place
 */
struct onlooker {
	struct cluster *cluster;
};

static void look(void *arg)
{
	(void)arg;
}

static const struct cluster_use use = { .settle = look, .quiet = true };

static void *start(struct daemon *daemon, const struct settings *settings,
		   struct refusal *refusal)
{
	struct onlooker *o = calloc(1, sizeof(*o));

	(void)refusal;
	if (!o)
		err(1, "no memory");
	o->cluster = cluster_open(daemon->base, settings->values, &use, o);
	return o;
}

static void stop(void *state)
{
	struct onlooker *o = state;

	cluster_close(o->cluster);
	free(o);
}

static json_t *show_all(const struct cluster *c)
{
	const struct entry *leader = keys_find(cluster_keys(c), "leader");
	struct cluster_schema schema = { 0 };

	schema_read(cluster_keys(c), &schema);
	return json_pack("{ss, ss, ss, sI, sO?, sI}", "kind", "cluster",
			 "etcd", cluster_state(c), "id", schema.id,
			 "chunk", (json_int_t)schema.chunk, "leader",
			 leader ? json_object_get(leader->value, "name") : NULL,
			 "epoch", (json_int_t)(leader ? leader->created : 0));
}

static json_t *show_pool(const struct cluster_pool *pool)
{
	return json_pack("{ss, ss, sO, sI, sI}", "kind", "pool",
			 "name", pool->name, "addresses", pool->addresses,
			 "first", (json_int_t)pool->first,
			 "last", (json_int_t)pool->last);
}

static json_t *show_grant(const struct cluster_grant *grant)
{
	return json_pack("{ss, ss, sI, sI, ss, ss, ss, ss, sI}",
			 "kind", "grant", "address", grant->address,
			 "first", (json_int_t)grant->first,
			 "last", (json_int_t)grant->last,
			 "pool", grant->pool, "host", grant->host,
			 "via", grant->via,
			 "state", grant_phase_words[grant->phase],
			 "epoch", (json_int_t)grant->epoch);
}

/* As it stands in etcd, with what it is and what it is called. */
static void show_raw(json_t *list, const struct cluster *c, const char *kind,
		     const char *prefix)
{
	const struct entry *entry = NULL;
	json_t *shown;

	while ((entry = keys_next(cluster_keys(c), prefix, entry))) {
		shown = json_pack("{ss, ss}", "kind", kind, "name",
				  entry->key + strlen(prefix));
		if (json_is_object(entry->value))
			json_object_update_missing(shown, entry->value);
		json_array_append_new(list, shown);
	}
}

static json_t *show(const void *state)
{
	const struct cluster *c = ((const struct onlooker *)state)->cluster;
	const struct entry *entry = NULL;
	struct cluster_grant grant;
	json_t *list = json_array();
	struct cluster_pool pool;

	json_array_append_new(list, show_all(c));
	while (pool_next(cluster_keys(c), &entry, &pool))
		json_array_append_new(list, show_pool(&pool));
	show_raw(list, c, "host", "hosts/");
	show_raw(list, c, "edge", "edges/");
	show_raw(list, c, "ask", "asks/");
	while (grant_next(cluster_keys(c), &entry, &grant))
		json_array_append_new(list, show_grant(&grant));
	show_raw(list, c, "held", "held/");
	return list;
}

static void metrics(const void *state, FILE *out)
{
	const struct cluster *c = ((const struct onlooker *)state)->cluster;

	fprintf(out, "# HELP portsteer_cluster_live Whether etcd tells what it has.\n"
		"# TYPE portsteer_cluster_live gauge\n"
		"portsteer_cluster_live %d\n",
		!strcmp(cluster_state(c), "live"));
}

const struct part cluster_part = {
	.name = "cluster",
	.section = &etcd_section,
	.start = start,
	.stop = stop,
	.show = show,
	.metrics = metrics,
};
