/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One place in a cluster: a lease that says we are alive, a picture of all keys that
 * follows etcd, and rounds of transactions. Whoever has it acts in settle(): it looks
 * at the picture, and submits what should become of it. It is not called again before
 * all of that is answered and is in the picture. So there is no other state than the
 * picture, and whatever fails is simply seen, and done, anew.
 */
#ifndef PORTSTEER_CLUSTER_H
#define PORTSTEER_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>
#include <jansson.h>

#include "cluster_record.h"
#include "cluster_setting.h"
#include "etcd.h"
#include "picture.h"
#include "refusal.h"

struct cluster;

/**
 * struct cluster_use - what whoever has a place in a cluster does
 * @settle: look at the picture, and submit what should change; also once a second
 * @found: there is no cluster at this place yet; NULL: wait for who founds it
 */
struct cluster_use {
	void (*settle)(void *arg);
	void (*found)(void *arg);
};

/* A key with the prefix. */
struct key {
	char text[320];
};

struct cluster *cluster_open(struct event_base *base,
			     const struct etcd_settings *settings,
			     const struct cluster_use *use, void *arg,
			     struct refusal *refusal);
void cluster_close(struct cluster *c);

const struct picture *cluster_picture(const struct cluster *c);
/* Are we heard of, so that the picture is true? For how many ms, at least. */
int64_t cluster_alive_ms(const struct cluster *c);
int64_t cluster_lease(const struct cluster *c);
uint32_t cluster_chunk(const struct cluster *c);
const char *cluster_state(const struct cluster *c);	/* one word */

struct key cluster_key(const struct cluster *c, const char *format, ...)
	__attribute__((__format__(printf, 2, 3)));

/* In settle() only; takes @txn or @body. False: enough for this round. */
bool cluster_submit(struct cluster *c, json_t *txn);
bool cluster_call(struct cluster *c, const char *path, json_t *body,
		  etcd_answered fn, void *arg);

/* Something else than the picture has changed: settle soon. */
void cluster_kick(struct cluster *c);

int64_t now_ms(void);	/* of a clock that is never set */

#endif
