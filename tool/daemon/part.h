/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon is a loop and a list of parts. Each part has a section of the
 * configuration, lives as long as that section stays the same, and tells about
 * itself in one way: as JSON, for the tool and the page, and as metrics.
 */
#ifndef PORTSTEER_PART_H
#define PORTSTEER_PART_H

#include <stdio.h>

#include <event2/event.h>
#include <jansson.h>

#include "refusal.h"
#include "setting.h"

struct kernel;

/**
 * struct daemon - what every part can use
 * @base: the event loop; everything runs in it
 * @kernel: the module
 * @config: in force; what a part was started with stays as it is until it is
 *	stopped
 */
struct daemon {
	struct event_base *base;
	struct kernel *kernel;
	const struct config *config;
};

/**
 * struct part - one thing that the daemon does
 * @name: as in "portsteer NAME show"
 * @section: its settings; it runs if they are in the file
 * @needs: another section that it reads too, that must be there, and that
 *	restarts it when it changes; NULL: none
 * @start: begin; NULL and a reason if that can't be. What listens binds here
 * @stop: end, and free @state
 * @renew: after a reload that has left it alone: read anew the files that its
 *	settings name; NULL: nothing to read
 * @show: what it has to tell, an array of objects; NULL: nothing
 * @metrics: the same in Prometheus' text format; NULL: nothing
 */
struct part {
	const char *name;
	const struct section *section;
	const struct section *needs;
	void *(*start)(struct daemon *daemon, const struct settings *settings,
		       struct refusal *refusal);
	void (*stop)(void *state);
	void (*renew)(void *state);
	json_t *(*show)(const void *state);
	void (*metrics)(const void *state, FILE *out);
};

extern const struct part *const parts[];	/* ends with NULL */

/* What each part that runs has to tell, for those who print it. */
typedef void (*part_visitor)(const struct part *part, const void *state,
			     void *arg);
void parts_visit(part_visitor fn, void *arg);
const void *part_state(const struct part *part);	/* NULL: does not run */

#endif
