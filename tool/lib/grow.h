/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_GROW_H
#define PORTSTEER_GROW_H

#include <stddef.h>

void *grow(void *list, size_t count, size_t size);

#endif
