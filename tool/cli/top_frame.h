/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was read at one moment. */
#ifndef PORTSTEER_TOP_FRAME_H
#define PORTSTEER_TOP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "refusal.h"
#include "top_panel.h"

/**
 * struct cell - a figure of an object
 * @there: the object has it
 * @text: as its field is printed
 * @number: to sort by; how much of a bar is filled, 0 to 1; a growth
 * @also: how much of a bar its second part fills
 * @total: what a growth is made of
 */
struct cell {
	bool there;
	const char *text;
	double number;
	double also;
	int64_t total;
};

/**
 * struct row - an object
 * @key: its name, by which it is known in the next frame
 * @mark: whether to look at it first
 * @cells: its figures
 * @text: holds all of its texts
 */
struct row {
	const char *key;
	enum mark mark;
	struct cell cells[TOP_COLUMNS];
	char *text;
};

/**
 * struct rows - the objects of a panel, in the kernel's order
 * @row: all of them
 * @by_key: the same in the order of their keys
 * @count: how many
 */
struct rows {
	struct row *row;
	const struct row **by_key;
	size_t count;
};

/**
 * struct frame - what was read at one moment
 * @read: it could be read; if not, @refusal says why
 * @torn: some list changed while it was read
 * @clock: milliseconds since the epoch
 * @at: seconds of a clock that is never set
 * @rows: by panel
 * @refusal: why it could not be read
 */
struct frame {
	bool read;
	bool torn;
	uint64_t clock;
	double at;
	struct rows rows[PANELS];
	struct refusal refusal;
};

double frame_now(void);
struct frame *frame_read(const struct frame *before);
void frame_free(struct frame *frame);
const char *frame_sentence(const struct frame *frame);
void frame_summary(const struct frame *frame, char *buf, size_t size);

#endif
