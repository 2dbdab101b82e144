// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Transfers of libcurl, carried by the event loop: curl says which sockets and
 * what time it waits for, and is told when they come.
 */
#include "transfer.h"

#include <stdlib.h>

/**
 * struct transfers - all that share connections and the clock
 * @base: the loop
 * @multi: curl's
 * @timer: when curl wants to be called without a socket
 */
struct transfers {
	struct event_base *base;
	CURLM *multi;
	struct event *timer;
};

/* What is over is known only after curl was called. */
static void reap(struct transfers *transfers)
{
	struct transfer *transfer;
	CURLcode result;
	CURLMsg *msg;
	int left;

	for (;;) {
		msg = curl_multi_info_read(transfers->multi, &left);
		if (!msg)
			return;
		if (msg->msg != CURLMSG_DONE)
			continue;
		/* The message is gone with the handle. */
		result = msg->data.result;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE,
				  (char **)&transfer);
		curl_multi_remove_handle(transfers->multi, transfer->handle);
		transfer->done(result, transfer->arg);
	}
}

static void on_socket(evutil_socket_t fd, short events, void *arg)
{
	struct transfers *transfers = arg;
	int running;
	int mask = 0;

	if (events & EV_READ)
		mask |= CURL_CSELECT_IN;
	if (events & EV_WRITE)
		mask |= CURL_CSELECT_OUT;
	curl_multi_socket_action(transfers->multi, fd, mask, &running);
	reap(transfers);
}

static void on_timer(evutil_socket_t fd, short events, void *arg)
{
	struct transfers *transfers = arg;
	int running;

	(void)fd;
	(void)events;
	curl_multi_socket_action(transfers->multi, CURL_SOCKET_TIMEOUT, 0,
				 &running);
	reap(transfers);
}

/* curl waits for this socket, for something else of it, or no more. */
static int watch_socket(CURL *handle, curl_socket_t fd, int what, void *arg,
			void *assigned)
{
	struct transfers *transfers = arg;
	struct event *event = assigned;
	short events = EV_PERSIST;

	(void)handle;
	if (event)
		event_free(event);
	event = NULL;
	if (what != CURL_POLL_REMOVE) {
		if (what & CURL_POLL_IN)
			events |= EV_READ;
		if (what & CURL_POLL_OUT)
			events |= EV_WRITE;
		event = event_new(transfers->base, fd, events, on_socket,
				  transfers);
		if (!event || event_add(event, NULL))
			return -1;
	}
	curl_multi_assign(transfers->multi, fd, event);
	return 0;
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct transfers *transfers = arg;
	struct timeval wait = {
		.tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000,
	};

	(void)multi;
	if (ms < 0)
		return event_del(transfers->timer);
	return event_add(transfers->timer, &wait);
}

/**
 * transfers_open() - what transfers can be begun with
 */
struct transfers *transfers_open(struct event_base *base)
{
	struct transfers *transfers = calloc(1, sizeof(*transfers));

	if (!transfers)
		return NULL;
	transfers->base = base;
	transfers->multi = curl_multi_init();
	transfers->timer = evtimer_new(base, on_timer, transfers);
	if (!transfers->multi || !transfers->timer) {
		transfers_close(transfers);
		return NULL;
	}
	curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETFUNCTION,
			  watch_socket);
	curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETDATA, transfers);
	curl_multi_setopt(transfers->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(transfers->multi, CURLMOPT_TIMERDATA, transfers);
	return transfers;
}

/**
 * transfers_close() - end what transfers_open() has begun
 */
void transfers_close(struct transfers *transfers)
{
	/* It still asks for sockets and time while it ends. */
	if (transfers->multi)
		curl_multi_cleanup(transfers->multi);
	if (transfers->timer)
		event_free(transfers->timer);
	free(transfers);
}

/**
 * transfer_begin() - begin a transfer; @transfer stays the caller's
 */
bool transfer_begin(struct transfers *transfers, struct transfer *transfer)
{
	curl_easy_setopt(transfer->handle, CURLOPT_PRIVATE, transfer);
	return !curl_multi_add_handle(transfers->multi, transfer->handle);
}

/**
 * transfer_abort() - end a transfer without another word; it need not be under
 *	way
 */
void transfer_abort(struct transfers *transfers, struct transfer *transfer)
{
	curl_multi_remove_handle(transfers->multi, transfer->handle);
}
