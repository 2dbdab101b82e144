/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user makes of a frame. */
#ifndef PORTSTEER_TOP_VIEW_H
#define PORTSTEER_TOP_VIEW_H

#include "top_frame.h"

#define TOP_ENTRY	64

/**
 * struct pane - how a panel is looked at
 * @shown: rows that pass the filter, sorted
 * @count: how many
 * @sort: column to sort by; -1: the kernel's order
 * @inverse: the other way round
 * @cursor: the row that the keys are about
 * @selected: key of that row, to find it again
 * @first: the first row on the screen
 * @left: columns after the first that are scrolled away
 * @lines: of the screen, with the titles; 0: there is no room for it
 * @filter: what rows must contain
 */
struct pane {
	const struct row **shown;
	size_t count;
	int sort;
	bool inverse;
	size_t cursor;
	char *selected;
	size_t first;
	int left;
	int lines;
	char filter[TOP_ENTRY];
};

struct prompt;

/**
 * struct view - what the user makes of a frame
 * @frame: what is shown
 * @panes: by panel
 * @focus: the panel that the keys are about
 * @delay: milliseconds between two frames
 * @paused: no more frames are read
 * @help: the keys are shown instead
 * @quit: it is over
 * @prompt: what the user is typing; NULL: keys are commands
 * @entry: as far as it is typed
 * @search: what was looked for
 * @message: to the user, until the next key
 */
struct view {
	const struct frame *frame;
	struct pane panes[PANELS];
	int focus;
	uint32_t delay;
	bool paused;
	bool help;
	bool quit;
	const struct prompt *prompt;
	char entry[TOP_ENTRY];
	char search[TOP_ENTRY];
	char message[2 * TOP_ENTRY];
};

void view_open(struct view *v, uint32_t delay);
void view_close(struct view *v);
void view_show(struct view *v, const struct frame *frame);
void view_layout(struct view *v, int lines);
void view_arrange(struct view *v);
void view_focus(struct view *v, int step);
void view_move(struct view *v, long step);
void view_scroll(struct view *v, int step);
void view_sort(struct view *v, int step);
bool view_find(struct view *v, size_t step);

#endif
