/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libcurl in the event loop: any number of transfers at a time, none of which
 * holds up the loop.
 */
#ifndef PORTSTEER_HTTP_H
#define PORTSTEER_HTTP_H

#include <stdbool.h>

#include <curl/curl.h>
#include <event2/event.h>

struct http;

/* Only the transfer's own handle may be cleaned up in it. */
typedef void (*http_done)(CURL *easy, CURLcode result, void *arg);

struct http *http_open(struct event_base *base);	/* NULL: no memory */
void http_close(struct http *http);	/* transfers were stopped before */

/* False: it was not begun. */
bool http_start(struct http *http, CURL *easy, http_done fn, void *arg);
void http_stop(struct http *http, CURL *easy);

#endif
