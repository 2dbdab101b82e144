// SPDX-License-Identifier: GPL-2.0-or-later
/* A place in a cluster: coming to it, staying in it, losing it. */
#include "cluster_part.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "etcd_key.h"
#include "log.h"

#define TICK_MS		1000

/**
 * cluster_timer() - have a timer of a cluster's come in some time
 */
void cluster_timer(struct event *timer, int64_t ms)
{
	struct timeval time = {
		.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000,
	};

	event_add(timer, &time);
}

/* What we know stays; kernels go on by it. */
static void lose(struct cluster *c, const char *why)
{
	if (!c->silent && !c->use->quiet)
		log_warning("etcd is out of reach, everything goes on as it is: %s",
			    why);
	c->silent = true;
	c->stage = APART;
	c->watch = NULL;
	c->open = 0;
	c->asking = false;
	c->doubt = false;
	round_drop(c);
	etcd_abort(c->etcd);
	event_del(c->beat);
	cluster_timer(c->retry, backoff_failed(&c->backoff));
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
	if (c->use->quiet)
		return;
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
	if (c->silent && !c->use->quiet)
		log_notice("etcd is back, and tells us what has changed");
	c->silent = false;
	c->stage = LIVE;
	c->needed = 0;
	backoff_succeeded(&c->backoff);
	check_schema(c);
	cluster_timer(c->beat, c->lease_s * 1000 / 3);
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
	cluster_timer(c->beat, c->lease_s * 1000 / 3);
	if (!c->asking)
		keep_lease(c);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	cluster_timer(((struct cluster *)arg)->tick, TICK_MS);
	cluster_kick(arg);
}

/**
 * cluster_kick() - settle soon
 */
void cluster_kick(struct cluster *c)
{
	event_active(c->settle, EV_TIMEOUT, 0);
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
	c->settle = make_timer(c, base, round_begin);
	cluster_timer(c->retry, 0);
	cluster_timer(c->tick, TICK_MS);
	return c;
}

/**
 * cluster_close() - leave it; what goes with the lease stays until that ends
 */
void cluster_close(struct cluster *c)
{
	round_drop(c);
	etcd_close(c->etcd);
	event_free(c->retry);
	event_free(c->beat);
	event_free(c->tick);
	event_free(c->settle);
	keys_close(&c->keys);
	free(c->prefix);
	free(c);
}
