// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * blocks: the log of who held which ports, a line of JSON for each event. It begins,
 * and goes on after a gap, with the ranges that are there.
 */
#include "part.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <linux/portsteer.h>

#include "format.h"
#include "kernel.h"
#include "log.h"
#include "metric.h"

#define LIST_MS	1000	/* after a gap, so that many gaps cost one list */

/**
 * struct blocks_settings - the section
 * @file: path of the log
 */
struct blocks_settings {
	char *file;
};

/**
 * struct blocks - the log
 * @daemon: the program
 * @path: of the file
 * @fd: the file
 * @lines: written
 * @missed: lines that the file did not take
 * @missing: of these, how many since a line was written last
 * @gaps: times that notifications were lost, or the module was loaded anew
 * @watch: of ranges
 * @list: when the ranges that are there are written
 * @reopen: at a signal
 */
struct blocks {
	struct daemon *daemon;
	const char *path;
	int fd;
	uint64_t lines;
	uint64_t missed;
	uint64_t missing;
	uint64_t gaps;
	struct kernel_watch watch;
	struct event *list;
	struct event *reopen;
};

static uint64_t wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

/* As a whole, or not at all. */
static bool put_text(const struct blocks *blocks, const char *text, size_t len)
{
	off_t before = lseek(blocks->fd, 0, SEEK_END);
	ssize_t written = write(blocks->fd, text, len);

	if (written == (ssize_t)len)
		return true;
	if (written >= 0)
		errno = ENOSPC;
	if (written > 0 && before >= 0)
		(void)!ftruncate(blocks->fd, before);
	return false;
}

static void put_json(FILE *out, json_t *json)
{
	json_dumpf(json, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(json);
}

/* What was missed stands where it would have stood. */
static void own_up(const struct blocks *blocks, FILE *out)
{
	char clock[FORMAT_MAX];

	if (blocks->missing)
		put_json(out, json_pack("{s:s, s:s, s:I}", "time",
					format_clock(clock, wall_ms()),
					"event", "missed", "lines",
					(json_int_t)blocks->missing));
}

static void note_written(struct blocks *blocks)
{
	if (blocks->missing)
		log_notice("blocks: %s takes lines again, %" PRIu64 " are missing",
			   blocks->path, blocks->missing);
	blocks->missing = 0;
	blocks->lines++;
}

static void note_missed(struct blocks *blocks)
{
	if (!blocks->missing)
		log_error("blocks: %s takes no more lines: %s", blocks->path,
			  strerror(errno));
	blocks->missing++;
	blocks->missed++;
}

static void add_line(struct blocks *blocks, json_t *json)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		err(1, "no memory");
	own_up(blocks, out);
	put_json(out, json);
	fclose(out);
	if (put_text(blocks, text, len))
		note_written(blocks);
	else
		note_missed(blocks);
	free(text);
}

static void add_mark(struct blocks *blocks, const char *event)
{
	char clock[FORMAT_MAX];

	add_line(blocks, json_pack("{s:s, s:s}", "time",
				   format_clock(clock, wall_ms()), "event",
				   event));
}

/* Owners are names or addresses; what is held has none any more. */
static json_t *owner_of(const struct record *r)
{
	const struct address *address = record_address(r, PSTEER_A_RANGE_OWNER);
	char text[FORMAT_MAX];

	if (record_has(r, PSTEER_A_RANGE_OWNER_NAME))
		return json_string(record_text(r, PSTEER_A_RANGE_OWNER_NAME));
	return address ? json_string(format_address(text, address)) :
			 json_null();
}

static void add_range(struct blocks *blocks, const struct record *r,
		      uint64_t ms, const char *event)
{
	const struct address *address = record_address(r, PSTEER_A_RANGE_ADDRESS);
	json_int_t type = record_number(r, PSTEER_A_RANGE_OWNER_TYPE);
	json_int_t state = record_number(r, PSTEER_A_RANGE_STATE);
	json_int_t first = record_number(r, PSTEER_A_RANGE_FIRST);
	json_int_t last = record_number(r, PSTEER_A_RANGE_LAST);
	char clock[FORMAT_MAX], text[FORMAT_MAX];
	json_t *line;

	line = json_pack("{s:s, s:s, s:s, s:s?, s:I, s:I, s:s?, s:o, s:s?}",
			 "time", format_clock(clock, ms), "event", event,
			 "pool", record_text(r, PSTEER_A_RANGE_POOL), "address",
			 address ? format_address(text, address) : NULL,
			 "first", first, "last", last, "owner_type",
			 names_word(owner_type_names, type), "owner",
			 owner_of(r), "state",
			 names_word(range_state_names, state));
	add_line(blocks, line);
}

static void on_told(const struct record *r, void *arg)
{
	const struct notice *notice = range_object.notice;
	const char *event = names_word(notice->words,
				       record_number(r, notice->event));

	add_range(arg, r, record_number(r, notice->time),
		  event ? event : "changed");
}

