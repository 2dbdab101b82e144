// SPDX-License-Identifier: GPL-2.0-or-later
/* A frame: every panel's objects, read by dumps one after the other. */
#include "top_frame.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "grow.h"
#include "top_row.h"

struct intake {
	struct rows *rows;
	const struct panel *panel;
};

/**
 * frame_now() - seconds of the clock that frames are timed by
 */
double frame_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void take_record(const struct record *r, void *arg)
{
	struct rows *rows = ((struct intake *)arg)->rows;
	struct row *row;

	rows->row = grow(rows->row, rows->count, sizeof(*rows->row));
	row = &rows->row[rows->count++];
	memset(row, 0, sizeof(*row));
	row_fill(row, ((struct intake *)arg)->panel, r);
}

static int compare_rows(const void *a, const void *b)
{
	return strcmp((*(const struct row *const *)a)->key,
		      (*(const struct row *const *)b)->key);
}

static void order_by_key(struct rows *rows)
{
	size_t i;

	rows->by_key = calloc(rows->count + 1, sizeof(*rows->by_key));
	if (!rows->by_key)
		err(1, "no memory");
	for (i = 0; i < rows->count; i++)
		rows->by_key[i] = &rows->row[i];
	qsort(rows->by_key, rows->count, sizeof(*rows->by_key), compare_rows);
}

static void compare_frames(struct frame *frame, const struct frame *before)
{
	double seconds = frame->at - before->at;
	const struct rows *then;
	const struct row **same;
	const struct row *row;
	struct rows *now;
	size_t i;
	int p;

	for (p = 0; p < PANELS && seconds > 0; p++) {
		now = &frame->rows[p];
		then = &before->rows[p];
		for (i = 0; i < now->count; i++) {
			row = &now->row[i];
			same = bsearch(&row, then->by_key, then->count,
				       sizeof(*then->by_key), compare_rows);
			if (same)
				row_grow(&now->row[i], *same, &panels[p],
					 seconds);
		}
	}
}

static int read_panels(struct netlink *nl, struct frame *frame)
{
	struct record none = { 0 };
	struct intake in;
	bool torn;
	int ret;
	int p;

	for (p = 0; p < PANELS; p++) {
		in = (struct intake) { &frame->rows[p], &panels[p] };
		torn = false;
		ret = fetch_list(nl, in.panel->object, in.panel->object->get,
				 &none, take_record, &in, &torn);
		if (ret)
			return ret;
		frame->torn |= torn;
	}
	return 0;
}

/**
 * frame_read() - read all there is to see
 * @before: the frame before, by which growth is told; or NULL
 *
 * The socket is opened anew each time, so that it makes no difference whether
 * the module was loaded again since.
 *
 * Return: the frame, the caller's to free; also one that could not be read.
 */
struct frame *frame_read(const struct frame *before)
{
	struct frame *frame = calloc(1, sizeof(*frame));
	struct timespec now;
	struct netlink nl;
	int p;

	if (!frame)
		err(1, "no memory");
	frame->read = !netlink_open(&nl) && !read_panels(&nl, frame);
	frame->refusal = nl.refusal;
	netlink_close(&nl);
	clock_gettime(CLOCK_REALTIME, &now);
	frame->clock = now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
	frame->at = frame_now();
	for (p = 0; p < PANELS; p++)
		order_by_key(&frame->rows[p]);
	if (before)
		compare_frames(frame, before);
	return frame;
}

/**
 * frame_free() - end the life of a frame, or of none
 */
void frame_free(struct frame *frame)
{
	size_t i;
	int p;

	for (p = 0; frame && p < PANELS; p++) {
		for (i = 0; i < frame->rows[p].count; i++)
			row_clear(&frame->rows[p].row[i]);
		free(frame->rows[p].row);
		free(frame->rows[p].by_key);
	}
	free(frame);
}

/**
 * frame_sentence() - why there is nothing to see, NULL if there is
 */
const char *frame_sentence(const struct frame *frame)
{
	int p;

	if (!frame->read)
		return command_sentence(&frame->refusal);
	for (p = 0; p < PANELS; p++)
		if (frame->rows[p].count)
			return NULL;
	return "nothing is configured in this network namespace";
}

/* The sum of a column over a panel. */
static double sum_of(const struct frame *frame, int panel, const char *keyword)
{
	const struct column *columns = panels[panel].columns;
	double sum = 0;
	size_t i;
	int c;

	for (c = 0; columns[c].title && strcmp(columns[c].keyword, keyword);)
		c++;
	for (i = 0; columns[c].title && i < frame->rows[panel].count; i++)
		sum += frame->rows[panel].row[i].cells[c].number;
	return sum;
}

static size_t count_bad(const struct rows *rows)
{
	size_t bad = 0;
	size_t i;

	for (i = 0; i < rows->count; i++)
		bad += rows->row[i].mark == MARK_BAD;
	return bad;
}

/**
 * frame_summary() - all of it in one line
 */
void frame_summary(const struct frame *frame, char *buf, size_t size)
{
	const struct rows *servers = &frame->rows[PANEL_SERVER];
	const struct rows *vms = &frame->rows[PANEL_VM];

	snprintf(buf, size,
		 "sessions %.0f, new %.1f/s; servers %zu, unhealthy %zu; VMs %zu, full %zu",
		 sum_of(frame, PANEL_SERVICE, "sessions") +
		 sum_of(frame, PANEL_VM, "sessions"),
		 sum_of(frame, PANEL_SERVICE, "created") +
		 sum_of(frame, PANEL_VM, "created"), servers->count,
		 count_bad(servers), vms->count, count_bad(vms));
}
