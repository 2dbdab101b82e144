/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One place in a cluster: a lease that says we are alive, all keys as they are in
 * etcd, and rounds of transactions. Whoever has it acts in settle(): it looks at the
 * keys, and submits what should become of them. It is not called again before all of
 * that is answered and is seen in the keys. So there is no other state than the keys,
 * and whatever fails is simply seen, and done, anew.
 */
#ifndef PORTSTEER_CLUSTER_H
#define PORTSTEER_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>
#include <jansson.h>

#include "cluster_record.h"
#include "cluster_setting.h"
#include "keys.h"

struct cluster;

/**
 * struct cluster_use - what whoever has a place in a cluster does
 * @settle: look at the keys, and submit what should change; also once a second
 * @found: there is no cluster at this place yet; NULL: wait for who founds it
 * @quiet: whoever only looks has nothing to say of etcd to the log
 */
struct cluster_use {
	void (*settle)(void *arg);
	void (*found)(void *arg);
	bool quiet;
};

/* A key with the prefix. */
struct key_text {
	char text[320];
};

struct cluster *cluster_open(struct event_base *base,
			     const struct etcd_settings *settings,
			     const struct cluster_use *use, void *arg);
void cluster_close(struct cluster *c);

const struct keys *cluster_keys(const struct cluster *c);
/* Are we heard of, so that the keys are true? For how many ms, at least. */
int64_t cluster_alive_ms(const struct cluster *c);
int64_t cluster_lease(const struct cluster *c);
uint32_t cluster_chunk(const struct cluster *c);
const char *cluster_state(const struct cluster *c);	/* one word */

struct key_text cluster_key(const struct cluster *c, const char *format, ...)
	__attribute__((__format__(printf, 2, 3)));

/*
 * In settle() only; takes @txn, which goes with others in one transaction. False:
 * enough for this round.
 */
bool cluster_submit(struct cluster *c, json_t *txn);
/* In settle() only, once: @fn gets a lease that nobody keeps, and may submit. */
void cluster_lend(struct cluster *c, unsigned int seconds,
		  void (*fn)(int64_t lease, void *arg));

/* Something else than the keys has changed: settle soon. */
void cluster_kick(struct cluster *c);

#endif
