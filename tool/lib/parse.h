/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_PARSE_H
#define PORTSTEER_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address {
	uint8_t len;		/* 4 or 16 */
	uint8_t bytes[16];	/* network order */
};

/*
 * Parsers of one word. Each returns NULL and fills its output, or returns
 * what is wrong with the word as the end of a sentence: "is not a number".
 */
const char *parse_number(const char *word, uint64_t most, uint64_t *out);
const char *parse_fixed(const char *word, unsigned int decimals,
			uint64_t *out);
const char *parse_signed(const char *word, unsigned int decimals,
			 int64_t *out);
const char *parse_share(const char *word, uint64_t *out);
const char *parse_time(const char *word, uint64_t *us);
const char *parse_name(const char *word, size_t most);
const char *parse_address(const char *word, struct address *out);
const char *parse_prefix(const char *word, struct address *out, uint8_t *len);
const char *parse_rate(const char *word, uint64_t *bytes);
const char *parse_port(const char *word, uint16_t *out);
const char *parse_endpoint(const char *word, struct address *address,
			   uint16_t *port);
const char *parse_ports(const char *word, uint16_t *first, uint16_t *last);

#endif
