// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Telling the peer. The connection is made again and again; once it is there all
 * sessions are told, then a commit, and what changes all the time, in batches that
 * are acknowledged.
 */
#include "sync.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "clock.h"
#include "identity.h"
#include "log.h"
#include "sync_feed.h"
#include "sync_message.h"

#define BATCH_MS	100	/* what changes waits so long for others */
#define BATCH_MOST	256	/* sessions of one */
#define QUEUE_FULL	(1024 * 1024)	/* then the walk waits */
#define TIMES		64	/* batches under way whose time is known */
#define CALM_MS		60000	/* after so long a loss is one by itself */

enum sender_state {
	SENDER_CONNECTING,
	SENDER_GREETING,
	SENDER_SYNCING,
	SENDER_READY,
};

/**
 * struct sync_sender - see above
 * @sync: part
 * @line: to the peer; NULL: none
 * @feed: what there is to tell; NULL: nothing is told
 * @state: of the connection
 * @reconnect: how long to wait for the next try
 * @again: how long to wait before all is told again
 * @retry: time to connect, or to tell all again
 * @flush: time to send the batch
 * @pulse: time to send one even if it is empty
 * @batch: sessions to be sent
 * @sequence: of the last batch that was sent
 * @acked: of the last one that the peer has dealt with
 * @commit: of the commit that is not acknowledged yet; 0: none
 * @sent_ms: when batches were sent, by sequence
 * @lag_ms: how long the last acknowledged one has taken
 * @ready_ms: since when the peer knows all
 * @lost: all is to be told again
 * @failing: the last try to connect has failed, which was said
 */
struct sync_sender {
	struct sync *sync;
	struct line *line;
	struct sync_feed *feed;
	enum sender_state state;
	struct backoff reconnect;
	struct backoff again;
	struct event *retry;
	struct event *flush;
	struct event *pulse;
	json_t *batch;
	uint64_t sequence;
	uint64_t acked;
	uint64_t commit;
	uint64_t sent_ms[TIMES];
	unsigned int lag_ms;
	uint64_t ready_ms;
	bool lost;
	bool failing;
};

static const struct line_limits limits = {
	.message = SYNC_MESSAGE_MAX,
	.queue = SYNC_QUEUE_MAX,
	.silence_ms = SYNC_SILENCE_MS,
};

static void after(struct event *event, unsigned int ms)
{
	const struct timeval time = {
		.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000,
	};

	event_add(event, &time);
}

static void send_numbered(struct sync_sender *sender, json_t *message)
{
	uint64_t sequence = ++sender->sequence;

	sender->sent_ms[sequence % TIMES] = clock_ms();
	json_object_set_new(message, "sequence", json_integer(sequence));
	line_send(sender->line, message);
}

static void send_batch(struct sync_sender *sender)
{
	json_t *batch = sender->batch;

	event_del(sender->flush);
	sender->batch = json_array();
	send_numbered(sender, json_pack("{s:s, s:o}", "type", "batch",
					"sessions", batch));
}

static bool put(const struct record *session, bool ended, void *arg)
{
	struct sync_sender *sender = arg;

	if (ended)
		sender->sync->totals.ended_sent++;
	else
		sender->sync->totals.sent++;
	json_array_append_new(sender->batch, sync_message_put(session, ended));
	if (json_array_size(sender->batch) >= BATCH_MOST)
		send_batch(sender);
	else if (!event_pending(sender->flush, EV_TIMEOUT, NULL))
		after(sender->flush, BATCH_MS);
	return line_waiting(sender->line) < QUEUE_FULL;
}

static void told_all(void *arg)
{
	struct sync_sender *sender = arg;

	if (sender->lost)
		return;
	send_batch(sender);
	send_numbered(sender, json_pack("{s:s}", "type", "commit"));
	sender->commit = sender->sequence;
}

