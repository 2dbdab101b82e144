// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines with commas -> cells. */
#include "csv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/**
 * csv_complain() - one sentence about the line that was read last
 *
 * Return: false.
 */
bool csv_complain(const struct csv *csv, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%u: ", csv->path, csv->line);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return false;
}

/* The next line without its end; NULL at the end of the file. */
static char *read_line(struct csv *csv, char **text, size_t *size)
{
	ssize_t len = getline(text, size, csv->file);

	if (len < 0)
		return NULL;
	csv->line++;
	(*text)[strcspn(*text, "\r\n")] = '\0';
	return *text;
}

static unsigned int split(char *line, char **cell)
{
	unsigned int count = 0;

	while (line && count < CSV_COLUMNS)
		cell[count++] = strsep(&line, ",");
	return line ? CSV_COLUMNS + 1 : count;
}

/**
 * csv_open() - open a file and read the names of its columns
 *
 * Return: whether it has some; if not, the reason was said. csv_close() ends it
 * in either case.
 */
bool csv_open(struct csv *csv, const char *path)
{
	char *line;

	*csv = (struct csv) { .path = path, .file = fopen(path, "re") };
	if (!csv->file) {
		fprintf(stderr, "portsteer: cannot open %s: %s\n", path,
			strerror(errno));
		return false;
	}
	line = read_line(csv, &csv->header, &csv->header_size);
	if (ferror(csv->file)) {
		fprintf(stderr, "portsteer: cannot read %s: %s\n", path,
			strerror(errno));
		return false;
	}
	if (!line || !*line) {
		csv->line = 1;
		return csv_complain(csv, "there is no header that names the columns");
	}
	csv->columns = split(line, csv->name);
	if (csv->columns > CSV_COLUMNS)
		return csv_complain(csv, "there are more than %d columns",
				    CSV_COLUMNS);
	return true;
}

/**
 * csv_next() - read the next line
 * @csv: the file
 * @fine: cleared if something is wrong with it, which was said
 *
 * Return: whether there is one to look at.
 */
bool csv_next(struct csv *csv, bool *fine)
{
	char *line = read_line(csv, &csv->text, &csv->text_size);
	unsigned int count;

	if (!line) {
		if (ferror(csv->file))
			*fine = csv_complain(csv, "cannot read on: %s",
					     strerror(errno));
		return false;
	}
	count = split(line, csv->cell);
	if (count == csv->columns)
		return true;
	*fine = csv_complain(csv, "there are %u columns in the header and %s here",
			     csv->columns,
			     count > csv->columns ? "more" : "fewer");
	return false;
}

/**
 * csv_column() - the number of a column, -1 if there is none of that name
 */
int csv_column(const struct csv *csv, const char *name)
{
	unsigned int i;

	for (i = 0; i < csv->columns; i++)
		if (!strcmp(csv->name[i], name))
			return i;
	return -1;
}

/**
 * csv_close() - close the file, also one that failed to open
 */
void csv_close(struct csv *csv)
{
	if (csv->file)
		fclose(csv->file);
	free(csv->header);
	free(csv->text);
}
