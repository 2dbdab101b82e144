// SPDX-License-Identifier: GPL-2.0-or-later
/* Types that hold texts and addresses, and those composed of several. */
#include "schema.h"

#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "format.h"

/* Texts */

static const char *parse_object_name(const struct field *f, const char *word,
				     struct record *r)
{
	const char *wrong = parse_name(word, PSTEER_NAME_MAX);

	if (!wrong)
		record_set_text(r, f->attr, word);
	return wrong;
}

/* An empty label takes the old one away. */
static const char *parse_label(const struct field *f, const char *word,
			       struct record *r)
{
	if (*word)
		return parse_object_name(f, word, r);
	record_set_text(r, f->attr, "");
	return NULL;
}

static const char *parse_tags(const struct field *f, const char *word,
			      struct record *r)
{
	char copy[PSTEER_TAGS_MAX + 1];
	const char *wrong;
	char *rest = copy;
	char *tag;

	if (strlen(word) > PSTEER_TAGS_MAX)
		return "is too long a list (63 characters at most)";
	strcpy(copy, word);
	while (*word && (tag = strsep(&rest, ","))) {
		wrong = parse_name(tag, PSTEER_NAME_MAX);
		if (wrong)
			return "is not A,B,... with names for tags";
	}
	record_set_text(r, f->attr, word);
	return NULL;
}

static void text_text(FILE *out, const struct field *f, const struct record *r)
{
	fputs(record_text(r, f->attr), out);
}

static json_t *json_text(const struct field *f, const struct record *r)
{
	return json_string(record_text(r, f->attr));
}

const struct type type_name = {
	WIRE_STRING, "NAME", NULL, parse_object_name, text_text, json_text
};

const struct type type_label = {
	WIRE_STRING, "NAME", NULL, parse_label, text_text, json_text
};

const struct type type_tags = {
	WIRE_STRING, "A,B,...", NULL, parse_tags, text_text, json_text
};

const struct type type_sentence = {
	WIRE_STRING, "TEXT", NULL, NULL, text_text, json_text
};

/* The name of a file stays here. */
static const char *parse_path(const struct field *f, const char *word,
			      struct record *r)
{
	if (!*word)
		return "is empty";
	record_set_text(r, f->attr, word);
	return NULL;
}

const struct type type_path = {
	WIRE_NONE, "FILE", NULL, parse_path, text_text, json_text
};

/* Addresses */

static const char *parse_one_address(const struct field *f, const char *word,
				     struct record *r)
{
	struct address address;
	const char *wrong;

	wrong = parse_address(word, &address);
	if (!wrong)
		record_add_address(r, f->attr, &address);
	return wrong;
}

static const char *parse_addresses(const struct field *f, const char *word,
				   struct record *r)
{
	char *copy = strdup(word);
	const char *wrong = copy ? NULL : "does not fit into memory";
	char *rest = copy;
	char *one;

	while (!wrong && (one = strsep(&rest, ",")))
		wrong = parse_one_address(f, one, r);
	free(copy);
	if (wrong && strchr(word, ','))
		return "is not a list of IPv4 or IPv6 addresses";
	return wrong;
}

static void text_addresses(FILE *out, const struct field *f,
			   const struct record *r)
{
	const struct value *v;
	char buf[FORMAT_MAX];

	for (v = &r->values[f->attr]; v; v = v->next)
		fprintf(out, "%s%s", format_address(buf, &v->address),
			v->next ? "," : "");
}

static json_t *json_address(const struct field *f, const struct record *r)
{
	char buf[FORMAT_MAX];

	return json_string(format_address(buf, record_address(r, f->attr)));
}

static json_t *json_addresses(const struct field *f, const struct record *r)
{
	json_t *list = json_array();
	const struct value *v;
	char buf[FORMAT_MAX];

	for (v = &r->values[f->attr]; v; v = v->next) {
		format_address(buf, &v->address);
		json_array_append_new(list, json_string(buf));
	}
	return list;
}

const struct type type_address = {
	WIRE_ADDRESS, "ADDR", NULL, parse_one_address, text_addresses,
	json_address
};

const struct type type_addresses = {
	WIRE_ADDRESS, "ADDR[,ADDR...]", NULL, parse_addresses, text_addresses,
	json_addresses
};

/* Composed of several attributes */

static const char *parse_pair(const struct field *f, const char *word,
			      struct record *r)
{
	struct address address;
	const char *wrong;
	uint16_t port;

	wrong = parse_endpoint(word, &address, &port);
	if (wrong)
		return wrong;
	record_add_address(r, f->attr, &address);
	record_set_number(r, f->attr2, port);
	return NULL;
}

