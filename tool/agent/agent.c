// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The agent's side of the conversation: connect, say for whom it speaks, be
 * welcomed, report; after whatever ends it, begin anew. One timer serves all of it.
 */
#include "agent.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "backoff.h"
#include "counters.h"
#include "identity.h"
#include "line.h"
#include "port_range.h"
#include "report.h"
#include "told.h"
#include "trim.h"

#define WELCOME_MS	5000
#define STEADY		10	/* reports */
#define WHY_MAX		160

static const struct line_limits limits = {
	.message = 1 << 18,
	.queue = 1 << 16,
};

/**
 * struct agent - it
 * @base: loop
 * @options: command line
 * @context: certificates, as they were when it last connected
 * @line: to the daemon; NULL: waiting to try again
 * @timer: to connect, to be welcomed, or to report
 * @backoff: between two tries
 * @welcome: the daemon knows us
 * @reports: sent since
 * @interval_ms: between two reports
 * @sequence: of the last report
 * @speed: of the network
 * @reader: of the system's counters
 * @before: counters of the last report
 * @app: what it measures itself
 * @ports: of this system's connections
 * @why: it could not be connected, as last said
 * @stale: the certificates that are there now can't be used, which was said
 */
struct agent {
	struct event_base *base;
	const struct options *options;
	SSL_CTX *context;
	struct line *line;
	struct event *timer;
	struct backoff backoff;
	bool welcome;
	unsigned int reports;
	unsigned int interval_ms;
	int64_t sequence;
	uint64_t speed;
	struct reader *reader;
	struct counters before;
	struct app *app;
	struct port_range ports;
	char why[WHY_MAX];
	bool stale;
};

static void wait_ms(struct agent *agent, unsigned int ms)
{
	struct timeval time = {
		.tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000,
	};

	event_add(agent->timer, &time);
}

static void say_hello(struct line *line, void *arg)
{
	char *gateway = identity_name(line_certificate(line), ROLE_OF_GATEWAY);
	struct agent *agent = arg;
	json_t *for_whom = json_array();

	if (!gateway) {
		json_decref(for_whom);
		line_close(line, "the other end is no gateway");
		return;
	}
	free(gateway);
	if (agent->options->vm)
		json_array_append_new(for_whom, json_sprintf("vm:%s",
							     agent->options->vm));
	if (agent->options->server)
		json_array_append_new(for_whom,
				      json_sprintf("server:%s",
						   agent->options->server));
	line_send(line, json_pack("{s:s, s:i, s:o}", "type", "hello", "version",
				  1, "speaks_for", for_whom));
	wait_ms(agent, WELCOME_MS);
}

static void send_report(struct agent *agent, const char *role, const char *name,
			json_t *report)
{
	json_int_t sequence = ++agent->sequence;
	json_t *address = json_pack("{s:s, s:I, s:o}", "type", "report",
				    "sequence", sequence, "for",
				    json_sprintf("%s:%s", role, name));

	if (address && report)
		json_object_update(address, report);
	json_decref(report);
	line_send(agent->line, address);
}

static void report(struct agent *agent)
{
	const struct options *options = agent->options;
	struct counters now;
	json_t *server;
	double load;

	reader_read(agent->reader, &now);
	if (options->vm)
		send_report(agent, "vm", options->vm,
			    report_of_vm(&agent->before, &now));
	if (options->server) {
		server = report_of_server(&agent->before, &now, agent->speed);
		if (server && app_load(agent->app, &load))
			json_object_set_new(server, "app", json_real(load));
		send_report(agent, "server", options->server, server);
		app_ask(agent->app);
	}
	agent->before = now;
	agent->reports++;
	/* All has been done once that is done again and again from now on. */
	if (agent->reports == 1)
		trim();
	/* What is closed as soon as it is made is no success. */
	if (agent->reports == STEADY)
		backoff_succeeded(&agent->backoff);
}

