// SPDX-License-Identifier: GPL-2.0-or-later
/* The clock for how long something took. */
#include "clock.h"

#include <time.h>

/**
 * clock_ms() - milliseconds since some time
 */
uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}
