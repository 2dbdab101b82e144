/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TOOL_LINUX_KERNEL_H
#define TOOL_LINUX_KERNEL_H

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

#endif
