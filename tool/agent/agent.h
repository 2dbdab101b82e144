/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_AGENT_H
#define PORTSTEER_AGENT_H

#include <event2/event.h>

#include "options.h"

struct agent;

struct agent *agent_start(struct event_base *base,
			  const struct options *options);
void agent_stop(struct agent *agent);

#endif
