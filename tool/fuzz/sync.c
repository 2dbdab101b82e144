// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a peer could say, to the end that is told and to the one that tells. The
 * module, the link and its certificates are stand-ins that agree to most things.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <event2/listener.h>

#include <linux/portsteer.h>

#include "identity.h"
#include "listen.h"
#include "log.h"
#include "message.h"
#include "sync.h"
#include "sync_feed.h"
#include "sync_message.h"
#include "sync_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The only line: nobody looks at it. */
static char line_there[1];
static const struct line_use *line_use;
static void *line_arg;
static evconnlistener_cb connected;
static void *connected_arg;
static const struct sync_feed_use *feed_use;
static void *feed_arg;
static unsigned int told;

int kernel_do(struct kernel *kernel, const struct object *object, uint8_t cmd,
	      unsigned int role, const struct record *record,
	      struct refusal *refusal)
{
	(void)kernel;
	(void)object;
	(void)cmd;
	(void)role;
	(void)record;
	refusal->text[0] = '\0';
	return told++ % 8 == 7;
}

int listen_open(const struct endpoint *endpoint, struct refusal *refusal)
{
	(void)endpoint;
	(void)refusal;
	return 0;
}

struct evconnlistener *evconnlistener_new(struct event_base *base,
					  evconnlistener_cb fn, void *arg,
					  unsigned int flags, int backlog,
					  evutil_socket_t fd)
{
	(void)base;
	(void)flags;
	(void)backlog;
	(void)fd;
	connected = fn;
	connected_arg = arg;
	return (struct evconnlistener *)line_there;
}

void evconnlistener_free(struct evconnlistener *listener)
{
	(void)listener;
}

struct event_base *evconnlistener_get_base(struct evconnlistener *listener)
{
	(void)listener;
	return NULL;
}

struct line *line_accept(struct event_base *base, SSL_CTX *context, int fd,
			 const struct line_limits *limits,
			 const struct line_use *use, void *arg)
{
	(void)base;
	(void)context;
	(void)fd;
	(void)limits;
	line_use = use;
	line_arg = arg;
	return (struct line *)line_there;
}

struct line *line_connect(struct event_base *base, SSL_CTX *context,
			  const char *host, unsigned int port,
			  const struct line_limits *limits,
			  const struct line_use *use, void *arg)
{
	(void)host;
	(void)port;
	return line_accept(base, context, 0, limits, use, arg);
}

bool line_send(struct line *line, json_t *message)
{
	(void)line;
	json_decref(message);
	return true;
}

size_t line_waiting(const struct line *line)
{
	(void)line;
	return 0;
}

X509 *line_certificate(const struct line *line)
{
	(void)line;
	return NULL;
}

const char *line_peer(const struct line *line)
{
	(void)line;
	return "peer";
}

void line_close(struct line *line, const char *why)
{
	(void)line;
	(void)why;
}

void line_drop(struct line *line)
{
	(void)line;
}

char *identity_name(const X509 *certificate, enum role role)
{
	(void)certificate;
	(void)role;
	return strdup("gw2");
}

/* A session that is told to the peer, and then that it has ended. */
static void feed(void)
{
	const struct address address = { .len = 4, .bytes = { 192, 0, 2, 1 } };
	struct record r = { 0 };

	record_set_text(&r, PSTEER_A_SESSION_SERVICE, "web");
	record_set_number(&r, PSTEER_A_SESSION_PROTO, 6);
	record_add_address(&r, PSTEER_A_SESSION_CLIENT, &address);
	feed_use->put(&r, false, feed_arg);
	feed_use->put(&r, true, feed_arg);
	record_clear(&r);
}

struct sync_feed *sync_feed_new(struct event_base *base, struct kernel *kernel,
				const struct sync_feed_use *use, void *arg)
{
	(void)base;
	(void)kernel;
	feed_use = use;
	feed_arg = arg;
	return (struct sync_feed *)line_there;
}

void sync_feed_free(struct sync_feed *f)
{
	(void)f;
}

bool sync_feed_begin(struct sync_feed *f)
{
	(void)f;
	feed();
	feed_use->told_all(feed_arg);
	return true;
}

void sync_feed_resume(struct sync_feed *f)
{
	(void)f;
}

struct sync_writer *sync_writer_open(sync_refused fn, void *arg)
{
	static const struct refusal refusal = { .error = 1 };

	fn("web", &refusal, arg);
	return (struct sync_writer *)line_there;
}

void sync_writer_close(struct sync_writer *writer)
{
	(void)writer;
}

/* What was understood is told again in the same words. */
bool sync_writer_put(struct sync_writer *writer, struct record *session,
		     bool ended)
{
	struct record again = { 0 };
	json_t *message = sync_message_put(session, ended);
	bool ended_again;

	(void)writer;
	if (sync_message_get(message, &again, &ended_again) ||
	    ended != ended_again || !record_matches(&again, session, 0))
		if (!ended)
			abort();
	record_clear(&again);
	json_decref(message);
	return told++ % 64 != 63;
}

bool sync_writer_flush(struct sync_writer *writer)
{
	(void)writer;
	return true;
}

bool sync_state_anew(struct sync *sync)
{
	(void)sync;
	return false;
}

void sync_state_ready(struct sync *sync, bool ready)
{
	sync->ready = ready;
}

const char *sync_state_peer(struct sync *sync, const char *instance)
{
	(void)sync;
	return *instance ? NULL : "nobody";
}

void log_notice(const char *format, ...)
{
	(void)format;
}

void log_warning(const char *format, ...)
{
	(void)format;
}

void log_error(const char *format, ...)
{
	(void)format;
}

/* Return: whether the line goes on. */
static bool hear(struct evbuffer *in)
{
	const char *why = NULL, *wrong = NULL;
	json_t *message = NULL;

	if (!message_take(in, SYNC_MESSAGE_MAX, &message, &why))
		return false;
	if (message)
		wrong = line_use->message((struct line *)line_there, message,
					  line_arg);
	json_decref(message);
	return !why && !wrong;
}

static void talk(const uint8_t *data, size_t size)
{
	struct line *line = (struct line *)line_there;
	struct evbuffer *in = evbuffer_new();

	evbuffer_add(in, data, size);
	line_use->ready(line, line_arg);
	while (hear(in))
		;
	line_use->closed(line, "the end", line_arg);
	evbuffer_free(in);
}

static void be_told(struct sync *sync, const uint8_t *data, size_t size)
{
	struct refusal refusal;
	struct sync_receiver *receiver;

	receiver = sync_receiver_new(sync, &refusal);
	connected((struct evconnlistener *)line_there, 0, NULL, 0,
		  connected_arg);
	talk(data, size);
	sync_receiver_free(receiver);
}

static void tell(struct sync *sync, const uint8_t *data, size_t size)
{
	struct sync_sender *sender = sync_sender_new(sync);

	sync->sender = sender;
	event_base_loop(sync->daemon->base, EVLOOP_ONCE);
	talk(data, size);
	sync_sender_lag_ms(sender);
	sync_sender_free(sender);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sync_settings settings = { .peer = { "gw2", 7444 } };
	static struct daemon daemon;
	struct sync sync = { .daemon = &daemon, .settings = &settings };

	if (!daemon.base)
		daemon.base = event_base_new();
	/* The first byte says which end is spoken to. */
	if (!size)
		return 0;
	if (*data == '<')
		be_told(&sync, data + 1, size - 1);
	else
		tell(&sync, data + 1, size - 1);
	return 0;
}