static void tell_all(struct sync_sender *sender)
{
	sender->lost = false;
	sender->commit = 0;
	sender->sync->totals.resyncs++;
	line_send(sender->line, json_pack("{s:s}", "type", "begin"));
	if (!sync_feed_begin(sender->feed))
		line_close(sender->line, "the module is not loaded");
}

static void on_lost(void *arg)
{
	struct sync_sender *sender = arg;

	sender->sync->totals.lost++;
	if (sync_state_anew(sender->sync)) {
		sync_sender_restart(sender, "the module is loaded anew");
		sync_receiver_restart(sender->sync->receiver,
				      "the module is loaded anew");
		return;
	}
	if (sender->lost)
		return;
	if (sender->state == SENDER_READY &&
	    clock_ms() - sender->ready_ms >= CALM_MS)
		backoff_succeeded(&sender->again);
	sender->lost = true;
	sender->state = SENDER_SYNCING;
	after(sender->retry, backoff_failed(&sender->again));
}

static const struct sync_feed_use feed_use = {
	.put = put,
	.told_all = told_all,
	.lost = on_lost,
};

static void on_ready(struct line *line, void *arg)
{
	char *name = identity_name(line_certificate(line), ROLE_OF_GATEWAY);
	struct sync_sender *sender = arg;

	if (!name) {
		line_close(line, "its certificate is no gateway's");
		return;
	}
	free(name);
	/* It may have been loaded anew while nobody listened. */
	sync_state_anew(sender->sync);
	sender->state = SENDER_GREETING;
	line_send(line, sync_greeting_put("hello", sender->sync->own));
}

static const char *on_welcome(struct sync_sender *sender, json_t *message)
{
	const char *instance, *wrong;

	wrong = sync_greeting_get(message, &instance);
	if (wrong)
		return wrong;
	if (sender->state != SENDER_GREETING)
		return "a second welcome";
	wrong = sync_state_peer(sender->sync, instance);
	if (wrong)
		return wrong;
	sender->failing = false;
	sender->state = SENDER_SYNCING;
	sender->feed = sync_feed_new(sender->sync->daemon->base,
				     sender->sync->daemon->kernel, &feed_use,
				     sender);
	tell_all(sender);
	return NULL;
}

static const char *on_ack(struct sync_sender *sender, json_t *message)
{
	static json_error_t error;
	json_int_t sequence;
	const char *type;

	if (json_unpack_ex(message, &error, JSON_STRICT, "{s:s, s:I}",
			   "type", &type, "sequence", &sequence))
		return error.text;
	if ((uint64_t)sequence <= sender->acked ||
	    (uint64_t)sequence > sender->sequence)
		return "this sequence is not to be acknowledged";
	sender->acked = sequence;
	sender->lag_ms = clock_ms() - sender->sent_ms[sequence % TIMES];
	if (!sender->commit || sender->acked < sender->commit)
		return NULL;
	sender->commit = 0;
	backoff_succeeded(&sender->reconnect);
	sender->state = SENDER_READY;
	sender->ready_ms = clock_ms();
	log_notice("sync: %s knows our sessions", line_peer(sender->line));
	return NULL;
}

static const char *on_message(struct line *line, json_t *message, void *arg)
{
	const char *type = json_string_value(json_object_get(message, "type"));

	(void)line;
	if (type && !strcmp(type, "welcome"))
		return on_welcome(arg, message);
	if (type && !strcmp(type, "ack"))
		return on_ack(arg, message);
	return "welcome or ack is expected";
}

static void on_drained(struct line *line, void *arg)
{
	struct sync_sender *sender = arg;

	(void)line;
	if (sender->feed)
		sync_feed_resume(sender->feed);
}

/* All that is about one connection. */
static void forget_line(struct sync_sender *sender)
{
	if (sender->feed)
		sync_feed_free(sender->feed);
	sender->feed = NULL;
	sender->line = NULL;
	sender->state = SENDER_CONNECTING;
	sender->sequence = 0;
	sender->acked = 0;
	sender->commit = 0;
	sender->lost = false;
	json_array_clear(sender->batch);
	event_del(sender->flush);
}

