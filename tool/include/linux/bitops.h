/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOOL_LINUX_BITOPS_H
#define TOOL_LINUX_BITOPS_H

#include <linux/types.h>

#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

#endif
