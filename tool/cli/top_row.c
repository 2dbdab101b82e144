// SPDX-License-Identifier: GPL-2.0-or-later
/* A record becomes a row of a panel: texts as they are printed elsewhere. */
#include "top_row.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

static const struct field *find_field(const struct object *o,
				      const char *keyword)
{
	const struct field *f;

	for (f = o->fields; f->keyword; f++)
		if (!strcmp(f->keyword, keyword))
			return f;
	errx(1, "%s has no field %s", o->word, keyword);
}

static int64_t number_of(const struct object *o, const char *keyword,
			 const struct record *r)
{
	return record_number(r, find_field(o, keyword)->attr);
}

static void fill_bar(struct cell *cell, const struct column *c,
		     const struct object *o, const struct record *r)
{
	double whole = c->whole ? number_of(o, c->whole, r) : PSTEER_SCALE;

	if (whole > 0)
		cell->number /= whole;
	if (whole > 0 && c->also)
		cell->also = number_of(o, c->also, r) / whole;
}

static void print_text(FILE *out, const struct column *c,
		       const struct field *f, const struct object *o,
		       const struct record *r)
{
	if (field_given(f, r))
		f->type->text(out, f, r);
	if (c->whole) {
		fputc('/', out);
		f = find_field(o, c->whole);
		f->type->text(out, f, r);
	}
	fputc('\0', out);
}

/* The words that name the object, with a space after each. */
static void print_key(FILE *out, const struct object *o,
		      const struct record *r)
{
	const struct field *f;

	for (f = o->fields; f->keyword; f++) {
		if (!(f->flags & FIELD_KEY) || !field_given(f, r))
			continue;
		f->type->text(out, f, r);
		fputc(' ', out);
	}
}

static void fill_cell(struct cell *cell, const struct column *c,
		      const struct object *o, const struct record *r)
{
	const struct field *f = find_field(o, c->keyword);

	cell->there = field_given(f, r);
	cell->number = record_number(r, f->attr);
	if (c->look == LOOK_BAR)
		fill_bar(cell, c, o, r);
	/* how fast it grows is known with the next frame */
	if (c->look == LOOK_GROWTH || c->look == LOOK_BITS) {
		cell->total = record_number(r, f->attr);
		cell->number = 0;
		cell->there = false;
	}
}

/**
 * row_fill() - make a row of a record
 * @row: all zeros
 * @panel: which it is of
 * @r: the object
 */
void row_fill(struct row *row, const struct panel *panel,
	      const struct record *r)
{
	const struct object *o = panel->object;
	const struct column *c;
	size_t size = 0;
	char *text;
	FILE *out;
	int i;

	out = open_memstream(&row->text, &size);
	if (!out)
		err(1, "no memory");
	for (c = panel->columns; c->title; c++)
		print_text(out, c, find_field(o, c->keyword), o, r);
	print_key(out, o, r);
	if (fclose(out))
		err(1, "no memory");

	text = row->text;
	for (i = 0; panel->columns[i].title; i++) {
		fill_cell(&row->cells[i], &panel->columns[i], o, r);
		row->cells[i].text = text;
		text += strlen(text) + 1;
	}
	row->key = text;
	row->mark = panel->mark ? panel->mark(r) : MARK_NONE;
}

/**
 * row_grow() - how fast totals grow, by what they were before
 * @row: now
 * @before: the same object then
 * @panel: which it is of
 * @seconds: between the two, more than 0
 */
void row_grow(struct row *row, const struct row *before,
	      const struct panel *panel, double seconds)
{
	struct cell *cell;
	int64_t more;
	int i;

	for (i = 0; panel->columns[i].title; i++) {
		cell = &row->cells[i];
		more = cell->total - before->cells[i].total;
		/* one that was taken away and added again begins anew */
		if ((panel->columns[i].look != LOOK_GROWTH &&
		     panel->columns[i].look != LOOK_BITS) || more < 0)
			continue;
		cell->number = more / seconds;
		cell->there = true;
	}
}

/**
 * row_clear() - free what a row owns
 */
void row_clear(struct row *row)
{
	free(row->text);
}