static void on_closed(struct line *line, const char *why, void *arg)
{
	struct sync_sender *sender = arg;

	/* Of all tries in a row the first one is enough to know. */
	if (!sender->failing)
		log_warning("sync: no connection to %s: %s", line_peer(line),
			    why);
	sender->failing = true;
	forget_line(sender);
	after(sender->retry, backoff_failed(&sender->reconnect));
}

static const struct line_use line_use = {
	.ready = on_ready,
	.message = on_message,
	.drained = on_drained,
	.closed = on_closed,
};

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct sync_sender *sender = arg;
	const struct endpoint *peer = &sender->sync->settings->peer;

	(void)fd;
	(void)what;
	if (sender->line) {
		tell_all(sender);
		return;
	}
	sender->line = line_connect(sender->sync->daemon->base, sender->sync->client,
				    peer->host, peer->port, &limits, &line_use,
				    sender);
	if (!sender->line)
		after(sender->retry, backoff_failed(&sender->reconnect));
}

static void on_flush(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	send_batch(arg);
}

/* Each answer tells that the peer is there, and how long that takes. */
static void on_pulse(evutil_socket_t fd, short what, void *arg)
{
	struct sync_sender *sender = arg;

	(void)fd;
	(void)what;
	if (sender->state >= SENDER_SYNCING &&
	    sender->acked == sender->sequence)
		send_batch(sender);
}

/**
 * sync_sender_new() - begin to connect
 * @sync: part
 */
struct sync_sender *sync_sender_new(struct sync *sync)
{
	static const struct timeval pulse = { .tv_sec = SYNC_PULSE_MS / 1000 };
	struct sync_sender *sender = calloc(1, sizeof(*sender));
	struct event_base *base = sync->daemon->base;

	if (!sender)
		err(1, "no memory");
	sender->sync = sync;
	sender->batch = json_array();
	sender->reconnect = (struct backoff) { .least_ms = 200, .most_ms = 5000 };
	sender->again = (struct backoff) { .least_ms = 500, .most_ms = 30000 };
	sender->retry = evtimer_new(base, on_retry, sender);
	sender->flush = evtimer_new(base, on_flush, sender);
	sender->pulse = event_new(base, -1, EV_PERSIST, on_pulse, sender);
	if (!sender->retry || !sender->flush || !sender->pulse)
		errx(1, "no memory");
	event_add(sender->pulse, &pulse);
	after(sender->retry, 0);
	return sender;
}

/**
 * sync_sender_free() - tell no more
 */
void sync_sender_free(struct sync_sender *sender)
{
	struct line *line = sender->line;

	forget_line(sender);
	if (line)
		line_drop(line);
	event_free(sender->retry);
	event_free(sender->flush);
	event_free(sender->pulse);
	json_decref(sender->batch);
	free(sender);
}

/**
 * sync_sender_restart() - begin anew with another connection
 */
void sync_sender_restart(struct sync_sender *sender, const char *why)
{
	if (sender->line)
		line_close(sender->line, why);
}

/**
 * sync_sender_state() - how far it is, in a word
 */
const char *sync_sender_state(const struct sync_sender *sender)
{
	if (sender->state < SENDER_SYNCING)
		return "connecting";
	return sender->state == SENDER_READY ? "ready" : "syncing";
}

/**
 * sync_sender_lag_ms() - how far the peer is behind
 *
 * Return: ms that the last batch has taken, or that the oldest one under way has
 * taken so far, if that is more.
 */
unsigned int sync_sender_lag_ms(const struct sync_sender *sender)
{
	uint64_t oldest = sender->acked + 1;
	uint64_t under_way;

	if (oldest > sender->sequence)
		return sender->lag_ms;
	if (sender->sequence - sender->acked > TIMES)
		oldest = sender->sequence - TIMES + 1;
	under_way = clock_ms() - sender->sent_ms[oldest % TIMES];
	return under_way > sender->lag_ms ? under_way : sender->lag_ms;
}
