// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A connection's life: handshake, open, ending (what waits is still sent, for a
 * moment), over. One timer bounds the time of each.
 */
#include "line.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>

#include "format.h"
#include "message.h"
#include "resolve.h"
#include "tls.h"

#define HANDSHAKE_MS	5000
#define ENDING_MS	1000
/* The other end's system has not taken what was sent for so long: it is gone. */
#define GONE_MS		15000
#define WHY_MAX		160

enum line_state {
	LINE_HANDSHAKE,
	LINE_OPEN,
	LINE_ENDING,
	LINE_OVER,
};

/**
 * struct line - a connection
 * @bev: the library's side of it
 * @timer: how long the state may last
 * @question: for the other end's address; NULL: not asked
 * @limits: what it may cost
 * @use: whom to tell
 * @arg: for @use
 * @state: of its life
 * @calling: the user is being told of a message, and may end it meanwhile
 * @peer: the other end's address, as text
 * @why: it ends
 */
struct line {
	struct bufferevent *bev;
	struct event *timer;
	struct evdns_getaddrinfo_request *question;
	struct line_limits limits;
	const struct line_use *use;
	void *arg;
	enum line_state state;
	bool calling;
	char *peer;
	char why[WHY_MAX];
};

static const struct line_use nobody;

static SSL *ssl_of(const struct line *line)
{
	return bufferevent_openssl_get_ssl(line->bev);
}

/* 0: for ever. */
static void bound(struct line *line, unsigned int ms)
{
	struct timeval time = {
		.tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000,
	};

	if (ms)
		event_add(line->timer, &time);
	else
		event_del(line->timer);
}

/* What others say may stand in a log: one line of plain characters. */
__attribute__((__format__(printf, 2, 3)))
static void note_why(struct line *line, const char *format, ...)
{
	va_list args;
	char *c;

	va_start(args, format);
	vsnprintf(line->why, sizeof(line->why), format, args);
	va_end(args);
	for (c = line->why; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
}

static void free_line(struct line *line)
{
	if (line->question)
		evdns_getaddrinfo_cancel(line->question);
	if (line->bev)
		bufferevent_free(line->bev);
	if (line->timer)
		event_free(line->timer);
	free(line->peer);
	free(line);
}

/* The reason is noted; the user is told from the loop. */
static void be_over(struct line *line)
{
	line->state = LINE_OVER;
	bufferevent_disable(line->bev, EV_READ | EV_WRITE);
	event_active(line->timer, EV_TIMEOUT, 0);
}

/*
 * All was sent. Closing at once would take it away from an other end that has
 * something under way to us, so it closes first, if it does so in time.
 */
static void say_goodbye(struct line *line)
{
	if (SSL_get_shutdown(ssl_of(line)) & SSL_SENT_SHUTDOWN)
		return;
	SSL_shutdown(ssl_of(line));
	ERR_clear_error();
	shutdown(bufferevent_getfd(line->bev), SHUT_WR);
}

static void begin_to_end(struct line *line)
{
	if (line->state == LINE_HANDSHAKE) {
		be_over(line);
		return;
	}
	line->state = LINE_ENDING;
	bound(line, ENDING_MS);
	if (!line_waiting(line))
		say_goodbye(line);
}

static void refuse(struct line *line, const char *why)
{
	line_send(line, json_pack("{s:s, s:s}", "type", "refused", "why", why));
	line_close(line, why);
}

/* Return: whether the other end has refused us. */
static bool is_refused(struct line *line, json_t *message)
{
	const char *type = json_string_value(json_object_get(message, "type"));
	const char *why = json_string_value(json_object_get(message, "why"));

	if (!type || strcmp(type, "refused"))
		return false;
	if (line->state == LINE_OPEN) {
		note_why(line, "refused by the other end: %s",
			 why ? why : "no reason given");
		begin_to_end(line);
	}
	return true;
}

static void hand_over(struct line *line, json_t *message)
{
	const char *why;

	bound(line, line->limits.silence_ms);
	if (is_refused(line, message))
		return;
	line->calling = true;
	why = line->use->message(line, message, line->arg);
	line->calling = false;
	if (why)
		refuse(line, why);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct line *line = arg;
	json_t *message;
	const char *why;

	while (line->state == LINE_OPEN &&
	       message_take(in, line->limits.message, &message, &why)) {
		if (message)
			hand_over(line, message);
		else
			refuse(line, why);
		json_decref(message);
	}
	if (line->state != LINE_OPEN)
		evbuffer_drain(in, evbuffer_get_length(in));
}

static void on_drained(struct bufferevent *bev, void *arg)
{
	struct line *line = arg;

	(void)bev;
	/* it may be late: what has been said meanwhile still waits */
	if (line_waiting(line))
		return;
	if (line->state == LINE_ENDING)
		say_goodbye(line);
	else if (line->state == LINE_OPEN && line->use->drained)
		line->use->drained(line, line->arg);
}

static void set_option(int fd, int level, int option, int value)
{
	setsockopt(fd, level, option, &value, sizeof(value));
}

/* Short messages go at once, and an end that is gone is found to be. */
static void set_socket(int fd)
{
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, GONE_MS / 3000);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, GONE_MS / 3000);
	set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, GONE_MS);
}

