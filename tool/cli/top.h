/* SPDX-License-Identifier: GPL-2.0-or-later */
/* top as a command: what it is told, and its form without a screen. */
#ifndef PORTSTEER_TOP_H
#define PORTSTEER_TOP_H

#include <stdbool.h>
#include <stdint.h>

#include "args.h"

#define TOP_DELAY	1000		/* ms, unless it is said */
#define TOP_DELAY_MIN	100
#define TOP_DELAY_MAX	3600000

int text_frames(const struct args *a, uint32_t delay, int64_t frames);

#endif