static void list_soon(struct blocks *blocks)
{
	static const struct timeval soon = { .tv_sec = LIST_MS / 1000 };

	if (!event_pending(blocks->list, EV_TIMEOUT, NULL))
		event_add(blocks->list, &soon);
}

static void on_lost(void *arg)
{
	struct blocks *blocks = arg;

	blocks->gaps++;
	add_mark(blocks, "gap");
	list_soon(blocks);
}

static void add_present(const struct record *r, void *arg)
{
	add_range(arg, r, wall_ms(), "present");
}

/* If it can't be read whole, what comes next stands there all the same. */
static void on_list(evutil_socket_t fd, short what, void *arg)
{
	struct blocks *blocks = arg;
	struct refusal refusal;
	int ret;

	(void)fd;
	(void)what;
	ret = kernel_list(blocks->daemon->kernel, &range_object, NULL,
			  add_present, blocks, &refusal);
	if (ret == -EAGAIN)
		list_soon(blocks);
	else if (ret && ret != -ENODEV)
		log_warning("blocks: ranges cannot be listed: %s", refusal.text);
}

/* A pipe that nobody reads must not stop us. */
static int open_log(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
		    O_NONBLOCK | O_NOCTTY, 0640);
}

static void on_reopen(evutil_socket_t number, short what, void *arg)
{
	struct blocks *blocks = arg;
	int fd = open_log(blocks->path);

	(void)number;
	(void)what;
	if (fd < 0) {
		log_error("blocks: %s cannot be opened: %s", blocks->path,
			  strerror(errno));
		return;
	}
	close(blocks->fd);
	blocks->fd = fd;
}

static void stop(void *state)
{
	struct blocks *blocks = state;

	kernel_unwatch(blocks->daemon->kernel, &blocks->watch);
	add_mark(blocks, "end");
	event_free(blocks->reopen);
	event_free(blocks->list);
	close(blocks->fd);
	free(blocks);
}

static void begin(struct blocks *blocks)
{
	struct event_base *base = blocks->daemon->base;

	blocks->list = evtimer_new(base, on_list, blocks);
	blocks->reopen = evsignal_new(base, SIGUSR1, on_reopen, blocks);
	if (!blocks->list || !blocks->reopen || event_add(blocks->reopen, NULL))
		err(1, "no memory");
	blocks->watch = (struct kernel_watch) {
		.object = &range_object, .told = on_told, .lost = on_lost,
		.arg = blocks,
	};
	kernel_watch(blocks->daemon->kernel, &blocks->watch);
	add_mark(blocks, "begin");
	list_soon(blocks);
}

static void *start(struct daemon *daemon, const struct settings *settings,
		   struct refusal *refusal)
{
	const struct blocks_settings *s = settings->values;
	int fd = open_log(s->file);
	char text[REFUSAL_TEXT_MAX];
	struct blocks *blocks;

	if (fd < 0) {
		snprintf(text, sizeof(text), "%.150s cannot be opened: %s",
			 s->file, strerror(errno));
		refusal_set(refusal, errno, text);
		return NULL;
	}
	blocks = calloc(1, sizeof(*blocks));
	if (!blocks)
		err(1, "no memory");
	blocks->daemon = daemon;
	blocks->path = s->file;
	blocks->fd = fd;
	begin(blocks);
	return blocks;
}

static json_t *show(const void *state)
{
	const struct blocks *blocks = state;

	return json_pack("[{s:s, s:s, s:I, s:I, s:I}]", "file", blocks->path,
			 "state", blocks->missing ? "full" : "writing",
			 "lines", (json_int_t)blocks->lines,
			 "missed", (json_int_t)blocks->missed,
			 "gaps", (json_int_t)blocks->gaps);
}

static void metrics(const void *state, FILE *out)
{
	const struct blocks *blocks = state;

	metric_begin(out, "portsteer_blocks_lines_total",
		     "Lines written to the log of blocks.");
	metric_value(out, "portsteer_blocks_lines_total", NULL, blocks->lines);
	metric_begin(out, "portsteer_blocks_missed_total",
		     "Lines that the log of blocks did not take.");
	metric_value(out, "portsteer_blocks_missed_total", NULL,
		     blocks->missed);
	metric_begin(out, "portsteer_blocks_gaps_total",
		     "Times that events were lost before they could be written.");
	metric_value(out, "portsteer_blocks_gaps_total", NULL, blocks->gaps);
}

static const struct setting settings[] = {
	{
		.key = "file", .type = SETTING_PATH,
		.initial = "/var/log/portsteer/blocks.log",
		.offset = offsetof(struct blocks_settings, file),
	},
	{ 0 }
};

static const struct section section = {
	.key = "blocks",
	.size = sizeof(struct blocks_settings),
	.settings = settings,
};

const struct part blocks_part = {
	.name = "blocks",
	.section = &section,
	.start = start,
	.stop = stop,
	.show = show,
	.metrics = metrics,
};
