/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a figure looks, on a screen as in plain text. */
#ifndef PORTSTEER_TOP_CELL_H
#define PORTSTEER_TOP_CELL_H

#include "top_frame.h"

/* Room for any cell but a bar of more columns than a screen has */
#define CELL_TEXT	320

/**
 * struct bar - a bar as text
 * @text: with its brackets
 * @first: characters after the bracket that its first part fills
 * @second: those that the second part fills, after them
 */
struct bar {
	char text[CELL_TEXT];
	int first;
	int second;
};

bool column_is_left(const struct column *c);
const char *cell_text(const struct column *c, const struct cell *cell,
		      char *buf, size_t size);
void cell_bar(const struct cell *cell, int width, struct bar *bar);
void cell_widths(const struct panel *panel, const struct row *const *rows,
		 size_t count, int room, int *widths);

#endif
