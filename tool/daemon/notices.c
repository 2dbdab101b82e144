// SPDX-License-Identifier: GPL-2.0-or-later
/* What the module tells by itself, to those who want to know. */
#include "notices.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "wire.h"

#define AT_ONCE	256	/* notifications before others have their turn */

/**
 * struct source - notifications about objects of one kind
 * @object: which
 * @base: the event loop
 * @open: @nl and @event are there
 * @nl: of its own, so that a flood of one kind loses none of another
 * @event: something to be read from @nl
 * @losing: some were lost, and what is still in @nl is of before or between
 * @hearing: it is being read, and can't be closed
 * @watches: who wants to know
 * @following: the watch that is called next, while they are called
 * @next: the one of other objects
 */
struct source {
	const struct object *object;
	struct event_base *base;
	bool open;
	struct netlink nl;
	struct event *event;
	bool losing;
	bool hearing;
	struct kernel_watch *watches;
	struct kernel_watch *following;
	struct source *next;
};

struct notices {
	struct event_base *base;
	struct source *sources;
};

static void tell_lost(struct source *source)
{
	struct kernel_watch *w;

	for (w = source->watches; w; w = source->following) {
		source->following = w->next;
		w->lost(w->arg);
	}
}

static void hear(struct nlmsghdr *hdr, void *arg)
{
	struct source *source = arg;
	struct record r = { 0 };
	struct kernel_watch *w;

	if (source->losing)
		return;
	wire_get(hdr, source->object, &r);
	for (w = source->watches; w; w = source->following) {
		source->following = w->next;
		w->told(&r, w->arg);
	}
	record_clear(&r);
}

static void close_source(struct source *source)
{
	if (!source->open)
		return;
	source->open = false;
	source->losing = false;
	event_free(source->event);
	netlink_close(&source->nl);
}

/*
 * Once one is lost the kernel loses others without a word until all that it has kept
 * has been read. Only then is there something to begin anew from.
 */
static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct source *source = arg;
	unsigned int i;
	int ret = 0;

	(void)fd;
	(void)what;
	source->hearing = true;
	for (i = 0; i < AT_ONCE && !ret; i++) {
		ret = netlink_listen(&source->nl, hear, source);
		if (ret == -ENOBUFS) {
			source->losing = true;
			ret = 0;
		}
	}
	if (!ret && source->losing) {
		/* There may be no more to make it readable. */
		event_active(source->event, EV_READ, 0);
	} else if (ret == -EAGAIN && source->losing) {
		source->losing = false;
		tell_lost(source);
	} else if (ret && ret != -EAGAIN) {
		log_warning("%s: notifications cannot be read: %s",
			    source->object->word, source->nl.refusal.text);
	}
	source->hearing = false;
	if (!source->watches)
		close_source(source);
}

static void open_source(struct source *source)
{
	struct netlink *nl = &source->nl;

	if (!source->watches || source->open)
		return;
	if (netlink_open(nl) ||
	    netlink_subscribe(nl, source->object->notice->group)) {
		log_error("%s: no notifications: %s", source->object->word,
			  nl->refusal.text);
		netlink_close(nl);
		return;
	}
	evutil_make_socket_nonblocking(netlink_fd(nl));
	source->event = event_new(source->base, netlink_fd(nl),
				  EV_READ | EV_PERSIST, on_readable, source);
	if (!source->event || event_add(source->event, NULL))
		err(1, "no memory");
	source->open = true;
}

/**
 * notices_new() - nobody wants to know anything yet
 */
struct notices *notices_new(struct event_base *base)
{
	struct notices *notices = calloc(1, sizeof(*notices));

	if (!notices)
		err(1, "no memory");
	notices->base = base;
	return notices;
}

/**
 * notices_free() - the end, when nobody wants to know anything any more
 */
void notices_free(struct notices *notices)
{
	struct source *source;

	while (notices->sources) {
		source = notices->sources;
		notices->sources = source->next;
		close_source(source);
		free(source);
	}
	free(notices);
}

/**
 * notices_open() - subscribe anew, and say that all before may be wrong
 */
void notices_open(struct notices *notices)
{
	struct source *source;

	for (source = notices->sources; source; source = source->next) {
		open_source(source);
		tell_lost(source);
	}
}

/**
 * notices_close() - there is nothing to be heard
 */
void notices_close(struct notices *notices)
{
	struct source *source;

	for (source = notices->sources; source; source = source->next)
		close_source(source);
}

static struct source *source_of(struct notices *notices,
				const struct object *object)
{
	struct source *source;

	for (source = notices->sources; source; source = source->next)
		if (source->object == object)
			return source;
	source = calloc(1, sizeof(*source));
	if (!source)
		err(1, "no memory");
	source->object = object;
	source->base = notices->base;
	source->next = notices->sources;
	notices->sources = source;
	return source;
}

/**
 * notices_add() - one more wants to know
 * @notices: all
 * @watch: who and what
 * @loaded: the module is there
 */
void notices_add(struct notices *notices, struct kernel_watch *watch,
		 bool loaded)
{
	struct source *source = source_of(notices, watch->object);

	watch->next = source->watches;
	source->watches = watch;
	if (loaded)
		open_source(source);
}

/**
 * notices_del() - one fewer
 */
void notices_del(struct notices *notices, struct kernel_watch *watch)
{
	struct source *source = source_of(notices, watch->object);
	struct kernel_watch **at = &source->watches;

	while (*at && *at != watch)
		at = &(*at)->next;
	if (*at)
		*at = watch->next;
	if (source->following == watch)
		source->following = watch->next;
	if (!source->watches && !source->hearing)
		close_source(source);
}
