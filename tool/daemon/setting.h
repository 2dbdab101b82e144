/* SPDX-License-Identifier: GPL-2.0-or-later */
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
	SETTING_SHARE,		/* uint32_t, 1/10000: 25% */
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
 * @least: lower bound of numbers, sizes, times and shares
 * @most: upper bound; 0: none
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
 * @always: what is not in the file is as if it stood there empty
 * @settings: ends with a row without key
 * @check: what is wrong between the keys of one mapping, or NULL
 */
struct section {
	const char *key;
	size_t size;
	bool list;
	bool always;
	const struct setting *settings;
	const char *(*check)(const void *values);
};

/**
 * struct settings - what a file says to one section
 * @section: of which
 * @line: where it begins in the file; 0: it is not there
 * @column: in that line
 * @count: mappings; 0: the section is not in the file
 * @values: @count structs
 */
struct settings {
	const struct section *section;
	unsigned int line;
	unsigned int column;
	size_t count;
	void *values;
};

/**
 * struct config - a whole file, read and checked
 * @path: its name
 * @sections: in the order of the table that it was read by
 * @count: of sections
 */
struct config {
	char *path;
	struct settings *sections;
	size_t count;
};

/*
 * NULL: something is wrong; file:line:column and the sentence are in @why, of
 * CONFIG_WHY_MAX bytes. @sections ends with NULL.
 */
#define CONFIG_WHY_MAX	512
struct config *config_read(const char *path,
			   const struct section *const *sections, char *why);
struct config *config_parse(const char *path, const char *text, size_t len,
			    const struct section *const *sections, char *why);
void config_free(struct config *config);
const struct settings *config_section(const struct config *config,
				      const struct section *section);

/* Says in @why, with the place in the file, what is wrong with a section. */
__attribute__((__format__(printf, 4, 5)))
void config_complain(const struct config *config,
		     const struct settings *settings, char *why,
		     const char *format, ...);

/* Prints "- agents.max: 100" and "+ agents.max: 200" for what differs. */
unsigned int config_diff(FILE *out, const struct config *from,
			 const struct config *to);
bool settings_same(const struct settings *a, const struct settings *b);

/* One value of the struct @values: read of a word, said, freed. */
const char *setting_read(const struct setting *s, const char *word,
			 void *values);
bool setting_within(const struct setting *s, const void *values);
void setting_bounds(FILE *out, const struct setting *s);
void setting_print(FILE *out, const struct setting *s, const void *values);
void setting_clear(const struct setting *s, void *values);

/* The keys of sections with their kinds, bounds and defaults, a line each. */
void settings_usage(FILE *out, const struct section *const *sections);

#endif
