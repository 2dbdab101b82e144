/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the calls and the watch of etcd have in common. */
#ifndef PORTSTEER_ETCD_PART_H
#define PORTSTEER_ETCD_PART_H

#include "etcd.h"
#include "transfer.h"

/**
 * struct etcd - all that is under way with one etcd
 * @transfers: what carries them
 * @at: where it is
 * @endpoint: which one is in use; those who fail with it go on to the next
 * @calls: list of calls under way
 * @watches: list of watches
 */
struct etcd {
	struct transfers *transfers;
	const struct etcd_at *at;
	unsigned int endpoint;
	struct etcd_transfer *calls;
	struct etcd_transfer *watches;
};

/**
 * struct etcd_transfer - a request that is under way
 * @etcd: whose
 * @transfer: as the loop carries it
 * @headers: of the request
 * @body: what was asked
 * @text: what has come of the answer
 * @length: of @text
 * @room: of @text
 * @endpoint: whom it was sent to
 * @next: in the list that it is in
 * @in: list that it is in
 */
struct etcd_transfer {
	struct etcd *etcd;
	struct transfer transfer;
	struct curl_slist *headers;
	char *body;
	char *text;
	size_t length;
	size_t room;
	unsigned int endpoint;
	struct etcd_transfer *next;
	struct etcd_transfer **in;
};

bool etcd_transfer_begin(struct etcd_transfer *t, struct etcd *etcd,
			 const char *path, json_t *body);
bool etcd_transfer_send(struct etcd_transfer *t, struct etcd_transfer **in,
			curl_write_callback written,
			void (*done)(CURLcode result, void *arg));
void etcd_transfer_leave(struct etcd_transfer *t);
void etcd_transfer_end(struct etcd_transfer *t);

/* False: there is no room for it. */
bool etcd_transfer_more(struct etcd_transfer *t, const char *data,
			size_t length);

/* Why a transfer failed, in a sentence; the next one goes elsewhere. */
const char *etcd_transfer_failed(struct etcd_transfer *t, CURLcode result);

#endif
