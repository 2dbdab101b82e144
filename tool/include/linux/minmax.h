/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOOL_LINUX_MINMAX_H
#define TOOL_LINUX_MINMAX_H

#include <linux/types.h>

#define TOOL_JOIN(a, b)		a##b
#define TOOL_NAME(a, b)		TOOL_JOIN(a, b)
#define TOOL_UNIQUE(name)	TOOL_NAME(name, __COUNTER__)

/* As in the kernel, two types are refused, if only by a warning. */
#define TOOL_PICK(x, better, y, a, b) ({	\
	__auto_type a = (x);			\
	__auto_type b = (y);			\
	(void)(&a == &b);			\
	a better b ? a : b;			\
})

#define min(x, y)	TOOL_PICK(x, <, y, TOOL_UNIQUE(a_), TOOL_UNIQUE(b_))
#define max(x, y)	TOOL_PICK(x, >, y, TOOL_UNIQUE(a_), TOOL_UNIQUE(b_))
#define clamp(x, low, high)		min(max(x, low), high)
#define min_t(type, x, y)		min((type)(x), (type)(y))
#define max_t(type, x, y)		max((type)(x), (type)(y))
#define clamp_t(type, x, low, high)	\
	clamp((type)(x), (type)(low), (type)(high))

#endif
