/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What etcd has under our prefix, as we know it: keys in their order, each with its
 * value. It follows the messages of a watch; those who go by it read it, and never
 * etcd.
 */
#ifndef PORTSTEER_KEYS_H
#define PORTSTEER_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/**
 * struct entry - one key
 * @key: without the prefix
 * @value: as JSON; NULL: it is none
 * @created: revision that has made it
 * @changed: revision that has changed it last
 * @lease: that it goes with, 0: none
 */
struct entry {
	char *key;
	json_t *value;
	int64_t created;
	int64_t changed;
	int64_t lease;
};

/**
 * struct keys - all of them
 * @prefix: that the keys have in etcd, ending with a slash
 * @entries: sorted by key
 * @count: of @entries
 * @revision: up to which it is true
 */
struct keys {
	char *prefix;
	struct entry *entries;
	size_t count;
	int64_t revision;
};

/* More keys than this nobody has need of. */
#define KEYS_MOST	200000

bool keys_open(struct keys *p, const char *prefix);
void keys_close(struct keys *p);

/* Begin anew, by an answer to a range. False: it makes no sense. */
bool keys_load(struct keys *p, const json_t *answer);
/* Go on by a message of a watch. False: it makes no sense. */
bool keys_follow(struct keys *p, const json_t *result);

const struct entry *keys_find(const struct keys *p, const char *key);

/*
 * Those whose key begins with @prefix, one after the other; @at is NULL at first.
 * They are good until the next message.
 */
const struct entry *keys_next(const struct keys *p, const char *prefix,
				 const struct entry *at);

#endif
