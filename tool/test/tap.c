// SPDX-License-Identifier: GPL-2.0-or-later
/* TAP for the tests of the tool that are C. */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>

static unsigned int count;
static unsigned int failed;

bool check(bool good, const char *what, ...)
{
	va_list args;

	failed += !good;
	printf("%s %u - ", good ? "ok" : "not ok", ++count);
	va_start(args, what);
	vprintf(what, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	return good;
}

int check_end(void)
{
	printf("1..%u\n", count);
	return failed ? 1 : 0;
}
