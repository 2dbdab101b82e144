/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the keys of a cluster say. Keys, below the prefix:
 *
 *   schema                 {"version": 1, "chunk": PORTS, "id": TEXT}
 *   pools/NAME             {"addresses": [...], "first": PORT, "last": PORT}
 *   hosts/NAME             {"addresses": [...]}			alive
 *   edges/NAME             {}						alive
 *   leader                 {"name": NAME}				alive
 *   asks/HOST/POOL         {"host", "pool", "want": PORTS, "least": PORTS,
 *                           "idle": ["ADDRESS/FIRST", ...]}		alive
 *   grants/ADDRESS/FIRST   {"address", "last": PORT, "pool", "host",
 *                           "via": ADDRESS, "state", "epoch"}
 *   acks/EDGE/ADDRESS/FIRST   {"state": "adding"|"present"}
 *   held/ADDRESS/FIRST     {"pool"}					for the hold time
 *
 * "alive" goes with the lease of who wrote it. Grants lie on a grid of chunks, so
 * that two of them have a port in common only if they have the key in common. What
 * is read is good until the keys change.
 */
#ifndef PORTSTEER_CLUSTER_RECORD_H
#define PORTSTEER_CLUSTER_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"
#include "keys.h"

#define CLUSTER_SCHEMA	1
/* Chunks are made of the module's units, and an address has one at least. */
#define CHUNK_LEAST	64
#define CHUNK_MOST	32768

/**
 * struct cluster_schema - what all in a cluster must agree on
 * @version: of the keys
 * @chunk: ports of a grant
 * @id: of this cluster, as another may have the same place
 */
struct cluster_schema {
	int version;
	uint32_t chunk;
	const char *id;
};

/**
 * struct cluster_pool - translation addresses that hosts share
 * @name: of it
 * @addresses: array of texts
 * @first: first port
 * @last: last one
 */
struct cluster_pool {
	const char *name;
	const json_t *addresses;
	uint32_t first;
	uint32_t last;
};

enum grant_phase {
	GRANT_PREPARED,		/* edges get to know it */
	GRANT_ACTIVE,		/* its host may use it */
	GRANT_DRAINING,		/* its host has to leave it */
	GRANT_RELEASED,		/* its host does not use it; edges forget it */
};

/**
 * struct cluster_grant - a chunk that a host has
 * @entry: as it stands in etcd; NULL: not there yet
 * @address: pool address
 * @first: first port
 * @last: last one
 * @pool: of @address
 * @host: name of who has it
 * @via: address of the host, to which the edges send
 * @phase: how far it is
 * @epoch: of the manager who said so
 */
struct cluster_grant {
	const struct entry *entry;
	const char *address;
	uint32_t first;
	uint32_t last;
	const char *pool;
	const char *host;
	const char *via;
	enum grant_phase phase;
	int64_t epoch;
};

/**
 * struct cluster_ask - what a host would like to have of a pool, in ports
 * @host: who
 * @pool: of which
 * @want: that it could use
 * @least: of these it can't do without
 * @idle: array of texts, the chunks that it could leave most easily
 */
struct cluster_ask {
	const char *host;
	const char *pool;
	uint32_t want;
	uint32_t least;
	const json_t *idle;
};

extern const char *const grant_phase_words[];

/* False: there is none, or it makes no sense. */
bool schema_read(const struct keys *p, struct cluster_schema *schema);
bool pool_read(const struct entry *entry, struct cluster_pool *pool);
bool grant_read(const struct entry *entry, struct cluster_grant *grant);
bool ask_read(const struct entry *entry, struct cluster_ask *ask);

/* Walks: all that can be read. @entry is NULL at first; false at the end. */
bool grant_next(const struct keys *p, const struct entry **entry,
		struct cluster_grant *grant);
bool pool_next(const struct keys *p, const struct entry **entry,
	       struct cluster_pool *pool);

json_t *grant_write(const struct cluster_grant *grant);

/* The highest of who has given anything, and who leads. */
int64_t cluster_epoch(const struct keys *p);

/* The key of something about somebody, or NULL: keys_find(p, "hosts/NAME"). */
const struct entry *cluster_find(const struct keys *p, const char *format,
				 ...) __attribute__((__format__(printf, 2, 3)));

#endif
