// SPDX-License-Identifier: GPL-2.0-only
/*
 * libcurl in the event loop: it says which sockets and which time to wait for, and
 * is told when they have come.
 */
#include "http.h"

#include <stdlib.h>

/* Connections are kept for the next transfer, but not any number of them. */
#define CONNECTIONS_KEPT	32L

/**
 * struct http - transfers under way
 * @base: loop
 * @multi: libcurl's side
 * @timer: when libcurl wants to be called in any case
 * @transfers: list of those under way
 */
struct http {
	struct event_base *base;
	CURLM *multi;
	struct event *timer;
	struct transfer *transfers;
};

/**
 * struct transfer - one of them
 * @easy: its handle
 * @fn: called when it is over
 * @arg: for @fn
 * @next: in http->transfers
 */
struct transfer {
	CURL *easy;
	http_done fn;
	void *arg;
	struct transfer *next;
};

/* Takes a transfer off the list. */
static struct transfer *take_transfer(struct http *http, const CURL *easy)
{
	struct transfer **at = &http->transfers;
	struct transfer *found;

	while (*at && (*at)->easy != easy)
		at = &(*at)->next;
	found = *at;
	if (found)
		*at = found->next;
	return found;
}

static void finish_transfers(struct http *http)
{
	struct transfer *transfer;
	CURLMsg *message;
	CURLcode result;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		/* The message is gone with the handle. */
		result = message->data.result;
		transfer = take_transfer(http, message->easy_handle);
		curl_multi_remove_handle(http->multi, transfer->easy);
		transfer->fn(transfer->easy, result, transfer->arg);
		free(transfer);
	}
}

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct http *http = arg;
	int running;

	curl_multi_socket_action(http->multi, fd,
				 (what & EV_READ ? CURL_CSELECT_IN : 0) |
				 (what & EV_WRITE ? CURL_CSELECT_OUT : 0),
				 &running);
	finish_transfers(http);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	struct http *http = arg;
	int running;

	(void)fd;
	(void)what;
	curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	finish_transfers(http);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
		       void *of_socket)
{
	struct event *event = of_socket;
	struct http *http = arg;

	(void)easy;
	if (event)
		event_free(event);
	event = NULL;
	if (what != CURL_POLL_REMOVE) {
		event = event_new(http->base, fd, EV_PERSIST |
				  (what & CURL_POLL_IN ? EV_READ : 0) |
				  (what & CURL_POLL_OUT ? EV_WRITE : 0),
				  on_socket, http);
		if (!event || event_add(event, NULL))
			return -1;
	}
	curl_multi_assign(http->multi, fd, event);
	return 0;
}

static int want_time(CURLM *multi, long ms, void *arg)
{
	struct timeval time = {
		.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000,
	};
	struct http *http = arg;

	(void)multi;
	if (ms < 0)
		return event_del(http->timer);
	return event_add(http->timer, &time);
}

/**
 * http_open() - get ready for transfers
 */
struct http *http_open(struct event_base *base)
{
	struct http *http = calloc(1, sizeof(*http));

	if (!http || curl_global_init(CURL_GLOBAL_DEFAULT)) {
		free(http);
		return NULL;
	}
	http->base = base;
	http->multi = curl_multi_init();
	http->timer = evtimer_new(base, on_time, http);
	if (!http->multi || !http->timer) {
		http_close(http);
		return NULL;
	}
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, want_time);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
	return http;
}

/**
 * http_close() - the end of all this
 */
void http_close(struct http *http)
{
	while (http->transfers)
		http_stop(http, http->transfers->easy);
	if (http->multi)
		curl_multi_cleanup(http->multi);
	if (http->timer)
		event_free(http->timer);
	curl_global_cleanup();
	free(http);
}

/**
 * http_start() - begin a transfer, of which @fn hears once it is over
 *
 * Return: false if it can't be begun.
 */
bool http_start(struct http *http, CURL *easy, http_done fn, void *arg)
{
	struct transfer *transfer = calloc(1, sizeof(*transfer));

	if (!transfer)
		return false;
	*transfer = (struct transfer){
		.easy = easy, .fn = fn, .arg = arg, .next = http->transfers,
	};
	http->transfers = transfer;
	if (!curl_multi_add_handle(http->multi, easy))
		return true;
	free(take_transfer(http, easy));
	return false;
}

/**
 * http_stop() - end a transfer that is under way; @fn does not hear of it
 */
void http_stop(struct http *http, CURL *easy)
{
	struct transfer *transfer = take_transfer(http, easy);

	if (!transfer)
		return;
	curl_multi_remove_handle(http->multi, easy);
	free(transfer);
}
