// SPDX-License-Identifier: GPL-2.0-or-later
/* top: what the gateway does at this moment, again and again. */
#include "top.h"

#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "format.h"
#include "objects.h"
#include "top_keys.h"
#include "top_screen.h"

#define MS	1000

/* Its own words travel nowhere. */
enum {
	TOP_A_DELAY = 1,
	TOP_A_FRAMES,
};

static void show_next(struct view *v, struct frame **frame)
{
	struct frame *before = *frame;

	*frame = frame_read(before);
	view_show(v, *frame);
	frame_free(before);
}

/* How long a key is waited for, in milliseconds. */
static int left_of(const struct view *v, const struct frame *frame)
{
	double left = MS * (frame->at - frame_now()) + v->delay;

	if (v->paused)
		return v->delay;
	return left > 0 ? left + 1 : 0;
}

static void watch_keys(struct view *v, struct frame **frame)
{
	int key;

	while (!v->quit) {
		view_layout(v, draw_room());
		draw_view(v);
		key = screen_key(left_of(v, *frame));
		if (key == SCREEN_GONE)
			return;
		if (key != SCREEN_NO_KEY)
			keys_press(v, key);
		if (!v->paused && !left_of(v, *frame))
			show_next(v, frame);
	}
}

static int refuse_terminal(const struct args *a, const char *why)
{
	const char *term = getenv("TERM");

	args_say(a, "the terminal \"%s\" %s; top frames 1 prints text",
		 term ? term : "", why);
	return REFUSED;
}

static int watch(const struct args *a, uint32_t delay)
{
	struct frame *frame = frame_read(NULL);
	int status = REFUSED;
	const char *wrong;
	struct view v;

	wrong = frame->read ? screen_open() : NULL;
	if (!frame->read) {
		args_say(a, "%s", frame_sentence(frame));
	} else if (wrong) {
		status = refuse_terminal(a, wrong);
	} else {
		view_open(&v, delay);
		view_show(&v, frame);
		watch_keys(&v, &frame);
		view_close(&v);
		screen_close();
		status = DONE;
	}
	frame_free(frame);
	return status;
}

static bool check_delay(const struct args *a, int64_t delay)
{
	if (delay >= TOP_DELAY_MIN && delay <= TOP_DELAY_MAX)
		return true;
	args_say(a, "the delay is %d ms to %d h", TOP_DELAY_MIN,
		 TOP_DELAY_MAX / (3600 * MS));
	return false;
}

static int top_run(const struct object *o, const struct verb *v,
		   const struct args *a)
{
	struct record wanted = { 0 };
	int64_t delay = TOP_DELAY;
	int64_t frames;
	bool fine;

	fine = args_read(a, o, v, &wanted);
	if (record_has(&wanted, TOP_A_DELAY))
		delay = record_number(&wanted, TOP_A_DELAY);
	frames = record_number(&wanted, TOP_A_FRAMES);
	record_clear(&wanted);
	if (!fine || !check_delay(a, delay))
		return MISUSED;
	if (options.json) {
		args_say(a, "top prints no JSON; server show, vm show and the others do");
		return MISUSED;
	}
	if (frames || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return text_frames(a, delay, frames);
	return watch(a, delay);
}

static const struct field top_fields[] = {
	{
		.keyword = "delay", .attr = TOP_A_DELAY, .type = &type_time,
		.takes = ROLE_SHOW,
	}, {
		.keyword = "frames", .attr = TOP_A_FRAMES, .type = &type_count,
		.takes = ROLE_SHOW,
	},
	{ 0 }
};

static const struct verb top_verbs[] = {
	{ .role = ROLE_SHOW, .run = top_run },
	{ 0 }
};

const struct object top_object = {
	.word = "top",
	.about = "load, ports and sessions as they change, on the whole terminal",
	.fields = top_fields,
	.verbs = top_verbs,
};
