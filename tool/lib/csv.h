/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_CSV_H
#define PORTSTEER_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CSV_COLUMNS	64

/**
 * struct csv - a file of lines with commas, the first of which names the columns
 * @path: its name, for complaints
 * @line: number of the line that was read last
 * @columns: how many there are
 * @name: of each column
 * @cell: of the line that was read last
 *
 * Cells have no quotes: no name and no number needs them.
 */
struct csv {
	const char *path;
	unsigned int line;
	unsigned int columns;
	char *name[CSV_COLUMNS];
	char *cell[CSV_COLUMNS];
	FILE *file;
	char *header;
	char *text;
	size_t header_size;
	size_t text_size;
};

bool csv_open(struct csv *csv, const char *path);
bool csv_next(struct csv *csv, bool *fine);
int csv_column(const struct csv *csv, const char *name);
void csv_close(struct csv *csv);

__attribute__((__format__(printf, 2, 3)))
bool csv_complain(const struct csv *csv, const char *format, ...);

#endif
