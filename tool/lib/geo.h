/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_GEO_H
#define PORTSTEER_GEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "parse.h"

/* What of a place is its name. */
enum geo_level {
	GEO_CONTINENT,	/* its code: EU */
	GEO_COUNTRY,	/* its ISO code: DE */
	GEO_CITY,	/* that of the country and its English name: DE-Berlin */
};

/**
 * struct geo_place - addresses that are in one place
 * @address: the first of them
 * @len: length of their prefix
 * @name: its number in struct geo
 */
struct geo_place {
	struct address address;
	uint8_t len;
	uint32_t name;
};

/**
 * struct geo - what a MaxMind database says of addresses
 * @level: what their names are
 * @only: names that are wanted, as keys; NULL: all
 * @names: their texts, by number
 * @names_count: how many there are
 * @places: prefixes; neighbours in one place are one
 * @places_count: how many there are, also if more than @places_most
 * @places_most: how many are kept
 * @wrong: why it could not be read, or ""
 */
struct geo {
	enum geo_level level;
	json_t *only;
	char **names;
	size_t names_count;
	struct geo_place *places;
	size_t places_count;
	size_t places_most;
	char wrong[160];
};

bool geo_read(struct geo *geo, const char *file);
void geo_free(struct geo *geo);

#endif
