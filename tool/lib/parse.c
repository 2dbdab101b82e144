// SPDX-License-Identifier: GPL-2.0-or-later
/* One word of the command line -> one value, or what is wrong with it. */
#include "parse.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define US_PER_S	1000000ull

/*
 * Digits with an optional fraction, as a whole number of 10^-@decimals, the
 * rest of the fraction rounded. @rest gets what follows.
 */
static const char *scan_fixed(const char *word, unsigned int decimals,
			      const char **rest, uint64_t *out)
{
	bool fraction = false;
	unsigned int seen = 0;
	const char *p = word;
	uint64_t n = 0;

	if (*p == '-')
		return "is negative";
	if (!isdigit((unsigned char)*p))
		return "is not a number";
	for (; isdigit((unsigned char)*p) || (*p == '.' && !fraction); p++) {
		if (*p == '.') {
			fraction = true;
			continue;
		}
		if (fraction && seen++ >= decimals) {
			if (seen == decimals + 1 && *p >= '5')
				n++;
			continue;
		}
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, *p - '0', &n))
			return "is too large";
	}
	if (p[-1] == '.')
		return "is not a number";
	for (; seen < decimals; seen++)
		if (__builtin_mul_overflow(n, 10, &n))
			return "is too large";
	*rest = p;
	*out = n;
	return NULL;
}

/**
 * parse_number() - a whole number from 0 to @most
 */
const char *parse_number(const char *word, uint64_t most, uint64_t *out)
{
	const char *wrong;
	const char *rest;

	wrong = scan_fixed(word, 0, &rest, out);
	if (wrong)
		return wrong;
	if (*rest || strchr(word, '.'))
		return "is not a whole number";
	return *out > most ? "is too large" : NULL;
}

/**
 * parse_fixed() - a decimal number, in units of 10^-@decimals
 */
const char *parse_fixed(const char *word, unsigned int decimals,
			uint64_t *out)
{
	const char *wrong;
	const char *rest;

	wrong = scan_fixed(word, decimals, &rest, out);
	if (wrong)
		return wrong;
	return *rest ? "is not a number" : NULL;
}

/**
 * parse_signed() - the same with a sign, if it is negative
 */
const char *parse_signed(const char *word, unsigned int decimals,
			 int64_t *out)
{
	bool negative = *word == '-';
	const char *wrong;
	uint64_t n;

	wrong = parse_fixed(word + negative, decimals, &n);
	if (wrong)
		return wrong;
	if (n > INT64_MAX)
		return "is too large";
	*out = negative ? -(int64_t)n : (int64_t)n;
	return NULL;
}

/**
 * parse_share() - a percentage, with or without its sign, in 1/10000
 */
const char *parse_share(const char *word, uint64_t *out)
{
	const char *wrong;
	const char *rest;

	wrong = scan_fixed(word, 2, &rest, out);
	if (wrong)
		return wrong;
	if (strcmp(rest, "") && strcmp(rest, "%"))
		return "is not a percentage";
	return *out > 10000 ? "is more than 100%" : NULL;
}

/**
 * parse_time() - a time with its unit, seconds without one, in microseconds
 */
const char *parse_time(const char *word, uint64_t *us)
{
	static const struct {
		const char *unit;
		uint64_t us;
	} units[] = {
		{ "", US_PER_S }, { "us", 1 }, { "ms", 1000 },
		{ "s", US_PER_S }, { "m", 60 * US_PER_S },
		{ "h", 3600 * US_PER_S },
	};
	const char *rest;
	const char *wrong;
	uint64_t micro;		/* of the unit */
	size_t i;

	wrong = scan_fixed(word, 6, &rest, &micro);
	if (wrong)
		return wrong;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(rest, units[i].unit))
			continue;
		if (__builtin_mul_overflow(micro, units[i].us, us))
			return "is too large";
		*us /= 1000000;
		return NULL;
	}
	return "is not a time (units: us, ms, s, m, h)";
}

/**
 * parse_name() - check a name of at most @most bytes
 */
const char *parse_name(const char *word, size_t most)
{
	const char *p;

	if (!*word)
		return "is empty";
	if (strlen(word) > most)
		return "is too long a name (31 characters at most)";
	for (p = word; *p; p++)
		if (!isascii((unsigned char)*p) ||
		    (!isalnum((unsigned char)*p) && !strchr("._-", *p)))
			return "is not a name (letters, digits, . _ -)";
	return NULL;
}

