// SPDX-License-Identifier: GPL-2.0-or-later
/* Types of a single attribute: how each is read, printed and put in JSON. */
#include "schema.h"

#include <inttypes.h>
#include <string.h>

#include <linux/portsteer.h>

#include "format.h"

static int64_t number_of(const struct field *f, const struct record *r)
{
	return record_number(r, f->attr);
}

static json_t *json_number(const struct field *f, const struct record *r)
{
	return json_integer(number_of(f, r));
}

static void text_number(FILE *out, const struct field *f,
			const struct record *r)
{
	fprintf(out, "%" PRId64, number_of(f, r));
}

/* Whole numbers */

static const char *parse_whole(const char *word, uint64_t most,
			       const struct field *f, struct record *r)
{
	const char *wrong;
	uint64_t n;

	wrong = parse_number(word, most, &n);
	if (!wrong)
		record_set_number(r, f->attr, n);
	return wrong;
}

static const char *parse_count(const struct field *f, const char *word,
			       struct record *r)
{
	return parse_whole(word, UINT32_MAX, f, r);
}

static const char *parse_total(const struct field *f, const char *word,
			       struct record *r)
{
	return parse_whole(word, INT64_MAX, f, r);
}

static const char *parse_one_port(const struct field *f, const char *word,
				  struct record *r)
{
	const char *wrong;
	uint16_t port;

	wrong = parse_port(word, &port);
	if (!wrong)
		record_set_number(r, f->attr, port);
	return wrong;
}

const struct type type_count = {
	WIRE_U32, "N", NULL, parse_count, text_number, json_number
};

const struct type type_total = {
	WIRE_U64, "N", NULL, parse_total, text_number, json_number
};

/* That of a ping is 0 at one end. */
static const char *parse_flow_port(const struct field *f, const char *word,
				   struct record *r)
{
	return parse_whole(word, UINT16_MAX, f, r);
}

const struct type type_flow_port = {
	WIRE_U16, "N", NULL, parse_flow_port, text_number, json_number
};

const struct type type_port = {
	WIRE_U16, "N", NULL, parse_one_port, text_number, json_number
};

/* Shares, weights, scores: fixed point in 1/10000 */

static void text_fixed(FILE *out, const struct field *f,
		       const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(format_fixed(buf, number_of(f, r), 4), out);
}

static void text_score(FILE *out, const struct field *f,
		       const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(format_fixed(buf, number_of(f, r), 2), out);
}

static void text_share(FILE *out, const struct field *f,
		       const struct record *r)
{
	text_score(out, f, r);
	fputc('%', out);
}

static json_t *json_fixed(const struct field *f, const struct record *r)
{
	return json_real(number_of(f, r) / (double)PSTEER_SCALE);
}

static json_t *json_percent(const struct field *f, const struct record *r)
{
	return json_real(number_of(f, r) * 100 / (double)PSTEER_SCALE);
}

/* Repeated: a share for each of the field's names, in their order. */

static void text_mixture(FILE *out, const struct field *f,
			 const struct record *r)
{
	const struct name *name = f->names;
	const struct value *v;
	const char *between = "";
	char buf[FORMAT_MAX];

	for (v = &r->values[f->attr]; v && name->word; v = v->next, name++) {
		if (!v->number)
			continue;
		fprintf(out, "%s%s:%s%%", between, name->word,
			format_fixed(buf, v->number, 2));
		between = ",";
	}
}

static json_t *json_mixture(const struct field *f, const struct record *r)
{
	const struct name *name = f->names;
	json_t *object = json_object();
	const struct value *v;

	for (v = &r->values[f->attr]; v && name->word; v = v->next, name++)
		json_object_set_new(object, name->word,
				    json_real(v->number * 100 /
					      (double)PSTEER_SCALE));
	return object;
}

const struct type type_mixture = {
	WIRE_U32_LIST, NULL, NULL, NULL, text_mixture, json_mixture
};

static const char *parse_percent(const struct field *f, const char *word,
				 struct record *r)
{
	const char *wrong;
	uint64_t n;

	wrong = parse_share(word, &n);
	if (!wrong)
		record_set_number(r, f->attr, n);
	return wrong;
}

static const char *parse_score(const struct field *f, const char *word,
			       struct record *r)
{
	const char *wrong;
	uint64_t n;

	wrong = parse_fixed(word, 2, &n);
	if (wrong)
		return wrong;
	if (n > PSTEER_SCALE)
		return "is more than 100";
	record_set_number(r, f->attr, n);
	return NULL;
}

static const char *parse_weight(const struct field *f, const char *word,
				struct record *r)
{
	const char *wrong;
	uint64_t n;

	wrong = parse_fixed(word, 4, &n);
	if (wrong)
		return wrong;
	if (n > UINT32_MAX)
		return "is too large";
	record_set_number(r, f->attr, n);
	return NULL;
}

const struct type type_share = {
	WIRE_U32, "P%", NULL, parse_percent, text_share, json_percent
};

