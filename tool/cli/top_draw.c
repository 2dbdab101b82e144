// SPDX-License-Identifier: GPL-2.0-or-later
/* A view on the screen: head, panels, and a line of keys at the foot. */
#include <stdio.h>
#include <string.h>

#define NCURSES_NOMACROS
#include <curses.h>

#include "format.h"
#include "top_cell.h"
#include "top_keys.h"
#include "top_screen.h"

#define HEAD_LINES	3
#define FOOT_LINES	1
#define NAMES_COLUMNS	12

/* From here on a bar is long, and from here on it is too long. */
#define BAR_WARN	0.6
#define BAR_BAD		0.85

/**
 * draw_room() - lines that the screen has for panels
 */
int draw_room(void)
{
	return LINES - HEAD_LINES - FOOT_LINES;
}

/* Write at a place, no further than the line goes. */
static void put(int line, int column, const char *text)
{
	if (line >= 0 && line < LINES && column < COLS)
		mvaddnstr(line, column, text, COLS - column);
}

static enum shade bar_shade(const struct column *c, double number)
{
	if (c->scarce)
		number = 1 - number;
	if (number >= BAR_BAD)
		return SHADE_BAD;
	return number >= BAR_WARN ? SHADE_WARN : SHADE_GOOD;
}

static void draw_bar(int line, int at, const struct column *c,
		     const struct cell *cell, int width, bool plain)
{
	struct bar bar;
	char part[CELL_TEXT];

	cell_bar(cell, width, &bar);
	put(line, at, bar.text);
	if (plain)
		return;
	snprintf(part, sizeof(part), "%.*s", bar.first, bar.text + 1);
	screen_shade(bar_shade(c, cell->number));
	put(line, at + 1, part);
	snprintf(part, sizeof(part), "%.*s", bar.second,
		 bar.text + 1 + bar.first);
	screen_shade(SHADE_WARN);
	put(line, at + 1 + bar.first, part);
}

static void draw_text(int line, int at, const struct column *c, int width,
		      const char *text)
{
	char buf[CELL_TEXT + 1];

	snprintf(buf, sizeof(buf), column_is_left(c) ? "%-*s" : "%*s", width,
		 text);
	put(line, at, buf);
}

/* Where a column begins, or -1: it is scrolled away. */
static int place_of(int column, const struct pane *pane, const int *widths)
{
	int at = 0;
	int i;

	if (column && column <= pane->left)
		return -1;
	for (i = 0; i < column; i++)
		if (!i || i > pane->left)
			at += widths[i] + 1;
	return at;
}

static void draw_titles(int line, const struct panel *panel,
			const struct pane *pane, const int *widths,
			bool focused)
{
	const struct column *c = panel->columns;
	int at;
	int i;

	screen_shade(focused ? SHADE_TITLE : SHADE_NONE);
	mvhline(line, 0, ' ', COLS);
	for (i = 0; c[i].title; i++) {
		at = place_of(i, pane, widths);
		if (at < 0)
			continue;
		if (i == pane->sort)
			screen_shade(SHADE_SORTED);
		draw_text(line, at, &c[i], widths[i], c[i].title);
		screen_shade(focused ? SHADE_TITLE : SHADE_NONE);
	}
}

static enum shade row_shade(const struct row *row, bool at_cursor)
{
	if (at_cursor)
		return SHADE_CURSOR;
	if (row->mark == MARK_BAD)
		return SHADE_BAD;
	return row->mark == MARK_WARN ? SHADE_WARN : SHADE_NONE;
}

static void draw_row(int line, const struct panel *panel,
		     const struct pane *pane, const struct row *row,
		     const int *widths, bool at_cursor)
{
	enum shade shade = row_shade(row, at_cursor);
	const struct column *c = panel->columns;
	char buf[CELL_TEXT];
	int at;
	int i;

	screen_shade(shade);
	if (at_cursor)
		mvhline(line, 0, ' ', COLS);
	for (i = 0; c[i].title; i++) {
		at = place_of(i, pane, widths);
		if (at < 0)
			continue;
		screen_shade(shade);
		if (c[i].look == LOOK_BAR)
			draw_bar(line, at, &c[i], &row->cells[i], widths[i],
				 at_cursor);
		else
			draw_text(line, at, &c[i], widths[i],
				  cell_text(&c[i], &row->cells[i], buf,
					    sizeof(buf)));
	}
}

