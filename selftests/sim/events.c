// SPDX-License-Identifier: GPL-2.0-only
/* What is going to happen, the earliest first. */
#include <err.h>
#include <stdlib.h>

#include "events.h"

void events_push(struct events *events, struct event event)
{
	u32 at = events->n++;

	if (at == events->room) {
		events->room = events->room ? 2 * events->room : 1024;
		events->event = realloc(events->event,
					events->room * sizeof(event));
		if (!events->event)
			err(2, "events");
	}
	while (at && events->event[(at - 1) / 2].at > event.at) {
		events->event[at] = events->event[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	events->event[at] = event;
}

struct event events_pop(struct events *events)
{
	struct event *e = events->event;
	struct event first = e[0], last = e[--events->n];
	u32 at = 0, child;

	while ((child = 2 * at + 1) < events->n) {
		if (child + 1 < events->n && e[child + 1].at < e[child].at)
			child++;
		if (e[child].at >= last.at)
			break;
		e[at] = e[child];
		at = child;
	}
	e[at] = last;
	return first;
}
