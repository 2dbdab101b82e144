// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rounds: what is decided by one look at the keys goes to etcd in few transactions,
 * and the next look comes when all of them are answered and seen.
 */
#include "clock.h"
#include "cluster_part.h"
#include "etcd_key.h"

/* Changes of a round; the rest waits for the next one. */
#define ROUND_MOST	256
/* Changes that go in one transaction; etcd takes 128 of each kind. */
#define BATCH_MOST	32
/* After a round in which something did not hold the keys should change. */
#define AGAIN_MS	100

/**
 * round_drop() - forget what was not sent yet
 */
void round_drop(struct cluster *c)
{
	json_decref(c->batch);
	c->batch = NULL;
	c->batched = 0;
}

/* The last answer of a round lets the next one begin. */
static void end_answer(struct cluster *c)
{
	if (--c->open)
		return;
	if (!c->failed) {
		cluster_kick(c);
	} else {
		event_del(c->tick);
		cluster_timer(c->tick, AGAIN_MS);
	}
}

/* Whether etcd is there is seen by the lease, which waits for no disk. */
static void on_submitted(const json_t *answer, const char *why, void *arg)
{
	struct cluster *c = arg;
	int64_t revision = etcd_revision(answer);

	/* What was not answered may be done nevertheless: the keys will show. */
	if (why || !etcd_txn_done(answer)) {
		c->failed = true;
	} else if (revision > c->needed) {
		c->needed = revision;
		c->needed_since = clock_ms();
	}
	end_answer(c);
}

static void send_batch(struct cluster *c)
{
	json_t *batch = c->batch;

	if (!batch)
		return;
	c->batch = NULL;
	c->batched = 0;
	c->open++;
	etcd_call(c->etcd, "/v3/kv/txn", batch, on_submitted, c);
}

static const json_t *key_of(const json_t *action)
{
	const json_t *put = json_object_get(action, "request_put");

	return json_object_get(put ? put : json_object_get(action,
						"request_delete_range"), "key");
}

/* etcd changes a key once in a transaction. */
static bool clashes(const json_t *batch, const json_t *txn)
{
	const json_t *a, *b;
	size_t i, j;

	json_array_foreach(json_object_get(batch, "success"), i, a)
		json_array_foreach(json_object_get(txn, "success"), j, b)
			if (json_equal(key_of(a), key_of(b)))
				return true;
	return false;
}

static void add_to_batch(struct cluster *c, const json_t *txn)
{
	if (!c->batch)
		c->batch = etcd_txn();
	json_array_extend(json_object_get(c->batch, "compare"),
			  json_object_get(txn, "compare"));
	json_array_extend(json_object_get(c->batch, "success"),
			  json_object_get(txn, "success"));
	c->batched++;
}

/**
 * cluster_submit() - have something changed in this round
 *
 * It goes with others in one transaction: all of them, or none. What was none is
 * decided anew, by newer keys.
 */
bool cluster_submit(struct cluster *c, json_t *txn)
{
	bool room = c->sent < ROUND_MOST;

	if (room) {
		if (c->batched == BATCH_MOST || clashes(c->batch, txn))
			send_batch(c);
		add_to_batch(c, txn);
		c->sent++;
	}
	json_decref(txn);
	return room;
}

/**
 * round_begin() - act by the keys, if they are true and nothing is under way
 */
void round_begin(evutil_socket_t fd, short what, void *arg)
{
	struct cluster *c = arg;

	(void)fd;
	(void)what;
	if (c->stage != LIVE || c->open || cluster_alive_ms(c) <= 0 ||
	    c->keys.revision < c->needed)
		return;
	c->sent = 0;
	c->failed = false;
	if (c->founded)
		c->use->settle(c->arg);
	else if (!*c->id && !c->stranger && c->use->found)
		c->use->found(c->arg);
	send_batch(c);
}

static void on_granted(const json_t *answer, const char *why, void *arg)
{
	struct cluster *c = arg;

	if (why)
		c->failed = true;
	else
		c->lent(etcd_number(json_object_get(answer, "ID")), c->arg);
	send_batch(c);
	end_answer(c);
}

/**
 * cluster_lend() - get a lease that ends by itself, within this round
 * @c: place
 * @seconds: how long it lasts
 * @fn: gets it, and may submit what goes with it
 */
void cluster_lend(struct cluster *c, unsigned int seconds,
		  void (*fn)(int64_t lease, void *arg))
{
	c->lent = fn;
	c->open++;
	etcd_call(c->etcd, "/v3/lease/grant",
		  json_pack("{sI}", "TTL", (json_int_t)seconds), on_granted, c);
}
