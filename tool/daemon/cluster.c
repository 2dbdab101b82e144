// SPDX-License-Identifier: GPL-2.0-only
/* A place in a cluster: coming to it, staying in it, losing it. */
#include "cluster.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "clock.h"
#include "etcd.h"
#include "etcd_key.h"
#include "log.h"

/* Changes of a round; the rest waits for the next one. */
#define ROUND_MOST	256
/* Changes that go in one transaction; etcd takes 128 of each kind. */
#define BATCH_MOST	32
#define TICK_MS		1000
/* After a round in which something did not hold the keys should change. */
#define AGAIN_MS	100

enum stage {
	APART,		/* etcd is out of reach; the timer tries again */
	COMING,		/* asking for the lease, then for all keys */
	LIVE,		/* the keys follow */
};

/**
 * struct cluster - a place in a cluster
 * @etcd: connection
 * @at: where that is
 * @prefix: of all keys, ends with a slash
 * @lease_s: as asked for
 * @lease: that we have, 0: none
 * @until: up to when that is so for sure, by clock_ms()
 * @asked: when it was asked for
 * @asking: there is no answer yet
 * @doubt: the last time there was none; the watch may not be heard either
 * @stage: how far we are
 * @watch: while live
 * @keys: what etcd has, as far as we know
 * @schema: that all agree on; its id is @id
 * @founded: @schema can be read, and is ours
 * @id: of the cluster that we belong to; "" before we do
 * @stranger: it has been said that it is not ours
 * @open: transactions of this round without an answer
 * @sent: changes of this round
 * @batch: those of them that are still to be sent, as one transaction
 * @batched: how many
 * @needed: revision that @keys must have before the next one
 * @needed_since: when it was asked for
 * @failed: something of this round did not hold
 * @lent: who gets the lease of cluster_lend()
 * @silent: it has been said that etcd is out of reach
 * @backoff: before the next try
 * @retry: timer for it
 * @beat: timer for the lease
 * @tick: timer for settling anyway
 * @settle: event for settling soon
 * @use: whose place it is
 * @arg: for @use
 */
struct cluster {
	struct etcd *etcd;
	struct etcd_at at;
	char *prefix;
	unsigned int lease_s;
	int64_t lease;
	int64_t until;
	int64_t asked;
	bool asking;
	bool doubt;
	enum stage stage;
	struct etcd_watch *watch;
	struct keys keys;
	struct cluster_schema schema;
	bool founded;
	char id[40];
	bool stranger;
	unsigned int open;
	unsigned int sent;
	json_t *batch;
	unsigned int batched;
	int64_t needed;
	int64_t needed_since;
	bool failed;
	void (*lent)(int64_t lease, void *arg);
	bool silent;
	struct backoff backoff;
	struct event *retry;
	struct event *beat;
	struct event *tick;
	struct event *settle;
	const struct cluster_use *use;
	void *arg;
};

static void start_timer(struct event *timer, int64_t ms)
{
	struct timeval time = {
		.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000,
	};

	event_add(timer, &time);
}

static void drop_batch(struct cluster *c)
{
	json_decref(c->batch);
	c->batch = NULL;
	c->batched = 0;
}

/* What we know stays; kernels go on by it. */
static void lose(struct cluster *c, const char *why)
{
	if (!c->silent)
		log_warning("etcd is out of reach, everything goes on as it is: %s",
			    why);
	c->silent = true;
	c->stage = APART;
	c->watch = NULL;
	c->open = 0;
	c->asking = false;
	c->doubt = false;
	drop_batch(c);
	etcd_abort(c->etcd);
	event_del(c->beat);
	start_timer(c->retry, backoff_failed(&c->backoff));
}

static void on_watch_ended(const char *why, void *arg)
{
	lose(arg, why);
}

