// SPDX-License-Identifier: GPL-2.0-or-later
/* A view: which rows are shown in which order, and where the user is. */
#include "top_view.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/* With less than this for each, only the panel with the focus is shown. */
#define PANE_LINES	3

/**
 * view_open() - begin with nothing to see
 */
void view_open(struct view *v, uint32_t delay)
{
	int p;

	memset(v, 0, sizeof(*v));
	v->delay = delay;
	for (p = 0; p < PANELS; p++)
		v->panes[p].sort = -1;
}

/**
 * view_close() - free what a view owns; the frame is not among it
 */
void view_close(struct view *v)
{
	int p;

	for (p = 0; p < PANELS; p++) {
		free(v->panes[p].shown);
		free(v->panes[p].selected);
	}
}

static bool contains(const struct row *row, const struct panel *panel,
		     const char *word)
{
	int i;

	for (i = 0; panel->columns[i].title; i++)
		if (strcasestr(row->cells[i].text, word))
			return true;
	return false;
}

/* How a pane's rows are to be sorted. */
struct order {
	int column;
	enum look look;
	bool inverse;
};

/* Words rise, figures fall. What is not there comes last. */
static int compare_cells(const void *a, const void *b, void *arg)
{
	const struct order *order = arg;
	const struct row *rows[] = {
		*(const struct row *const *)a, *(const struct row *const *)b
	};
	const struct cell *x = &rows[0]->cells[order->column];
	const struct cell *y = &rows[1]->cells[order->column];
	int way = order->inverse ? -1 : 1;

	if (x->there != y->there)
		return x->there ? -1 : 1;
	if (order->look == LOOK_WORD && strcmp(x->text, y->text))
		return way * strverscmp(x->text, y->text);
	if (order->look != LOOK_WORD && x->number != y->number)
		return x->number > y->number ? -way : way;
	/* as they came */
	return rows[0] < rows[1] ? -1 : 1;
}

static void sort_pane(struct pane *pane, const struct panel *panel)
{
	struct order order = { .column = pane->sort, .inverse = pane->inverse };

	if (pane->sort < 0)
		return;
	order.look = panel->columns[pane->sort].look;
	qsort_r(pane->shown, pane->count, sizeof(*pane->shown), compare_cells,
		&order);
}

static void select_row(struct pane *pane)
{
	free(pane->selected);
	pane->selected = NULL;
	if (!pane->count)
		return;
	pane->selected = strdup(pane->shown[pane->cursor]->key);
	if (!pane->selected)
		err(1, "no memory");
}

/*
 * The cursor stays with its object. Only at the top it stays there, for who
 * looks at the first of a sorted list.
 */
static void follow_row(struct pane *pane)
{
	size_t i;

	if (pane->cursor >= pane->count)
		pane->cursor = pane->count ? pane->count - 1 : 0;
	for (i = 0; pane->cursor && pane->selected && i < pane->count; i++)
		if (!strcmp(pane->shown[i]->key, pane->selected)) {
			pane->cursor = i;
			break;
		}
	select_row(pane);
}

static void arrange_pane(struct pane *pane, const struct panel *panel,
			 const struct rows *rows)
{
	size_t i;

	free(pane->shown);
	pane->shown = calloc(rows->count + 1, sizeof(*pane->shown));
	if (!pane->shown)
		err(1, "no memory");
	pane->count = 0;
	for (i = 0; i < rows->count; i++)
		if (contains(&rows->row[i], panel, pane->filter))
			pane->shown[pane->count++] = &rows->row[i];
	sort_pane(pane, panel);
	follow_row(pane);
}

static bool is_empty(const struct view *v, int panel)
{
	return !v->frame->rows[panel].count;
}

/**
 * view_arrange() - filter and sort anew
 */
void view_arrange(struct view *v)
{
	int p;

	for (p = 0; p < PANELS; p++)
		arrange_pane(&v->panes[p], &panels[p], &v->frame->rows[p]);
	if (is_empty(v, v->focus))
		view_focus(v, 1);
}

/**
 * view_show() - go on with another frame; the one before is not looked at again
 */
void view_show(struct view *v, const struct frame *frame)
{
	v->frame = frame;
	view_arrange(v);
}