const struct type type_offset = {
	WIRE_S32, "P%", NULL, NULL, text_share, json_percent
};

const struct type type_score = {
	WIRE_U32, "N", NULL, parse_score, text_score, json_percent
};

const struct type type_fixed = {
	WIRE_U32, "W", NULL, parse_weight, text_fixed, json_fixed
};

const struct type type_points = {
	WIRE_S32, "W", NULL, NULL, text_fixed, json_fixed
};

/* Rates, and scores in tenths */

static const char *parse_bandwidth(const struct field *f, const char *word,
				   struct record *r)
{
	const char *wrong;
	uint64_t bytes;

	wrong = parse_rate(word, &bytes);
	if (wrong)
		return wrong;
	if (bytes > INT64_MAX)
		return "is too large";
	record_set_number(r, f->attr, bytes);
	return NULL;
}

static void text_rate(FILE *out, const struct field *f, const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(format_rate(buf, number_of(f, r)), out);
}

static void text_tenths(FILE *out, const struct field *f,
			const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(format_fixed(buf, number_of(f, r), 1), out);
}

static json_t *json_tenths(const struct field *f, const struct record *r)
{
	return json_real(number_of(f, r) / 10.0);
}

const struct type type_rate = {
	WIRE_U64, "RATE", "_Bps", parse_bandwidth, text_rate, json_number
};

const struct type type_tenths = {
	WIRE_U32, "N", NULL, NULL, text_tenths, json_tenths
};

static void text_thousandths(FILE *out, const struct field *f,
			     const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(format_fixed(buf, number_of(f, r), 3), out);
}

static json_t *json_thousandths(const struct field *f, const struct record *r)
{
	return json_real(number_of(f, r) / 1000.0);
}

const struct type type_thousandths = {
	WIRE_U32, "N", NULL, NULL, text_thousandths, json_thousandths
};

const struct type type_length = {
	WIRE_U8, "N", NULL, NULL, text_number, json_number
};

/* Times */

static const char *parse_ms(const struct field *f, const char *word,
			    struct record *r)
{
	const char *wrong;
	uint64_t us;

	wrong = parse_time(word, &us);
	if (wrong)
		return wrong;
	if (us % 1000)
		return "is finer than a millisecond";
	if (us / 1000 > UINT32_MAX)
		return "is too long a time";
	record_set_number(r, f->attr, us / 1000);
	return NULL;
}

static const char *parse_us(const struct field *f, const char *word,
			    struct record *r)
{
	const char *wrong;
	uint64_t us;

	wrong = parse_time(word, &us);
	if (wrong)
		return wrong;
	if (us > UINT32_MAX)
		return "is too long a time";
	record_set_number(r, f->attr, us);
	return NULL;
}

static void text_ms(FILE *out, const struct field *f, const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(format_time(buf, number_of(f, r) * 1000), out);
}

static void text_us(FILE *out, const struct field *f, const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(format_time(buf, number_of(f, r)), out);
}

static void text_expiry(FILE *out, const struct field *f,
			const struct record *r)
{
	fprintf(out, "%" PRId64 "s", number_of(f, r) / 1000);
}

static json_t *json_expiry(const struct field *f, const struct record *r)
{
	return json_integer(number_of(f, r) / 1000);
}

const struct type type_time = {
	WIRE_U32, "TIME", "_ms", parse_ms, text_ms, json_number
};

const struct type type_age = {
	WIRE_U64, "TIME", "_ms", NULL, text_ms, json_number
};

const struct type type_expiry = {
	WIRE_U64, "TIME", "_s", parse_ms, text_expiry, json_expiry
};

const struct type type_latency = {
	WIRE_U32, "TIME", "_us", parse_us, text_us, json_number
};

/* Words, yes or no */

static const char *parse_word(const struct field *f, const char *word,
			      struct record *r)
{
	const struct name *name = names_find(f->names, word);

	if (!name)
		return "is none of";
	record_set_number(r, f->attr, name->value);
	return NULL;
}

static void text_word(FILE *out, const struct field *f, const struct record *r)
{
	const char *word = names_word(f->names, number_of(f, r));

	if (word)
		fputs(word, out);
	else
		text_number(out, f, r);
}

static json_t *json_word(const struct field *f, const struct record *r)
{
	const char *word = names_word(f->names, number_of(f, r));

	return word ? json_string(word) : json_number(f, r);
}

static void text_bool(FILE *out, const struct field *f, const struct record *r)
{
	fputs(number_of(f, r) ? "yes" : "no", out);
}

static json_t *json_bool(const struct field *f, const struct record *r)
{
	return json_boolean(number_of(f, r));
}

const struct type type_word = {
	WIRE_U8, NULL, NULL, parse_word, text_word, json_word
};

const struct type type_bool = {
	WIRE_U8, "yes|no", NULL, NULL, text_bool, json_bool
};

const struct type type_flag = {
	WIRE_FLAG, NULL, NULL, NULL, NULL, json_bool
};