/**
 * parse_address() - an IPv4 or IPv6 address
 */
const char *parse_address(const char *word, struct address *out)
{
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, word, out->bytes) == 1) {
		out->len = 4;
		return NULL;
	}
	if (inet_pton(AF_INET6, word, out->bytes) == 1) {
		out->len = 16;
		return NULL;
	}
	return "is not an IPv4 or IPv6 address";
}

/**
 * parse_prefix() - ADDR/LENGTH, or one address
 */
const char *parse_prefix(const char *word, struct address *out, uint8_t *len)
{
	static const char wrong[] = "is not ADDR or ADDR/LENGTH";
	const char *slash = strchr(word, '/');
	char host[INET6_ADDRSTRLEN];
	uint64_t n;

	if (slash && slash - word >= (long)sizeof(host))
		return wrong;
	snprintf(host, sizeof(host), "%.*s",
		 slash ? (int)(slash - word) : (int)sizeof(host) - 1, word);
	if (parse_address(host, out))
		return wrong;
	*len = out->len * 8;
	if (!slash)
		return NULL;
	if (parse_number(slash + 1, *len, &n))
		return wrong;
	*len = n;
	return NULL;
}

/**
 * parse_rate() - a rate in tc's units, bits a second without one, in bytes a
 *	second
 */
const char *parse_rate(const char *word, uint64_t *bytes)
{
	static const struct {
		const char *unit;
		uint64_t bits;
	} units[] = {
		{ "", 1 }, { "bit", 1 }, { "kbit", 1000 },
		{ "mbit", 1000000 }, { "gbit", 1000000000 },
		{ "tbit", 1000000000000 }, { "bps", 8 }, { "kbps", 8000 },
		{ "mbps", 8000000 }, { "gbps", 8000000000 },
		{ "tbps", 8000000000000 },
	};
	const char *rest;
	const char *wrong;
	uint64_t milli;		/* of the unit */
	size_t i;

	wrong = scan_fixed(word, 3, &rest, &milli);
	if (wrong)
		return wrong;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcasecmp(rest, units[i].unit))
			continue;
		if (__builtin_mul_overflow(milli, units[i].bits, bytes))
			return "is too large";
		*bytes /= 8000;
		return NULL;
	}
	return "is not a rate (units: bit, kbit, mbit, gbit; bps, kBps, MBps, GBps are bytes)";
}

/**
 * parse_port() - a port number, 1 to 65535
 */
const char *parse_port(const char *word, uint16_t *out)
{
	uint64_t n;

	if (parse_number(word, UINT16_MAX, &n) || !n)
		return "is not a port number (1 to 65535)";
	*out = n;
	return NULL;
}

/**
 * parse_endpoint() - 192.0.2.1:80 or [2001:db8::1]:80
 */
const char *parse_endpoint(const char *word, struct address *address,
			   uint16_t *port)
{
	static const char wrong[] =
		"is not ADDR:PORT (an IPv6 address stands in brackets)";
	const char *colon = strrchr(word, ':');
	bool brackets = *word == '[';
	char host[INET6_ADDRSTRLEN];
	size_t len;

	if (!colon)
		return wrong;
	len = colon - word;
	if (brackets) {
		if (len < 2 || colon[-1] != ']')
			return wrong;
		word++;
		len -= 2;
	}
	if (len >= sizeof(host))
		return wrong;
	snprintf(host, sizeof(host), "%.*s", (int)len, word);
	if (parse_address(host, address) || address->len != (brackets ? 16 : 4))
		return wrong;
	return parse_port(colon + 1, port) ? wrong : NULL;
}

/**
 * parse_ports() - LO-HI
 */
const char *parse_ports(const char *word, uint16_t *first, uint16_t *last)
{
	static const char wrong[] = "is not LO-HI with ports from 1 to 65535";
	const char *dash = strchr(word, '-');
	char low[8];

	if (!dash || dash - word >= (long)sizeof(low))
		return wrong;
	snprintf(low, sizeof(low), "%.*s", (int)(dash - word), word);
	if (parse_port(low, first) || parse_port(dash + 1, last))
		return wrong;
	return *first > *last ? "ends before it begins" : NULL;
}
