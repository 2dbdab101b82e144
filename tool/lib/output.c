// SPDX-License-Identifier: GPL-2.0-or-later
/* Records as lines of words or as JSON, both by the object's field table. */
#include "output.h"

#include <string.h>

#define KEY_MAX		64
#define REAL_DIGITS	12

/* Where the figures begin that no command takes: the shell's comment sign. */
#define FIGURES		"#"

static bool has_text(const struct field *f, const struct record *r)
{
	if ((f->flags & FIELD_NO_TEXT) || !field_given(f, r))
		return false;
	return !f->unless || !record_has(r, f->unless);
}

static void print_field(FILE *out, const struct field *f,
			const struct record *r, bool plain)
{
	if (!plain)
		fputs(f->keyword, out);
	if (!plain && f->type->text)
		fputc(' ', out);
	if (f->type->text)
		f->type->text(out, f, r);
}

/**
 * output_words() - an object as the words that would make it
 * @out: where to
 * @o: the object's description
 * @r: the object
 * @role: only the fields of this role; 0: all, with what is only reported
 *        behind a comment sign, if the object can be added at all
 *
 * The line is not ended.
 */
void output_words(FILE *out, const struct object *o, const struct record *r,
		  unsigned int role)
{
	unsigned int any = ROLE_ADD | ROLE_SHOW;
	const struct field *f;
	bool comment = false;
	bool addable = false;
	bool first = true;

	for (f = o->fields; f->keyword; f++) {
		addable |= f->takes & ROLE_ADD;
		if (!has_text(f, r) || (role && !(f->takes & role)))
			continue;
		if (!first)
			fputc(' ', out);
		if (addable && !comment && !(f->takes & ROLE_ADD)) {
			fputs(FIGURES " ", out);
			comment = true;
		}
		print_field(out, f, r, f->plain & (role ? role : any));
		first = false;
	}
}

/**
 * output_column() - an object as one line a field, values aligned
 */
void output_column(FILE *out, const struct object *o, const struct record *r)
{
	const struct field *f;
	size_t width = 0;

	for (f = o->fields; f->keyword; f++)
		if (has_text(f, r) && strlen(f->keyword) > width)
			width = strlen(f->keyword);
	for (f = o->fields; f->keyword; f++) {
		if (!has_text(f, r))
			continue;
		fprintf(out, "%-*s ", (int)width, f->keyword);
		print_field(out, f, r, true);
		fputc('\n', out);
	}
}

static void json_key(const struct field *f, char *key)
{
	const char *suffix = f->type->suffix ? f->type->suffix : "";
	char *p;

	if (f->key) {
		snprintf(key, KEY_MAX, "%s", f->key);
		return;
	}
	snprintf(key, KEY_MAX, "%s%s", f->keyword, suffix);
	for (p = key; *p; p++)
		if (*p == '-')
			*p = '_';
}

static json_t *json_value(const struct field *f, const struct record *r)
{
	if (field_given(f, r))
		return f->type->json(f, r);
	return f->type->wire == WIRE_FLAG ? json_false() : json_null();
}

/**
 * output_json() - an object for JSON, null for what it does not say
 *
 * Return: a new reference.
 */
json_t *output_json(const struct object *o, const struct record *r)
{
	json_t *object = json_object();
	const struct field *f;
	char key[KEY_MAX];

	for (f = o->fields; f->keyword; f++) {
		if ((f->flags & FIELD_NO_JSON) || !f->type->json)
			continue;
		json_key(f, key);
		json_object_set_new(object, key, json_value(f, r));
	}
	return object;
}

/**
 * output_line() - print a JSON object on a line, and give up the reference
 *
 * The line is not ended.
 */
void output_line(json_t *object)
{
	json_dumpf(object, stdout, JSON_REAL_PRECISION(REAL_DIGITS));
	json_decref(object);
}

/**
 * output_object() - print one object of a JSON list, and give up the reference
 */
void output_object(struct output *out, json_t *object)
{
	fputs(out->count++ ? ",\n" : "[\n", stdout);
	output_line(object);
}

/**
 * output_record() - print one object of a list on standard output
 */
void output_record(struct output *out, const struct object *o,
		   const struct record *r)
{
	if (out->json) {
		output_object(out, output_json(o, r));
		return;
	}
	output_words(stdout, o, r, 0);
	putchar('\n');
	out->count++;
}

/**
 * output_close() - end the list, also one without objects
 */
void output_close(struct output *out)
{
	if (out->json)
		puts(out->count ? "\n]" : "[]");
}
