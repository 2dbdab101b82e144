// SPDX-License-Identifier: GPL-2.0-or-later
/* The prefixes of a MaxMind database and the names of where they are. */
#include "geo.h"

#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>
#include <maxminddb.h>

#include "grow.h"

#define IPV4_BITS	32
#define IPV6_BITS	128
#define IPV4_IN_IPV6	96	/* bits of ::/96, where IPv4 is */

/* What a part of the tree is, unless it is all in the place of that number. */
#define NOWHERE	(-1L)
#define MIXED	(-2L)	/* its places have been kept */
#define DAMAGED	(-3L)

/**
 * struct walk - one way through the tree
 * @geo: what is filled
 * @db: the database
 * @ids: number of each name
 * @bits: length of an address
 * @other: a node that is not for this walk
 * @nodes: how many have been seen; a tree has each but once
 */
struct walk {
	struct geo *geo;
	MMDB_s db;
	json_t *ids;
	int bits;
	uint64_t other;
	uint32_t nodes;
};

__attribute__((format(printf, 2, 3)))
static long fail(struct geo *geo, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(geo->wrong, sizeof(geo->wrong), format, ap);
	va_end(ap);
	return DAMAGED;
}

static long fail_mmdb(struct geo *geo, int status)
{
	return fail(geo, "is damaged: %s", MMDB_strerror(status));
}

static void keep_place(struct geo *geo, const struct geo_place *place)
{
	size_t n = geo->places_count++;

	if (n >= geo->places_most)
		return;
	geo->places = grow(geo->places, n, sizeof(*geo->places));
	geo->places[n] = *place;
}

/* The number of a name, a new one if it has none yet. */
static long number_of(struct walk *w, const char *name)
{
	json_t *id = json_object_get(w->ids, name);
	struct geo *geo = w->geo;

	if (geo->only && !json_object_get(geo->only, name))
		return NOWHERE;
	if (id)
		return json_integer_value(id);
	geo->names = grow(geo->names, geo->names_count, sizeof(*geo->names));
	geo->names[geo->names_count] = strdup(name);
	if (!geo->names[geo->names_count])
		err(1, "no memory");
	json_object_set_new(w->ids, name, json_integer(geo->names_count));
	return geo->names_count++;
}

/*
 * Appends a text of an entry, as far as there is room; what can't be in a name
 * is "_". False: no text.
 */
static bool add_text(MMDB_entry_s *entry, char *name,
		     const char *const *path)
{
	size_t len = strlen(name), i;
	MMDB_entry_data_s data;

	if (MMDB_aget_value(entry, &data, path) || !data.has_data ||
	    data.type != MMDB_DATA_TYPE_UTF8_STRING || !data.data_size)
		return false;
	for (i = 0; i < data.data_size && len < PSTEER_NAME_MAX; i++) {
		unsigned char c = data.utf8_string[i];

		name[len++] = isascii(c) && (isalnum(c) || strchr("._-", c)) ?
			      c : '_';
	}
	name[len] = '\0';
	return true;
}

static bool name_entry(enum geo_level level, MMDB_entry_s *entry, char *name)
{
	static const char *const continent[] = { "continent", "code", NULL };
	static const char *const country[] = { "country", "iso_code", NULL };
	static const char *const city[] = { "city", "names", "en", NULL };

	*name = '\0';
	if (level == GEO_CONTINENT)
		return add_text(entry, name, continent);
	if (!add_text(entry, name, country))
		return false;
	if (level == GEO_COUNTRY)
		return true;
	/* There may be no room for it, nor for what follows. */
	strncat(name, "-", PSTEER_NAME_MAX - strlen(name));
	return add_text(entry, name, city);
}

static long walk_node(struct walk *w, uint32_t node,
		      const struct geo_place *at);

/* What one record of a node is: a node below, an entry, or nothing. */
static long see_record(struct walk *w, uint8_t type, uint64_t node,
		       MMDB_entry_s *entry, const struct geo_place *at)
{
	char name[PSTEER_NAME_MAX + 1];

	switch (type) {
	case MMDB_RECORD_TYPE_EMPTY:
		return NOWHERE;
	case MMDB_RECORD_TYPE_DATA:
		return name_entry(w->geo->level, entry, name) ?
		       number_of(w, name) : NOWHERE;
	case MMDB_RECORD_TYPE_SEARCH_NODE:
		if (node == w->other)
			return NOWHERE;
		if (at->len == w->bits)
			return fail(w->geo, "is damaged: its tree is too deep");
		return walk_node(w, node, at);
	default:
		return fail(w->geo, "is damaged: its tree is broken");
	}
}

