/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What etcd has under our prefix, as we know it: keys in their order, each with its
 * value. It follows the messages of a watch; those who go by it read it, and never
 * etcd.
 */
#ifndef PORTSTEER_PICTURE_H
#define PORTSTEER_PICTURE_H

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
 * struct picture - all of them
 * @prefix: that the keys have in etcd, ending with a slash
 * @entries: sorted by key
 * @count: of @entries
 * @revision: up to which it is true
 */
struct picture {
	char *prefix;
	struct entry *entries;
	size_t count;
	int64_t revision;
};

/* More keys than this nobody has need of. */
#define PICTURE_MOST	200000

bool picture_open(struct picture *p, const char *prefix);
void picture_close(struct picture *p);

/* Begin anew, by an answer to a range. False: it makes no sense. */
bool picture_load(struct picture *p, const json_t *answer);
/* Go on by a message of a watch. False: it makes no sense. */
bool picture_follow(struct picture *p, const json_t *result);

const struct entry *picture_find(const struct picture *p, const char *key);

/*
 * Those whose key begins with @prefix, one after the other; @at is NULL at first.
 * They are good until the picture changes.
 */
const struct entry *picture_next(const struct picture *p, const char *prefix,
				 const struct entry *at);

#endif