/* Is it our cluster that is at this place? Said once if it is not. */
static void check_schema(struct cluster *c)
{
	bool there = keys_find(&c->keys, "schema");
	bool good = schema_read(&c->keys, &c->schema);

	c->founded = good && (!*c->id || !strcmp(c->id, c->schema.id));
	if (c->founded) {
		snprintf(c->id, sizeof(c->id), "%s", c->schema.id);
		c->stranger = false;
		return;
	}
	if (c->stranger || (!there && !*c->id))
		return;
	c->stranger = true;
	if (!there)
		log_error("etcd has lost the keys below %s, everything goes on as it is",
			  c->prefix);
	else if (!good)
		log_error("what etcd has below %s is of version %d, and we are of version %d",
			  c->prefix, c->schema.version, CLUSTER_SCHEMA);
	else
		log_error("etcd has another cluster below %s than before, everything goes on as it is: restart to join it",
			  c->prefix);
}

static bool on_told(const json_t *result, void *arg)
{
	struct cluster *c = arg;

	if (!keys_follow(&c->keys, result))
		return false;
	check_schema(c);
	cluster_kick(c);
	return true;
}

static const struct etcd_watch_use watch_use = {
	.told = on_told,
	.ended = on_watch_ended,
};

/* From where the keys are. */
static bool watch_on(struct cluster *c)
{
	if (c->watch)
		etcd_unwatch(c->watch);
	c->watch = etcd_watch(c->etcd, c->prefix, c->keys.revision + 1,
			      &watch_use, c);
	return c->watch;
}

static void go_live(struct cluster *c)
{
	if (!watch_on(c)) {
		lose(c, "no memory");
		return;
	}
	if (c->silent)
		log_notice("etcd is back, and tells us what has changed");
	c->silent = false;
	c->stage = LIVE;
	c->needed = 0;
	backoff_succeeded(&c->backoff);
	check_schema(c);
	start_timer(c->beat, c->lease_s * 1000 / 3);
	cluster_kick(c);
}

static void on_loaded(const json_t *answer, const char *why, void *arg)
{
	struct cluster *c = arg;

	if (why)
		lose(c, why);
	else if (!keys_load(&c->keys, answer))
		lose(c, "what it has makes no sense");
	else
		go_live(c);
}

/* A slow etcd is not lost while our lease lasts. */
static void miss_answer(struct cluster *c, const char *why)
{
	c->doubt = true;
	if (cluster_alive_ms(c) <= 0)
		lose(c, why);
}

static void on_leased(const json_t *answer, const char *why, void *arg)
{
	struct cluster *c = arg;

	c->asking = false;
	if (why) {
		miss_answer(c, why);
		return;
	}
	if (c->doubt && c->stage == LIVE)
		watch_on(c);
	c->doubt = false;
	c->lease = etcd_number(json_object_get(answer, "ID"));
	c->until = c->asked +
		   etcd_number(json_object_get(answer, "TTL")) * 1000;
	if (c->stage == COMING)
		etcd_call(c->etcd, "/v3/kv/range", etcd_range_of(c->prefix),
			  on_loaded, c);
	else
		cluster_kick(c);
}

static void ask_for_lease(struct cluster *c)
{
	c->asking = true;
	c->asked = clock_ms();
	etcd_call(c->etcd, "/v3/lease/grant",
		  json_pack("{si}", "TTL", (int)c->lease_s), on_leased, c);
}

/* Without a TTL there is no such lease any more. */
static void on_kept(const json_t *answer, const char *why, void *arg)
{
	struct cluster *c = arg;

	if (!why && !etcd_number(json_object_get(answer, "TTL")))
		ask_for_lease(c);
	else
		on_leased(answer, why, c);
}

static void keep_lease(struct cluster *c)
{
	if (!c->lease) {
		ask_for_lease(c);
		return;
	}
	c->asking = true;
	c->asked = clock_ms();
	etcd_call(c->etcd, "/v3/lease/keepalive",
		  json_pack("{sI}", "ID", (json_int_t)c->lease), on_kept, c);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct cluster *c = arg;

	(void)fd;
	(void)what;
	c->stage = COMING;
	keep_lease(c);
}

