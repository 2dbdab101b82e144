// SPDX-License-Identifier: GPL-2.0-only
/* A place in a cluster: coming to it, staying in it, losing it. */
#include "cluster.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backoff.h"
#include "etcd_key.h"
#include "log.h"

/* Transactions of a round; the rest waits for the next one. */
#define ROUND_MOST	64
#define TICK_MS		1000
/* After a round in which something did not hold the picture should change. */
#define AGAIN_MS	100

enum stage {
	APART,		/* etcd is out of reach; the timer tries again */
	COMING,		/* asking for the lease, then for all keys */
	LIVE,		/* the picture follows */
};

/**
 * struct cluster - a place in a cluster
 * @etcd: connection
 * @at: where that is
 * @prefix: of all keys, ends with a slash
 * @lease_s: as asked for
 * @lease: that we have, 0: none
 * @until: up to when that is so for sure, by now_ms()
 * @asked: when it was asked for
 * @stage: how far we are
 * @watch: while live
 * @picture: what etcd has
 * @schema: that all agree on; its id is @id
 * @founded: @schema can be read, and is ours
 * @id: of the cluster that we belong to; "" before we do
 * @stranger: it has been said that it is not ours
 * @open: transactions of this round without an answer
 * @sent: transactions of this round
 * @needed: revision that the picture must have before the next one
 * @needed_since: when it was asked for
 * @failed: something of this round did not hold
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
	enum stage stage;
	struct etcd_watch *watch;
	struct picture picture;
	struct cluster_schema schema;
	bool founded;
	char id[40];
	bool stranger;
	unsigned int open;
	unsigned int sent;
	int64_t needed;
	int64_t needed_since;
	bool failed;
	bool silent;
	struct backoff backoff;
	struct event *retry;
	struct event *beat;
	struct event *tick;
	struct event *settle;
	const struct cluster_use *use;
	void *arg;
};

/**
 * now_ms() - milliseconds on a clock that nobody sets
 */
int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void start_timer(struct event *timer, int64_t ms)
{
	struct timeval time = {
		.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000,
	};

	event_add(timer, &time);
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
	bool there = picture_find(&c->picture, "schema");
	bool good = schema_read(&c->picture, &c->schema);

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

	if (!picture_follow(&c->picture, result))
		return false;
	check_schema(c);
	cluster_kick(c);
	return true;
}

static const struct etcd_watch_use watch_use = {
	.told = on_told,
	.ended = on_watch_ended,
};

static void go_live(struct cluster *c)
{
	c->watch = etcd_watch(c->etcd, c->prefix, c->picture.revision + 1,
			      &watch_use, c);
	if (!c->watch) {
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
	else if (!picture_load(&c->picture, answer))
		lose(c, "what it has makes no sense");
	else
		go_live(c);
}

static void on_leased(const json_t *answer, const char *why, void *arg)
{
	struct cluster *c = arg;

	if (why) {
		lose(c, why);
		return;
	}
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
	c->asked = now_ms();
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
	c->asked = now_ms();
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
	return c->picture.revision < c->needed &&
	       now_ms() - c->needed_since > 2LL * c->at.timeout_ms;
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
	keep_lease(c);
}

/* Act by the picture, if it is true and nothing is under way. */
static void on_settle(evutil_socket_t fd, short what, void *arg)
{
	struct cluster *c = arg;

	(void)fd;
	(void)what;
	if (c->stage != LIVE || c->open || cluster_alive_ms(c) <= 0 ||
	    c->picture.revision < c->needed)
		return;
	c->sent = 0;
	c->failed = false;
	if (c->founded)
		c->use->settle(c->arg);
	else if (!*c->id && !c->stranger && c->use->found)
		c->use->found(c->arg);
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

static void on_submitted(const json_t *answer, const char *why, void *arg)
{
	struct cluster *c = arg;
	int64_t revision;

	if (why) {
		lose(c, why);
		return;
	}
	revision = etcd_revision(answer);
	if (!etcd_txn_done(answer)) {
		c->failed = true;
	} else if (revision > c->needed) {
		c->needed = revision;
		c->needed_since = now_ms();
	}
	end_answer(c);
}

/**
 * cluster_submit() - have a transaction done in this round
 */
bool cluster_submit(struct cluster *c, json_t *txn)
{
	if (c->sent == ROUND_MOST) {
		json_decref(txn);
		return false;
	}
	c->sent++;
	c->open++;
	etcd_call(c->etcd, "/v3/kv/txn", txn, on_submitted, c);
	return true;
}

/**
 * struct asking - a call within a round
 * @c: whose
 * @fn: who hears of the answer
 * @arg: for @fn
 */
struct asking {
	struct cluster *c;
	etcd_answered fn;
	void *arg;
};

const struct picture *cluster_picture(const struct cluster *c)
{
	return &c->picture;
}

int64_t cluster_alive_ms(const struct cluster *c)
{
	return c->stage == LIVE ? c->until - now_ms() : 0;
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
struct key cluster_key(const struct cluster *c, const char *format, ...)
{
	int length = strlen(c->prefix);
	struct key key;
	va_list args;

	memcpy(key.text, c->prefix, length);
	va_start(args, format);
	vsnprintf(key.text + length, sizeof(key.text) - length, format, args);
	va_end(args);
	return key;
}
