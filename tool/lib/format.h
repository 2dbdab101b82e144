/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_FORMAT_H
#define PORTSTEER_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "parse.h"

#define FORMAT_MAX	64	/* enough for any one value below */

/* Each fills @buf, of FORMAT_MAX bytes, and returns it. */
char *format_fixed(char *buf, int64_t n, unsigned int decimals);
char *format_time(char *buf, uint64_t us);
char *format_address(char *buf, const struct address *address);
char *format_endpoint(char *buf, const struct address *address,
		      uint16_t port);
char *format_rate(char *buf, uint64_t bytes);
char *format_clock(char *buf, uint64_t ms);

#endif
