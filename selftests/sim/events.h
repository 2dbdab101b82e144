/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include <linux/types.h>

enum event_kind {
	EVENT_COMPLETION,	/* machine, version */
	EVENT_REPORT,		/* machine */
	EVENT_DELIVERY,		/* machine, number of the report */
	EVENT_CHANGE,		/* index */
	EVENT_REPEAT,		/* session, machine, tries: the SYN comes again */
	EVENT_GIVE_UP,		/* session, machine: nobody waits any longer */
	EVENT_WINDOW,		/* a window of time ends */
};

/**
 * struct event - something that is going to happen
 * @at: when, in seconds
 * @kind: what
 * @a: see there
 * @b: see there
 * @c: see there
 */
struct event {
	double at;
	enum event_kind kind;
	u32 a;
	u32 b;
	u32 c;
};

/**
 * struct events - what is going to happen, a heap by time
 * @event: them
 * @n: how many
 * @room: for how many there is memory
 */
struct events {
	struct event *event;
	u32 n;
	u32 room;
};

void events_push(struct events *events, struct event event);
struct event events_pop(struct events *events);

#endif
