/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOOL_LINUX_MATH_H
#define TOOL_LINUX_MATH_H

/* @to is a power of two. */
#define round_up(x, to)	((((x) - 1) | ((__typeof__(x))(to) - 1)) + 1)

#endif