/* A watch that does not tell what we have done ourselves is dead. */
static bool is_deaf(const struct cluster *c)
{
	return c->keys.revision < c->needed &&
	       clock_ms() - c->needed_since > 2ULL * c->at.timeout_ms;
}

static void on_beat(evutil_socket_t fd, short what, void *arg)
{
	struct cluster *c = arg;

	(void)fd;
	(void)what;
	if (is_deaf(c)) {
		lose(c, "the watch is silent");
		return;
	}
	start_timer(c->beat, c->lease_s * 1000 / 3);
	if (!c->asking)
		keep_lease(c);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	start_timer(((struct cluster *)arg)->tick, TICK_MS);
	cluster_kick(arg);
}

/**
 * cluster_kick() - settle soon
 */
void cluster_kick(struct cluster *c)
{
	event_active(c->settle, EV_TIMEOUT, 0);
}

/* The last answer of a round lets the next one begin. */
static void end_answer(struct cluster *c)
{
	if (--c->open)
		return;
	if (!c->failed) {
		cluster_kick(c);
	} else {
		event_del(c->tick);
		start_timer(c->tick, AGAIN_MS);
	}
}

/* Whether etcd is there is seen by the lease, which waits for no disk. */
static void on_submitted(const json_t *answer, const char *why, void *arg)
{
	struct cluster *c = arg;
	int64_t revision = etcd_revision(answer);

	/* What was not answered may be done nevertheless: the keys will show. */
	if (why || !etcd_txn_done(answer)) {
		c->failed = true;
	} else if (revision > c->needed) {
		c->needed = revision;
		c->needed_since = clock_ms();
	}
	end_answer(c);
}

static void send_batch(struct cluster *c)
{
	json_t *batch = c->batch;

	if (!batch)
		return;
	c->batch = NULL;
	c->batched = 0;
	c->open++;
	etcd_call(c->etcd, "/v3/kv/txn", batch, on_submitted, c);
}

static const json_t *key_of(const json_t *action)
{
	const json_t *put = json_object_get(action, "request_put");

	return json_object_get(put ? put : json_object_get(action,
						"request_delete_range"), "key");
}

/* etcd changes a key once in a transaction. */
static bool clashes(const json_t *batch, const json_t *txn)
{
	const json_t *a, *b;
	size_t i, j;

	json_array_foreach(json_object_get(batch, "success"), i, a)
		json_array_foreach(json_object_get(txn, "success"), j, b)
			if (json_equal(key_of(a), key_of(b)))
				return true;
	return false;
}

static void add_to_batch(struct cluster *c, const json_t *txn)
{
	if (!c->batch)
		c->batch = etcd_txn();
	json_array_extend(json_object_get(c->batch, "compare"),
			  json_object_get(txn, "compare"));
	json_array_extend(json_object_get(c->batch, "success"),
			  json_object_get(txn, "success"));
	c->batched++;
}

/**
 * cluster_submit() - have something changed in this round
 *
 * It goes with others in one transaction: all of them, or none. What was none is
 * decided anew, by newer keys.
 */
bool cluster_submit(struct cluster *c, json_t *txn)
{
	bool room = c->sent < ROUND_MOST;

	if (room) {
		if (c->batched == BATCH_MOST || clashes(c->batch, txn))
			send_batch(c);
		add_to_batch(c, txn);
		c->sent++;
	}
	json_decref(txn);
	return room;
}

/* Act by the keys, if they are true and nothing is under way. */
static void on_settle(evutil_socket_t fd, short what, void *arg)
{
	struct cluster *c = arg;

	(void)fd;
	(void)what;
	if (c->stage != LIVE || c->open || cluster_alive_ms(c) <= 0 ||
	    c->keys.revision < c->needed)
		return;
	c->sent = 0;
	c->failed = false;
	if (c->founded)
		c->use->settle(c->arg);
	else if (!*c->id && !c->stranger && c->use->found)
		c->use->found(c->arg);
	send_batch(c);
}

