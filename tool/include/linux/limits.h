/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOOL_LINUX_LIMITS_H
#define TOOL_LINUX_LIMITS_H

#include_next <linux/limits.h>
#include <linux/types.h>
#include <stdint.h>

#define U16_MAX	UINT16_MAX
#define S32_MAX	INT32_MAX
#define S32_MIN	INT32_MIN
#define U32_MAX	UINT32_MAX
#define U64_MAX	((__u64)UINT64_MAX)
#define S64_MIN	((__s64)INT64_MIN)

#endif
