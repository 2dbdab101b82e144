/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal: taken, given back, read and written. */
#ifndef PORTSTEER_TOP_SCREEN_H
#define PORTSTEER_TOP_SCREEN_H

#include "top_view.h"

/* In place of a key. */
enum {
	SCREEN_NO_KEY = -1,
	SCREEN_GONE = -2,
};

/* What a part of the screen is, for its colour. */
enum shade {
	SHADE_NONE,
	SHADE_TITLE,
	SHADE_SORTED,
	SHADE_CURSOR,
	SHADE_GOOD,
	SHADE_WARN,
	SHADE_BAD,
	SHADE_FOOT,
	SHADES
};

const char *screen_open(void);
void screen_close(void);
int screen_key(int ms);
void screen_shade(enum shade shade);

void draw_view(const struct view *v);
int draw_room(void);

#endif
