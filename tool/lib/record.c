// SPDX-License-Identifier: GPL-2.0-or-later
/* Records: the values of one object by attribute number. */
#include "record.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* A fresh value at the end of the attribute's list. */
static struct value *append_value(struct record *r, uint16_t attr,
				  enum value_kind kind)
{
	struct value *v = &r->values[attr];

	if (v->kind != VALUE_NONE) {
		while (v->next)
			v = v->next;
		v->next = calloc(1, sizeof(*v));
		if (!v->next)
			err(1, "no memory");
		v = v->next;
	}
	v->kind = kind;
	return v;
}

static void clear_value(struct value *first)
{
	struct value *v = first;
	struct value *next;

	for (; v; v = next) {
		next = v->next;
		if (v->kind == VALUE_TEXT)
			free(v->text);
		if (v != first)
			free(v);
	}
	memset(first, 0, sizeof(*first));
}

static char *copy_text(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		err(1, "no memory");
	return copy;
}

/**
 * record_set_number() - give a number, in place of what was there
 */
void record_set_number(struct record *r, uint16_t attr, int64_t number)
{
	clear_value(&r->values[attr]);
	append_value(r, attr, VALUE_NUMBER)->number = number;
}

/**
 * record_add_number() - append a number to a repeated attribute
 */
void record_add_number(struct record *r, uint16_t attr, int64_t number)
{
	append_value(r, attr, VALUE_NUMBER)->number = number;
}

/**
 * record_set_text() - give a copy of a text, in place of what was there
 */
void record_set_text(struct record *r, uint16_t attr, const char *text)
{
	clear_value(&r->values[attr]);
	record_add_text(r, attr, text);
}

/**
 * record_add_text() - append a copy of a text to a repeated attribute
 */
void record_add_text(struct record *r, uint16_t attr, const char *text)
{
	append_value(r, attr, VALUE_TEXT)->text = copy_text(text);
}

/**
 * record_add_address() - append an address to a, perhaps repeated, attribute
 */
void record_add_address(struct record *r, uint16_t attr,
			const struct address *address)
{
	append_value(r, attr, VALUE_ADDRESS)->address = *address;
}

/**
 * record_set_bytes() - give bytes, in place of what was there
 */
void record_set_bytes(struct record *r, uint16_t attr,
		      const struct bytes *bytes)
{
	clear_value(&r->values[attr]);
	append_value(r, attr, VALUE_BYTES)->bytes = *bytes;
}

/**
 * record_copy() - copy one attribute, also its absence
 */
void record_copy(struct record *to, const struct record *from, uint16_t attr)
{
	const struct value *v = &from->values[attr];

	clear_value(&to->values[attr]);
	for (; v && v->kind != VALUE_NONE; v = v->next) {
		if (v->kind == VALUE_TEXT)
			record_add_text(to, attr, v->text);
		else if (v->kind == VALUE_ADDRESS)
			record_add_address(to, attr, &v->address);
		else if (v->kind == VALUE_BYTES)
			record_set_bytes(to, attr, &v->bytes);
		else
			record_add_number(to, attr, v->number);
	}
}

/**
 * record_clear() - free what a record owns and empty it
 */
void record_clear(struct record *r)
{
	unsigned int attr;

	for (attr = 0; attr < RECORD_ATTRS; attr++)
		clear_value(&r->values[attr]);
}

/**
 * record_has() - whether an attribute is there
 */
bool record_has(const struct record *r, uint16_t attr)
{
	return r->values[attr].kind != VALUE_NONE;
}

/**
 * record_number() - the number of an attribute, 0 if it is absent
 */
int64_t record_number(const struct record *r, uint16_t attr)
{
	const struct value *v = &r->values[attr];

	return v->kind == VALUE_NUMBER ? v->number : 0;
}

/**
 * record_text() - the text of an attribute, "" if it is absent
 */
const char *record_text(const struct record *r, uint16_t attr)
{
	const struct value *v = &r->values[attr];

	return v->kind == VALUE_TEXT ? v->text : "";
}

/**
 * record_address() - the first address of an attribute, NULL if absent
 */
const struct address *record_address(const struct record *r, uint16_t attr)
{
	const struct value *v = &r->values[attr];

	return v->kind == VALUE_ADDRESS ? &v->address : NULL;
}

/**
 * record_bytes() - the bytes of an attribute, NULL if absent
 */
const struct bytes *record_bytes(const struct record *r, uint16_t attr)
{
	const struct value *v = &r->values[attr];

	return v->kind == VALUE_BYTES ? &v->bytes : NULL;
}

static bool same_value(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_TEXT)
		return !strcmp(a->text, b->text);
	if (a->kind == VALUE_ADDRESS)
		return a->address.len == b->address.len &&
		       !memcmp(a->address.bytes, b->address.bytes,
			       a->address.len);
	if (a->kind == VALUE_BYTES)
		return a->bytes.len == b->bytes.len &&
		       !memcmp(a->bytes.data, b->bytes.data, a->bytes.len);
	return a->number == b->number;
}

static bool has_value(const struct record *r, uint16_t attr,
		      const struct value *wanted)
{
	const struct value *v;

	for (v = &r->values[attr]; v; v = v->next)
		if (same_value(v, wanted))
			return true;
	return false;
}

/**
 * record_matches() - whether a record has every value of a filter
 * @r: the record
 * @filter: what it must have
 * @except: an attribute that is not compared, 0 for none
 */
bool record_matches(const struct record *r, const struct record *filter,
		    uint16_t except)
{
	const struct value *wanted;
	uint16_t attr;

	for (attr = 0; attr < RECORD_ATTRS; attr++) {
		if (attr == except || !record_has(filter, attr))
			continue;
		wanted = &filter->values[attr];
		for (; wanted; wanted = wanted->next)
			if (!has_value(r, attr, wanted))
				return false;
	}
	return true;
}
