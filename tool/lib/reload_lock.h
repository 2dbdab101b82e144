/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_RELOAD_LOCK_H
#define PORTSTEER_RELOAD_LOCK_H

#include "refusal.h"

#define RUN_DIR	"/run/portsteer"

int reload_lock_take(struct refusal *refusal);
void reload_lock_wait(void);

#endif
