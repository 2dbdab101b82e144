// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A host of a cluster: its module has the grants that the cluster says are its own.
 * While etcd is away nothing changes; what others have got meanwhile it drops when
 * it hears of it.
 */
#include "host.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "etcd_key.h"
#include "log.h"
#include "part.h"

/* After a range has changed others will: they are looked at together. */
#define SOON_MS		100
/* So long it may take from a look at our lease to a change in the module. */
#define MARGIN_MS	500

bool host_is_ours(const struct host *h, const struct cluster_grant *grant)
{
	return !strcmp(grant->host, h->settings->name);
}

/**
 * host_change() - let a grant of ours go on to another phase
 */
bool host_change(struct host *h, const struct cluster_grant *grant,
		 enum grant_phase phase)
{
	struct cluster_grant new = *grant;
	struct key_text key = cluster_key(h->cluster, "%s", grant->entry->key);
	json_t *txn = etcd_txn();

	new.phase = phase;
	etcd_txn_if_changed(txn, key.text, grant->entry->changed);
	etcd_txn_put(txn, key.text, grant_write(&new), 0);
	return cluster_submit(h->cluster, txn);
}

static void add(struct host *h, const struct cluster_grant *grant)
{
	struct grant new = {
		.first = grant->first, .last = grant->last,
		.state = PSTEER_GRANT_ACTIVE,
	};

	/* Only while nobody else can have been told that it is theirs. */
	if (cluster_alive_ms(h->cluster) < MARGIN_MS)
		return;
	snprintf(new.address, sizeof(new.address), "%s", grant->address);
	snprintf(new.pool, sizeof(new.pool), "%s", grant->pool);
	if (!grants_add(h->kernel, &h->grants, &new))
		h->added++;
}

static void set_state(struct host *h, struct grant *has, uint8_t state)
{
	if (has->state == state)
		return;
	has->state = state;
	grants_set(h->kernel, &h->grants, has);
}

/* First the module, then the cluster: what it has not, nobody uses. */
static void leave(struct host *h, const struct cluster_grant *grant,
		  struct grant *has)
{
	if (has) {
		set_state(h, has, PSTEER_GRANT_DRAINING);
		if (grants_del(h->kernel, &h->grants, has, false))
			return;
		h->left++;
	}
	host_change(h, grant, GRANT_RELEASED);
}

static void tend_grant(struct host *h, const struct cluster_grant *grant)
{
	struct grant *has = grants_find(&h->grants, grant);

	if (has && !*has->pool)
		return;
	if (has)
		has->known = grant->phase == GRANT_ACTIVE ||
			     grant->phase == GRANT_DRAINING;
	if (grant->phase == GRANT_ACTIVE && has)
		set_state(h, has, PSTEER_GRANT_ACTIVE);
	else if (grant->phase == GRANT_ACTIVE)
		add(h, grant);
	else if (grant->phase == GRANT_DRAINING)
		leave(h, grant, has);
}

static bool is_our_pool(const struct host *h, const char *pool)
{
	char **name;

	for (name = h->settings->pools; *name; name++)
		if (!strcmp(*name, pool))
			return true;
	return false;
}

/* Others have got it, or will: what goes on in it can't. */
static void drop_unknown(struct host *h)
{
	size_t i;

	for (i = 0; i < h->grants.count; i++) {
		struct grant *has = &h->grants.list[i];

		if (has->known || !*has->pool || !is_our_pool(h, has->pool))
			continue;
		log_warning("ports %u-%u of %s are not this host's any more: sessions that have them end",
			    has->first, has->last, has->address);
		if (!grants_del(h->kernel, &h->grants, has, true))
			h->lost++;
	}
}

static void tend_grants(struct host *h)
{
	const struct keys *keys = cluster_keys(h->cluster);
	int64_t epoch = cluster_epoch(keys);
	const struct entry *entry = NULL;
	struct cluster_grant grant;

	if (epoch > h->grants.epoch)
		h->grants.epoch = epoch;
	while (grant_next(keys, &entry, &grant))
		if (host_is_ours(h, &grant))
			tend_grant(h, &grant);
	drop_unknown(h);
}

