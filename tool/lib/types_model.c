// SPDX-License-Identifier: GPL-2.0-or-later
/* Types of trained models: coefficients, and inputs that have them. */
#include "schema.h"

#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "format.h"
#include "model_input.h"

#define DECIMALS	8	/* 2^24 steps are told apart */
#define TEN_POWER	100000000
#define ONE		(1 << 24)
#define MOST		100

/**
 * struct unit - how the values of an input are written
 * @parse: one value
 * @format: one value
 * @one: what counts as one in JSON
 */
struct unit {
	const char *(*parse)(const char *word, uint64_t *out);
	char *(*format)(char *buf, uint64_t n);
	double one;
};

/* Coefficients */

static int64_t rounded(int64_t product, int64_t divisor)
{
	int64_t half = product < 0 ? -divisor / 2 : divisor / 2;

	return (product + half) / divisor;
}

static const char *parse_number_of_ones(const char *word, int32_t *out)
{
	const char *wrong;
	int64_t n;

	wrong = parse_signed(word, DECIMALS, &n);
	if (wrong)
		return wrong;
	if (n < -(int64_t)MOST * TEN_POWER || n > (int64_t)MOST * TEN_POWER)
		return "is out of range (-100 to 100)";
	*out = rounded(n * ONE, TEN_POWER);
	return NULL;
}

static char *format_number_of_ones(char *buf, int32_t n)
{
	return format_fixed(buf, rounded((int64_t)n * TEN_POWER, ONE),
			    DECIMALS);
}

static const char *parse_coefficient(const struct field *f, const char *word,
				     struct record *r)
{
	const char *wrong;
	int32_t n;

	wrong = parse_number_of_ones(word, &n);
	if (!wrong)
		record_set_number(r, f->attr, n);
	return wrong;
}

static void text_coefficient(FILE *out, const struct field *f,
			     const struct record *r)
{
	char buf[FORMAT_MAX];

	fputs(format_number_of_ones(buf, record_number(r, f->attr)), out);
}

static json_t *json_coefficient(const struct field *f, const struct record *r)
{
	return json_real(record_number(r, f->attr) / (double)ONE);
}

const struct type type_coefficient = {
	WIRE_S32, "C", NULL, parse_coefficient, text_coefficient,
	json_coefficient
};

/* Values of inputs */

static const char *parse_value_count(const char *word, uint64_t *out)
{
	return parse_number(word, UINT32_MAX, out);
}

static const char *parse_value_rate(const char *word, uint64_t *out)
{
	return parse_fixed(word, 3, out);
}

static char *format_value_share(char *buf, uint64_t n)
{
	format_fixed(buf, n, 2);
	return strcat(buf, "%");
}

static char *format_value_count(char *buf, uint64_t n)
{
	return format_fixed(buf, n, 0);
}

static char *format_value_rate(char *buf, uint64_t n)
{
	return format_fixed(buf, n, 3);
}

static const struct unit share_unit = {
	parse_share, format_value_share, PSTEER_SCALE / 100.0
};

static const struct unit latency_unit = { parse_time, format_time, 1 };

static const struct unit count_unit = {
	parse_value_count, format_value_count, 1
};

static const struct unit rate_unit = {
	parse_value_rate, format_value_rate, 1000
};

static const struct unit *unit_of(const struct field *f)
{
	switch (f->attr) {
	case PSTEER_A_MODEL_LATENCY:
		return &latency_unit;
	case PSTEER_A_MODEL_SESSIONS:
		return &count_unit;
	case PSTEER_A_MODEL_ARRIVALS:
		return &rate_unit;
	default:
		return &share_unit;
	}
}

/* Inputs */

/**
 * model_input_get() - read an input out of a record
 *
 * Return: whether it is there and whole.
 */
bool model_input_get(const struct record *r, uint16_t attr,
		     struct model_input *in)
{
	const struct bytes *bytes = record_bytes(r, attr);
	size_t values = 2 * sizeof(uint32_t);

	if (!bytes || bytes->len < values ||
	    bytes->len - values > sizeof(in->coefficient))
		return false;
	memcpy(&in->low, bytes->data, sizeof(in->low));
	memcpy(&in->high, bytes->data + sizeof(in->low), sizeof(in->high));
	memcpy(in->coefficient, bytes->data + values, bytes->len - values);
	in->lags = (bytes->len - values) / sizeof(in->coefficient[0]);
	return true;
}

/**
 * model_input_set() - put an input into a record
 */
void model_input_set(struct record *r, uint16_t attr,
		     const struct model_input *in)
{
	size_t coefficients = in->lags * sizeof(in->coefficient[0]);
	size_t values = 2 * sizeof(uint32_t);
	struct bytes bytes = { .len = values + coefficients };

	memcpy(bytes.data, &in->low, sizeof(in->low));
	memcpy(bytes.data + sizeof(in->low), &in->high, sizeof(in->high));
	memcpy(bytes.data + values, in->coefficient, coefficients);
	record_set_bytes(r, attr, &bytes);
}

static const char *parse_values(const struct unit *unit, const char *low,
				const char *high, struct model_input *in)
{
	uint64_t least;
	uint64_t most;

	if (unit->parse(low, &least) || unit->parse(high, &most) ||
	    most > UINT32_MAX)
		return "has a value before its coefficients that is out of range, or none";
	if (least >= most)
		return "does not rise from its first value to its second";
	in->low = least;
	in->high = most;
	return NULL;
}

static const char *parse_input(const struct field *f, const char *word,
			       struct record *r)
{
	struct model_input in = { 0 };
	char *copy = strdup(word);
	char *rest = copy;
	const char *wrong;
	char *high;
	char *one;

	if (!copy)
		return "does not fit into memory";
	one = strsep(&rest, ":");
	high = strsep(&rest, ":");
	wrong = rest ? parse_values(unit_of(f), one, high, &in) :
		       "is not LOW:HIGH:C,C,...";
	while (!wrong && (one = strsep(&rest, ","))) {
		if (in.lags == PSTEER_MODEL_LAGS)
			wrong = "has more than 8 coefficients";
		else if (parse_number_of_ones(one,
					      &in.coefficient[in.lags++]))
			wrong = "has a coefficient that is not a number from -100 to 100";
	}
	free(copy);
	if (!wrong)
		model_input_set(r, f->attr, &in);
	return wrong;
}

static void text_input(FILE *out, const struct field *f, const struct record *r)
{
	const struct unit *unit = unit_of(f);
	struct model_input in;
	char buf[FORMAT_MAX];
	unsigned int i;

	if (!model_input_get(r, f->attr, &in))
		return;
	fputs(unit->format(buf, in.low), out);
	fprintf(out, ":%s", unit->format(buf, in.high));
	for (i = 0; i < in.lags; i++)
		fprintf(out, "%c%s", i ? ',' : ':',
			format_number_of_ones(buf, in.coefficient[i]));
}

static json_t *json_input(const struct field *f, const struct record *r)
{
	const struct unit *unit = unit_of(f);
	json_t *list = json_array();
	struct model_input in;
	unsigned int i;

	if (!model_input_get(r, f->attr, &in))
		return list;
	for (i = 0; i < in.lags; i++)
		json_array_append_new(list, json_real(in.coefficient[i] /
						      (double)ONE));
	return json_pack("{s:f, s:f, s:o}", "low", in.low / unit->one,
			 "high", in.high / unit->one, "coefficients", list);
}

const struct type type_input = {
	WIRE_BYTES, "LOW:HIGH:C[,C...]", NULL, parse_input, text_input,
	json_input
};
