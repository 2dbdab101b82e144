/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is to see: tables of objects. */
#ifndef PORTSTEER_TOP_PANEL_H
#define PORTSTEER_TOP_PANEL_H

#include <stdbool.h>

#include "record.h"
#include "schema.h"

#define TOP_COLUMNS	12

enum panel_number {
	PANEL_SERVICE,
	PANEL_SERVER,
	PANEL_POOL,
	PANEL_VM,
	PANEL_GRANT,
	PANELS
};

enum look {
	LOOK_WORD,	/* as the field is printed, at the left */
	LOOK_NUMBER,	/* the same at the right */
	LOOK_GROWTH,	/* of a total, a second */
	LOOK_BITS,	/* the same of bytes, in bits */
	LOOK_BAR,
};

enum mark {
	MARK_NONE,
	MARK_WARN,
	MARK_BAD,
};

/**
 * struct column - one figure of a panel
 * @title: above it
 * @keyword: the field of the panel's object
 * @look: how it is shown
 * @also: a bar's second part, a field; NULL: it has none
 * @whole: what all of a bar is, a field; NULL: it is a share
 * @scarce: a short bar is what to look out for, not a long one
 */
struct column {
	const char *title;
	const char *keyword;
	enum look look;
	const char *also;
	const char *whole;
	bool scarce;
};

/**
 * struct panel - a table of objects
 * @object: what they are
 * @columns: the first names them; ends with one without a title
 * @mark: which of them to look at first
 */
struct panel {
	const struct object *object;
	const struct column *columns;
	enum mark (*mark)(const struct record *r);
};

extern const struct panel panels[PANELS];

#endif
