// SPDX-License-Identifier: GPL-2.0-or-later
/* Words to values and back; prints TAP. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "parse.h"
#include "tap.h"

static void check_word(bool good, const char *what, const char *word)
{
	check(good, "%s \"%s\"", what, word);
}

static void test_shares(void)
{
	static const struct {
		const char *word;
		int64_t share;	/* -1: refused */
	} rows[] = {
		{ "25%", 2500 }, { "25.5%", 2550 }, { "25", 2500 },
		{ "0", 0 }, { "100%", 10000 }, { "0.01%", 1 },
		{ "33.335", 3334 }, { "33.334", 3333 }, { "99.999", 10000 },
		{ "100.01", -1 }, { "-1", -1 }, { "", -1 }, { "%", -1 },
		{ "1.", -1 }, { ".5", -1 }, { "1.2.3", -1 }, { "1%%", -1 },
		{ "0x10", -1 }, { "1e2", -1 }, { " 1", -1 },
		{ "99999999999999999999", -1 },
	};
	const char *wrong;
	uint64_t share;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wrong = parse_share(rows[i].word, &share);
		check_word(wrong ? rows[i].share < 0 :
		      rows[i].share == (int64_t)share, "share", rows[i].word);
	}
}

static void test_times(void)
{
	static const struct {
		const char *word;
		int64_t us;	/* -1: refused */
		const char *back;
	} rows[] = {
		{ "10", 10000000, "10s" }, { "10s", 10000000, "10s" },
		{ "500ms", 500000, "500ms" }, { "2m", 120000000, "2m" },
		{ "1h", 3600000000, "1h" }, { "90", 90000000, "90s" },
		{ "7440s", 7440000000, "124m" }, { "1.5s", 1500000, "1.5s" },
		{ "250us", 250, "250us" }, { "1.5ms", 1500, "1.5ms" },
		{ "0", 0, "0s" }, { "12.345", 12345000, "12.345s" },
		{ "5x", -1, NULL }, { "-5s", -1, NULL }, { "s", -1, NULL },
		{ "5 s", -1, NULL }, { "9999999999999h", -1, NULL },
	};
	char buf[FORMAT_MAX];
	const char *wrong;
	uint64_t us;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wrong = parse_time(rows[i].word, &us);
		check_word(wrong ? rows[i].us < 0 : rows[i].us == (int64_t)us,
		      "time", rows[i].word);
		if (!wrong && rows[i].back)
			check_word(!strcmp(format_time(buf, us), rows[i].back),
			      "time back", rows[i].back);
	}
}

static void test_endpoints(void)
{
	static const char *const good[] = {
		"192.0.2.1:80", "[2001:db8::1]:65535", "[::]:1",
		"[::ffff:192.0.2.1]:80",
	};
	static const char *const bad[] = {
		"", ":", "192.0.2.1", "192.0.2.1:", "192.0.2.1:0",
		"192.0.2.1:65536", "[192.0.2.1]:80", "2001:db8::1:80",
		"[2001:db8::1]", "[2001:db8::1:80", "[]:80", "[:80", "a:80",
		"192.0.2.1:80x",
		"[1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222]:80",
	};
	struct address address;
	char buf[FORMAT_MAX];
	uint16_t port;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		check_word(!parse_endpoint(good[i], &address, &port) &&
		      !strcmp(format_endpoint(buf, &address, port), good[i]),
		      "endpoint", good[i]);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_word(!!parse_endpoint(bad[i], &address, &port),
		      "no endpoint", bad[i]);
}

static void test_rest(void)
{
	char buf[FORMAT_MAX];
	uint16_t first;
	uint16_t last;
	uint64_t n;

	check_word(!parse_fixed("0.4", 4, &n) && n == 4000, "weight", "0.4");
	check_word(!parse_fixed("0.12345", 4, &n) && n == 1235, "weight",
	      "0.12345");
	check_word(!!parse_fixed("0.4x", 4, &n), "no weight", "0.4x");
	check_word(!parse_ports("1024-65535", &first, &last) && first == 1024 &&
	      last == 65535, "ports", "1024-65535");
	check_word(!!parse_ports("65535-1024", &first, &last), "no ports",
	      "65535-1024");
	check_word(!!parse_ports("1024", &first, &last), "no ports", "1024");
	check_word(!!parse_ports("123456789-2", &first, &last), "no ports",
	      "123456789-2");
	check_word(!parse_name("web-1.a_b", 31), "name", "web-1.a_b");
	check_word(!!parse_name("web 1", 31), "no name", "web 1");
	check_word(!!parse_name("abcdefghijklmnopqrstuvwxyz012345", 31), "no name",
	      "32 characters");
	check_word(!strcmp(format_fixed(buf, 7500, 4), "0.75"), "back", "0.75");
	check_word(!strcmp(format_fixed(buf, -300, 4), "-0.03"), "back", "-0.03");
	check_word(!strcmp(format_fixed(buf, 5, 4), "0.0005"), "back", "0.0005");
	check_word(!strcmp(format_fixed(buf, 10000, 4), "1"), "back", "1");
}

int main(void)
{
	test_shares();
	test_times();
	test_endpoints();
	test_rest();
	return check_end();
}
