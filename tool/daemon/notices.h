/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_NOTICES_H
#define PORTSTEER_NOTICES_H

#include "kernel.h"

struct notices;

/* Kernel's own: who wants to hear what, and the sockets for it. */
struct notices *notices_new(struct event_base *base);
void notices_free(struct notices *notices);

void notices_open(struct notices *notices);	/* the module is there (anew) */
void notices_close(struct notices *notices);	/* it is gone */

void notices_add(struct notices *notices, struct kernel_watch *watch,
		 bool loaded);
void notices_del(struct notices *notices, struct kernel_watch *watch);

#endif
