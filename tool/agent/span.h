/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_SPAN_H
#define PORTSTEER_SPAN_H

#include <stddef.h>
#include <stdint.h>

#include "parse.h"

/**
 * struct span - adjacent ports of one address
 * @address: seen from outside
 * @first: port
 * @last: port; less than @first: none
 */
struct span {
	struct address address;
	uint16_t first;
	uint16_t last;
};

#define NO_SPAN	((struct span) { .first = 1 })

unsigned int span_ports(const struct span *span);
struct span span_largest(struct span *spans, size_t count);

#endif