/* Both halves of a node: alike they are one, else each is kept. */
static long walk_node(struct walk *w, uint32_t node, const struct geo_place *at)
{
	struct geo_place half[2] = { *at, *at };
	MMDB_search_node_s found;
	long is[2];
	int i;

	if (++w->nodes > w->db.metadata.node_count)
		return fail(w->geo, "is damaged: its tree is none");
	i = MMDB_read_node(&w->db, node, &found);
	if (i)
		return fail_mmdb(w->geo, i);
	half[0].len++;
	half[1].len++;
	half[1].address.bytes[at->len / 8] |= 0x80 >> at->len % 8;
	is[0] = see_record(w, found.left_record_type, found.left_record,
			   &found.left_record_entry, &half[0]);
	if (is[0] == DAMAGED)
		return DAMAGED;
	is[1] = see_record(w, found.right_record_type, found.right_record,
			   &found.right_record_entry, &half[1]);
	if (is[1] == DAMAGED || (is[0] == is[1] && is[0] != MIXED))
		return is[1];
	for (i = 0; i < 2; i++) {
		half[i].name = is[i];
		if (is[i] >= 0)
			keep_place(w->geo, &half[i]);
	}
	return MIXED;
}

static bool walk_tree(struct walk *w, uint32_t root, int bits, uint64_t other)
{
	struct geo_place all = { .address.len = bits / 8 };
	long is;

	w->bits = bits;
	w->other = other;
	is = walk_node(w, root, &all);
	all.name = is;
	if (is >= 0)
		keep_place(w->geo, &all);
	return is != DAMAGED;
}

/* The node of ::/96. There are ways to it from elsewhere, too: 2002::/16, say. */
static bool find_ipv4(struct walk *w, uint32_t *root)
{
	MMDB_search_node_s found = {
		.left_record_type = MMDB_RECORD_TYPE_SEARCH_NODE,
	};
	int depth;

	for (depth = 0; depth < IPV4_IN_IPV6; depth++) {
		if (MMDB_read_node(&w->db, found.left_record, &found) ||
		    found.left_record_type != MMDB_RECORD_TYPE_SEARCH_NODE)
			return false;
	}
	*root = found.left_record;
	return true;
}

static bool walk_database(struct walk *w)
{
	/* No node has this number. */
	uint64_t nobody = w->db.metadata.node_count;
	uint32_t ipv4;

	if (w->db.metadata.ip_version == 4)
		return walk_tree(w, 0, IPV4_BITS, nobody);
	if (!find_ipv4(w, &ipv4))
		return walk_tree(w, 0, IPV6_BITS, nobody);
	return walk_tree(w, ipv4, IPV4_BITS, nobody) &&
	       walk_tree(w, 0, IPV6_BITS, ipv4);
}

/**
 * geo_read() - read a database
 * @geo: level, only and places_most are given; the rest is empty, and filled
 * @file: its name
 *
 * Return: whether it could be read; if not, why is told.
 */
bool geo_read(struct geo *geo, const char *file)
{
	struct walk w = { .geo = geo };
	bool whole;
	int status;

	status = MMDB_open(file, MMDB_MODE_MMAP, &w.db);
	if (status) {
		fail(geo, status == MMDB_FILE_OPEN_ERROR ? "cannot be read" :
		     "is no MaxMind database: %s", MMDB_strerror(status));
		return false;
	}
	w.ids = json_object();
	whole = walk_database(&w);
	json_decref(w.ids);
	MMDB_close(&w.db);
	return whole;
}

/**
 * geo_free() - free what was read
 */
void geo_free(struct geo *geo)
{
	size_t i;

	for (i = 0; i < geo->names_count; i++)
		free(geo->names[i]);
	free(geo->names);
	free(geo->places);
	json_decref(geo->only);
}
