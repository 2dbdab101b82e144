// SPDX-License-Identifier: GPL-2.0-or-later
/* Asking after servers at an interval, and what goes wrong with it. */
#include "probe.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include <linux/portsteer.h>

#include "clock.h"
#include "kernel.h"
#include "log.h"
#include "metric.h"

#define FIRST_MS	50	/* the first question, after start */
#define LEAST_MS	20	/* between an answer and the next question */
#define MOST_MS		30000	/* between questions to one that fails */
#define METRIC_NAME	64

static const char *const failure_words[PROBE_FAILURES] = {
	[PROBE_CONNECT] = "connect",
	[PROBE_TIMEOUT] = "timeout",
	[PROBE_SIZE] = "size",
	[PROBE_ANSWER] = "answer",
	[PROBE_REFUSED] = "refused",
};

static void ask_in(struct probe *probe, unsigned int ms)
{
	struct timeval wait = {
		.tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000,
	};

	event_add(probe->timer, &wait);
}

static void on_time(evutil_socket_t fd, short events, void *arg)
{
	struct probe *probe = arg;

	(void)fd;
	(void)events;
	probe->asked_ms = clock_ms();
	if (kernel_loaded(probe->daemon->kernel))
		probe->ask(probe);
	else
		ask_in(probe, probe->interval_ms);
}

/**
 * probe_start() - begin to ask after a server
 */
bool probe_start(struct probe *probe, const char *service,
		 const struct endpoint *server, const char *source,
		 uint32_t interval_ms)
{
	probe->service = service;
	probe->source = source;
	probe->port = server->port;
	probe->interval_ms = interval_ms;
	probe->backoff.least_ms = interval_ms;
	probe->backoff.most_ms = interval_ms > MOST_MS ? interval_ms : MOST_MS;
	probe->timer = evtimer_new(probe->daemon->base, on_time, probe);
	if (!probe->timer)
		return false;
	parse_address(server->host, &probe->address);
	format_endpoint(probe->server, &probe->address, probe->port);
	ask_in(probe, FIRST_MS);
	return true;
}

/**
 * probe_stop() - the end; also after a start that failed
 */
void probe_stop(struct probe *probe)
{
	if (probe->timer)
		event_free(probe->timer);
}

/**
 * probe_well() - it has answered well; ask again in time
 */
void probe_well(struct probe *probe)
{
	uint64_t passed = clock_ms() - probe->asked_ms;

	if (probe->failing)
		log_notice("%s: %s of service %s answers well again",
			   probe->part, probe->server, probe->service);
	probe->failing = false;
	probe->why[0] = '\0';
	backoff_succeeded(&probe->backoff);
	ask_in(probe, passed + LEAST_MS < probe->interval_ms ?
	       probe->interval_ms - passed : LEAST_MS);
}

/**
 * probe_failed() - there is no answer that one could report
 */
void probe_failed(struct probe *probe, enum probe_failure failure,
		  const char *format, ...)
{
	va_list args;

	probe->failures[failure]++;
	va_start(args, format);
	vsnprintf(probe->why, sizeof(probe->why), format, args);
	va_end(args);
	if (!probe->failing)
		log_warning("%s: %s of service %s: %s %s", probe->part,
			    probe->server, probe->service, probe->source,
			    probe->why);
	probe->failing = true;
	ask_in(probe, backoff_failed(&probe->backoff));
}

/**
 * probe_do() - have the module do something with the server
 *
 * Return: 0, or a negative errno, and why.
 */
int probe_do(struct probe *probe, uint8_t cmd, unsigned int role,
	     struct record *record, struct refusal *refusal)
{
	record_set_text(record, PSTEER_A_SERVER_SERVICE, probe->service);
	record_add_address(record, PSTEER_A_SERVER_ADDRESS, &probe->address);
	record_set_number(record, PSTEER_A_SERVER_PORT, probe->port);
	return kernel_do(probe->daemon->kernel, &server_object, cmd, role,
			 record, refusal);
}

