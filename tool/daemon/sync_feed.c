// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module's notifications, walks through all of its sessions, and now and then
 * one that finds those that live long: what is silent expires with the peer as it
 * does here, but what goes on there has to be told anew.
 */
#include "sync_feed.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>

#include <linux/portsteer.h>

#include "clock.h"
#include "log.h"
#include "netlink_walk.h"
#include "wire.h"

#define TICK_MS		5000	/* between looks whether some are to be refreshed */
#define SLACK_MS	2000	/* the module's expiry may be off by so much */
#define ENDED_MAX	4096

/**
 * struct span - sessions that live equally long
 * @proto: protocol, 0: those of ping
 * @state: enum psteer_session_state, -1: any
 * @timeout: attribute of the setting
 * @timeout_ms: what it is
 * @told_ms: when they were last told anew
 * @window_ms: tell those that have had a packet within that time; 0: none
 */
struct span {
	uint8_t proto;
	int state;
	uint16_t timeout;
	uint64_t timeout_ms;
	uint64_t told_ms;
	uint64_t window_ms;
};

#define SPANS	5

static const struct span spans[SPANS] = {
	{ IPPROTO_TCP, PSTEER_SESSION_ESTABLISHED,
	  PSTEER_A_CONFIG_TIMEOUT_TCP_ESTABLISHED, 0, 0, 0 },
	{ IPPROTO_TCP, PSTEER_SESSION_CLOSING,
	  PSTEER_A_CONFIG_TIMEOUT_TCP_CLOSING, 0, 0, 0 },
	{ IPPROTO_TCP, PSTEER_SESSION_TIME_WAIT,
	  PSTEER_A_CONFIG_TIMEOUT_TCP_TIME_WAIT, 0, 0, 0 },
	{ IPPROTO_UDP, -1, PSTEER_A_CONFIG_TIMEOUT_UDP, 0, 0, 0 },
	{ 0, -1, PSTEER_A_CONFIG_TIMEOUT_ICMP, 0, 0, 0 },
};

/**
 * struct sync_feed - see above
 * @kernel: the module
 * @watch: its notifications
 * @use: whom to tell
 * @arg: for @use
 * @nl: for the walk; open if there is @event
 * @event: a piece of the walk has come
 * @tick: time to see whether some are to be refreshed
 * @spans: those that live equally long
 * @whole: the walk tells of all, not just of those to be refreshed
 * @torn: the walk may have missed some
 * @full: enough was put for now
 * @ended: what has ended since the last piece, by hash: as the module has made the
 *	next piece already, they may be in it
 * @ended_count: how many
 */
struct sync_feed {
	struct kernel *kernel;
	struct kernel_watch watch;
	const struct sync_feed_use *use;
	void *arg;
	struct netlink nl;
	struct event *event;
	struct event *tick;
	struct span spans[SPANS];
	bool whole;
	bool torn;
	bool full;
	uint64_t ended[ENDED_MAX];
	size_t ended_count;
};

/* FNV-1a: nobody gains from two that are alike. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	while (len--)
		hash = (hash ^ *b++) * 0x100000001b3;
	return hash;
}

static uint64_t mix_address(uint64_t hash, const struct record *r, uint16_t attr)
{
	const struct address *address = record_address(r, attr);

	return address ? mix(hash, address->bytes, address->len) : hash;
}

static uint64_t hash_of(const struct record *r)
{
	int64_t numbers[] = {
		record_number(r, PSTEER_A_SESSION_PROTO),
		record_number(r, PSTEER_A_SESSION_ASSIGNED_PORT),
		record_number(r, PSTEER_A_SESSION_SERVER_PORT),
	};
	uint64_t hash = mix(0xcbf29ce484222325, numbers, sizeof(numbers));

	hash = mix_address(hash, r, PSTEER_A_SESSION_POOL_ADDRESS);
	return mix_address(hash, r, PSTEER_A_SESSION_SERVER);
}

static bool has_ended(const struct sync_feed *feed, const struct record *r)
{
	uint64_t hash = hash_of(r);
	size_t i;

	for (i = 0; i < feed->ended_count; i++)
		if (feed->ended[i] == hash)
			return true;
	return false;
}

static void note_ended(struct sync_feed *feed, const struct record *r)
{
	if (!feed->event)
		return;
	if (feed->ended_count < ENDED_MAX)
		feed->ended[feed->ended_count++] = hash_of(r);
	else
		feed->torn = true;
}

/* What has not been answered yet may be forged, and can begin anew anywhere. */
static bool is_worth_it(const struct record *r)
{
	int64_t state = record_number(r, PSTEER_A_SESSION_STATE);

	return state != PSTEER_SESSION_OPENING &&
	       state != PSTEER_SESSION_UNREPLIED;
}

