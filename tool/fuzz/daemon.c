// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an agent could say to a gateway, while another one speaks for a VM. The
 * module, the link and its certificates are stand-ins that agree to most things.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "identity.h"
#include "log.h"
#include "message.h"

#define MESSAGE_MAX	4096	/* as the daemon has it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One line is enough: nobody looks at it. */
static char line_there[1];
static unsigned int told;

const struct object vm_object;

int kernel_do(struct kernel *kernel, const struct object *object, uint8_t cmd,
	      unsigned int role, const struct record *record,
	      struct refusal *refusal)
{
	(void)kernel;
	(void)object;
	(void)cmd;
	(void)role;
	(void)record;
	refusal->text[0] = '\0';
	return told++ % 2;
}

bool kernel_loaded(const struct kernel *kernel)
{
	(void)kernel;
	return true;
}

unsigned int servers_report(struct servers *servers,
			    const struct address *address,
			    struct record *report, struct refusal *refusal)
{
	(void)servers;
	(void)address;
	(void)report;
	refusal->text[0] = '\0';
	return told++ % 2;
}

bool identity_is(const X509 *certificate, enum role role, const char *name)
{
	(void)certificate;
	return role != ROLE_OF_GATEWAY && strcmp(name, "blue");
}

char *identity_name(const X509 *certificate, enum role role)
{
	(void)certificate;
	(void)role;
	return NULL;
}

X509 *line_certificate(const struct line *line)
{
	(void)line;
	return NULL;
}

const char *line_peer(const struct line *line)
{
	(void)line;
	return "127.0.0.1:1";
}

bool line_send(struct line *line, json_t *message)
{
	(void)line;
	if (!message)
		abort();
	json_decref(message);
	return true;
}

void line_close(struct line *line, const char *why)
{
	(void)line;
	if (!*why)
		abort();
}

static void format_line(const char *format, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, ap);
}

void log_warning(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	format_line(format, ap);
	va_end(ap);
}

void log_notice(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	format_line(format, ap);
	va_end(ap);
}

static void tell_soon(void *arg)
{
	(void)arg;
}

/* Until something is refused, as the link does. */
static void speak(struct floor *floor, struct evbuffer *in)
{
	struct agent *agent = agent_new(floor);
	const char *why = NULL;
	json_t *message;

	agent->line = (struct line *)line_there;
	while (!why && message_take(in, MESSAGE_MAX, &message, &why)) {
		if (message)
			why = agent_hear(agent, message);
		json_decref(message);
	}
	evbuffer_drain(in, evbuffer_get_length(in));
	if (why)
		agent_free(agent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char hello[] =
		"{\"type\":\"hello\",\"version\":1,\"speaks_for\":[\"vm:red\"]}\n";
	struct floor floor = { .interval_ms = 1000, .tell = tell_soon };
	struct evbuffer *in = evbuffer_new();

	TAILQ_INIT(&floor.agents);
	TAILQ_INIT(&floor.due);
	speakers_init(&floor.speakers, 4);
	evbuffer_add(in, hello, strlen(hello));
	speak(&floor, in);
	evbuffer_add(in, data, size);
	speak(&floor, in);
	while (!TAILQ_EMPTY(&floor.agents))
		agent_free(TAILQ_FIRST(&floor.agents));
	if (floor.greeted || floor.count || !TAILQ_EMPTY(&floor.due))
		abort();
	speakers_clear(&floor.speakers);
	evbuffer_free(in);
	return 0;
}
