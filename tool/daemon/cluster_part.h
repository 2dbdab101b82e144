/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place in a cluster, as its own files see it. */
#ifndef PORTSTEER_CLUSTER_PART_H
#define PORTSTEER_CLUSTER_PART_H

#include "backoff.h"
#include "cluster.h"
#include "etcd.h"

enum stage {
	APART,		/* etcd is out of reach; the timer tries again */
	COMING,		/* asking for the lease, then for all keys */
	LIVE,		/* the keys follow */
};

/**
 * struct cluster - a place in a cluster
 * @etcd: connection
 * @at: where that is
 * @prefix: of all keys, ends with a slash
 * @lease_s: as asked for
 * @lease: that we have, 0: none
 * @until: up to when that is so for sure, by clock_ms()
 * @asked: when it was asked for
 * @asking: there is no answer yet
 * @doubt: the last time there was none; the watch may not be heard either
 * @stage: how far we are
 * @watch: while live
 * @keys: what etcd has, as far as we know
 * @schema: that all agree on; its id is @id
 * @founded: @schema can be read, and is ours
 * @id: of the cluster that we belong to; "" before we do
 * @stranger: it has been said that it is not ours
 * @open: transactions of this round without an answer
 * @sent: changes of this round
 * @batch: those of them that are still to be sent, as one transaction
 * @batched: how many
 * @needed: revision that @keys must have before the next one
 * @needed_since: when it was asked for
 * @failed: something of this round did not hold
 * @lent: who gets the lease of cluster_lend()
 * @silent: it has been said that etcd is out of reach
 * @backoff: before the next try
 * @retry: timer for it
 * @beat: timer for the lease
 * @tick: timer for settling anyway
 * @settle: event for settling soon
 * @use: whose place it is
 * @arg: for @use
 */
struct cluster {
	struct etcd *etcd;
	struct etcd_at at;
	char *prefix;
	unsigned int lease_s;
	int64_t lease;
	int64_t until;
	int64_t asked;
	bool asking;
	bool doubt;
	enum stage stage;
	struct etcd_watch *watch;
	struct keys keys;
	struct cluster_schema schema;
	bool founded;
	char id[40];
	bool stranger;
	unsigned int open;
	unsigned int sent;
	json_t *batch;
	unsigned int batched;
	int64_t needed;
	int64_t needed_since;
	bool failed;
	void (*lent)(int64_t lease, void *arg);
	bool silent;
	struct backoff backoff;
	struct event *retry;
	struct event *beat;
	struct event *tick;
	struct event *settle;
	const struct cluster_use *use;
	void *arg;
};

void cluster_timer(struct event *timer, int64_t ms);

/* Act by the keys, if they are true and nothing is under way; an event. */
void round_begin(evutil_socket_t fd, short what, void *arg);
void round_drop(struct cluster *c);	/* what was not sent yet */

#endif
