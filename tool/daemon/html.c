// SPDX-License-Identifier: GPL-2.0-or-later
/* Markup with text in it. */
#include "html.h"

#include <stdarg.h>
#include <string.h>

#define SPEC_MAX	8

static void put_text(FILE *out, const char *text)
{
	static const char special[] = "&<>\"'";
	static const char *const words[] = {
		"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"
	};
	const char *found;

	for (; *text; text++) {
		found = strchr(special, *text);
		if (found)
			fputs(words[found - special], out);
		else
			fputc(*text, out);
	}
}

/* Copies what stands from % to the letter that says the type; its length. */
static size_t take_spec(const char *format, char *spec)
{
	size_t len = strcspn(format + 1, "sdf%") + 2;

	snprintf(spec, SPEC_MAX, "%.*s", (int)len, format);
	return len;
}

/**
 * html_print() - markup, with text, numbers or nothing put in
 */
void html_print(FILE *out, const char *format, ...)
{
	char spec[SPEC_MAX];
	va_list args;
	size_t len;

	va_start(args, format);
	for (; *format; format += len) {
		len = strcspn(format, "%");
		fwrite(format, 1, len, out);
		format += len;
		if (!*format)
			break;
		len = take_spec(format, spec);
		if (spec[len - 1] == 's')
			put_text(out, va_arg(args, const char *));
		else if (spec[len - 1] == 'f')
			fprintf(out, spec, va_arg(args, double));
		else if (strstr(spec, "ll"))
			fprintf(out, spec, va_arg(args, long long));
		else if (spec[len - 1] == 'd')
			fprintf(out, spec, va_arg(args, int));
		else
			fputc('%', out);
	}
	va_end(args);
}
