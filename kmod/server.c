// SPDX-License-Identifier: GPL-2.0-only
/*
 * Servers: what the user sets, what they report, and what follows for the
 * choice among them.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "net.h"
#include "notify.h"
#include "server.h"
#include "service.h"
#include "trained.h"
#include "zone.h"

static void apply_params(struct psteer_server *server,
			 const struct psteer_server_params *params)
{
	struct psteer_net *pnet = server->service->pnet;

	if (params->has & BIT_ULL(PSTEER_A_SERVER_MAX_SESSIONS))
		WRITE_ONCE(server->max_sessions, params->max_sessions);
	if (params->has & BIT_ULL(PSTEER_A_SERVER_STATE))
		WRITE_ONCE(server->state, params->state);
	if (params->has & BIT_ULL(PSTEER_A_SERVER_ZONE)) {
		psteer_zone_drop(pnet, server->zone);
		WRITE_ONCE(server->zone, params->zone);
	}
	if (params->has & BIT_ULL(PSTEER_A_SERVER_TAGS))
		psteer_tags_replace(&pnet->tags, &server->tags, &params->tags);
}

static void free_server(struct rcu_head *rcu)
{
	struct psteer_server *server =
		container_of(rcu, struct psteer_server, rcu);

	/* A packet may have learned one after it was let go. */
	psteer_ways_forget(&server->ways);
	free_percpu(server->traffic);
	kfree(server);
}

/**
 * psteer_server_put() - drop a reference
 * @server: server; freed with the last reference, after RCU readers
 *
 * Context: any but hard interrupts.
 */
void psteer_server_put(struct psteer_server *server)
{
	if (!refcount_dec_and_test(&server->refs))
		return;
	psteer_service_put(server->service);
	call_rcu(&server->rcu, free_server);
}

/*
 * The endpoint of a server that another service has already: their sessions
 * must not meet on one port towards it.
 */
static u32 shared_endpoint(const struct psteer_server *server)
{
	const struct psteer_service *mine = server->service, *service;

	list_for_each_entry(service, &mine->pnet->services, list) {
		const struct psteer_server *twin;

		if (service->key.proto != mine->key.proto ||
		    service->key.family != mine->key.family)
			continue;
		twin = psteer_server_find(service, &server->ip, server->port);
		if (twin)
			return twin->endpoint;
	}
	return 0;
}

/**
 * psteer_server_add() - add a server to a service
 * @service: service
 * @ip: its address
 * @port: its port
 * @params: what else the user has said
 *
 * Context: process, under pnet->lock.
 * Return: the server, or ERR_PTR(-ENOMEM): then zone and tags are still used by
 * the caller.
 */
struct psteer_server *
psteer_server_add(struct psteer_service *service, const union nf_inet_addr *ip,
		  __be16 port, const struct psteer_server_params *params)
{
	struct psteer_server *server;

	server = kzalloc(sizeof(*server), GFP_KERNEL_ACCOUNT);
	if (!server)
		return ERR_PTR(-ENOMEM);
	server->traffic = alloc_percpu_gfp(struct psteer_traffic,
					   GFP_KERNEL_ACCOUNT);
	if (!server->traffic) {
		kfree(server);
		return ERR_PTR(-ENOMEM);
	}
	server->service = service;
	server->ip = *ip;
	server->port = port;
	server->up_since = jiffies;
	server->settled_at = jiffies;
	server->local.last.at = get_jiffies_64();
	server->capacity = PSTEER_SCALE / 2;
	spin_lock_init(&server->lock);
	spin_lock_init(&server->watch);
	refcount_set(&server->refs, 1);
	apply_params(server, params);
	server->id = ++service->pnet->next_id;
	server->endpoint = shared_endpoint(server) ?: server->id;
	if (psteer_service_list(service, server, true)) {
		free_percpu(server->traffic);
		kfree(server);
		return ERR_PTR(-ENOMEM);
	}
	refcount_inc(&service->refs);
	psteer_notify_server(server, PSTEER_EVENT_NEW);
	return server;
}

/**
 * psteer_server_set() - change what the user sets of a server
 * @server: server
 * @params: what to change
 *
 * Live sessions stay where they are, whatever the new limit or state; what
 * becomes of those of a server that is down is decided as their packets come.
 *
 * Context: process, under pnet->lock.
 * Return: 0, or -ENOMEM with nothing changed: then zone and tags are still used by
 * the caller.
 */