/* From now on there is something to compare with. */
static void be_welcomed(struct agent *agent, const struct told *told)
{
	const struct options *options = agent->options;

	if (!agent->welcome)
		warnx("reporting to %s every %u ms", line_peer(agent->line),
		      told->interval_ms);
	agent->welcome = true;
	agent->reports = 0;
	agent->interval_ms = told->interval_ms;
	if (agent->sequence < told->sequence)
		agent->sequence = told->sequence;
	agent->speed = options->speed ? options->speed :
		interfaces_speed("/sys/class/net", options->interface);
	*agent->why = '\0';
	reader_read(agent->reader, &agent->before);
	app_ask(agent->app);
	wait_ms(agent, agent->interval_ms);
}

static const char *on_message(struct line *line, json_t *message, void *arg)
{
	struct agent *agent = arg;
	const char *why;
	struct told told;

	(void)line;
	why = told_read(message, &told);
	if (why)
		return why;
	if (told.type == TOLD_WELCOME)
		be_welcomed(agent, &told);
	else
		port_range_use(&agent->ports, &told.largest);
	return NULL;
}

/* The same again and again is said once, as long as it has not worked between. */
static void on_closed(struct line *line, const char *why, void *arg)
{
	struct agent *agent = arg;

	if (strncmp(agent->why, why, sizeof(agent->why) - 1))
		warnx("no connection to %s: %s", line_peer(line), why);
	snprintf(agent->why, sizeof(agent->why), "%s", why);
	agent->line = NULL;
	agent->welcome = false;
	trim();
	wait_ms(agent, backoff_failed(&agent->backoff));
}

static const struct line_use use = {
	.ready = say_hello,
	.message = on_message,
	.closed = on_closed,
};

/* Certificates are replaced before they are over; half replaced ones wait. */
static void renew(struct agent *agent)
{
	struct refusal refusal;
	SSL_CTX *context = tls_context(&agent->options->files, TLS_CLIENT,
				       &refusal);

	if (!context && !agent->stale)
		warnx("the certificate stays as it is: %s", refusal.text);
	agent->stale = !context;
	if (!context)
		return;
	SSL_CTX_free(agent->context);
	agent->context = context;
}

static void begin(struct agent *agent)
{
	renew(agent);
	agent->line = line_connect(agent->base, agent->context,
				   agent->options->host, agent->options->port,
				   &limits, &use, agent);
	if (!agent->line)
		wait_ms(agent, backoff_failed(&agent->backoff));
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	struct agent *agent = arg;

	(void)fd;
	(void)what;
	if (!agent->line) {
		begin(agent);
	} else if (!agent->welcome) {
		line_close(agent->line, "no welcome within 5 s");
	} else {
		report(agent);
		wait_ms(agent, agent->interval_ms);
	}
}

/**
 * agent_start() - begin to speak for this system
 * @base: loop
 * @options: command line; stay where they are
 *
 * Return: agent, or NULL if that can't be, which was said.
 */
struct agent *agent_start(struct event_base *base,
			  const struct options *options)
{
	struct agent *agent = calloc(1, sizeof(*agent));
	struct refusal refusal;

	if (!agent)
		err(1, "no memory");
	*agent = (struct agent) {
		.base = base,
		.options = options,
		.context = tls_context(&options->files, TLS_CLIENT, &refusal),
		.timer = evtimer_new(base, on_time, agent),
		.backoff = { .least_ms = 250, .most_ms = 4000 },
		.reader = reader_open("/proc", options->interface),
		.app = app_new(base, options),
		.ports = {
			.path = PORT_RANGE_PATH,
			.least = options->least_ports,
			.before = NO_SPAN,
		},
	};
	if (!agent->context)
		warnx("%s", refusal.text);
	else if (!agent->timer || !agent->reader || !agent->app)
		warnx("no memory");
	if (!agent->context || !agent->timer || !agent->reader || !agent->app) {
		agent_stop(agent);
		return NULL;
	}
	begin(agent);
	return agent;
}

/**
 * agent_stop() - end it, and leave the system as it was
 */
void agent_stop(struct agent *agent)
{
	if (agent->line)
		line_drop(agent->line);
	port_range_leave(&agent->ports);
	if (agent->app)
		app_free(agent->app);
	if (agent->reader)
		reader_close(agent->reader);
	if (agent->timer)
		event_free(agent->timer);
	SSL_CTX_free(agent->context);
	free(agent);
}
