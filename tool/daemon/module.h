/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_MODULE_H
#define PORTSTEER_MODULE_H

#include <event2/event.h>

struct module;

/*
 * Calls @changed, from the loop, whenever the module has been loaded or is gone,
 * and whenever that may have happened. NULL: the kernel does not tell.
 */
struct module *module_watch(struct event_base *base,
			    void (*changed)(void *arg), void *arg);
void module_unwatch(struct module *module);

#endif
