/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_LINUX_MINMAX_H
#define SIM_LINUX_MINMAX_H

#include <linux/types.h>

static inline u64 sim_min(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 sim_max(u64 a, u64 b)
{
	return a > b ? a : b;
}

static inline s64 sim_clamp(s64 x, s64 low, s64 high)
{
	return x < low ? low : x > high ? high : x;
}

/* For unsigned numbers of one type. */
#define min(x, y)	((__typeof__(x))sim_min(x, y))
#define max(x, y)	((__typeof__(x))sim_max(x, y))
#define min_t(type, x, y)	((type)sim_min((type)(x), (type)(y)))
#define max_t(type, x, y)	((type)sim_max((type)(x), (type)(y)))
#define clamp(x, low, high)	min(max(x, low), high)

#define clamp_t(type, x, low, high)	((type)sim_clamp(x, low, high))

#endif
