/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON lines over TLS: one message a line, bounded both ways. The only thing that
 * agents, daemon and a pair of gateways talk by.
 */
#ifndef PORTSTEER_LINE_H
#define PORTSTEER_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include <event2/event.h>
#include <jansson.h>
#include <openssl/ssl.h>

struct line;

/**
 * struct line_use - what the user of a connection wants to know
 * @ready: the handshake is done; NULL: don't care
 * @message: one has come, an object; NULL returned, or why it is refused: then
 *	the other end is told {"type": "refused", "why": ...} and closed() follows.
 *	If it refuses us in this way, only closed() is called
 * @drained: all that was to be sent is sent; NULL: don't care
 * @closed: it is over, and why; the line is gone when this returns
 */
struct line_use {
	void (*ready)(struct line *line, void *arg);
	const char *(*message)(struct line *line, json_t *message, void *arg);
	void (*drained)(struct line *line, void *arg);
	void (*closed)(struct line *line, const char *why, void *arg);
};

/**
 * struct line_limits - what one connection may cost
 * @message: bytes of a line
 * @queue: bytes that may wait to be sent; whoever does not read is closed
 * @silence_ms: without a message from the other end it is closed; 0: never
 */
struct line_limits {
	size_t message;
	size_t queue;
	unsigned int silence_ms;
};

/* Both return NULL if there is no memory, and a line that is in use at once. */
struct line *line_accept(struct event_base *base, SSL_CTX *context, int fd,
			 const struct line_limits *limits,
			 const struct line_use *use, void *arg);
struct line *line_connect(struct event_base *base, SSL_CTX *context,
			  const char *host, unsigned int port,
			  const struct line_limits *limits,
			  const struct line_use *use, void *arg);

/* Takes the reference to @message. False: closed() has been or will be called. */
bool line_send(struct line *line, json_t *message);
size_t line_waiting(const struct line *line);	/* bytes not sent yet */
X509 *line_certificate(const struct line *line);	/* of the other end; not owned */
const char *line_peer(const struct line *line);	/* its address and port, as text */

/* Ends it from our side: closed() is called with @why, later, from the loop. */
void line_close(struct line *line, const char *why);

/* For a user that goes away: it is gone at once, and closed() is not called. */
void line_drop(struct line *line);

#endif
