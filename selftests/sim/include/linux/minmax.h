/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_LINUX_MINMAX_H
#define SIM_LINUX_MINMAX_H

#include <linux/types.h>

/* Has every number of up to 64 bits, signed or not. */
typedef __int128 sim_number;

static inline sim_number sim_min(sim_number a, sim_number b)
{
	return a < b ? a : b;
}

static inline sim_number sim_max(sim_number a, sim_number b)
{
	return a > b ? a : b;
}

#define min_t(type, x, y)	((type)sim_min((type)(x), (type)(y)))
#define max_t(type, x, y)	((type)sim_max((type)(x), (type)(y)))
#define min(x, y)		min_t(__typeof__(x), x, y)
#define max(x, y)		max_t(__typeof__(x), x, y)
#define clamp_t(type, x, low, high)	\
	min_t(type, max_t(type, x, low), high)
#define clamp(x, low, high)	clamp_t(__typeof__(x), x, low, high)

#endif
