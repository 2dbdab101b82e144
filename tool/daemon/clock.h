/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_CLOCK_H
#define PORTSTEER_CLOCK_H

#include <stdint.h>

uint64_t clock_ms(void);	/* never set back; says nothing of the time of day */

#endif