int psteer_server_set(struct psteer_server *server,
		      const struct psteer_server_params *params)
{
	unsigned long up_since = server->up_since;
	u8 before = server->state;
	int err;

	if ((params->has & BIT_ULL(PSTEER_A_SERVER_STATE)) &&
	    params->state != before) {
		WRITE_ONCE(server->state, params->state);
		if (params->state == PSTEER_SERVER_UP)
			WRITE_ONCE(server->up_since, jiffies);
		err = psteer_service_list(server->service, NULL, false);
		if (err) {
			WRITE_ONCE(server->state, before);
			WRITE_ONCE(server->up_since, up_since);
			return err;
		}
		/* Packets that saw it up may still count failures. */
		synchronize_rcu();
		psteer_server_renew(server);
	}
	apply_params(server, params);
	server->service->pnet->generation++;
	psteer_notify_server(server, PSTEER_EVENT_CHANGE);
	return 0;
}

/**
 * psteer_server_let_go() - use zone, tags and ways of a server no more
 * @server: server that packets don't choose any more
 *
 * Context: process, under pnet->lock.
 */
void psteer_server_let_go(struct psteer_server *server)
{
	struct psteer_net *pnet = server->service->pnet;

	psteer_zone_drop(pnet, server->zone);
	WRITE_ONCE(server->zone, PSTEER_ZONE_NONE);
	psteer_tags_drop(&pnet->tags, &server->tags);
	/* Now: routes must not outlive their namespace. */
	psteer_ways_forget(&server->ways);
}

/**
 * psteer_server_unlist() - take a server off its service's list
 * @server: server; the caller ends its sessions and then drops the list's
 *	reference
 *
 * Context: process, under pnet->lock; waits for RCU readers, after which no
 * first packet is given to it.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int psteer_server_unlist(struct psteer_server *server)
{
	int err = psteer_service_list(server->service, server, false);

	if (err)
		return err;
	WRITE_ONCE(server->state, PSTEER_SERVER_DOWN);
	/* Packets that saw it up may still count failures. */
	synchronize_rcu();
	psteer_server_forgive(server);
	psteer_notify_server(server, PSTEER_EVENT_DEL);
	psteer_server_let_go(server);
	return 0;
}

/**
 * psteer_server_find() - find a server of a service
 * @service: service
 * @ip: address
 * @port: port
 *
 * Context: process, under pnet->lock.
 * Return: the server, valid while the lock is held, or NULL.
 */
struct psteer_server *psteer_server_find(const struct psteer_service *service,
					 const union nf_inet_addr *ip,
					 __be16 port)
{
	const struct psteer_servers *servers;
	u32 i;

	servers = psteer_servers_locked(service);
	for (i = 0; i < servers->n; i++) {
		struct psteer_server *server = servers->server[i];

		if (psteer_addr_equal(&server->ip, ip) && server->port == port)
			return server;
	}
	return NULL;
}

static u32 saturated_ms_since(unsigned long then)
{
	return min_t(u64, psteer_ms_since(then), U32_MAX);
}

/* How much longer than the quickest of its service a server takes, a share. */
static u32 slowness(const struct psteer_service *service, u32 latency_us)
{
	u32 least_us = READ_ONCE(service->least_latency_us);

	if (!least_us || latency_us <= least_us)
		return 0;
	return PSTEER_SCALE - psteer_share_of(least_us, latency_us);
}

static u32 reported_load(const struct psteer_service *service,
			 const struct psteer_report *r)
{
	u8 emphasis = READ_ONCE(service->emphasis);
	u32 load = 0;

	if (psteer_report_has(r, LOAD))
		return r->load;
	if (emphasis == PSTEER_EMPHASIS_APP && psteer_report_has(r, APP))
		return r->app;
	if (emphasis == PSTEER_EMPHASIS_THROUGHPUT &&
	    psteer_report_has(r, NETWORK))
		return r->network;
	if (emphasis == PSTEER_EMPHASIS_LATENCY)
		load = slowness(service, r->latency_us);
	/* What is nearest to its limit is what limits the server. */
	if (psteer_report_has(r, CPU))
		load = max(load, r->cpu);
	if (psteer_report_has(r, MEMORY))
		load = max(load, r->memory);
	if (psteer_report_has(r, NETWORK))
		load = max(load, r->network);
	return load;
}

