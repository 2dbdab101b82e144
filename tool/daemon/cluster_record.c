// SPDX-License-Identifier: GPL-2.0-or-later
/* What the keys of a cluster say. */
#include "cluster_record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

const char *const grant_phase_words[] = {
	[GRANT_PREPARED] = "prepared",
	[GRANT_ACTIVE] = "active",
	[GRANT_DRAINING] = "draining",
	[GRANT_RELEASED] = "released",
	NULL
};

#define PORTS_END	65536

/* The last part of a key is a name that the module would take, too. */
static const char *name_in(const struct entry *entry, const char *kind)
{
	const char *name = entry->key + strlen(kind);

	return parse_name(name, PSTEER_NAME_MAX) ? NULL : name;
}

static bool is_address(const char *text)
{
	struct address address;

	return !parse_address(text, &address);
}

static bool is_chunk(json_int_t chunk)
{
	return chunk >= CHUNK_LEAST && chunk <= CHUNK_MOST &&
	       !(chunk & (chunk - 1));
}

/**
 * schema_read() - what all in the cluster agree on
 */
bool schema_read(const struct keys *p, struct cluster_schema *schema)
{
	const struct entry *entry = keys_find(p, "schema");
	json_int_t version, chunk = 0;

	schema->id = "";
	schema->version = 0;
	if (!entry || !entry->value ||
	    json_unpack(entry->value, "{sI, s?I, s?s}", "version", &version,
			"chunk", &chunk, "id", &schema->id))
		return false;
	schema->version = version;
	schema->chunk = chunk;
	return version == CLUSTER_SCHEMA && is_chunk(chunk);
}

/**
 * pool_read() - a pool
 */
bool pool_read(const struct entry *entry, struct cluster_pool *pool)
{
	json_int_t first, last;
	const json_t *address;
	size_t i;

	pool->name = name_in(entry, "pools/");
	if (!pool->name || !entry->value ||
	    json_unpack(entry->value, "{so, sI, sI}", "addresses",
			&pool->addresses, "first", &first, "last", &last) ||
	    first < 1 || first > last || last >= PORTS_END)
		return false;
	json_array_foreach(pool->addresses, i, address)
		if (!json_is_string(address) ||
		    !is_address(json_string_value(address)))
			return false;
	pool->first = first;
	pool->last = last;
	return json_array_size(pool->addresses);
}

static bool phase_read(const char *word, enum grant_phase *phase)
{
	int i;

	for (i = 0; grant_phase_words[i]; i++) {
		if (!strcmp(word, grant_phase_words[i])) {
			*phase = i;
			return true;
		}
	}
	return false;
}

/* "ADDRESS/FIRST": its key names a grant, so that it can't lie beside itself. */
static bool place_read(const struct entry *entry, struct cluster_grant *grant)
{
	const char *slash = strrchr(entry->key, '/');
	char address[64];
	uint64_t first;

	grant->address = json_string_value(json_object_get(entry->value,
							   "address"));
	if (!grant->address || !is_address(grant->address) ||
	    parse_number(slash + 1, PORTS_END - 1, &first))
		return false;
	grant->first = first;
	snprintf(address, sizeof(address), "grants/%s/%u", grant->address,
		 grant->first);
	return !strcmp(address, entry->key);
}

/**
 * grant_read() - a grant
 */
bool grant_read(const struct entry *entry, struct cluster_grant *grant)
{
	json_int_t last, epoch;
	const char *state;

	*grant = (struct cluster_grant){ .entry = entry };
	if (!entry->value || !place_read(entry, grant) ||
	    json_unpack(entry->value, "{ss, ss, ss, sI, ss, sI}",
			"pool", &grant->pool, "host", &grant->host,
			"via", &grant->via, "last", &last, "state", &state,
			"epoch", &epoch) ||
	    !is_address(grant->via) || last < grant->first ||
	    last >= PORTS_END)
		return false;
	grant->last = last;
	grant->epoch = epoch;
	return phase_read(state, &grant->phase);
}

/**
 * grant_write() - a grant, as a value
 */
json_t *grant_write(const struct cluster_grant *grant)
{
	return json_pack("{ss, ss, ss, ss, sI, ss, sI}",
			 "address", grant->address, "pool", grant->pool,
			 "host", grant->host, "via", grant->via,
			 "last", (json_int_t)grant->last,
			 "state", grant_phase_words[grant->phase],
			 "epoch", (json_int_t)grant->epoch);
}

/**
 * ask_read() - what a host asks for
 */
bool ask_read(const struct entry *entry, struct cluster_ask *ask)
{
	json_int_t want, least;

	if (!entry->value ||
	    json_unpack(entry->value, "{ss, ss, sI, sI, so}",
			"host", &ask->host, "pool", &ask->pool, "want", &want,
			"least", &least, "idle", &ask->idle) ||
	    want < 0 || want > UINT32_MAX || least < 0 || least > UINT32_MAX)
		return false;
	ask->want = want;
	ask->least = least;
	return true;
}

/**
 * grant_next() - walk over all grants
 */
bool grant_next(const struct keys *p, const struct entry **entry,
		struct cluster_grant *grant)
{
	while ((*entry = keys_next(p, "grants/", *entry)))
		if (grant_read(*entry, grant))
			return true;
	return false;
}

/**
 * pool_next() - walk over all pools
 */
bool pool_next(const struct keys *p, const struct entry **entry,
	       struct cluster_pool *pool)
{
	while ((*entry = keys_next(p, "pools/", *entry)))
		if (pool_read(*entry, pool))
			return true;
	return false;
}

/**
 * cluster_epoch() - the epoch of the newest manager that we know of
 */
int64_t cluster_epoch(const struct keys *p)
{
	const struct entry *leader = keys_find(p, "leader");
	int64_t epoch = leader ? leader->created : 0;
	const struct entry *entry = NULL;
	struct cluster_grant grant;

	while (grant_next(p, &entry, &grant))
		if (grant.epoch > epoch)
			epoch = grant.epoch;
	return epoch;
}

/**
 * cluster_find() - the entry of a key that is made up
 */
const struct entry *cluster_find(const struct keys *p, const char *format,
				 ...)
{
	char key[256];
	va_list args;

	va_start(args, format);
	vsnprintf(key, sizeof(key), format, args);
	va_end(args);
	return keys_find(p, key);
}
