// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's log: lines on standard error, and not too many of a kind. */
#include "log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#define KINDS		64	/* formats that are told apart */
#define BURST		10	/* lines of a kind at once */
#define INTERVAL_S	6	/* then one in so many seconds */
#define LINE_MAX	1024

/**
 * struct kind - lines of one format
 * @format: of them
 * @spare: lines that may be written now
 * @since: when the last of them was added, s
 * @held: lines that were not written since one was
 */
struct kind {
	const char *format;
	unsigned int spare;
	time_t since;
	unsigned int held;
};

static uint64_t held_back;

/* Formats that share a place share the rate too. */
static struct kind *kind_of(const char *format)
{
	static struct kind kinds[KINDS];
	struct kind *k = &kinds[((uintptr_t)format >> 3) % KINDS];

	if (!k->format) {
		k->format = format;
		k->spare = BURST;
	}
	return k;
}

static bool may_write(struct kind *k)
{
	struct timespec now;
	time_t more;

	clock_gettime(CLOCK_MONOTONIC, &now);
	more = (now.tv_sec - k->since) / INTERVAL_S;
	if (more > 0) {
		k->spare = more + k->spare > BURST ? BURST : k->spare + more;
		k->since = now.tv_sec;
	}
	if (k->spare) {
		k->spare--;
		return true;
	}
	k->held++;
	held_back++;
	return false;
}

static void write_line(int priority, const char *line)
{
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>%s\n", priority, line);
	else
		fprintf(stderr, "portsteerd: %s\n", line);
}

static void write_kind(int priority, const char *format, va_list ap)
{
	struct kind *k = kind_of(format);
	char line[LINE_MAX];
	int len;

	if (!may_write(k))
		return;
	len = vsnprintf(line, sizeof(line), format, ap);
	if (k->held && len >= 0 && (size_t)len < sizeof(line))
		snprintf(line + len, sizeof(line) - len,
			 " (%u lines like this were held back)", k->held);
	k->held = 0;
	write_line(priority, line);
}

/**
 * log_notice() - what is to be expected, and worth knowing
 */
void log_notice(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	write_kind(LOG_NOTICE, format, ap);
	va_end(ap);
}

/**
 * log_warning() - what somebody may have to do something about
 */
void log_warning(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	write_kind(LOG_WARNING, format, ap);
	va_end(ap);
}

/**
 * log_error() - what does not work
 */
void log_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	write_kind(LOG_ERR, format, ap);
	va_end(ap);
}

/**
 * log_lines() - each line of a text, however many they are
 */
void log_lines(const char *text)
{
	char line[LINE_MAX];
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		write_line(LOG_NOTICE, line);
	}
}

/**
 * log_held_back() - how many lines were not written so far
 */
uint64_t log_held_back(void)
{
	return held_back;
}
