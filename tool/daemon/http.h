/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small HTTP server in the event loop, for what anybody may read: GET and HEAD,
 * one request a connection, each with a time limit.
 */
#ifndef PORTSTEER_HTTP_H
#define PORTSTEER_HTTP_H

#include <stdint.h>
#include <stdio.h>

#include <event2/event.h>

#include "refusal.h"
#include "setting.h"

struct http;

/**
 * struct http_route - something to read
 * @path: exactly
 * @type: Content-Type
 * @write: writes it; what it wrote is answered to all who ask within a second
 */
struct http_route {
	const char *path;
	const char *type;
	void (*write)(FILE *out, void *arg);
};

/**
 * struct http_counts - what became of requests since the start
 * @answered: with what was asked for
 * @refused: not found, or not GET or HEAD
 * @late: connections that were ended as they took too long
 */
struct http_counts {
	uint64_t answered;
	uint64_t refused;
	uint64_t late;
};

/* @routes end with a row without path, and stay. NULL: it can't listen there. */
struct http *http_open(struct event_base *base,
		       const struct endpoint *endpoint,
		       const struct http_route *routes, void *arg,
		       struct refusal *refusal);
void http_close(struct http *http);
const struct http_counts *http_counts(const struct http *http);

#endif