static void draw_pane(int line, const struct panel *panel,
		      const struct pane *pane, bool focused)
{
	int widths[TOP_COLUMNS];
	int i;

	cell_widths(panel, pane->shown, pane->count, COLS, widths);
	draw_titles(line, panel, pane, widths, focused);
	screen_shade(SHADE_NONE);
	if (!pane->count && pane->lines > 1)
		put(line + 1, 0, "the filter lets nothing through");
	for (i = 1; i < pane->lines && pane->first + i - 1 < pane->count; i++)
		draw_row(line + i, panel, pane,
			 pane->shown[pane->first + i - 1], widths,
			 focused && pane->first + i - 1 == pane->cursor);
}

static void draw_panes(const struct view *v)
{
	const char *sentence = frame_sentence(v->frame);
	int line = HEAD_LINES;
	int p;

	if (sentence) {
		screen_shade(v->frame->read ? SHADE_NONE : SHADE_BAD);
		put(line, 0, sentence);
		return;
	}
	for (p = 0; p < PANELS; p++) {
		if (v->panes[p].lines)
			draw_pane(line, &panels[p], &v->panes[p],
				  p == v->focus);
		line += v->panes[p].lines;
	}
}

static void draw_head(const struct view *v)
{
	const struct pane *pane = &v->panes[v->focus];
	char delay[FORMAT_MAX];
	char clock[FORMAT_MAX];
	char line[CELL_TEXT];

	screen_shade(SHADE_NONE);
	snprintf(line, sizeof(line), "portsteer top  %s  every %s%s%s",
		 format_clock(clock, v->frame->clock),
		 format_time(delay, v->delay * 1000ULL),
		 v->paused ? "  PAUSED" : "",
		 v->frame->torn ? "  lists changed while they were read" : "");
	put(0, 0, line);
	if (frame_sentence(v->frame))
		return;
	frame_summary(v->frame, line, sizeof(line));
	put(1, 0, line);
	snprintf(line, sizeof(line), "%s %zu of %zu%s%s",
		 panels[v->focus].object->word,
		 pane->count ? pane->cursor + 1 : 0, pane->count,
		 *pane->filter ? "  filter: " : "", pane->filter);
	put(2, 0, line);
}

static void draw_foot(const struct view *v)
{
	const struct binding *b;
	char line[CELL_TEXT];
	int at = 0;

	screen_shade(SHADE_FOOT);
	mvhline(LINES - 1, 0, ' ', COLS);
	if (v->prompt || *v->message) {
		snprintf(line, sizeof(line), "%s%s%s%s",
			 v->prompt ? v->prompt->title : "",
			 v->prompt ? v->entry : "", v->prompt ? "_  " : "",
			 v->message);
		put(LINES - 1, 0, line);
		return;
	}
	for (b = bindings; b->act; b++) {
		if (!b->foot)
			continue;
		put(LINES - 1, at, b->foot);
		at += strlen(b->foot) + 1;
	}
}

static void draw_help(void)
{
	const struct binding *b;
	int line = HEAD_LINES;
	char text[CELL_TEXT];

	screen_shade(SHADE_NONE);
	for (b = bindings; b->act; b++) {
		snprintf(text, sizeof(text), "%-*s %s", NAMES_COLUMNS, b->names,
			 b->does);
		put(line++, 0, text);
	}
	put(line + 1, 0, "Bars of pools: | used, : held. Any key goes back.");
}

/**
 * draw_view() - bring the screen up to date
 */
void draw_view(const struct view *v)
{
	screen_shade(SHADE_NONE);
	erase();
	draw_head(v);
	if (v->help)
		draw_help();
	else
		draw_panes(v);
	draw_foot(v);
	refresh();
}