static void text_pair(FILE *out, const struct field *f, const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(format_endpoint(buf, record_address(r, f->attr),
			      record_number(r, f->attr2)), out);
}

static const char *parse_span(const struct field *f, const char *word,
			      struct record *r)
{
	const char *wrong;
	uint16_t first;
	uint16_t last;

	wrong = parse_ports(word, &first, &last);
	if (wrong)
		return wrong;
	record_set_number(r, f->attr, first);
	record_set_number(r, f->attr2, last);
	return NULL;
}

static void text_span(FILE *out, const struct field *f, const struct record *r)
{
	fprintf(out, "%d-%d", (int)record_number(r, f->attr),
		(int)record_number(r, f->attr2));
}

static const char *parse_weights(const struct field *f, const char *word,
				 struct record *r)
{
	static const char wrong[] = "is not L,C,P with three decimal numbers";
	const uint16_t attrs[] = { f->attr, f->attr2, f->attr3 };
	char copy[FORMAT_MAX];
	char *rest = copy;
	uint64_t n;
	size_t i;

	if (strlen(word) >= sizeof(copy))
		return wrong;
	strcpy(copy, word);
	for (i = 0; i < 3; i++) {
		if (!rest || parse_fixed(strsep(&rest, ","), 4, &n) ||
		    n > UINT32_MAX)
			return wrong;
		record_set_number(r, attrs[i], n);
	}
	return rest ? wrong : NULL;
}

static void text_weights(FILE *out, const struct field *f,
			 const struct record *r)
{
	char buf[3][FORMAT_MAX];

	fprintf(out, "%s,%s,%s",
		format_fixed(buf[0], record_number(r, f->attr), 4),
		format_fixed(buf[1], record_number(r, f->attr2), 4),
		format_fixed(buf[2], record_number(r, f->attr3), 4));
}

static const char *parse_network(const struct field *f, const char *word,
				 struct record *r)
{
	struct address address;
	const char *wrong;
	uint8_t len;

	wrong = parse_prefix(word, &address, &len);
	if (wrong)
		return wrong;
	record_add_address(r, f->attr, &address);
	record_set_number(r, f->attr2, len);
	return NULL;
}

/* The length goes without saying for one address. */
static const char *prefix_text(const struct field *f, const struct record *r,
			       char *buf)
{
	const struct address *address = record_address(r, f->attr);
	int len = record_number(r, f->attr2);
	size_t end;

	format_address(buf, address);
	end = strlen(buf);
	if (len < address->len * 8)
		snprintf(buf + end, FORMAT_MAX - end, "/%d", len);
	return buf;
}

static void text_prefix(FILE *out, const struct field *f,
			const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(prefix_text(f, r, buf), out);
}

static json_t *json_prefix(const struct field *f, const struct record *r)
{
	char buf[FORMAT_MAX];

	return json_string(prefix_text(f, r, buf));
}

/* A client is known by its address, a VM by its name. */
static const char *parse_owner(const struct field *f, const char *word,
			       struct record *r)
{
	struct address address;

	if (parse_address(word, &address)) {
		if (parse_name(word, PSTEER_NAME_MAX))
			return "is neither an address nor the name of a vm";
		record_set_text(r, f->attr2, word);
	} else {
		record_add_address(r, f->attr, &address);
	}
	return NULL;
}

static const char *owner_text(const struct field *f, const struct record *r,
			      char *buf)
{
	if (record_has(r, f->attr2))
		return record_text(r, f->attr2);
	return format_address(buf, record_address(r, f->attr));
}

static void text_owner(FILE *out, const struct field *f, const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(owner_text(f, r, buf), out);
}

static json_t *json_owner(const struct field *f, const struct record *r)
{
	char buf[FORMAT_MAX];

	return json_string(owner_text(f, r, buf));
}

const struct type type_prefix = {
	WIRE_NONE, "ADDR|PREFIX", NULL, parse_network, text_prefix, json_prefix
};

const struct type type_owner = {
	WIRE_NONE, "ADDR|NAME", NULL, parse_owner, text_owner, json_owner
};

const struct type type_endpoint = {
	WIRE_NONE, "ADDR:PORT", NULL, parse_pair, text_pair, NULL
};

const struct type type_ports = {
	WIRE_NONE, "LO-HI", NULL, parse_span, text_span, NULL
};

const struct type type_weights = {
	WIRE_NONE, "L,C,P", NULL, parse_weights, text_weights, NULL
};