static void on_open(struct line *line)
{
	set_socket(bufferevent_getfd(line->bev));
	line->state = LINE_OPEN;
	bound(line, line->limits.silence_ms);
	if (line->use->ready)
		line->use->ready(line, line->arg);
}

static void note_error(struct line *line, short what)
{
	long trust = SSL_get_verify_result(ssl_of(line));
	unsigned long error = bufferevent_get_openssl_error(line->bev);
	int system = EVUTIL_SOCKET_ERROR();

	if (what & BEV_EVENT_EOF)
		note_why(line, "closed by the other end");
	else if (trust != X509_V_OK)
		note_why(line, "the other end's certificate: %s",
			 X509_verify_cert_error_string(trust));
	else if (ERR_SYSTEM_ERROR(error) || ERR_GET_LIB(error))
		note_why(line, "%s%s", ERR_SYSTEM_ERROR(error) ? "" : "TLS: ",
			 tls_reason(error));
	else
		note_why(line, "%s", system ? strerror(system) :
					      "closed by the other end");
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct line *line = arg;

	(void)bev;
	if (line->state == LINE_OVER)
		return;
	if (what & BEV_EVENT_CONNECTED) {
		on_open(line);
		return;
	}
	if (line->state != LINE_ENDING)
		note_error(line, what);
	be_over(line);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	struct line *line = arg;

	(void)fd;
	(void)what;
	if (line->state == LINE_OVER) {
		if (line->use->closed)
			line->use->closed(line, line->why, line->arg);
		free_line(line);
		return;
	}
	if (line->state == LINE_HANDSHAKE)
		note_why(line, "no handshake within %u s", HANDSHAKE_MS / 1000);
	else if (line->state == LINE_OPEN)
		note_why(line, "silent for %g s",
			 line->limits.silence_ms / 1000.0);
	be_over(line);
}

/* What every connection has. Takes @fd and @peer, also if it fails. */
static struct line *new_line(struct event_base *base, SSL_CTX *context, int fd,
			     char *peer, const struct line_limits *limits,
			     const struct line_use *use, void *arg)
{
	enum bufferevent_ssl_state side =
		fd < 0 ? BUFFEREVENT_SSL_CONNECTING : BUFFEREVENT_SSL_ACCEPTING;
	struct line *line = calloc(1, sizeof(*line));
	SSL *ssl = SSL_new(context);

	if (line && ssl)
		line->bev = bufferevent_openssl_socket_new(base, fd, ssl, side,
							   BEV_OPT_CLOSE_ON_FREE |
							   BEV_OPT_DEFER_CALLBACKS);
	if (!line || !line->bev) {
		SSL_free(ssl);
		if (fd >= 0)
			close(fd);
		free(line);
		free(peer);
		return NULL;
	}
	line->peer = peer;
	line->limits = *limits;
	line->use = use;
	line->arg = arg;
	line->timer = evtimer_new(base, on_time, line);
	if (!line->timer || !peer) {
		free_line(line);
		return NULL;
	}
	bufferevent_setcb(line->bev, on_read, on_drained, on_event, line);
	bufferevent_setwatermark(line->bev, EV_READ, 0, limits->message + 1);
	bufferevent_enable(line->bev, EV_READ | EV_WRITE);
	bound(line, HANDSHAKE_MS);
	return line;
}

/* Address and port of the other end, as text, to be freed. */
static char *peer_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} from = { 0 };
	socklen_t size = sizeof(from);
	struct address address = { 0 };
	char text[FORMAT_MAX];

	if (getpeername(fd, &from.any, &size) || size < sizeof(from.v4))
		return strdup("?");
	if (from.any.sa_family == AF_INET) {
		address.len = 4;
		memcpy(address.bytes, &from.v4.sin_addr, 4);
	} else if (IN6_IS_ADDR_V4MAPPED(&from.v6.sin6_addr)) {
		address.len = 4;
		memcpy(address.bytes, &from.v6.sin6_addr.s6_addr[12], 4);
	} else {
		address.len = 16;
		memcpy(address.bytes, &from.v6.sin6_addr, 16);
	}
	return strdup(format_endpoint(text, &address,
				      ntohs(from.v4.sin_port)));
}