static void keep_report(struct psteer_server *server,
			const struct psteer_report *report)
{
	u64 sequence = server->last.sequence;
	bool sequenced = psteer_report_has(&server->last, SEQUENCE);

	server->last = *report;
	/* One report without a number does not let old ones in again. */
	if (sequenced && !psteer_report_has(report, SEQUENCE)) {
		server->last.sequence = sequence;
		server->last.has |= BIT_ULL(PSTEER_A_SERVER_SEQUENCE);
	}
}

static void say_to_model(struct psteer_model_sample *sample,
			 enum psteer_model_kind kind, bool given, u32 value)
{
	sample->has |= given << kind;
	sample->value[kind] = value;
}

/* What models see of a report, in the order of their inputs. */
static void remember_report(struct psteer_server *server,
			    const struct psteer_report *r, u64 now_ms, u32 load)
{
	struct psteer_model_sample sample = { .at_ms = now_ms };
	struct psteer_model_rate *arrivals = &server->arrivals;

	psteer_model_count(arrivals, now_ms, atomic64_read(&server->created));
	say_to_model(&sample, PSTEER_MODEL_LOAD, true, load);
	say_to_model(&sample, PSTEER_MODEL_CPU, psteer_report_has(r, CPU),
		     r->cpu);
	say_to_model(&sample, PSTEER_MODEL_MEMORY, psteer_report_has(r, MEMORY),
		     r->memory);
	say_to_model(&sample, PSTEER_MODEL_NETWORK,
		     psteer_report_has(r, NETWORK), r->network);
	say_to_model(&sample, PSTEER_MODEL_LATENCY,
		     psteer_report_has(r, LATENCY), r->latency_us);
	say_to_model(&sample, PSTEER_MODEL_ERRORS, psteer_report_has(r, ERRORS),
		     r->errors);
	say_to_model(&sample, PSTEER_MODEL_APP, psteer_report_has(r, APP),
		     r->app);
	say_to_model(&sample, PSTEER_MODEL_SESSIONS, true,
		     atomic_read(&server->sessions));
	say_to_model(&sample, PSTEER_MODEL_ARRIVALS, arrivals->reads > 1,
		     arrivals->per_second);
	psteer_model_take(&server->history, &sample);
}

/*
 * What lives now has lived since this was last done. Whoever moves the clock
 * counts the time by which it has moved, so that all of it is counted once; one
 * session more or less, opened meanwhile, is no matter.
 */
static void settle(struct psteer_server *server)
{
	unsigned long now = jiffies;
	long gap;

	if (READ_ONCE(server->settled_at) == now)
		return;
	gap = now - xchg(&server->settled_at, now);
	atomic64_add((s64)gap * atomic_read(&server->active), &server->served);
}

/**
 * psteer_server_opened() - a server begins to work for one more session
 * @server: server
 *
 * Context: any.
 */
void psteer_server_opened(struct psteer_server *server)
{
	settle(server);
	atomic_inc(&server->active);
}

/**
 * psteer_server_ended() - a server works for a session no more
 * @server: server
 * @lived: how long it has, in units of 1024 ns; 0 if that is not known
 *
 * Context: any.
 */
void psteer_server_ended(struct psteer_server *server, u32 lived)
{
	settle(server);
	atomic_dec(&server->active);
	if (!lived)
		return;
	atomic64_add(lived, &server->lived);
	atomic64_inc(&server->ended);
}

/* What a load report and the sessions until now say together. */
static void learn_local(struct psteer_server *server, u32 load)
{
	u64 lifetime = READ_ONCE(server->service->lifetime);
	struct psteer_tally tally;

	settle(server);
	tally.at = get_jiffies_64();
	tally.served = atomic64_read(&server->served);
	tally.lived = atomic64_read(&server->lived);
	tally.ended = atomic64_read(&server->ended);
	psteer_local_learn(&server->local, &tally, load, lifetime);
}

