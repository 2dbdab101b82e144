/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The module, as the daemon's parts see it: requests that are answered at once,
 * what it tells by itself, and a picture of it that is never older than a second.
 */
#ifndef PORTSTEER_KERNEL_H
#define PORTSTEER_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>

#include "netlink.h"
#include "objects.h"
#include "record.h"

struct kernel;

/*
 * The module may be loaded, or loaded anew, at any time: it is waited for, and
 * parts need not care. NULL: this kernel can't be asked at all.
 */
struct kernel *kernel_open(struct event_base *base, struct refusal *refusal);
void kernel_close(struct kernel *kernel);
bool kernel_loaded(const struct kernel *kernel);

/* Requests: 0, or a negative errno and why; -ENODEV without the module. */
int kernel_do(struct kernel *kernel, const struct object *object, uint8_t cmd,
	      unsigned int role, const struct record *record,
	      struct refusal *refusal);
typedef void (*kernel_visitor)(const struct record *record, void *arg);
int kernel_list(struct kernel *kernel, const struct object *object,
		const struct record *filter, kernel_visitor fn, void *arg,
		struct refusal *refusal);

/**
 * struct kernel_watch - who wants to know what the module tells by itself
 * @object: what about: range_object, server_object or session_object
 * @told: one notification; its event is an attribute of @record
 * @lost: some did not get through: read anew. Also when the module has been
 *	loaded anew
 * @arg: for both
 * @next: kernel's
 *
 * It may be taken away from within its own functions.
 */
struct kernel_watch {
	const struct object *object;
	void (*told)(const struct record *record, void *arg);
	void (*lost)(void *arg);
	void *arg;
	struct kernel_watch *next;
};

void kernel_watch(struct kernel *kernel, struct kernel_watch *watch);
void kernel_unwatch(struct kernel *kernel, struct kernel_watch *watch);

/*
 * The picture, read once a second while somebody looks at it, so that many
 * readers cost as much as one. Without the module it is empty.
 */
void kernel_each(struct kernel *kernel, const struct object *object,
		 kernel_visitor fn, void *arg);

#endif
