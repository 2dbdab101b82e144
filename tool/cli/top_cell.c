// SPDX-License-Identifier: GPL-2.0-or-later
/* Cells as text: figures, bars, and how wide columns are. */
#include "top_cell.h"

#include <stdio.h>
#include <string.h>

#define BAR_LEAST	14
#define BAR_MOST	28

/* A number in three digits or so, with the unit's letter after it. */
static void print_short(double n, char *buf, size_t size)
{
	static const char units[] = "kMGTP";
	int unit = -1;

	for (; n >= 999.5 && units[unit + 1]; unit++)
		n /= 1000;
	if (unit < 0)
		snprintf(buf, size, "%.0f", n);
	else
		snprintf(buf, size, "%.*f%c", n < 99.5, n, units[unit]);
}

/**
 * column_is_left() - whether what is in a column begins at its left
 */
bool column_is_left(const struct column *c)
{
	return c->look == LOOK_WORD || c->look == LOOK_BAR;
}

/**
 * cell_text() - a figure as text
 * @c: its column
 * @cell: the figure
 * @buf: of @size bytes, may be used for it
 *
 * Return: the text.
 */
const char *cell_text(const struct column *c, const struct cell *cell,
		      char *buf, size_t size)
{
	if (!cell->there)
		return "-";
	switch (c->look) {
	case LOOK_GROWTH:
		snprintf(buf, size, "%.1f", cell->number);
		return buf;
	case LOOK_BITS:
		print_short(8 * cell->number, buf, size);
		return buf;
	default:
		return cell->text;
	}
}

static int part_of(double share, int width)
{
	if (share <= 0)
		return 0;
	/* the least that there is of something is seen */
	if (share * width < 1)
		return 1;
	return share >= 1 ? width : share * width + 0.5;
}

/**
 * cell_bar() - a share as a bar
 * @cell: the share
 * @width: of the bar, with its brackets, at least 2
 * @bar: to fill
 */
void cell_bar(const struct cell *cell, int width, struct bar *bar)
{
	const char *text = cell->there ? cell->text : "-";
	int len = strlen(text);
	int inner = width - 2;

	if (inner > CELL_TEXT - 3)
		inner = CELL_TEXT - 3;
	bar->first = cell->there ? part_of(cell->number, inner) : 0;
	bar->second = cell->there ? part_of(cell->also, inner) : 0;
	if (bar->second > inner - bar->first)
		bar->second = inner - bar->first;
	memset(bar->text, ' ', inner + 2);
	bar->text[0] = '[';
	memset(bar->text + 1, '|', bar->first);
	memset(bar->text + 1 + bar->first, ':', bar->second);
	if (len <= inner)
		memcpy(bar->text + 1 + inner - len, text, len);
	bar->text[inner + 1] = ']';
	bar->text[inner + 2] = '\0';
}

static int widest(const struct column *c, int at,
		  const struct row *const *rows, size_t count)
{
	int width = strlen(c->title);
	char buf[CELL_TEXT];
	size_t i;
	int len;

	for (i = 0; i < count; i++) {
		len = strlen(cell_text(c, &rows[i]->cells[at], buf,
				       sizeof(buf)));
		if (len > width)
			width = len;
	}
	return width;
}

/**
 * cell_widths() - how wide the columns of a panel are
 * @panel: the panel
 * @rows: those that are shown
 * @count: how many
 * @room: for all columns, with a space between two; bars share what is left
 * @widths: of TOP_COLUMNS, to fill
 */
void cell_widths(const struct panel *panel, const struct row *const *rows,
		 size_t count, int room, int *widths)
{
	const struct column *c;
	int bars = 0;
	int bar;
	int i;

	for (i = 0; panel->columns[i].title; i++) {
		c = &panel->columns[i];
		bars += c->look == LOOK_BAR;
		widths[i] = c->look == LOOK_BAR ? 0 : widest(c, i, rows, count);
		room -= widths[i] + 1;
	}
	bar = bars ? room / bars : 0;
	if (bar < BAR_LEAST)
		bar = BAR_LEAST;
	if (bar > BAR_MOST)
		bar = BAR_MOST;
	for (i = 0; panel->columns[i].title; i++)
		if (panel->columns[i].look == LOOK_BAR)
			widths[i] = bar;
}
