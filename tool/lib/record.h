/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_RECORD_H
#define PORTSTEER_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

#define RECORD_ATTRS	64
#define BYTES_MAX	40	/* an input of a model is the longest */

/* What is neither a number nor a text, as it travels. */
struct bytes {
	uint8_t len;
	uint8_t data[BYTES_MAX];
};

enum value_kind {
	VALUE_NONE,
	VALUE_NUMBER,
	VALUE_TEXT,
	VALUE_ADDRESS,
	VALUE_BYTES,
};

/**
 * struct value - what one attribute says
 * @kind: which member of the union; VALUE_NONE: the attribute is absent
 * @number: also flags and enums
 * @text: owned by the value
 * @address: an address
 * @bytes: as they travel
 * @next: the following one of a repeated attribute
 */
struct value {
	enum value_kind kind;
	union {
		int64_t number;
		char *text;
		struct address address;
		struct bytes bytes;
	};
	struct value *next;
};

/**
 * struct record - one object, or a request about one
 * @values: by attribute number of the object's set
 *
 * The one container between command line, wire and printer. All zeros is an
 * empty record; record_clear() ends the life of a filled one.
 */
struct record {
	struct value values[RECORD_ATTRS];
};

void record_set_number(struct record *r, uint16_t attr, int64_t number);
void record_add_number(struct record *r, uint16_t attr, int64_t number);
void record_set_text(struct record *r, uint16_t attr, const char *text);
void record_add_text(struct record *r, uint16_t attr, const char *text);
void record_add_address(struct record *r, uint16_t attr,
			const struct address *address);
void record_set_bytes(struct record *r, uint16_t attr,
		      const struct bytes *bytes);
void record_copy(struct record *to, const struct record *from, uint16_t attr);
void record_clear(struct record *r);

bool record_has(const struct record *r, uint16_t attr);
int64_t record_number(const struct record *r, uint16_t attr);
const char *record_text(const struct record *r, uint16_t attr);
const struct address *record_address(const struct record *r, uint16_t attr);
const struct bytes *record_bytes(const struct record *r, uint16_t attr);
bool record_matches(const struct record *r, const struct record *filter,
		    uint16_t except);

#endif
