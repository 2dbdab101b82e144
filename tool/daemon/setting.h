/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration as tables: a section of the file is a mapping, or a list of
 * mappings, whose keys fill a struct. Reader, checks, differences and the manual's
 * list of keys all go by these.
 */
#ifndef PORTSTEER_SETTING_H
#define PORTSTEER_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum setting_type {
	SETTING_TEXT,		/* char * */
	SETTING_NAME,		/* char *, as a name of the module's objects */
	SETTING_PATH,		/* char *, absolute */
	SETTING_URL,		/* char *, http or https */
	SETTING_TEXTS,		/* char **, ends with NULL */
	SETTING_LISTEN,		/* struct endpoint, an address and a port */
	SETTING_ENDPOINT,	/* struct endpoint, a name or address and a port */
	SETTING_NUMBER,		/* uint64_t */
	SETTING_SIZE,		/* uint64_t, bytes: 10M */
	SETTING_TIME,		/* uint32_t, ms: 5s */
	SETTING_BOOL,		/* bool */
};

/* Where to connect to, or what to listen on. */
struct endpoint {
	char *host;
	uint16_t port;
};

/**
 * struct setting - one key of a section
 * @key: as in the file
 * @type: kind of value
 * @offset: of the member in the section's struct
 * @required: there is no default
 * @initial: default, as it would stand in the file; NULL: zeros
 * @least: lower bound of numbers, sizes and times
 * @most: upper bound
 */
struct setting {
	const char *key;
	enum setting_type type;
	size_t offset;
	bool required;
	const char *initial;
	uint64_t least;
	uint64_t most;
};

/**
 * struct section - a part of the file
 * @key: as in the file
 * @size: of the struct that one mapping fills
 * @list: there is a list of mappings
 * @settings: ends with a row without key
 * @check: what is wrong between the keys of one mapping, or NULL
 */
struct section {
	const char *key;
	size_t size;
	bool list;
	const struct setting *settings;
	const char *(*check)(const void *values);
};

/**
 * struct settings - what a file says to one section
 * @section: of which
 * @count: mappings; 0: the section is not in the file
 * @values: @count structs
 */
struct settings {
	const struct section *section;
	size_t count;
	void *values;
};

/**
 * struct config - a whole file, read and checked
 * @sections: in the order of the table that it was read by
 * @count: of sections
 */
struct config {
	struct settings *sections;
	size_t count;
};

/*
 * NULL: something is wrong; file:line:column and the sentence are in @why, of
 * CONFIG_WHY_MAX bytes.
 */
#define CONFIG_WHY_MAX	512
struct config *config_read(const char *path,
			   const struct section *const *sections, char *why);
void config_free(struct config *config);
const struct settings *config_section(const struct config *config,
				      const struct section *section);

/* Prints "- agents.max: 100" and "+ agents.max: 200" for what differs. */
unsigned int config_diff(FILE *out, const struct config *from,
			 const struct config *to);
bool settings_same(const struct settings *a, const struct settings *b);

#endif