/**
 * line_accept() - a connection that somebody has made to us
 * @base: loop
 * @context: of the server's side
 * @fd: its socket, which is the line's from now on
 * @limits: what it may cost
 * @use: whom to tell; stays where it is
 * @arg: for @use
 *
 * Return: line, or NULL if there is no memory; @fd is closed then.
 */
struct line *line_accept(struct event_base *base, SSL_CTX *context, int fd,
			 const struct line_limits *limits,
			 const struct line_use *use, void *arg)
{
	evutil_make_socket_nonblocking(fd);
	return new_line(base, context, fd, peer_of(fd), limits, use, arg);
}

static bool is_address(const char *host)
{
	struct address address;

	return !parse_address(host, &address);
}

static void on_address(int error, struct addrinfo *found, void *arg)
{
	const struct addrinfo *one;
	struct line *line = arg;

	/* It is gone. */
	if (error == EVUTIL_EAI_CANCEL)
		return;
	line->question = NULL;
	if (error) {
		note_why(line, "%s", evutil_gai_strerror(error));
		be_over(line);
		return;
	}
	one = resolve_choose(found);
	if (bufferevent_socket_connect(line->bev, one->ai_addr,
				       one->ai_addrlen)) {
		note_error(line, BEV_EVENT_ERROR);
		be_over(line);
	}
	evutil_freeaddrinfo(found);
}

/**
 * line_connect() - connect to somebody
 * @base: loop
 * @context: of the client's side
 * @host: name or address
 * @port: number
 * @limits: what it may cost
 * @use: whom to tell; stays where it is
 * @arg: for @use
 *
 * Return: line, or NULL if there is no memory. Whether it comes about is told by
 * ready() and closed().
 */
struct line *line_connect(struct event_base *base, SSL_CTX *context,
			  const char *host, unsigned int port,
			  const struct line_limits *limits,
			  const struct line_use *use, void *arg)
{
	struct line *line;
	char *peer;

	if (asprintf(&peer, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
		     port) < 0)
		return NULL;
	line = new_line(base, context, -1, peer, limits, use, arg);
	if (!line)
		return NULL;
	if (!is_address(host)) {
		line->question = resolve(base, host, port, on_address, line);
	} else if (bufferevent_socket_connect_hostname(line->bev, NULL, AF_UNSPEC,
						       host, port)) {
		note_error(line, BEV_EVENT_ERROR);
		be_over(line);
	}
	return line;
}

/**
 * line_send() - send a message
 * @line: to the other end of it
 * @message: an object, whose reference is taken; NULL: there was no memory for it
 *
 * Return: whether it is on its way; if not, closed() has been or will be called.
 */
bool line_send(struct line *line, json_t *message)
{
	struct evbuffer *bytes = evbuffer_new();
	bool goes = line->state <= LINE_OPEN;

	if (!goes)
		goto out;
	goes = bytes && message && message_put(bytes, message);
	if (!goes)
		note_why(line, "no memory");
	if (goes && line_waiting(line) + evbuffer_get_length(bytes) >
	    line->limits.queue) {
		note_why(line, "does not read what it is sent");
		goes = false;
	}
	if (goes)
		bufferevent_write_buffer(line->bev, bytes);
	else
		be_over(line);
out:
	if (bytes)
		evbuffer_free(bytes);
	json_decref(message);
	return goes;
}

/**
 * line_waiting() - bytes that are not sent yet
 */
size_t line_waiting(const struct line *line)
{
	return evbuffer_get_length(bufferevent_get_output(line->bev));
}

/**
 * line_certificate() - what the other end has shown
 *
 * Return: certificate, not owned; NULL before ready().
 */
X509 *line_certificate(const struct line *line)
{
	return SSL_get0_peer_certificate(ssl_of(line));
}

/**
 * line_peer() - where the other end is, as text
 */
const char *line_peer(const struct line *line)
{
	return line->peer;
}

/**
 * line_close() - end it
 * @line: which is not ending yet; otherwise nothing happens
 * @why: for closed(), which follows within a second: what waits is sent before
 */
void line_close(struct line *line, const char *why)
{
	if (line->state >= LINE_ENDING)
		return;
	note_why(line, "%s", why);
	begin_to_end(line);
}

/**
 * line_drop() - end it at once, as its user goes away himself
 *
 * Nobody is told, and what waits is lost.
 */
void line_drop(struct line *line)
{
	line->use = &nobody;
	if (line->calling)
		be_over(line);
	else
		free_line(line);
}