/**
 * probe_report() - pass on what a server's machine says, and ask again in time
 */
void probe_report(struct probe *probe, struct record *report)
{
	struct refusal refusal = { 0 };

	if (probe_do(probe, PSTEER_CMD_SERVER_REPORT, ROLE_REPORT, report,
		     &refusal)) {
		probe_failed(probe, PROBE_REFUSED,
			     "answers, but its report is refused: %s",
			     refusal.text);
	} else {
		probe->answers++;
		probe_well(probe);
	}
}

static bool same_server(const struct probe *a, const struct probe *b)
{
	return !strcmp(a->service, b->service) && !strcmp(a->server, b->server);
}

/**
 * probes_unlike() - whether each server of a part stands there once
 */
bool probes_unlike(const void *state, probe_at at, struct refusal *refusal)
{
	const struct probe *probe;
	const struct probe *other;
	char text[REFUSAL_TEXT_MAX];
	size_t i;
	size_t j;

	for (i = 0; (probe = at(state, i)); i++) {
		for (j = 0; j < i; j++) {
			other = at(state, j);
			if (!same_server(probe, other))
				continue;
			snprintf(text, sizeof(text),
				 "%s: server %s of service %s stands there twice",
				 probe->part, probe->server, probe->service);
			refusal_set(refusal, EEXIST, text);
			return false;
		}
	}
	return true;
}

/**
 * probe_json() - how it went so far; a new reference
 */
json_t *probe_json(const struct probe *probe)
{
	json_t *failures = json_object();
	json_t *json;
	size_t i;

	for (i = 0; i < PROBE_FAILURES; i++)
		json_object_set_new(failures, failure_words[i],
				    json_integer(probe->failures[i]));
	json = json_pack("{s:s, s:s, s:s, s:I, s:b, s:I, s:o}",
			 "service", probe->service, "server", probe->server,
			 "source", probe->source,
			 "interval_ms", (json_int_t)probe->interval_ms,
			 "failing", probe->failing,
			 "reports", (json_int_t)probe->answers,
			 "failures", failures);
	json_object_set_new(json, "why", probe->failing ?
			    json_string(probe->why) : json_null());
	return json;
}

/**
 * probes_show() - all of a part, for struct part
 */
json_t *probes_show(const void *state, probe_at at)
{
	json_t *list = json_array();
	const struct probe *probe;
	size_t nr;

	for (nr = 0; (probe = at(state, nr)); nr++)
		json_array_append_new(list, probe_json(probe));
	return list;
}

static void put_failures(FILE *out, const char *name,
			 const struct probe *probe)
{
	size_t i;

	for (i = 0; i < PROBE_FAILURES; i++) {
		const struct label labels[] = {
			{ "service", probe->service },
			{ "server", probe->server },
			{ "reason", failure_words[i] },
			{ NULL, NULL }
		};

		metric_value(out, name, labels, probe->failures[i]);
	}
}

static void put_answers(FILE *out, const char *name, const struct probe *probe)
{
	const struct label labels[] = {
		{ "service", probe->service },
		{ "server", probe->server },
		{ NULL, NULL }
	};

	metric_value(out, name, labels, probe->answers);
}

/**
 * probes_metrics() - all of a part, for struct part
 */
void probes_metrics(FILE *out, const char *prefix, const void *state,
		    probe_at at)
{
	static const struct {
		const char *name;
		const char *help;
		void (*put)(FILE *out, const char *name,
			    const struct probe *probe);
	} rows[] = {
		{ "reports_total", "Answers that became a report.",
		  put_answers },
		{ "failures_total", "Questions that did not, by why.",
		  put_failures },
	};
	const struct probe *probe;
	char name[METRIC_NAME];
	size_t i;
	size_t nr;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(name, sizeof(name), "%s_%s", prefix, rows[i].name);
		metric_begin(out, name, rows[i].help);
		for (nr = 0; (probe = at(state, nr)); nr++)
			rows[i].put(out, name, probe);
	}
}
