/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * etcd, by its version 3 JSON gateway: calls that are answered once, and a watch
 * that tells of every change. What can't be reached is tried at the next endpoint
 * the next time; trying again is the caller's part.
 */
#ifndef PORTSTEER_ETCD_H
#define PORTSTEER_ETCD_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>
#include <jansson.h>

/**
 * struct etcd_at - where etcd is, and who we are to it
 * @endpoints: URLs, ends with NULL; at least one
 * @ca: certificates that its own is checked against, or NULL
 * @certificate: ours, or NULL
 * @key: its private key, or NULL
 * @timeout_ms: how long a call may take
 */
struct etcd_at {
	char **endpoints;
	const char *ca;
	const char *certificate;
	const char *key;
	unsigned int timeout_ms;
};

struct etcd;

/* @at must live as long. NULL: no memory. */
struct etcd *etcd_open(struct event_base *base, const struct etcd_at *at);
void etcd_close(struct etcd *etcd);

/* Break off all that is under way; nobody hears of it any more. */
void etcd_abort(struct etcd *etcd);

/* Exactly one of @answer and @why is not NULL. Must not close @etcd. */
typedef void (*etcd_answered)(const json_t *answer, const char *why,
			      void *arg);

/*
 * Takes @body. @fn is called once, unless etcd_abort() comes first; without memory
 * at once, otherwise later.
 */
void etcd_call(struct etcd *etcd, const char *path, json_t *body,
	       etcd_answered fn, void *arg);

/**
 * struct etcd_watch_use - what the user of a watch wants to know
 * @told: one of etcd's messages; false: it makes no sense, end the watch
 * @ended: there will be no more, and why; the watch is gone
 */
struct etcd_watch_use {
	bool (*told)(const json_t *result, void *arg);
	void (*ended)(const char *why, void *arg);
};

struct etcd_watch;

/* Keys that begin with @prefix, changes from @revision on. NULL: no memory. */
struct etcd_watch *etcd_watch(struct etcd *etcd, const char *prefix,
			      int64_t revision,
			      const struct etcd_watch_use *use, void *arg);
void etcd_unwatch(struct etcd_watch *watch);	/* ended() is not called */

#endif
