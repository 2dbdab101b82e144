// SPDX-License-Identifier: GPL-2.0-or-later
/* The system's own counters: files under /proc, which stay open. */
#include "counters.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What is more of a file is not looked at. */
#define TEXT_MAX	32768

enum source {
	STAT,
	MEMINFO,
	PRESSURE,
	DEV,
	SNMP,
	SOCKSTAT,
	SOCKSTAT6,
	SOURCES,
};

static const char *const names[SOURCES] = {
	[STAT] = "stat",
	[MEMINFO] = "meminfo",
	[PRESSURE] = "pressure/memory",
	[DEV] = "net/dev",
	[SNMP] = "net/snmp",
	[SOCKSTAT] = "net/sockstat",
	[SOCKSTAT6] = "net/sockstat6",
};

/**
 * struct reader - where counters come from
 * @fd: of the files; below 0: this system has none
 * @interface: whose packets count; NULL: all but the loopback
 */
struct reader {
	int fd[SOURCES];
	const char *interface;
};

/* The file as it is now, "" if there is none; good until the next call. */
static const char *text_of(const struct reader *reader, enum source source)
{
	static char text[TEXT_MAX];
	size_t have = 0;
	ssize_t more;

	do {
		more = pread(reader->fd[source], text + have,
			     sizeof(text) - 1 - have, have);
		have += more > 0 ? more : 0;
	} while (more > 0);
	text[have] = '\0';
	return text;
}

/* The line that begins with a word, spaces before it aside; NULL: none. */
static const char *line_of(const char *text, const char *word)
{
	size_t length = strlen(word);

	while (*text) {
		text += strspn(text, " \n");
		if (!strncmp(text, word, length))
			return text;
		text += strcspn(text, "\n");
	}
	return NULL;
}

/* In the line that begins with @begin, the number after @word; 0: there is none. */
static uint64_t number_at(const char *text, const char *begin, const char *word)
{
	const char *line = line_of(text, begin);
	const char *found = line ? strstr(line, word) : NULL;

	if (!found || found >= line + strcspn(line, "\n"))
		return 0;
	return strtoull(found + strlen(word), NULL, 10);
}

/* As many numbers as there are, up to @count; others are 0. */
static void read_numbers(const char *line, uint64_t *numbers, size_t count)
{
	char *end;
	size_t i;

	memset(numbers, 0, count * sizeof(*numbers));
	for (i = 0; i < count; i++) {
		line += strspn(line, " ");
		if (*line == '\n' || !*line)
			return;
		numbers[i] = strtoull(line, &end, 10);
		line = end;
	}
}

static void read_stat(const char *text, struct counters *c)
{
	enum { IDLE = 3, IOWAIT = 4, TIMES = 8 };	/* as in proc(5) */
	const char *line = line_of(text, "cpu ");
	uint64_t times[TIMES];
	int i;

	if (!line)
		return;
	read_numbers(line + strlen("cpu "), times, TIMES);
	for (i = 0; i < TIMES; i++) {
		c->cpu_all += times[i];
		if (i != IDLE && i != IOWAIT)
			c->cpu_busy += times[i];
	}
}

static void read_dev(const char *text, const char *interface,
		     struct counters *c)
{
	enum { BYTES_IN, PACKETS_IN, BYTES_OUT = 8, PACKETS_OUT, COLUMNS };
	uint64_t columns[COLUMNS];
	const char *name;
	size_t length;

	for (; *text; text += strcspn(text, "\n")) {
		text += strspn(text, " \n");
		name = text;
		length = strcspn(text, ":|\n");
		text += length;
		if (*text != ':')
			continue;
		if (interface ? strlen(interface) != length ||
				strncmp(name, interface, length) :
				length == 2 && !strncmp(name, "lo", 2))
			continue;
		read_numbers(text + 1, columns, COLUMNS);
		c->bytes_in += columns[BYTES_IN];
		c->bytes_out += columns[BYTES_OUT];
		c->packets += columns[PACKETS_IN] + columns[PACKETS_OUT];
	}
}

