// SPDX-License-Identifier: GPL-2.0-or-later
/* What agents say -> what the module is told. Calls nobody. */
#include "report.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/portsteer.h>

#include "format.h"

#define SHARE		10000	/* 1 */
#define PPS_MAX		1000000000
#define BANDWIDTH_MAX	1000000000000
#define CONNECTIONS_MAX	16777216
#define SEQUENCE_MAX	(1ll << 53)	/* what every JSON reader keeps exact */

/**
 * struct member - a figure of a report
 * @key: as in the message
 * @attr: of the module; 0: it is not told
 * @most: upper bound; 0: a share, 0 to 1
 */
struct member {
	const char *key;
	uint16_t attr;
	int64_t most;
};

static const struct member vm_members[] = {
	{ "pps", PSTEER_A_VM_PPS, PPS_MAX },
	{ "bandwidth", PSTEER_A_VM_BANDWIDTH, BANDWIDTH_MAX },
	{ "connections", PSTEER_A_VM_CONNECTIONS, CONNECTIONS_MAX },
	{ NULL }
};

static const struct member server_members[] = {
	{ "cpu", PSTEER_A_SERVER_CPU, 0 },
	{ "memory", PSTEER_A_SERVER_MEMORY, 0 },
	{ "network", PSTEER_A_SERVER_NETWORK, 0 },
	{ "latency_us", PSTEER_A_SERVER_LATENCY, UINT32_MAX },
	{ "errors", PSTEER_A_SERVER_ERRORS, 0 },
	{ "app", PSTEER_A_SERVER_APP, 0 },
	{ "retransmits", 0, 0 },
	{ "connections", 0, CONNECTIONS_MAX },
	{ NULL }
};

/* What was said may be cut in the middle of a character: only plain ones stay. */
__attribute__((__format__(printf, 2, 3)))
static const char *complain(char *why, const char *format, ...)
{
	va_list ap;
	char *c;

	va_start(ap, format);
	vsnprintf(why, WHY_MAX, format, ap);
	va_end(ap);
	for (c = why; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return why;
}

static const char *read_vm(struct who *who)
{
	return parse_name(who->plain, PSTEER_NAME_MAX);
}

/* One address has one name, however it is written. */
static const char *read_server(struct who *who)
{
	const char *wrong = parse_address(who->plain, &who->address);
	char text[FORMAT_MAX];

	if (!wrong)
		snprintf(who->name + strlen("server:"),
			 SPEAKER_MAX - strlen("server:"), "%s",
			 format_address(text, &who->address));
	return wrong;
}

/**
 * who_read() - read of whom an agent speaks
 * @text: "vm:NAME" or "server:ADDRESS"
 * @who: filled in
 * @why: what is wrong
 *
 * Return: NULL or @why.
 */
const char *who_read(const char *text, struct who *who, char *why)
{
	const char *colon = strchr(text, ':');
	const char *wrong;

	if (!colon || strlen(text) >= SPEAKER_MAX)
		return complain(why, "\"%.40s\" is not vm:NAME or server:ADDRESS",
				text);
	strcpy(who->name, text);
	who->plain = who->name + (colon + 1 - text);
	if (!strncmp(text, "vm:", who->plain - who->name)) {
		who->role = ROLE_OF_VM;
		wrong = read_vm(who);
	} else if (!strncmp(text, "server:", who->plain - who->name)) {
		who->role = ROLE_OF_SERVER;
		wrong = read_server(who);
	} else {
		wrong = "is not vm:NAME or server:ADDRESS";
	}
	return wrong ? complain(why, "\"%.40s\" %s", text, wrong) : NULL;
}

/**
 * members_check() - see that a message has no members but those that are known
 */
const char *members_check(json_t *message, const char *const *known, char *why)
{
	const char *const *name;
	const char *key;
	json_t *value;

	json_object_foreach(message, key, value) {
		for (name = known; *name && strcmp(*name, key); name++)
			;
		if (!*name)
			return complain(why, "\"%.40s\" is unknown", key);
	}
	return NULL;
}

static const struct member *find_member(const struct member *members,
					const char *key)
{
	for (; members->key; members++)
		if (!strcmp(members->key, key))
			return members;
	return NULL;
}

static const char *read_figure(const struct member *m, const json_t *value,
			       int64_t *figure, char *why)
{
	double number = json_number_value(value);
	double most = m->most ? m->most : 1;

	if (!json_is_number(value))
		return complain(why, "%s is not a number", m->key);
	if (number < 0 || number > most)
		return complain(why, "%s must be 0 to %.0f", m->key, most);
	*figure = llround(m->most ? number : number * SHARE);
	return NULL;
}

static void put_figure(struct report *report, const struct member *m,
		       int64_t figure)
{
	if (m->attr)
		record_set_number(&report->record, m->attr, figure);
	if (!strcmp(m->key, "connections"))
		report->connections = figure;
	if (!strcmp(m->key, "retransmits"))
		report->retransmits = figure;
}

static const char *read_figures(json_t *message, struct report *report,
				char *why)
{
	static const char *const others[] = { "type", "sequence", "for", NULL };
	const struct member *members = report->who.role == ROLE_OF_VM ?
		vm_members : server_members;
	const struct member *m;
	const char *const *other;
	const char *wrong = NULL;
	const char *key;
	json_t *value;
	int64_t figure = 0;

	json_object_foreach(message, key, value) {
		for (other = others; *other && strcmp(*other, key); other++)
			;
		if (*other)
			continue;
		m = find_member(members, key);
		if (!m)
			return complain(why, "\"%.40s\" is unknown", key);
		wrong = read_figure(m, value, &figure, why);
		if (wrong)
			return wrong;
		put_figure(report, m, figure);
	}
	return NULL;
}

/**
 * report_read() - read a report
 * @message: its message
 * @report: all zeros; its record is the caller's to clear in any case
 * @why: what is wrong
 *
 * Return: NULL or @why.
 */
const char *report_read(json_t *message, struct report *report, char *why)
{
	const char *name = json_string_value(json_object_get(message, "for"));
	json_t *sequence = json_object_get(message, "sequence");
	const char *wrong;

	if (!name)
		return complain(why, "for is missing, or no text");
	wrong = who_read(name, &report->who, why);
	if (wrong)
		return wrong;
	if (!json_is_integer(sequence) || json_integer_value(sequence) <= 0 ||
	    json_integer_value(sequence) > SEQUENCE_MAX)
		return complain(why, "sequence is missing, or no whole number above 0");
	report->sequence = json_integer_value(sequence);
	return read_figures(message, report, why);
}
