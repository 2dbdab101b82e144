// SPDX-License-Identifier: GPL-2.0-or-later
/* Prometheus' text format, as it is written. */
#include "metric.h"

#include <stdbool.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t tail = strlen(end);

	return len >= tail && !strcmp(text + len - tail, end);
}

/* Labels have quotes around them, help has not. */
static void put_escaped(FILE *out, const char *text, bool quoted)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '\\' || (quoted && *text == '"'))
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

/**
 * metric_begin() - what the values that follow are
 */
void metric_begin(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP %s ", name);
	put_escaped(out, help, false);
	fprintf(out, "\n# TYPE %s %s\n", name,
		ends_with(name, "_total") ? "counter" : "gauge");
}

/**
 * metric_value() - one value; @labels NULL: there is only one
 */
void metric_value(FILE *out, const char *name, const struct label *labels,
		  double value)
{
	const char *before = "{";

	fputs(name, out);
	for (; labels && labels->name; labels++) {
		fprintf(out, "%s%s=\"", before, labels->name);
		put_escaped(out, labels->value, true);
		fputc('"', out);
		before = ",";
	}
	if (*before == ',')
		fputc('}', out);
	fprintf(out, " %.15g\n", value);
}
