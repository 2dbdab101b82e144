// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What could stand in a configuration: it is read or refused with a place, and what
 * was read is the same as when it is read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "setting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One of each kind of value. */
struct values {
	char *text, *name, *path, *url, **texts;
	struct endpoint listen, endpoint;
	uint64_t number, size;
	uint32_t time, share;
	bool yes;
};

#define KEY(kind, member)						\
	.key = #member, .type = kind,					\
	.offset = offsetof(struct values, member)

static const struct setting settings[] = {
	{ KEY(SETTING_TEXT, text), .initial = "t" },
	{ KEY(SETTING_NAME, name) },
	{ KEY(SETTING_PATH, path) },
	{ KEY(SETTING_URL, url) },
	{ KEY(SETTING_TEXTS, texts), .initial = "a" },
	{ KEY(SETTING_LISTEN, listen), .initial = "[::]:1" },
	{ KEY(SETTING_ENDPOINT, endpoint) },
	{ KEY(SETTING_NUMBER, number), .least = 1, .most = 9, .initial = "1" },
	{ KEY(SETTING_SIZE, size) },
	{ KEY(SETTING_TIME, time), .most = 1000 },
	{ KEY(SETTING_SHARE, share) },
	{ KEY(SETTING_BOOL, yes) },
	{ 0 }
};

static const struct section one = {
	.key = "one", .size = sizeof(struct values), .settings = settings,
	.always = true,
};

static const struct section list = {
	.key = "list", .size = sizeof(struct values), .settings = settings,
	.list = true,
};

static const struct section *const sections[] = { &one, &list, NULL };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[CONFIG_WHY_MAX] = "";
	struct config *first, *again;

	first = config_parse("FILE", (const char *)data, size, sections, why);
	if (!first) {
		if (strncmp(why, "FILE:", 5))
			abort();
		return 0;
	}
	again = config_parse("FILE", (const char *)data, size, sections, why);
	if (!again || config_diff(NULL, first, again))
		abort();
	config_free(again);
	config_free(first);
	return 0;
}
