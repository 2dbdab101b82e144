// SPDX-License-Identifier: GPL-2.0-or-later
/* What etcd has under our prefix. */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

#include "etcd_key.h"
#include "grow.h"

/**
 * keys_open() - none yet
 */
bool keys_open(struct keys *p, const char *prefix)
{
	*p = (struct keys){ .prefix = strdup(prefix) };
	return p->prefix;
}

static void clear_entry(struct entry *entry)
{
	free(entry->key);
	json_decref(entry->value);
}

static void forget_all(struct keys *p)
{
	while (p->count)
		clear_entry(&p->entries[--p->count]);
	free(p->entries);
	p->entries = NULL;
}

/**
 * keys_close() - free all that is in it
 */
void keys_close(struct keys *p)
{
	forget_all(p);
	free(p->prefix);
}

/* Where a key is, or would be. */
static size_t place_of(const struct keys *p, const char *key)
{
	size_t low = 0, high = p->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(p->entries[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct keys *p, size_t nr, const char *key)
{
	return nr < p->count && !strcmp(p->entries[nr].key, key);
}

/* Takes what is in @entry. */
static bool keep(struct keys *p, struct entry *entry)
{
	size_t nr = place_of(p, entry->key);

	if (is_at(p, nr, entry->key)) {
		clear_entry(&p->entries[nr]);
	} else if (p->count == KEYS_MOST) {
		clear_entry(entry);
		return false;
	} else {
		p->entries = grow(p->entries, p->count, sizeof(*p->entries));
		memmove(&p->entries[nr + 1], &p->entries[nr],
			(p->count - nr) * sizeof(*p->entries));
		p->count++;
	}
	p->entries[nr] = *entry;
	return true;
}

static void forget(struct keys *p, const char *key)
{
	size_t nr = place_of(p, key);

	if (!is_at(p, nr, key))
		return;
	clear_entry(&p->entries[nr]);
	p->count--;
	memmove(&p->entries[nr], &p->entries[nr + 1],
		(p->count - nr) * sizeof(*p->entries));
}

/* The key of what etcd tells of, without the prefix; to be freed. */
static char *read_key(const struct keys *p, const json_t *kv)
{
	char *text = etcd_text(json_object_get(kv, "key"));
	size_t length = strlen(p->prefix);
	char *key = NULL;

	if (text && !strncmp(text, p->prefix, length))
		key = strdup(text + length);
	free(text);
	return key;
}

static bool take_put(struct keys *p, const json_t *kv)
{
	char *text = etcd_text(json_object_get(kv, "value"));
	json_error_t error;
	struct entry entry = {
		.key = read_key(p, kv),
		.created = etcd_number(json_object_get(kv, "create_revision")),
		.changed = etcd_number(json_object_get(kv, "mod_revision")),
		.lease = etcd_number(json_object_get(kv, "lease")),
	};

	if (text)
		entry.value = json_loads(text, JSON_DECODE_ANY, &error);
	free(text);
	if (entry.key)
		return keep(p, &entry);
	clear_entry(&entry);
	return false;
}

static bool take_delete(struct keys *p, const json_t *kv)
{
	char *key = read_key(p, kv);

	if (!key)
		return false;
	forget(p, key);
	free(key);
	return true;
}

/**
 * keys_load() - begin anew by all that there is
 */
bool keys_load(struct keys *p, const json_t *answer)
{
	const json_t *kvs = json_object_get(answer, "kvs");
	const json_t *kv;
	size_t i;

	forget_all(p);
	p->revision = etcd_revision(answer);
	json_array_foreach(kvs, i, kv)
		if (!take_put(p, kv))
			return false;
	return p->revision;
}

/**
 * keys_follow() - go on by what has changed
 */
bool keys_follow(struct keys *p, const json_t *result)
{
	const json_t *events = json_object_get(result, "events");
	const json_t *event;
	int64_t revision;
	size_t i;

	json_array_foreach(events, i, event) {
		const json_t *kv = json_object_get(event, "kv");
		const json_t *type = json_object_get(event, "type");
		bool deleted = type && !strcmp(json_string_value(type),
					       "DELETE");

		if (!(deleted ? take_delete(p, kv) : take_put(p, kv)))
			return false;
		/* That of the message may be of what is still to come. */
		revision = etcd_number(json_object_get(kv, "mod_revision"));
		if (revision > p->revision)
			p->revision = revision;
	}
	return true;
}

/**
 * keys_find() - the entry of a key, or NULL
 */
const struct entry *keys_find(const struct keys *p, const char *key)
{
	size_t nr = place_of(p, key);

	return is_at(p, nr, key) ? &p->entries[nr] : NULL;
}

/**
 * keys_next() - walk over the entries whose keys begin alike
 */
const struct entry *keys_next(const struct keys *p, const char *prefix,
				 const struct entry *at)
{
	size_t nr = at ? (size_t)(at + 1 - p->entries) : place_of(p, prefix);

	if (nr < p->count &&
	    !strncmp(p->entries[nr].key, prefix, strlen(prefix)))
		return &p->entries[nr];
	return NULL;
}
