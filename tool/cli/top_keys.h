/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keys do to a view. */
#ifndef PORTSTEER_TOP_KEYS_H
#define PORTSTEER_TOP_KEYS_H

#include "top_view.h"

/**
 * struct prompt - something that is typed
 * @title: before it
 * @changed: at each character
 * @done: when it is complete
 * @dropped: when it is given up
 */
struct prompt {
	const char *title;
	void (*changed)(struct view *v);
	void (*done)(struct view *v);
	void (*dropped)(struct view *v);
};

/**
 * struct binding - what some keys do
 * @keys: as curses names them; ends with 0
 * @names: of the keys
 * @does: what they do
 * @foot: for the last line of the screen; NULL: not there
 * @act: do it
 */
struct binding {
	int keys[5];
	const char *names;
	const char *does;
	const char *foot;
	void (*act)(struct view *v);
};

/* Ends with one without a function. */
extern const struct binding bindings[];

void keys_press(struct view *v, int key);

#endif
