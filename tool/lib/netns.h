/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_NETNS_H
#define PORTSTEER_NETNS_H

#include "refusal.h"

int netns_enter(const char *name, struct refusal *refusal);

#endif
