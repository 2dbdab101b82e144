// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions as JSON and back, by the fields that the tool has for them. */
#include "sync_message.h"

#include <stdio.h>
#include <string.h>

#include <linux/portsteer.h>

#include "format.h"
#include "objects.h"

#define VERSION	1	/* of what is said */
#define KEY_MAX	32
#define WHY_MAX	128

enum {
	ALWAYS	= 1 << 0,	/* it must be there */
	ENDS	= 1 << 1,	/* so if all that is told is an end */
};

/* What is told of a session, and is all that it is made of. */
static const struct told {
	uint16_t attr;
	unsigned int flags;
} told[] = {
	{ PSTEER_A_SESSION_SERVICE, 0 },
	{ PSTEER_A_SESSION_VM, 0 },
	{ PSTEER_A_SESSION_INBOUND, 0 },
	{ PSTEER_A_SESSION_PROTO, ALWAYS | ENDS },
	{ PSTEER_A_SESSION_CLIENT, ALWAYS },
	{ PSTEER_A_SESSION_CLIENT_PORT, ALWAYS },
	{ PSTEER_A_SESSION_POOL_ADDRESS, ALWAYS | ENDS },
	{ PSTEER_A_SESSION_ASSIGNED_PORT, ALWAYS | ENDS },
	{ PSTEER_A_SESSION_SERVER, ALWAYS | ENDS },
	{ PSTEER_A_SESSION_SERVER_PORT, ALWAYS | ENDS },
	{ PSTEER_A_SESSION_STATE, ALWAYS },
	{ PSTEER_A_SESSION_EXPIRES, ALWAYS },
};

#define TOLD	(sizeof(told) / sizeof(told[0]))

static const struct field *field_of(const struct told *t)
{
	return field_of_attr(&session_object, t->attr, 0);
}

static const char *key_of(const struct field *f, char *key)
{
	char *c;

	snprintf(key, KEY_MAX, "%s%s", f->keyword,
		 f->attr == PSTEER_A_SESSION_EXPIRES ? "_ms" : "");
	for (c = key; *c; c++)
		if (*c == '-')
			*c = '_';
	return key;
}

static json_t *put_value(const struct field *f, const struct record *r)
{
	char buf[FORMAT_MAX];

	if (f->type->wire == WIRE_STRING)
		return json_string(record_text(r, f->attr));
	if (f->type->wire == WIRE_ADDRESS)
		return json_string(format_address(buf,
						  record_address(r, f->attr)));
	if (f->type->wire == WIRE_FLAG)
		return json_true();
	if (f->names)
		return json_string(names_word(f->names,
					      record_number(r, f->attr)));
	return json_integer(record_number(r, f->attr));
}

/**
 * sync_message_put() - tell of a session
 * @session: as the module tells of it
 * @ended: that it has ended, rather than how it is
 *
 * Return: an object.
 */
json_t *sync_message_put(const struct record *session, bool ended)
{
	json_t *message = json_object();
	const struct field *f;
	char key[KEY_MAX];
	size_t i;

	if (ended)
		json_object_set_new(message, "ended", json_true());
	for (i = 0; i < TOLD; i++) {
		if (!record_has(session, told[i].attr) ||
		    (ended && !(told[i].flags & ENDS)))
			continue;
		f = field_of(&told[i]);
		json_object_set_new(message, key_of(f, key),
				    put_value(f, session));
	}
	return message;
}

static uint64_t most_of(enum wire wire)
{
	switch (wire) {
	case WIRE_U8:
		return UINT8_MAX;
	case WIRE_U16:
		return UINT16_MAX;
	case WIRE_U32:
		return UINT32_MAX;
	default:
		return INT64_MAX;
	}
}

static const char *get_number(const struct field *f, const json_t *value,
			      struct record *r)
{
	json_int_t n = json_integer_value(value);

	if (!json_is_integer(value) || n < 0 ||
	    (uint64_t)n > most_of(f->type->wire))
		return "is no number that it may be";
	record_set_number(r, f->attr, n);
	return NULL;
}

static const char *get_word(const struct field *f, const char *word,
			    struct record *r)
{
	const struct name *name = names_find(f->names, word);

	if (!name)
		return "is none of the words for it";
	record_set_number(r, f->attr, name->value);
	return NULL;
}

static const char *get_text(const struct field *f, const char *text,
			    struct record *r)
{
	struct address address;
	const char *wrong;

	if (f->names)
		return get_word(f, text, r);
	if (f->type->wire == WIRE_STRING) {
		wrong = parse_name(text, PSTEER_NAME_MAX);
		if (!wrong)
			record_set_text(r, f->attr, text);
		return wrong;
	}
	wrong = parse_address(text, &address);
	if (!wrong)
		record_add_address(r, f->attr, &address);
	return wrong;
}

static const char *get_value(const struct field *f, const json_t *value,
			     struct record *r)
{
	bool text = f->names || f->type->wire == WIRE_STRING ||
		    f->type->wire == WIRE_ADDRESS;

	if (f->type->wire == WIRE_FLAG) {
		if (!json_is_true(value))
			return "is not true";
		record_set_number(r, f->attr, 1);
		return NULL;
	}
	if (!text)
		return get_number(f, value, r);
	if (!json_is_string(value))
		return "is no text";
	return get_text(f, json_string_value(value), r);
}

static const char *complain(const char *key, const char *wrong)
{
	static char why[WHY_MAX];

	snprintf(why, sizeof(why), "%s of a session %s", key, wrong);
	return why;
}

/**
 * sync_message_get() - hear of a session
 * @message: what is told
 * @session: empty; filled
 * @ended: that it has ended
 *
 * Return: NULL, or what is wrong.
 */
const char *sync_message_get(const json_t *message, struct record *session,
			     bool *ended)
{
	size_t i, known = 0;
	const char *wrong;
	char key[KEY_MAX];
	json_t *value;

	if (!json_is_object(message))
		return "a session is no object";
	value = json_object_get(message, "ended");
	*ended = json_is_true(value);
	known += *ended;
	for (i = 0; i < TOLD; i++) {
		const struct field *f = field_of(&told[i]);

		value = json_object_get(message, key_of(f, key));
		if (!value && told[i].flags & (*ended ? ENDS : ALWAYS))
			return complain(key, "is missing");
		if (!value)
			continue;
		known++;
		wrong = get_value(f, value, session);
		if (wrong)
			return complain(key, wrong);
	}
	if (known != json_object_size(message))
		return "a session has a member that is unknown";
	return NULL;
}

/**
 * sync_greeting_put() - which table of sessions one has, and how one talks
 */
json_t *sync_greeting_put(const char *type, const char *instance)
{
	return json_pack("{s:s, s:i, s:s}", "type", type, "version",
			 VERSION, "instance", instance);
}

/**
 * sync_greeting_get() - the other end's
 */
const char *sync_greeting_get(json_t *message, const char **instance)
{
	static json_error_t error;
	const char *type;
	int version;

	if (json_unpack_ex(message, &error, JSON_STRICT, "{s:s, s:i, s:s}",
			   "type", &type, "version", &version,
			   "instance", instance))
		return error.text;
	return version == VERSION ? NULL :
					 "this version of the protocol is unknown";
}
