// SPDX-License-Identifier: GPL-2.0-or-later
/* etcd: a watch, one long answer in which every line is a message. */
#include <stdlib.h>
#include <string.h>

#include "etcd_key.h"
#include "etcd_part.h"

/**
 * struct etcd_watch - one watch
 * @transfer: as a transfer; @transfer.text is the line that has begun to come
 * @use: who watches
 * @arg: for @use
 * @why: it has to end, or NULL
 */
struct etcd_watch {
	struct etcd_transfer transfer;
	const struct etcd_watch_use *use;
	void *arg;
	const char *why;
};

/* False: it is at its end, and @why says why. */
static bool take_line(struct etcd_watch *watch, const char *line, size_t length)
{
	const json_t *result;
	json_error_t error;
	json_t *json;

	json = json_loadb(line, length, 0, &error);
	result = json_object_get(json, "result");
	if (!result)
		watch->why = "etcd refuses it";
	else if (json_is_true(json_object_get(result, "canceled")))
		watch->why = "etcd has cancelled it";
	else if (!watch->use->told(result, watch->arg))
		watch->why = "etcd says what makes no sense";
	json_decref(json);
	return !watch->why;
}

static size_t take_lines(char *data, size_t size, size_t count, void *arg)
{
	struct etcd_watch *watch = arg;
	struct etcd_transfer *t = &watch->transfer;
	size_t begin = 0;
	char *end;

	if (!etcd_transfer_more(t, data, size * count)) {
		watch->why = "a line is too long";
		return 0;
	}
	while ((end = memchr(t->text + begin, '\n', t->length - begin))) {
		size_t next = end + 1 - t->text;

		if (!take_line(watch, t->text + begin, next - begin))
			return 0;
		begin = next;
	}
	t->length -= begin;
	memmove(t->text, t->text + begin, t->length);
	return size * count;
}

static void finish_watch(CURLcode result, void *arg)
{
	struct etcd_watch *watch = arg;
	const struct etcd_watch_use *use = watch->use;
	const char *why = watch->why;

	if (!why)
		why = etcd_transfer_failed(&watch->transfer, result);
	arg = watch->arg;
	etcd_unwatch(watch);
	use->ended(why, arg);
}

/**
 * etcd_watch() - be told of all changes of keys with a prefix
 * @etcd: who tells
 * @prefix: not empty
 * @revision: the first of them
 * @use: what to do with it
 * @arg: for @use
 *
 * Return: NULL if there is no memory.
 */
struct etcd_watch *etcd_watch(struct etcd *etcd, const char *prefix,
			      int64_t revision,
			      const struct etcd_watch_use *use, void *arg)
{
	struct etcd_watch *watch = calloc(1, sizeof(*watch));
	json_t *range = etcd_range_of(prefix);

	if (!watch) {
		json_decref(range);
		return NULL;
	}
	watch->use = use;
	watch->arg = arg;
	json_object_set_new(range, "start_revision", json_integer(revision));
	if (etcd_transfer_begin(&watch->transfer, etcd, "/v3/watch",
				json_pack("{so}", "create_request", range)) &&
	    etcd_transfer_send(&watch->transfer, &etcd->watches, take_lines,
			       finish_watch))
		return watch;
	etcd_unwatch(watch);
	return NULL;
}

/**
 * etcd_unwatch() - end a watch
 */
void etcd_unwatch(struct etcd_watch *watch)
{
	etcd_transfer_end(&watch->transfer);
	free(watch);
}