/* A line with the names of columns comes before the one with the numbers. */
static uint64_t snmp_column(const char *text, const char *name)
{
	const char *names_line = line_of(text, "Tcp: ");
	const char *values = names_line ? strchr(names_line, '\n') : NULL;
	size_t length;

	if (!values || strncmp(++values, "Tcp: ", 5))
		return 0;
	while (*names_line && *names_line != '\n') {
		length = strcspn(names_line, " \n");
		if (length == strlen(name) && !strncmp(names_line, name, length))
			return strtoull(values, NULL, 10);
		names_line += length;
		names_line += *names_line == ' ';
		values += strcspn(values, " \n");
		values += *values == ' ';
	}
	return 0;
}

static void read_snmp(const char *text, struct counters *c)
{
	c->established = snmp_column(text, "CurrEstab");
	c->segments = snmp_column(text, "OutSegs");
	c->again = snmp_column(text, "RetransSegs");
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

/**
 * reader_open() - begin to read counters
 * @proc: where /proc is
 * @interface: whose packets count; NULL: all but the loopback
 *
 * Return: reader, or NULL if there is no memory. A file that is not there counts
 * nothing.
 */
struct reader *reader_open(const char *proc, const char *interface)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	char path[PATH_MAX];
	int i;

	for (i = 0; reader && i < SOURCES; i++) {
		snprintf(path, sizeof(path), "%s/%s", proc, names[i]);
		reader->fd[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (reader)
		reader->interface = interface;
	return reader;
}

/**
 * reader_close() - end that
 */
void reader_close(struct reader *reader)
{
	int i;

	for (i = 0; i < SOURCES; i++)
		if (reader->fd[i] >= 0)
			close(reader->fd[i]);
	free(reader);
}

/**
 * reader_read() - what the system says now
 */
void reader_read(const struct reader *reader, struct counters *counters)
{
	const char *text;

	*counters = (struct counters) { .time_us = now_us() };
	read_stat(text_of(reader, STAT), counters);
	text = text_of(reader, MEMINFO);
	counters->memory_all = number_at(text, "MemTotal:", ":");
	counters->memory_free = number_at(text, "MemAvailable:", ":");
	counters->memory_stalled_us =
		number_at(text_of(reader, PRESSURE), "some ", " total=");
	read_dev(text_of(reader, DEV), reader->interface, counters);
	read_snmp(text_of(reader, SNMP), counters);
	text = text_of(reader, SOCKSTAT);
	counters->waiting = number_at(text, "TCP: ", " tw ");
	counters->datagram = number_at(text, "UDP: ", " inuse ") +
		number_at(text_of(reader, SOCKSTAT6), "UDP6: ", " inuse ");
}

/* Bytes/s one way; 0: it does not say. */
static uint64_t speed_of(const char *folder, const char *interface)
{
	char path[PATH_MAX];
	char text[32] = "";
	int64_t megabits;
	int fd;

	snprintf(path, sizeof(path), "%s/%s/speed", folder, interface);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		*text = '\0';
	close(fd);
	megabits = strtoll(text, NULL, 10);
	return megabits > 0 ? megabits * 125000 : 0;
}

/**
 * interfaces_speed() - how fast interfaces are together
 * @folder: where the system tells about them
 * @interface: which one; NULL: all but the loopback
 *
 * Return: bytes/s one way; 0: they do not say.
 */
uint64_t interfaces_speed(const char *folder, const char *interface)
{
	struct dirent *entry;
	uint64_t sum = 0;
	DIR *dir;

	if (interface)
		return speed_of(folder, interface);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.' && strcmp(entry->d_name, "lo"))
			sum += speed_of(folder, entry->d_name);
	if (dir)
		closedir(dir);
	return sum;
}
