// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Being told by the peer. What it has told once is in doubt from "begin" on, till
 * it is told anew; what is still in doubt at "commit" is no more.
 */
#include "sync.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <event2/listener.h>

#include <linux/portsteer.h>

#include "grow.h"
#include "identity.h"
#include "kernel.h"
#include "listen.h"
#include "log.h"
#include "sync_message.h"
#include "sync_write.h"

#define LINES_MOST	4	/* one tells, others may be about to */
#define NAMED_MOST	64

enum teller_state {
	TELLER_NEW,
	TELLER_GREETED,
	TELLER_BEGUN,
	TELLER_COMMITTED,
};

/**
 * struct teller - who has connected to us
 * @receiver: that takes what it tells
 * @line: connection
 * @writer: into the module; NULL before the greeting
 * @state: how far it is
 * @sequence: of the last batch
 * @named: services and VMs whose sessions were refused, and that was said
 * @named_count: how many
 * @next: another one
 */
struct teller {
	struct sync_receiver *receiver;
	struct line *line;
	struct sync_writer *writer;
	enum teller_state state;
	uint64_t sequence;
	char **named;
	size_t named_count;
	struct teller *next;
};

/**
 * struct sync_receiver - see above
 * @sync: part
 * @listener: takes connections
 * @tellers: that are there
 * @count: how many
 */
struct sync_receiver {
	struct sync *sync;
	struct evconnlistener *listener;
	struct teller *tellers;
	unsigned int count;
};

static const struct line_limits limits = {
	.message = SYNC_MESSAGE_MAX,
	.queue = SYNC_MESSAGE_MAX,
	.silence_ms = SYNC_SILENCE_MS,
};

static void free_teller(struct teller *teller)
{
	struct teller **at = &teller->receiver->tellers;

	while (*at != teller)
		at = &(*at)->next;
	*at = teller->next;
	teller->receiver->count--;
	if (teller->writer)
		sync_writer_close(teller->writer);
	while (teller->named_count)
		free(teller->named[--teller->named_count]);
	free(teller->named);
	free(teller);
}

/* Another configuration there than here is said once, not for each session. */
static bool is_named(struct teller *teller, const char *name)
{
	char *copy;
	size_t i;

	for (i = 0; i < teller->named_count; i++)
		if (!strcmp(teller->named[i], name))
			return true;
	if (teller->named_count == NAMED_MOST)
		return true;
	copy = strdup(name);
	if (!copy)
		err(1, "no memory");
	teller->named = grow(teller->named, teller->named_count,
			     sizeof(*teller->named));
	teller->named[teller->named_count++] = copy;
	return false;
}

static void on_refused(const char *of, const struct refusal *refusal, void *arg)
{
	struct teller *teller = arg;

	teller->receiver->sync->totals.refused++;
	if (!is_named(teller, of))
		log_warning("sync: sessions of \"%s\" are not kept here: %s", of,
			    *refusal->text ? refusal->text :
					     strerror(refusal->error));
}

/* A newer connection of the peer is the one that counts. */
static void drop_others(struct teller *teller)
{
	struct teller *other, *next;

	for (other = teller->receiver->tellers; other; other = next) {
		next = other->next;
		if (other == teller || other->state == TELLER_NEW)
			continue;
		line_drop(other->line);
		free_teller(other);
	}
}

static const char *on_hello(struct teller *teller, json_t *message)
{
	struct sync *sync = teller->receiver->sync;
	const char *instance, *wrong;

	wrong = sync_greeting_get(message, &instance);
	if (wrong)
		return wrong;
	if (teller->state != TELLER_NEW)
		return "a second hello";
	sync_state_anew(sync);
	wrong = sync_state_peer(sync, instance);
	if (wrong)
		return wrong;
	teller->writer = sync_writer_open(on_refused, teller);
	if (!teller->writer)
		return "the module is not loaded";
	teller->state = TELLER_GREETED;
	drop_others(teller);
	line_send(teller->line, sync_greeting_put("welcome", sync->own));
	return NULL;
}

static const char *change_all(struct teller *teller, uint8_t cmd,
			      unsigned int role, int64_t whose)
{
	struct record r = { 0 };
	struct refusal refusal;

	record_set_number(&r, PSTEER_A_SESSION_WHOSE, whose);
	if (!kernel_do(teller->receiver->sync->daemon->kernel, &session_object,
		       cmd, role, &r, &refusal))
		return NULL;
	log_error("sync: %s", refusal.text);
	return "the module has refused";
}

static const char *on_begin(struct teller *teller)
{
	teller->state = TELLER_BEGUN;
	return change_all(teller, PSTEER_CMD_SESSION_SET, ROLE_SET,
			  PSTEER_WHOSE_UNSURE);
}

static const char *take_session(struct teller *teller, const json_t *message)
{
	struct sync_totals *totals = &teller->receiver->sync->totals;
	struct record session = { 0 };
	const char *wrong;
	bool ended;

	wrong = sync_message_get(message, &session, &ended);
	if (!wrong && ended)
		totals->ended_received++;
	else if (!wrong)
		totals->received++;
	if (!wrong && !sync_writer_put(teller->writer, &session, ended))
		wrong = "the module does not answer";
	record_clear(&session);
	return wrong;
}

