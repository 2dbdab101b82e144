/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How objects are described: a table of fields, one a keyword, says how a
 * word is read, travels, is printed and is called in JSON; a table of verbs
 * says what can be done. Parser, wire, printer and usage text all read these.
 */
#ifndef PORTSTEER_SCHEMA_H
#define PORTSTEER_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "names.h"
#include "record.h"

struct args;
struct field;

enum wire {
	WIRE_NONE,	/* made of other fields' attributes */
	WIRE_FLAG,
	WIRE_U8,
	WIRE_U16,
	WIRE_U32,
	WIRE_U32_LIST,	/* the attribute is repeated */
	WIRE_S32,
	WIRE_U64,
	WIRE_STRING,
	WIRE_ADDRESS,
	WIRE_BYTES,
};

/**
 * struct type - a kind of value
 * @wire: how it travels
 * @metavar: what stands for it in the usage text; NULL: the field's names
 * @suffix: unit at the end of the JSON key, or NULL
 * @parse: read a word into the record; NULL: a keyword without a value
 * @text: print the value, which is there
 * @json: the value for JSON, which is there; NULL: as absent
 */
struct type {
	enum wire wire;
	const char *metavar;
	const char *suffix;
	const char *(*parse)(const struct field *f, const char *word,
			     struct record *r);
	void (*text)(FILE *out, const struct field *f, const struct record *r);
	json_t *(*json)(const struct field *f, const struct record *r);
};

/* What a field is used for, one bit a verb. */
enum {
	ROLE_ADD	= 1 << 0,
	ROLE_SET	= 1 << 1,
	ROLE_DEL	= 1 << 2,
	ROLE_SHOW	= 1 << 3,	/* and flush: as a filter */
	ROLE_REPORT	= 1 << 4,
	ROLE_WHO	= 1 << 5,
	ROLE_EXPLAIN	= 1 << 6,
	ROLE_BETWEEN	= 1 << 7,	/* how two of them are to each other */
	ROLE_FLUSH	= 1 << 8,
	ROLE_LOAD	= 1 << 9,
};

enum {
	FIELD_NO_TEXT	= 1 << 0,	/* part of a composed field, or input */
	FIELD_NO_JSON	= 1 << 1,
	FIELD_INPUT	= FIELD_NO_TEXT | FIELD_NO_JSON,
	FIELD_KEY	= 1 << 2,	/* names the object */
	FIELD_FILTER	= 1 << 3,	/* the kernel filters dumps by it */
	FIELD_WARNING	= 1 << 4,	/* in a reply: for the user to see */
	FIELD_CLEARS	= 1 << 5,	/* an empty text takes it away */
	FIELD_EITHER	= 1 << 6,	/* @attr or @attr2 */
};

/**
 * struct field - one keyword of an object
 * @keyword: as typed and printed; the JSON key has _ for -
 * @attr: attribute; a composed field fills @attr2, @attr3 too
 * @attr2: second attribute, or 0
 * @attr3: third attribute, or 0
 * @type: kind of value
 * @names: the words of an enum
 * @takes: roles in which it is accepted
 * @needs: roles in which it is required
 * @plain: roles in which the value stands alone, without the keyword
 * @flags: FIELD_*
 * @unless: not printed as text if this attribute is there
 * @key: JSON key, if not made from the keyword
 * @metavar: in place of the type's
 */
struct field {
	const char *keyword;
	uint16_t attr;
	uint16_t attr2;
	uint16_t attr3;
	const struct type *type;
	const struct name *names;
	unsigned int takes;
	unsigned int needs;
	unsigned int plain;
	unsigned int flags;
	uint16_t unless;
	const char *key;
	const char *metavar;
};

struct object;

/**
 * struct parts - objects that are listed in the JSON of another
 * @object: what they are
 * @of: their attribute with the other's name
 * @name: the other's attribute with its name
 * @key: JSON key of the list
 */
struct parts {
	const struct object *object;
	uint16_t of;
	uint16_t name;
	const char *key;
};

/**
 * struct verb - one command of an object
 * @word: as typed; NULL: what is meant without a word of its own, which is the
 *	last, or the object is a command by itself
 * @role: which fields it takes
 * @cmd: netlink command
 * @restorable: may stand in a file for restore
 * @usage: arguments, if not made from the fields
 * @complete: put in place of a word what it stands for, before the command is
 *	carried out; NULL: words are all there is. What is wrong is said
 * @run: carry it out; returns the exit status
 */
struct verb {
	const char *word;
	unsigned int role;
	uint8_t cmd;
	bool restorable;
	const char *usage;
	bool (*complete)(const struct args *a, struct record *r);
	int (*run)(const struct object *o, const struct verb *v,
		   const struct args *a);
};

/**
 * struct notice - how an object's notifications are read
 * @group: multicast group
 * @cmd: netlink command
 * @event: attribute with enum psteer_event
 * @time: attribute with the milliseconds since the epoch
 * @words: the word for each event
 */
struct notice {
	const char *group;
	uint8_t cmd;
	uint16_t event;
	uint16_t time;
	const struct name *words;
};

/**
 * struct object - what a command is about
 * @word: as typed; two words with a space between, if it is about another
 *	object's
 * @about: one line for the usage text
 * @fields: ends with a row without keyword; order is that of the output
 * @verbs: ends with a row without function
 * @get: command that reads it
 * @notice: NULL: it tells nothing by itself
 * @parts: NULL: it has none
 */
struct object {
	const char *word;
	const char *about;
	const struct field *fields;
	const struct verb *verbs;
	uint8_t get;
	const struct notice *notice;
	const struct parts *parts;
};

extern const struct type type_name;
extern const struct type type_label;
extern const struct type type_tags;
extern const struct type type_sentence;
extern const struct type type_address;
extern const struct type type_addresses;
extern const struct type type_prefix;
extern const struct type type_owner;
extern const struct type type_rate;
extern const struct type type_tenths;
extern const struct type type_length;
extern const struct type type_port;
extern const struct type type_flow_port;
extern const struct type type_count;
extern const struct type type_total;
extern const struct type type_share;
extern const struct type type_offset;
extern const struct type type_score;
extern const struct type type_fixed;
extern const struct type type_points;
extern const struct type type_time;
extern const struct type type_age;
extern const struct type type_expiry;
extern const struct type type_latency;
extern const struct type type_word;
extern const struct type type_bool;
extern const struct type type_flag;
extern const struct type type_endpoint;
extern const struct type type_ports;
extern const struct type type_weights;
extern const struct type type_thousandths;
extern const struct type type_path;
extern const struct type type_coefficient;
extern const struct type type_input;
extern const struct type type_mixture;

bool field_given(const struct field *f, const struct record *r);
const struct field *field_of_attr(const struct object *o, uint16_t attr,
				  unsigned int role);

#endif
