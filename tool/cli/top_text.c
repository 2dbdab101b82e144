// SPDX-License-Identifier: GPL-2.0-or-later
/* top without a screen: frames as text, one after the other. */
#include "top.h"

#include <time.h>

#include "command.h"
#include "format.h"
#include "top_cell.h"
#include "top_view.h"

#define TEXT_COLUMNS	120
#define MS		1000

static void print_cell(const struct column *c, const struct cell *cell,
		       int width, char after)
{
	char buf[CELL_TEXT];
	struct bar bar;

	if (c->look == LOOK_BAR) {
		cell_bar(cell, width, &bar);
		printf("%s%c", bar.text, after);
		return;
	}
	printf(column_is_left(c) ? "%-*s%c" : "%*s%c", width,
	       cell_text(c, cell, buf, sizeof(buf)), after);
}

static void print_panel(const struct panel *panel, const struct pane *pane)
{
	const struct column *c = panel->columns;
	int widths[TOP_COLUMNS];
	size_t i;
	int at;

	if (!pane->count)
		return;
	putchar('\n');
	cell_widths(panel, pane->shown, pane->count, TEXT_COLUMNS, widths);
	for (at = 0; c[at].title; at++)
		printf(column_is_left(&c[at]) ? "%-*s%c" : "%*s%c",
		       widths[at], c[at].title, c[at + 1].title ? ' ' : '\n');
	for (i = 0; i < pane->count; i++)
		for (at = 0; c[at].title; at++)
			print_cell(&c[at], &pane->shown[i]->cells[at],
				   widths[at], c[at + 1].title ? ' ' : '\n');
}

static void print_view(const struct view *v)
{
	const char *sentence = frame_sentence(v->frame);
	char clock[FORMAT_MAX];
	char line[CELL_TEXT];
	int p;

	frame_summary(v->frame, line, sizeof(line));
	printf("%s  %s\n", format_clock(clock, v->frame->clock),
	       sentence ? sentence : line);
	for (p = 0; p < PANELS; p++)
		print_panel(&panels[p], &v->panes[p]);
}

static void wait_until(double due)
{
	double seconds = due - frame_now();
	struct timespec rest = { .tv_sec = seconds };

	rest.tv_nsec = (seconds - rest.tv_sec) * 1e9;
	if (seconds > 0)
		nanosleep(&rest, NULL);
}

/**
 * text_frames() - print frames
 * @a: the command, for complaints
 * @delay: milliseconds between two
 * @frames: how many; 0: until it is interrupted
 *
 * Return: an exit status.
 */
int text_frames(const struct args *a, uint32_t delay, int64_t frames)
{
	struct frame *before = NULL;
	struct frame *frame;
	struct view v;
	int64_t n;
	int status;

	view_open(&v, delay);
	for (n = 1;; n++) {
		frame = frame_read(before);
		frame_free(before);
		before = frame;
		if (!frame->read)
			break;
		view_show(&v, frame);
		if (n > 1)
			putchar('\n');
		print_view(&v);
		if (fflush(stdout) || n == frames)
			break;
		wait_until(frame->at + (double)delay / MS);
	}
	if (!frame->read)
		args_say(a, "%s", frame_sentence(frame));
	status = frame->read ? DONE : REFUSED;
	view_close(&v);
	frame_free(frame);
	return status;
}
