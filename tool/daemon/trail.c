// SPDX-License-Identifier: GPL-2.0-or-later
/* What servers have been like over the last minutes. */
#include "trail.h"

#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "servers.h"

#define UNKNOWN		UINT32_MAX

/* What is kept of each server. */
static const struct {
	const char *key;
	uint16_t attr;
	unsigned int unit;	/* of what is shown */
} series[] = {
	{ "capacity_score", PSTEER_A_SERVER_CAPACITY, PSTEER_SCALE / 100 },
	{ "predicted_load", PSTEER_A_SERVER_PREDICTED_LOAD,
	  PSTEER_SCALE / 100 },
	{ "sessions", PSTEER_A_SERVER_SESSIONS, 1 },
};

#define SERIES	(sizeof(series) / sizeof(series[0]))

/**
 * struct row - one server
 * @service: its service
 * @address: its address
 * @port: its port
 * @seen: number of the last moment with it
 * @values: of each series, of each moment
 */
struct row {
	char service[PSTEER_NAME_MAX + 1];
	struct address address;
	uint16_t port;
	uint64_t seen;
	uint32_t values[SERIES][TRAIL_MOMENTS];
};

/**
 * struct trail - all servers
 * @rows: one each
 * @count: of @rows
 * @next: where the next server is, if they come in the order they came in before
 * @moment: number of the newest
 */
struct trail {
	struct row *rows[TRAIL_SERVERS];
	size_t count;
	size_t next;
	uint64_t moment;
};

/**
 * trail_new() - an empty one
 */
struct trail *trail_new(void)
{
	return calloc(1, sizeof(struct trail));
}

/**
 * trail_free() - the end of it
 */
void trail_free(struct trail *trail)
{
	size_t i;

	for (i = 0; i < trail->count; i++)
		free(trail->rows[i]);
	free(trail);
}

static void forget(struct trail *trail, size_t nr)
{
	free(trail->rows[nr]);
	trail->rows[nr] = trail->rows[--trail->count];
}

/**
 * trail_begin() - a new moment, of which nothing is known yet
 */
void trail_begin(struct trail *trail)
{
	size_t slot = ++trail->moment % TRAIL_MOMENTS;
	size_t nr = trail->count;
	size_t s;

	while (nr--) {
		if (trail->moment - trail->rows[nr]->seen >= TRAIL_MOMENTS) {
			forget(trail, nr);
			continue;
		}
		for (s = 0; s < SERIES; s++)
			trail->rows[nr]->values[s][slot] = UNKNOWN;
	}
	trail->next = 0;
}

static bool is_of(const struct row *row, const struct record *server)
{
	return servers_is(server, row->service, &row->address, row->port);
}

/* Where it is found at once, if one looks in the right place first. */
static struct row *find(const struct trail *trail, const struct record *server)
{
	size_t tried;
	size_t nr;

	for (tried = 0; tried < trail->count; tried++) {
		nr = (trail->next + tried) % trail->count;
		if (is_of(trail->rows[nr], server))
			return trail->rows[nr];
	}
	return NULL;
}

static struct row *add(struct trail *trail, const struct record *server)
{
	const struct address *address =
		record_address(server, PSTEER_A_SERVER_ADDRESS);
	struct row *row;

	if (trail->count == TRAIL_SERVERS || !address)
		return NULL;
	row = malloc(sizeof(*row));
	if (!row)
		return NULL;
	snprintf(row->service, sizeof(row->service), "%s",
		 record_text(server, PSTEER_A_SERVER_SERVICE));
	row->address = *address;
	row->port = record_number(server, PSTEER_A_SERVER_PORT);
	memset(row->values, 0xff, sizeof(row->values));
	trail->rows[trail->count++] = row;
	return row;
}

/**
 * trail_server() - how a server is at this moment
 */
void trail_server(struct trail *trail, const struct record *server)
{
	struct row *row = find(trail, server);
	size_t s;

	if (!row)
		row = add(trail, server);
	if (!row)
		return;
	row->seen = trail->moment;
	for (s = 0; s < SERIES; s++)
		if (record_has(server, series[s].attr))
			row->values[s][trail->moment % TRAIL_MOMENTS] =
				record_number(server, series[s].attr);
	trail->next++;
}

static json_t *json_series(const struct trail *trail, const struct row *row,
			   size_t s)
{
	json_t *list = json_array();
	uint32_t value;
	size_t i;

	for (i = 1; i <= TRAIL_MOMENTS; i++) {
		value = row->values[s][(trail->moment + i) % TRAIL_MOMENTS];
		json_array_append_new(list, value == UNKNOWN ? json_null() :
				      series[s].unit == 1 ?
				      json_integer(value) :
				      json_real(value / (double)series[s].unit));
	}
	return list;
}

/**
 * trail_json() - the last minutes of a server, a new reference
 */
json_t *trail_json(const struct trail *trail, const struct record *server)
{
	const struct row *row = find(trail, server);
	json_t *json = json_object();
	size_t s;

	for (s = 0; row && s < SERIES; s++)
		json_object_set_new(json, series[s].key,
				    json_series(trail, row, s));
	return json;
}