/**
 * view_focus() - go to the next panel that has something, or back
 * @v: the view
 * @step: 1 or -1
 */
void view_focus(struct view *v, int step)
{
	int tries;

	for (tries = 0; tries < PANELS; tries++) {
		v->focus = (v->focus + step + PANELS) % PANELS;
		if (!is_empty(v, v->focus))
			return;
	}
}

/**
 * view_move() - move the cursor by some rows, as far as there are any
 */
void view_move(struct view *v, long step)
{
	struct pane *pane = &v->panes[v->focus];
	long most = (long)pane->count - 1;
	long to = (long)pane->cursor + step;

	if (to > most)
		to = most;
	pane->cursor = to < 0 ? 0 : to;
	select_row(pane);
}

static int count_columns(const struct panel *panel)
{
	int n = 0;

	while (panel->columns[n].title)
		n++;
	return n;
}

/**
 * view_scroll() - scroll by some columns; the first, with the names, stays
 */
void view_scroll(struct view *v, int step)
{
	struct pane *pane = &v->panes[v->focus];
	int most = count_columns(&panels[v->focus]) - 2;

	pane->left += step;
	if (pane->left > most)
		pane->left = most;
	if (pane->left < 0)
		pane->left = 0;
}

/**
 * view_sort() - sort by the next column, or by the one before
 *
 * Before the first and after the last is the kernel's order.
 */
void view_sort(struct view *v, int step)
{
	struct pane *pane = &v->panes[v->focus];
	int columns = count_columns(&panels[v->focus]);

	pane->sort += step;
	if (pane->sort < -1)
		pane->sort = columns - 1;
	if (pane->sort >= columns)
		pane->sort = -1;
	pane->cursor = 0;
	view_arrange(v);
}

/**
 * view_find() - move the cursor to the next row with what is looked for
 * @v: the view
 * @step: 0: the row of the cursor may be it, 1: it is one after that
 *
 * Return: whether there is one.
 */
bool view_find(struct view *v, size_t step)
{
	struct pane *pane = &v->panes[v->focus];
	size_t at;
	size_t i;

	for (i = 0; i < pane->count; i++) {
		at = (pane->cursor + step + i) % pane->count;
		if (!contains(pane->shown[at], &panels[v->focus], v->search))
			continue;
		pane->cursor = at;
		select_row(pane);
		return true;
	}
	return false;
}

/* How many lines a panel could fill. */
static int lines_wanted(const struct view *v, int panel)
{
	const size_t most = 10000;
	size_t count = v->panes[panel].count;

	if (is_empty(v, panel))
		return 0;
	/* a line that says that the filter lets nothing through */
	return count ? 1 + (int)(count < most ? count : most) : 2;
}

static void keep_in_sight(struct pane *pane)
{
	size_t rows = pane->lines > 1 ? pane->lines - 1 : 1;

	if (pane->cursor < pane->first)
		pane->first = pane->cursor;
	if (pane->cursor >= pane->first + rows)
		pane->first = pane->cursor - rows + 1;
	if (pane->first + rows > pane->count)
		pane->first = pane->count > rows ? pane->count - rows : 0;
}

/**
 * view_layout() - share out the lines of the screen among the panels
 *
 * One at a time, first to the panel with the focus, so that small ones are
 * whole and large ones get what is left.
 */
void view_layout(struct view *v, int lines)
{
	int wanted[PANELS];
	int shown = 0;
	bool given;
	int p;
	int i;

	for (p = 0; p < PANELS; p++) {
		v->panes[p].lines = 0;
		wanted[p] = lines_wanted(v, p);
		shown += wanted[p] > 0;
	}
	for (p = 0; p < PANELS && lines < shown * PANE_LINES; p++)
		if (p != v->focus)
			wanted[p] = 0;
	do {
		given = false;
		for (i = 0; i < PANELS && lines > 0; i++) {
			p = (v->focus + i) % PANELS;
			if (v->panes[p].lines == wanted[p])
				continue;
			v->panes[p].lines++;
			lines--;
			given = true;
		}
	} while (given);
	for (p = 0; p < PANELS; p++)
		keep_in_sight(&v->panes[p]);
}
