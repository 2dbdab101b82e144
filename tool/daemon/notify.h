/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_NOTIFY_H
#define PORTSTEER_NOTIFY_H

#include <event2/event.h>

/* What systemd wants to know; nothing, if it did not start us. */
void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/* Says from within the loop that it turns; NULL: nobody wants to know. */
struct event *notify_watchdog(struct event_base *base);

#endif
