/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is to tell the peer: all of it at first, and then what changes. */
#ifndef PORTSTEER_SYNC_FEED_H
#define PORTSTEER_SYNC_FEED_H

#include "kernel.h"

struct sync_feed;

/**
 * struct sync_feed_use - who passes it on
 * @put: a session, or that it has ended; false: that's enough for now, the rest is
 *	to come after sync_feed_resume()
 * @told_all: all sessions have been put
 * @lost: something was missed: all is to be told from the beginning
 */
struct sync_feed_use {
	bool (*put)(const struct record *session, bool ended, void *arg);
	void (*told_all)(void *arg);
	void (*lost)(void *arg);
};

struct sync_feed *sync_feed_new(struct event_base *base, struct kernel *kernel,
				const struct sync_feed_use *use, void *arg);
void sync_feed_free(struct sync_feed *feed);
bool sync_feed_begin(struct sync_feed *feed);
void sync_feed_resume(struct sync_feed *feed);

#endif