static const char *acknowledge(struct teller *teller, json_int_t sequence)
{
	if ((uint64_t)sequence != teller->sequence + 1)
		return "a sequence is missing";
	teller->sequence = sequence;
	line_send(teller->line, json_pack("{s:s, s:I}", "type", "ack",
					  "sequence", sequence));
	return NULL;
}

static const char *on_batch(struct teller *teller, json_t *message)
{
	static json_error_t error;
	json_t *sessions, *session;
	json_int_t sequence;
	const char *type;
	size_t i;

	if (json_unpack_ex(message, &error, JSON_STRICT, "{s:s, s:I, s:o}",
			   "type", &type, "sequence", &sequence,
			   "sessions", &sessions))
		return error.text;
	if (!json_is_array(sessions))
		return "sessions are no list";
	json_array_foreach(sessions, i, session) {
		const char *wrong = take_session(teller, session);

		if (wrong)
			return wrong;
	}
	if (!sync_writer_flush(teller->writer))
		return "the module does not answer";
	return acknowledge(teller, sequence);
}

static const char *on_commit(struct teller *teller, json_t *message)
{
	static json_error_t error;
	const char *type, *wrong;
	json_int_t sequence;

	if (json_unpack_ex(message, &error, JSON_STRICT, "{s:s, s:I}",
			   "type", &type, "sequence", &sequence))
		return error.text;
	wrong = change_all(teller, PSTEER_CMD_SESSION_FLUSH, ROLE_SHOW,
			   PSTEER_WHOSE_UNSURE);
	if (wrong)
		return wrong;
	teller->state = TELLER_COMMITTED;
	sync_state_ready(teller->receiver->sync, true);
	return acknowledge(teller, sequence);
}

static const char *on_message(struct line *line, json_t *message, void *arg)
{
	const char *type = json_string_value(json_object_get(message, "type"));
	struct teller *teller = arg;

	(void)line;
	if (type && !strcmp(type, "hello"))
		return on_hello(teller, message);
	if (!type || teller->state == TELLER_NEW)
		return "hello is expected";
	if (!strcmp(type, "begin"))
		return on_begin(teller);
	if (!strcmp(type, "batch") && teller->state >= TELLER_BEGUN)
		return on_batch(teller, message);
	if (!strcmp(type, "commit") && teller->state == TELLER_BEGUN)
		return on_commit(teller, message);
	return "this message is not expected";
}

static void on_ready(struct line *line, void *arg)
{
	char *name = identity_name(line_certificate(line), ROLE_OF_GATEWAY);

	(void)arg;
	if (!name)
		line_close(line, "its certificate is no gateway's");
	free(name);
}

static void on_closed(struct line *line, const char *why, void *arg)
{
	const struct teller *teller = arg;

	if (teller->state != TELLER_NEW)
		log_warning("sync: %s tells no more: %s", line_peer(line), why);
	else
		log_warning("sync: %s is not let in: %s", line_peer(line), why);
	free_teller(arg);
}

static const struct line_use line_use = {
	.ready = on_ready,
	.message = on_message,
	.closed = on_closed,
};

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd,
			  struct sockaddr *from, int len, void *arg)
{
	struct sync_receiver *receiver = arg;
	struct teller *teller;

	(void)from;
	(void)len;
	if (receiver->count >= LINES_MOST) {
		evutil_closesocket(fd);
		return;
	}
	teller = calloc(1, sizeof(*teller));
	if (!teller)
		err(1, "no memory");
	teller->receiver = receiver;
	teller->line = line_accept(evconnlistener_get_base(listener),
				   receiver->sync->server, fd, &limits, &line_use,
				   teller);
	if (!teller->line)
		err(1, "no memory");
	teller->next = receiver->tellers;
	receiver->tellers = teller;
	receiver->count++;
}

/**
 * sync_receiver_new() - begin to listen
 * @sync: part
 * @refusal: why that can't be
 */
struct sync_receiver *sync_receiver_new(struct sync *sync,
					struct refusal *refusal)
{
	int fd = listen_open(&sync->settings->listen, refusal);
	struct sync_receiver *receiver;

	if (fd < 0)
		return NULL;
	receiver = calloc(1, sizeof(*receiver));
	if (!receiver)
		err(1, "no memory");
	receiver->sync = sync;
	receiver->listener = evconnlistener_new(sync->daemon->base,
						on_connection, receiver,
						LEV_OPT_CLOSE_ON_FREE,
						LINES_MOST, fd);
	if (!receiver->listener)
		errx(1, "no memory");
	return receiver;
}

/**
 * sync_receiver_free() - listen no more
 */
void sync_receiver_free(struct sync_receiver *receiver)
{
	while (receiver->tellers) {
		line_drop(receiver->tellers->line);
		free_teller(receiver->tellers);
	}
	evconnlistener_free(receiver->listener);
	free(receiver);
}

/**
 * sync_receiver_restart() - let the peer begin anew
 */
void sync_receiver_restart(struct sync_receiver *receiver, const char *why)
{
	struct teller *teller;

	for (teller = receiver->tellers; teller; teller = teller->next)
		line_close(teller->line, why);
}

/**
 * sync_receiver_state() - how far it is, in a word
 */
const char *sync_receiver_state(const struct sync_receiver *receiver)
{
	const struct teller *teller;

	for (teller = receiver->tellers; teller; teller = teller->next)
		if (teller->state != TELLER_NEW)
			return teller->state == TELLER_COMMITTED ? "ready" :
								   "syncing";
	return "connecting";
}