static void expect_errors(struct psteer_server *server,
			  const struct psteer_report *report, u32 horizon_ms)
{
	u32 gap_ms = saturated_ms_since(server->reported_at);
	u32 errors = psteer_report_has(report, ERRORS) ? report->errors : 0;

	errors = psteer_evidence_errors(server->errors, errors, gap_ms,
					horizon_ms);
	WRITE_ONCE(server->errors, errors);
}

static int take_report(struct psteer_server *server,
		       const struct psteer_report *report, u32 horizon_ms)
{
	u32 load = reported_load(server->service, report);
	u64 now_ms = ktime_to_ms(ktime_get());
	bool has_model;
	u32 capacity;

	lockdep_assert_held(&server->lock);
	if (psteer_report_has(report, SEQUENCE) &&
	    psteer_report_has(&server->last, SEQUENCE) &&
	    report->sequence <= server->last.sequence)
		return -ESTALE;

	remember_report(server, report, now_ms, load);
	has_model = psteer_trained_forecast_rcu(server->service,
						&server->history, horizon_ms,
						&server->model_forecast);
	server->has_model_forecast = has_model;
	/* A server that fails fast has little to do, and nothing to offer. */
	psteer_predict_update(&server->predict, now_ms,
			      psteer_share_clamp(load + report->errors),
			      horizon_ms,
			      has_model ? &server->model_forecast : NULL);
	capacity = PSTEER_SCALE - psteer_predict_load(&server->predict);
	if (psteer_report_has(report, CAPACITY))
		capacity = report->capacity;
	learn_local(server, load);
	expect_errors(server, report, horizon_ms);
	keep_report(server, report);
	server->last.load = load;
	WRITE_ONCE(server->load, load);
	WRITE_ONCE(server->latency_us, report->latency_us);
	WRITE_ONCE(server->capacity, capacity);
	WRITE_ONCE(server->reported_at, jiffies);
	WRITE_ONCE(server->reports, server->reports + 1);
	return 0;
}

/**
 * psteer_server_report() - take in what a server says of itself
 * @server: server
 * @report: checked: shares within bounds, and a load in one form or another
 *
 * Context: process, under pnet->lock.
 * Return: 0, or -ESTALE if it is not newer than the last.
 */
int psteer_server_report(struct psteer_server *server,
			 const struct psteer_report *report)
{
	enum psteer_event event = PSTEER_EVENT_CHANGE;
	const struct psteer_config *config;
	bool off;
	int err;

	rcu_read_lock();
	config = psteer_config_rcu(server->service->pnet);
	spin_lock_bh(&server->lock);
	off = server->predict.off;
	err = take_report(server, report,
			  config->value[PSTEER_A_CONFIG_PREDICTION_HORIZON]);
	if (server->predict.off != off)
		event = off ? PSTEER_EVENT_PREDICTOR_ON :
			      PSTEER_EVENT_PREDICTOR_OFF;
	spin_unlock_bh(&server->lock);
	if (!err) {
		if (psteer_report_has(report, LATENCY))
			psteer_server_reported_latency(server,
						       report->latency_us);
		psteer_service_rank(server->service, server);
		psteer_service_refresh(server->service);
	}
	rcu_read_unlock();
	if (!err)
		psteer_notify_server(server, event);
	return err;
}

/**
 * psteer_server_evidence() - what is known of a server, for scoring it
 * @server: server
 * @ev: filled in, but for @zone, which depends on the client
 *
 * Context: any, no lock: a report that arrives meanwhile may be half in it.
 */
void psteer_server_evidence(const struct psteer_server *server,
			    struct psteer_evidence *ev)
{
	struct psteer_trouble trouble;

	ev->load = READ_ONCE(server->load);
	ev->capacity = READ_ONCE(server->capacity);
	ev->errors = READ_ONCE(server->errors);
	ev->reported = READ_ONCE(server->reports);
	ev->age_ms = saturated_ms_since(READ_ONCE(server->reported_at));
	ev->local = psteer_local_load(READ_ONCE(server->local.each),
				      READ_ONCE(server->local.offset),
				      atomic_read(&server->active));
	ev->beyond = READ_ONCE(server->local.beyond);
	ev->up_ms = saturated_ms_since(READ_ONCE(server->up_since));
	psteer_server_trouble(server, &trouble);
	ev->slow = trouble.slow;
	ev->failures = trouble.failures;
}
