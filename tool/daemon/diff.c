// SPDX-License-Identifier: GPL-2.0-or-later
/* What one configuration says and another does not. */
#include "setting.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* A key of the nth mapping as text, NULL: there is no such mapping. */
static char *value_text(const struct settings *settings, size_t n,
			const struct setting *s)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (n >= settings->count)
		return NULL;
	out = open_memstream(&text, &size);
	if (!out)
		err(1, "no memory");
	setting_print(out, s,
		      (char *)settings->values + n * settings->section->size);
	fclose(out);
	return text;
}

static void say(FILE *out, char sign, const struct settings *settings,
		size_t n, const struct setting *s, const char *text)
{
	char number[24] = "";

	if (!text || !*text)
		return;
	if (settings->section->list)
		snprintf(number, sizeof(number), "[%zu]", n);
	fprintf(out, "%c %s%s.%s: %s\n", sign, settings->section->key, number,
		s->key, text);
}

/* Return: 1 if the key differs; @out may be NULL. */
static unsigned int diff_key(FILE *out, const struct settings *from,
			     const struct settings *to, size_t n,
			     const struct setting *s)
{
	char *before = value_text(from, n, s);
	char *after = value_text(to, n, s);
	bool same;

	same = before && after ? !strcmp(before, after) : before == after;
	if (!same && out) {
		say(out, '-', from, n, s, before);
		say(out, '+', to, n, s, after);
	}
	free(before);
	free(after);
	return !same;
}

static unsigned int diff_settings(FILE *out, const struct settings *from,
				  const struct settings *to)
{
	size_t count = from->count > to->count ? from->count : to->count;
	unsigned int differ = from->count != to->count;
	const struct setting *s;
	size_t n;

	for (n = 0; n < count; n++)
		for (s = from->section->settings; s->key; s++)
			differ += diff_key(out, from, to, n, s);
	return differ;
}

/**
 * config_diff() - say what differs between two configurations
 * @out: where to
 * @from: one, of the same sections as @to
 * @to: the other
 *
 * Return: how many things differ.
 */
unsigned int config_diff(FILE *out, const struct config *from,
			 const struct config *to)
{
	unsigned int differ = 0;
	size_t i;

	for (i = 0; i < from->count; i++)
		differ += diff_settings(out, &from->sections[i],
					&to->sections[i]);
	return differ;
}

/**
 * settings_same() - whether two say the same to a section
 */
bool settings_same(const struct settings *a, const struct settings *b)
{
	return !diff_settings(NULL, a, b);
}