static void hear(const struct record *r, void *arg)
{
	bool ended = record_number(r, PSTEER_A_SESSION_EVENT) ==
		     PSTEER_EVENT_DEL;
	struct sync_feed *feed = arg;

	/* What the peer has told us is not news for it. */
	if (record_number(r, PSTEER_A_SESSION_WHOSE) != PSTEER_WHOSE_OWN)
		return;
	if (ended)
		note_ended(feed, r);
	if (is_worth_it(r))
		feed->use->put(r, ended, feed->arg);
}

static void hear_of_loss(void *arg)
{
	struct sync_feed *feed = arg;

	feed->use->lost(feed->arg);
}

static void end_walk(struct sync_feed *feed)
{
	if (!feed->event)
		return;
	event_free(feed->event);
	feed->event = NULL;
	netlink_close(&feed->nl);
}

static bool is_of(const struct span *span, const struct record *r)
{
	int64_t proto = record_number(r, PSTEER_A_SESSION_PROTO);

	if (span->proto ? proto != span->proto :
	    proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		return false;
	return span->state < 0 ||
	       record_number(r, PSTEER_A_SESSION_STATE) == span->state;
}

static bool is_to_be_refreshed(const struct sync_feed *feed,
			       const struct record *r)
{
	uint64_t left = record_number(r, PSTEER_A_SESSION_EXPIRES);
	size_t i;

	for (i = 0; i < SPANS; i++)
		if (is_of(&feed->spans[i], r))
			return left + feed->spans[i].window_ms >
			       feed->spans[i].timeout_ms;
	return false;
}

static void see(struct nlmsghdr *hdr, void *arg)
{
	struct sync_feed *feed = arg;
	struct record r = { 0 };

	wire_get(hdr, &session_object, &r);
	if (is_worth_it(&r) && !has_ended(feed, &r) &&
	    (feed->whole || is_to_be_refreshed(feed, &r)) &&
	    !feed->use->put(&r, false, feed->arg))
		feed->full = true;
	record_clear(&r);
}

/* A walk that may have missed some is no base for throwing others away. */
static void finish(struct sync_feed *feed)
{
	bool whole = feed->whole, torn = feed->torn;

	end_walk(feed);
	if (whole && torn)
		feed->use->lost(feed->arg);
	else if (whole)
		feed->use->told_all(feed->arg);
}

static void read_piece(evutil_socket_t fd, short what, void *arg)
{
	struct sync_feed *feed = arg;
	int ret;

	(void)fd;
	(void)what;
	ret = netlink_walk_read(&feed->nl, see, feed, &feed->torn);
	feed->ended_count = 0;
	if (ret < 0) {
		log_warning("sync: sessions cannot be read: %s",
			    feed->nl.refusal.text);
		feed->torn = true;
	}
	if (ret <= 0)
		finish(feed);
	else if (feed->full)
		event_del(feed->event);
}

static void begin_walk(struct sync_feed *feed, bool whole)
{
	struct record own = { 0 };
	struct nl_msg *msg;

	feed->whole = whole;
	feed->torn = false;
	feed->full = false;
	feed->ended_count = 0;
	feed->event = event_new(event_get_base(feed->tick),
				netlink_fd(&feed->nl), EV_READ | EV_PERSIST,
				read_piece, feed);
	if (!feed->event || event_add(feed->event, NULL))
		errx(1, "no memory");
	record_set_number(&own, PSTEER_A_SESSION_WHOSE, PSTEER_WHOSE_OWN);
	msg = netlink_message(&feed->nl, PSTEER_CMD_SESSION_GET);
	wire_put(msg, &session_object, &own, FIELD_FILTER);
	if (netlink_walk_begin(&feed->nl, msg)) {
		feed->torn = true;
		finish(feed);
	}
}

static bool open_walk(struct sync_feed *feed)
{
	end_walk(feed);
	if (!netlink_open(&feed->nl))
		return true;
	netlink_close(&feed->nl);
	return false;
}

/* Whether there is one whose time has come: a quarter of its life. */
static bool find_due(struct sync_feed *feed, const struct record *config)
{
	uint64_t now = clock_ms(), since;
	struct span *span;
	bool due = false;

	for (span = feed->spans; span < feed->spans + SPANS; span++) {
		span->timeout_ms = record_number(config, span->timeout);
		since = now - span->told_ms;
		span->window_ms = 0;
		if (since + TICK_MS < span->timeout_ms / 4)
			continue;
		span->window_ms = since + SLACK_MS;
		span->told_ms = now;
		due = true;
	}
	return due;
}

static void take_config(struct nlmsghdr *hdr, void *arg)
{
	wire_get(hdr, &config_object, arg);
}

static void refresh(evutil_socket_t fd, short what, void *arg)
{
	struct sync_feed *feed = arg;
	struct record config = { 0 };

	(void)fd;
	(void)what;
	if (feed->event || !open_walk(feed))
		return;
	if (!netlink_request(&feed->nl,
			     netlink_message(&feed->nl, PSTEER_CMD_CONFIG_GET),
			     take_config, &config) &&
	    find_due(feed, &config))
		begin_walk(feed, false);
	else
		netlink_close(&feed->nl);
	record_clear(&config);
}

static void begin_spans(struct sync_feed *feed)
{
	size_t i;

	memcpy(feed->spans, spans, sizeof(spans));
	for (i = 0; i < SPANS; i++)
		feed->spans[i].told_ms = clock_ms();
}

/**
 * sync_feed_begin() - put all sessions; those that change are put from now on
 *
 * Return: false: the module is not there.
 */
bool sync_feed_begin(struct sync_feed *feed)
{
	if (!open_walk(feed))
		return false;
	begin_spans(feed);
	begin_walk(feed, true);
	return true;
}

/**
 * sync_feed_resume() - more can be put
 */
void sync_feed_resume(struct sync_feed *feed)
{
	if (!feed->full)
		return;
	feed->full = false;
	if (feed->event)
		event_add(feed->event, NULL);
}

/**
 * sync_feed_new() - begin to listen
 * @base: loop
 * @kernel: the module
 * @use: whom to tell
 * @arg: for @use
 */
struct sync_feed *sync_feed_new(struct event_base *base, struct kernel *kernel,
				const struct sync_feed_use *use, void *arg)
{
	static const struct timeval tick = { .tv_sec = TICK_MS / 1000 };
	struct sync_feed *feed = calloc(1, sizeof(*feed));

	if (!feed)
		err(1, "no memory");
	feed->kernel = kernel;
	feed->use = use;
	feed->arg = arg;
	feed->tick = event_new(base, -1, EV_PERSIST, refresh, feed);
	if (!feed->tick || event_add(feed->tick, &tick))
		errx(1, "no memory");
	feed->watch = (struct kernel_watch) {
		.object = &session_object, .told = hear, .lost = hear_of_loss,
		.arg = feed,
	};
	kernel_watch(kernel, &feed->watch);
	return feed;
}

/**
 * sync_feed_free() - listen no more
 */
void sync_feed_free(struct sync_feed *feed)
{
	kernel_unwatch(feed->kernel, &feed->watch);
	end_walk(feed);
	event_free(feed->tick);
	free(feed);
}
