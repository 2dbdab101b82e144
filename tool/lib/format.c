// SPDX-License-Identifier: GPL-2.0-or-later
/* One value -> the text that the parsers of parse.c read back. */
#include "format.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/**
 * format_fixed() - @n units of 10^-@decimals, without trailing zeros
 */
char *format_fixed(char *buf, int64_t n, unsigned int decimals)
{
	uint64_t size = n < 0 ? -(uint64_t)n : (uint64_t)n;
	uint64_t fraction;
	uint64_t one = 1;
	unsigned int i;
	int len;

	for (i = 0; i < decimals; i++)
		one *= 10;
	fraction = size % one;
	len = snprintf(buf, FORMAT_MAX, "%s%" PRIu64, n < 0 ? "-" : "",
		       size / one);
	if (!fraction)
		return buf;
	for (; fraction % 10 == 0; decimals--)
		fraction /= 10;
	snprintf(buf + len, FORMAT_MAX - len, ".%0*" PRIu64, (int)decimals,
		 fraction);
	return buf;
}

/**
 * format_time() - a time in the largest unit that keeps it a short number
 */
char *format_time(char *buf, uint64_t us)
{
	const uint64_t s = 1000000;
	const char *unit;
	uint64_t n;

	if (us < 1000 && us) {
		n = us * s;
		unit = "us";
	} else if (us < s && us) {
		n = us * 1000;
		unit = "ms";
	} else if (us >= 3600 * s && us % (3600 * s) == 0) {
		n = us / 3600;
		unit = "h";
	} else if (us >= 60 * s && us % (60 * s) == 0) {
		n = us / 60;
		unit = "m";
	} else {
		n = us;
		unit = "s";
	}
	format_fixed(buf, n, 6);
	strncat(buf, unit, FORMAT_MAX - strlen(buf) - 1);
	return buf;
}

/**
 * format_address() - an IPv4 or IPv6 address
 */
char *format_address(char *buf, const struct address *address)
{
	int family = address->len == 4 ? AF_INET : AF_INET6;

	if (!inet_ntop(family, address->bytes, buf, FORMAT_MAX))
		*buf = '\0';
	return buf;
}

/**
 * format_endpoint() - ADDR:PORT, an IPv6 address in brackets
 */
char *format_endpoint(char *buf, const struct address *address, uint16_t port)
{
	char host[FORMAT_MAX];

	format_address(host, address);
	snprintf(buf, FORMAT_MAX, address->len == 4 ? "%.46s:%u" : "[%.46s]:%u",
		 host, port);
	return buf;
}

/**
 * format_clock() - a time since the epoch as local time in ISO 8601
 */
char *format_clock(char *buf, uint64_t ms)
{
	time_t seconds = ms / 1000;
	struct tm local;
	char zone[8];
	char day[32];

	localtime_r(&seconds, &local);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &local);
	strftime(zone, sizeof(zone), "%z", &local);
	snprintf(buf, FORMAT_MAX, "%s.%03u%.3s:%s", day,
		 (unsigned int)(ms % 1000), zone, zone + 3);
	return buf;
}

/**
 * format_rate() - bytes a second in the largest of tc's units that is exact
 */
char *format_rate(char *buf, uint64_t bytes)
{
	static const char *const units[] = { "Bps", "kBps", "MBps", "GBps" };
	size_t i = 0;

	for (; bytes && bytes % 1000 == 0 && i + 1 < sizeof(units) / sizeof(units[0]);
	     i++)
		bytes /= 1000;
	snprintf(buf, FORMAT_MAX, "%" PRIu64 "%s", bytes, units[i]);
	return buf;
}