static void on_granted(const json_t *answer, const char *why, void *arg)
{
	struct cluster *c = arg;

	if (why)
		c->failed = true;
	else
		c->lent(etcd_number(json_object_get(answer, "ID")), c->arg);
	send_batch(c);
	end_answer(c);
}

/**
 * cluster_lend() - get a lease that ends by itself, within this round
 * @c: place
 * @seconds: how long it lasts
 * @fn: gets it, and may submit what goes with it
 */
void cluster_lend(struct cluster *c, unsigned int seconds,
		  void (*fn)(int64_t lease, void *arg))
{
	c->lent = fn;
	c->open++;
	etcd_call(c->etcd, "/v3/lease/grant",
		  json_pack("{sI}", "TTL", (json_int_t)seconds), on_granted, c);
}

const struct keys *cluster_keys(const struct cluster *c)
{
	return &c->keys;
}

int64_t cluster_alive_ms(const struct cluster *c)
{
	return c->stage == LIVE ? c->until - clock_ms() : 0;
}

int64_t cluster_lease(const struct cluster *c)
{
	return c->lease;
}

uint32_t cluster_chunk(const struct cluster *c)
{
	return c->schema.chunk;
}

const char *cluster_state(const struct cluster *c)
{
	if (c->stage != LIVE)
		return "apart";
	return c->founded ? "live" : c->stranger ? "foreign" : "empty";
}

/**
 * cluster_key() - a key as etcd has it
 */
struct key_text cluster_key(const struct cluster *c, const char *format, ...)
{
	int length = strlen(c->prefix);
	struct key_text key;
	va_list args;

	memcpy(key.text, c->prefix, length);
	va_start(args, format);
	vsnprintf(key.text + length, sizeof(key.text) - length, format, args);
	va_end(args);
	return key;
}

static char *make_prefix(const char *given)
{
	size_t length = strlen(given);
	char *prefix = NULL;

	while (length && given[length - 1] == '/')
		length--;
	if (asprintf(&prefix, "%.*s/", (int)length, given) < 0)
		err(1, "no memory");
	return prefix;
}

static struct event *make_timer(struct cluster *c, struct event_base *base,
				event_callback_fn fn)
{
	struct event *timer = evtimer_new(base, fn, c);

	if (!timer)
		err(1, "no memory");
	return timer;
}

/**
 * cluster_open() - come to a place in a cluster
 * @base: loop
 * @settings: where it is; they must live as long
 * @use: what to do there
 * @arg: for @use
 *
 * Return: it; etcd is asked from the loop.
 */
struct cluster *cluster_open(struct event_base *base,
			     const struct etcd_settings *settings,
			     const struct cluster_use *use, void *arg)
{
	struct cluster *c = calloc(1, sizeof(*c));

	if (!c)
		err(1, "no memory");
	c->at = (struct etcd_at){
		.endpoints = settings->endpoints, .ca = settings->ca,
		.certificate = settings->certificate, .key = settings->key,
		.timeout_ms = settings->timeout,
	};
	c->backoff = (struct backoff){ .least_ms = 100, .most_ms = 1000 };
	c->lease_s = (settings->lease + 999) / 1000;
	c->use = use;
	c->arg = arg;
	c->etcd = etcd_open(base, &c->at);
	c->prefix = make_prefix(settings->prefix);
	if (!c->etcd || !keys_open(&c->keys, c->prefix))
		err(1, "no memory");
	c->retry = make_timer(c, base, on_retry);
	c->beat = make_timer(c, base, on_beat);
	c->tick = make_timer(c, base, on_tick);
	c->settle = make_timer(c, base, on_settle);
	start_timer(c->retry, 0);
	start_timer(c->tick, TICK_MS);
	return c;
}

/**
 * cluster_close() - leave it; what goes with the lease stays until that ends
 */
void cluster_close(struct cluster *c)
{
	drop_batch(c);
	etcd_close(c->etcd);
	event_free(c->retry);
	event_free(c->beat);
	event_free(c->tick);
	event_free(c->settle);
	keys_close(&c->keys);
	free(c->prefix);
	free(c);
}
