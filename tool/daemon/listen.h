/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_LISTEN_H
#define PORTSTEER_LISTEN_H

#include "refusal.h"
#include "setting.h"

/* A TCP socket that is bound, and does not wait; -1 and why not. */
int listen_open(const struct endpoint *endpoint, struct refusal *refusal);

#endif
