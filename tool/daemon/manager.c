// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The central port manager. Any number of them may run; one leads. Whatever it does
 * is void unless the key of the leader is still its own, so that it does not matter
 * when a manager learns that it does not lead any more.
 */
#include "manager.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "etcd_key.h"
#include "format.h"
#include "log.h"
#include "part.h"

/**
 * manager_txn() - begin a transaction that is void if we don't lead any more
 */
json_t *manager_txn(const struct manager *m)
{
	json_t *txn = etcd_txn();

	etcd_txn_if_created(txn, cluster_key(m->cluster, "leader").text,
			    m->epoch);
	return txn;
}

/* Whoever comes first: the key is there once, and goes with the lease. */
static void run_for_lead(struct manager *m)
{
	struct key_text key = cluster_key(m->cluster, "leader");
	json_t *txn = etcd_txn();

	etcd_txn_if_created(txn, key.text, 0);
	etcd_txn_put(txn, key.text, json_pack("{ss}", "name", m->settings->name),
		     cluster_lease(m->cluster));
	cluster_submit(m->cluster, txn);
}

static void begin_to_lead(struct manager *m, const struct entry *leader)
{
	m->epoch = leader->created;
	m->led++;
	/* Nobody has been missed by us yet. */
	absent_forget(&m->hosts);
	absent_forget(&m->edges);
	log_notice("%s leads, epoch %" PRId64, m->settings->name, m->epoch);
}

static void follow(struct manager *m, const struct entry *leader)
{
	const char *name;

	if (m->epoch)
		log_notice("%s does not lead any more", m->settings->name);
	m->epoch = 0;
	if (m->told_epoch == leader->created)
		return;
	m->told_epoch = leader->created;
	name = json_string_value(json_object_get(leader->value, "name"));
	log_notice("%s leads, epoch %" PRId64 "; %s is ready to follow it",
		   name ? name : "somebody", leader->created,
		   m->settings->name);
}

static bool leads(struct manager *m)
{
	const struct entry *leader;

	leader = keys_find(cluster_keys(m->cluster), "leader");
	if (!leader) {
		m->epoch = 0;
		run_for_lead(m);
		return false;
	}
	if (leader->lease != cluster_lease(m->cluster)) {
		follow(m, leader);
		return false;
	}
	if (m->epoch != leader->created)
		begin_to_lead(m, leader);
	return true;
}

/* Written in one way, as addresses are compared as they are. */
static json_t *addresses_of(char **list)
{
	json_t *json = json_array();
	struct address address;
	char buf[FORMAT_MAX];

	for (; *list; list++) {
		parse_address(*list, &address);
		json_array_append_new(json, json_string(format_address(buf,
								&address)));
	}
	return json;
}

static void tend_pool(struct manager *m, const struct pool_settings *s)
{
	json_t *value = json_pack("{so, sI, sI}",
				  "addresses", addresses_of(s->addresses),
				  "first", (json_int_t)s->first,
				  "last", (json_int_t)s->last);
	const struct entry *entry;
	json_t *txn;

	entry = cluster_find(cluster_keys(m->cluster), "pools/%s", s->name);
	if (entry && json_equal(entry->value, value)) {
		json_decref(value);
		return;
	}
	txn = manager_txn(m);
	etcd_txn_put(txn, cluster_key(m->cluster, "pools/%s", s->name).text,
		     value, 0);
	cluster_submit(m->cluster, txn);
}

/* What the file says is in the cluster; what it does not say may be from others. */
static void tend_pools(struct manager *m)
{
	const struct settings *pools = pools_wanted();
	const struct pool_settings *s;
	size_t i;

	if (!pools)
		return;
	s = pools->values;
	for (i = 0; i < pools->count; i++)
		tend_pool(m, &s[i]);
}

static void settle(void *arg)
{
	struct manager *m = arg;

	if (!leads(m))
		return;
	tend_pools(m);
	manager_tend_grants(m);
	manager_plan(m);
}

/* The first one says what all must agree on from now on. */
static void found(void *arg)
{
	struct manager *m = arg;
	struct key_text key = cluster_key(m->cluster, "schema");
	json_t *txn = etcd_txn();
	unsigned char id[8];
	char text[24];

	if (RAND_bytes(id, sizeof(id)) != 1)
		errx(1, "no random numbers");
	snprintf(text, sizeof(text), "%02x%02x%02x%02x%02x%02x%02x%02x", id[0],
		 id[1], id[2], id[3], id[4], id[5], id[6], id[7]);
	etcd_txn_if_created(txn, key.text, 0);
	etcd_txn_put(txn, key.text,
		     json_pack("{si, sI, ss}", "version", CLUSTER_SCHEMA,
			       "chunk", (json_int_t)m->settings->chunk,
			       "id", text), 0);
	cluster_submit(m->cluster, txn);
}

static const struct cluster_use use = {
	.settle = settle,
	.found = found,
};

static void *start(struct daemon *daemon, const struct settings *settings,
		   struct refusal *refusal)
{
	struct manager *m = calloc(1, sizeof(*m));

	(void)refusal;
	if (!m)
		err(1, "no memory");
	m->settings = settings->values;
	m->cluster = cluster_open(daemon->base,
				  config_section(daemon->config,
						 &etcd_section)->values,
				  &use, m);
	return m;
}

static void stop(void *state)
{
	struct manager *m = state;

	cluster_close(m->cluster);
	absent_forget(&m->hosts);
	absent_forget(&m->edges);
	free(m);
}

static json_t *show(const void *state)
{
	const struct manager *m = state;

	return json_pack("[{ss, ss, sb, sI, sI, sI, sI, sI}]",
			 "name", m->settings->name,
			 "etcd", cluster_state(m->cluster),
			 "leads", m->epoch != 0,
			 "epoch", (json_int_t)m->epoch,
			 "led", (json_int_t)m->led,
			 "given", (json_int_t)m->given,
			 "taken", (json_int_t)m->taken,
			 "fenced", (json_int_t)m->fenced);
}

static void metrics(const void *state, FILE *out)
{
	const struct manager *m = state;

	fprintf(out, "# HELP portsteer_manager_leads Whether this manager leads.\n"
		"# TYPE portsteer_manager_leads gauge\n"
		"portsteer_manager_leads %d\n", m->epoch != 0);
	fprintf(out, "# HELP portsteer_manager_grants_total Grants by what was done to them.\n"
		"# TYPE portsteer_manager_grants_total counter\n"
		"portsteer_manager_grants_total{done=\"given\"} %" PRIu64 "\n"
		"portsteer_manager_grants_total{done=\"taken\"} %" PRIu64 "\n"
		"portsteer_manager_grants_total{done=\"fenced\"} %" PRIu64 "\n",
		m->given, m->taken, m->fenced);
}

const struct part manager_part = {
	.name = "manager",
	.section = &manager_section,
	.needs = &etcd_section,
	.start = start,
	.stop = stop,
	.show = show,
	.metrics = metrics,
};
