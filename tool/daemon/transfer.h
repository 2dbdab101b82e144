/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transfers of libcurl, carried by the event loop. */
#ifndef PORTSTEER_TRANSFER_H
#define PORTSTEER_TRANSFER_H

#include <stdbool.h>

#include <curl/curl.h>
#include <event2/event.h>

struct transfers;

/* NULL: no memory. */
struct transfers *transfers_open(struct event_base *base);
void transfers_close(struct transfers *transfers);	/* with none under way */

/**
 * struct transfer - one that is under way, or may be
 * @handle: set up by the user, but for CURLOPT_PRIVATE
 * @done: it is over; may begin the next with the same handle
 * @arg: for @done
 */
struct transfer {
	CURL *handle;
	void (*done)(CURLcode result, void *arg);
	void *arg;
};

/* False: it was not begun. */
bool transfer_begin(struct transfers *transfers, struct transfer *transfer);
void transfer_abort(struct transfers *transfers, struct transfer *transfer);

#endif
