// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys, values and transactions, as etcd's gateway wants them. */
#include "etcd_key.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

/* Base64 of @length bytes takes this many, with the NUL. */
static size_t coded_size(size_t length)
{
	return (length + 2) / 3 * 4 + 1;
}

static json_t *code(const char *data, size_t length)
{
	char *coded = malloc(coded_size(length));
	json_t *json = NULL;

	if (coded) {
		EVP_EncodeBlock((unsigned char *)coded,
				(const unsigned char *)data, length);
		json = json_string(coded);
	}
	free(coded);
	return json;
}

/**
 * etcd_bytes() - a text, as bytes travel
 */
json_t *etcd_bytes(const char *text)
{
	return code(text, strlen(text));
}

/**
 * etcd_text() - bytes that have come, as a text
 *
 * Return: NULL if there are none, or they are none.
 */
char *etcd_text(const json_t *bytes)
{
	const char *coded = json_string_value(bytes);
	size_t length = json_string_length(bytes);
	char *text;
	int got;

	if (!coded || length % 4)
		return NULL;
	text = malloc(length / 4 * 3 + 1);
	if (!text)
		return NULL;
	got = EVP_DecodeBlock((unsigned char *)text,
			      (const unsigned char *)coded, length);
	if (got < 0) {
		free(text);
		return NULL;
	}
	/* What fills it up counts as zeros, which end the text. */
	text[got] = 0;
	return text;
}

/**
 * etcd_number() - a number, which comes as a text
 */
int64_t etcd_number(const json_t *number)
{
	const char *text = json_string_value(number);

	return text ? strtoll(text, NULL, 10) : json_integer_value(number);
}

/**
 * etcd_range_of() - say which keys: those that begin with a text
 */
json_t *etcd_range_of(const char *prefix)
{
	size_t length = strlen(prefix);
	char *end = strdup(prefix);
	json_t *range = NULL;

	if (end) {
		/* Our prefixes end with a slash: there is always a next byte. */
		end[length - 1]++;
		range = json_pack("{so, so}", "key", code(prefix, length),
				  "range_end", code(end, length));
	}
	free(end);
	return range;
}

/**
 * etcd_txn() - a transaction without conditions that does nothing
 */
json_t *etcd_txn(void)
{
	return json_pack("{s[], s[]}", "compare", "success");
}

static void add_condition(json_t *txn, const char *key, const char *target,
			  const char *member, int64_t revision)
{
	json_array_append_new(json_object_get(txn, "compare"),
			      json_pack("{so, ss, sI}",
					"key", etcd_bytes(key),
					"target", target,
					member, (json_int_t)revision));
}

/**
 * etcd_txn_if_created() - ... only if a key was created by a revision
 */
void etcd_txn_if_created(json_t *txn, const char *key, int64_t revision)
{
	add_condition(txn, key, "CREATE", "create_revision", revision);
}

/**
 * etcd_txn_if_changed() - ... only if a key was last changed by a revision
 */
void etcd_txn_if_changed(json_t *txn, const char *key, int64_t revision)
{
	add_condition(txn, key, "MOD", "mod_revision", revision);
}

static void add_action(json_t *txn, json_t *action)
{
	json_array_append_new(json_object_get(txn, "success"), action);
}

/**
 * etcd_txn_put() - give a key a value
 */
void etcd_txn_put(json_t *txn, const char *key, json_t *value, int64_t lease)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS |
				JSON_ENCODE_ANY);

	add_action(txn, json_pack("{s{so, so, sI}}", "request_put",
				  "key", etcd_bytes(key),
				  "value", etcd_bytes(text ? text : ""),
				  "lease", (json_int_t)lease));
	free(text);
	json_decref(value);
}

/**
 * etcd_txn_delete() - remove a key that was last changed by a revision
 */
void etcd_txn_delete(json_t *txn, const char *key, int64_t revision)
{
	etcd_txn_if_changed(txn, key, revision);
	add_action(txn, json_pack("{s{so}}", "request_delete_range",
				  "key", etcd_bytes(key)));
}

/**
 * etcd_txn_done() - did the conditions of a transaction hold, and was it done
 */
bool etcd_txn_done(const json_t *answer)
{
	return json_is_true(json_object_get(answer, "succeeded"));
}

/**
 * etcd_revision() - how far etcd was when it said this
 */
int64_t etcd_revision(const json_t *answer)
{
	return etcd_number(json_object_get(json_object_get(answer, "header"),
					   "revision"));
}
