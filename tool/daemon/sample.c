// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prometheus' text format, as it is read. What is read is somebody else's, and
 * may be anything.
 */
#include "sample.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX	63

/**
 * slice_is() - whether a slice has just this text
 */
bool slice_is(struct slice slice, const char *text)
{
	return strlen(text) == slice.len &&
	       !memcmp(slice.text, text, slice.len);
}

static void skip(struct slice *s, size_t count)
{
	s->text += count;
	s->len -= count;
}

static void skip_blanks(struct slice *s)
{
	while (s->len && (*s->text == ' ' || *s->text == '\t'))
		skip(s, 1);
}

static bool takes(struct slice *s, char c)
{
	if (!s->len || *s->text != c)
		return false;
	skip(s, 1);
	return true;
}

static struct slice take_line(struct slice *rest)
{
	const char *end = memchr(rest->text, '\n', rest->len);
	struct slice line = {
		.text = rest->text,
		.len = end ? (size_t)(end - rest->text) : rest->len,
	};

	skip(rest, line.len + !!end);
	return line;
}

/* Letters, digits, _ and, of metrics, : but no digit in front. */
static bool take_name(struct slice *line, struct slice *name)
{
	name->text = line->text;
	name->len = 0;
	while (line->len) {
		unsigned char c = *line->text;

		if (!isalpha(c) && c != '_' && c != ':' &&
		    (!isdigit(c) || !name->len))
			break;
		skip(line, 1);
		name->len++;
	}
	return name->len;
}

/* name="value", with \ before what would end it. */
static bool take_label(struct slice *line, struct slice *name,
		       struct slice *value)
{
	if (!take_name(line, name))
		return false;
	skip_blanks(line);
	if (!takes(line, '='))
		return false;
	skip_blanks(line);
	if (!takes(line, '"'))
		return false;
	value->text = line->text;
	while (line->len && *line->text != '"')
		skip(line, *line->text == '\\' && line->len > 1 ? 2 : 1);
	value->len = line->text - value->text;
	return takes(line, '"');
}

/* What stands in braces; there need not be any. */
static bool take_labels(struct slice *line, struct slice *labels)
{
	struct slice name;
	struct slice value;

	labels->text = line->text;
	labels->len = 0;
	if (!takes(line, '{'))
		return true;
	labels->text = line->text;
	skip_blanks(line);
	while (line->len && *line->text != '}') {
		if (!take_label(line, &name, &value))
			return false;
		skip_blanks(line);
		if (!takes(line, ',') && line->len && *line->text != '}')
			return false;
		skip_blanks(line);
	}
	labels->len = line->text - labels->text;
	return takes(line, '}');
}

static bool take_number(struct slice *line, double *number)
{
	char text[NUMBER_MAX + 1];
	char *end;
	size_t len;

	for (len = 0; len < line->len; len++)
		if (isspace((unsigned char)line->text[len]))
			break;
	if (!len || len > NUMBER_MAX)
		return false;
	memcpy(text, line->text, len);
	text[len] = '\0';
	*number = strtod(text, &end);
	skip(line, len);
	return end == text + len;
}

/* A time may follow the value, and nothing else. */
static bool ends(struct slice *line)
{
	skip_blanks(line);
	takes(line, '\r');
	return !line->len;
}

static bool read_line(struct slice line, struct sample *sample)
{
	double time;

	if (!take_name(&line, &sample->name))
		return false;
	skip_blanks(&line);
	if (!take_labels(&line, &sample->labels))
		return false;
	skip_blanks(&line);
	if (!take_number(&line, &sample->value))
		return false;
	return ends(&line) || (take_number(&line, &time) && ends(&line));
}

/**
 * sample_next() - the next value of a text
 * @rest: what is still to be read
 * @sample: filled if there is one
 */
enum sample_result sample_next(struct slice *rest, struct sample *sample)
{
	while (rest->len) {
		struct slice line = take_line(rest);

		skip_blanks(&line);
		if (!line.len || *line.text == '#' || slice_is(line, "\r"))
			continue;
		return read_line(line, sample) ? SAMPLE_READ : SAMPLE_WRONG;
	}
	return SAMPLE_END;
}

/**
 * sample_label() - one label of a sample that was read
 */
bool sample_label(const struct sample *sample, const char *name,
		  struct slice *value)
{
	struct slice rest = sample->labels;
	struct slice found;

	skip_blanks(&rest);
	while (rest.len && take_label(&rest, &found, value)) {
		if (slice_is(found, name))
			return true;
		skip_blanks(&rest);
		takes(&rest, ',');
		skip_blanks(&rest);
	}
	return false;
}