static json_t *our_addresses(const struct host *h)
{
	json_t *list = json_array();
	char **address;

	for (address = h->settings->addresses; *address; address++)
		json_array_append_new(list, json_string(*address));
	return json_pack("{so}", "addresses", list);
}

static void settle(void *arg)
{
	struct host *h = arg;

	if (!presence_tend(&h->presence, h->cluster, our_addresses(h)) ||
	    !grants_read(h->kernel, &h->grants))
		return;
	tend_grants(h);
	if (host_measure(h))
		host_ask(h);
	grants_free(&h->grants);
}

static const struct cluster_use use = { .settle = settle };

static void on_soon(evutil_socket_t fd, short what, void *arg)
{
	struct host *h = arg;

	(void)fd;
	(void)what;
	h->measured = 0;
	cluster_kick(h->cluster);
}

static void come_soon(void *arg)
{
	static const struct timeval soon = { .tv_usec = SOON_MS * 1000 };
	struct host *h = arg;

	if (!evtimer_pending(h->soon, NULL))
		evtimer_add(h->soon, &soon);
}

static void on_range(const struct record *record, void *arg)
{
	(void)record;
	come_soon(arg);
}

static void find_pools(struct host *h)
{
	char **name = h->settings->pools;

	while (name[h->nneeds])
		h->nneeds++;
	h->needs = calloc(h->nneeds, sizeof(*h->needs));
	if (!h->needs)
		err(1, "no memory");
	for (h->nneeds = 0; name[h->nneeds]; h->nneeds++)
		h->needs[h->nneeds].pool = name[h->nneeds];
}

static void *start(struct daemon *daemon, const struct settings *settings,
		   struct refusal *refusal)
{
	struct host *h = calloc(1, sizeof(*h));

	(void)refusal;
	if (!h)
		err(1, "no memory");
	h->settings = settings->values;
	h->kernel = daemon->kernel;
	h->presence = (struct presence){
		.kind = "hosts", .name = h->settings->name,
	};
	find_pools(h);
	h->soon = evtimer_new(daemon->base, on_soon, h);
	if (!h->soon)
		err(1, "no memory");
	h->watch = (struct kernel_watch){
		.object = &range_object, .told = on_range, .lost = come_soon,
		.arg = h,
	};
	kernel_watch(h->kernel, &h->watch);
	h->cluster = cluster_open(daemon->base,
				  config_section(daemon->config,
						 &etcd_section)->values,
				  &use, h);
	return h;
}

static void stop(void *state)
{
	struct host *h = state;

	cluster_close(h->cluster);
	kernel_unwatch(h->kernel, &h->watch);
	event_free(h->soon);
	free(h->needs);
	free(h);
}

static json_t *show(const void *state)
{
	const struct host *h = state;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < h->nneeds; i++) {
		const struct need *need = &h->needs[i];

		json_array_append_new(list,
			json_pack("{ss, ss, ss, sI, sI, sI, sI, sI, sI}",
				  "name", h->settings->name,
				  "etcd", cluster_state(h->cluster),
				  "pool", need->pool,
				  "vms", (json_int_t)need->vms,
				  "held", (json_int_t)need->held,
				  "want", (json_int_t)host_wants(h, need),
				  "added", (json_int_t)h->added,
				  "left", (json_int_t)h->left,
				  "lost", (json_int_t)h->lost));
	}
	return list;
}

static void metrics(const void *state, FILE *out)
{
	const struct host *h = state;

	fprintf(out, "# HELP portsteer_host_grants_total Grants of this host by what became of them.\n"
		"# TYPE portsteer_host_grants_total counter\n"
		"portsteer_host_grants_total{done=\"added\"} %" PRIu64 "\n"
		"portsteer_host_grants_total{done=\"left\"} %" PRIu64 "\n"
		"portsteer_host_grants_total{done=\"lost\"} %" PRIu64 "\n",
		h->added, h->left, h->lost);
}

const struct part host_part = {
	.name = "host",
	.section = &host_section,
	.needs = &etcd_section,
	.start = start,
	.stop = stop,
	.show = show,
	.metrics = metrics,
};
