/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What scrape and agent-check have in common: somebody is asked, at an interval,
 * how a server is, and the module gets it as a report. Whoever fails is counted,
 * complained of once until it is well again, and asked less often.
 */
#ifndef PORTSTEER_PROBE_H
#define PORTSTEER_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <event2/event.h>
#include <jansson.h>

#include "backoff.h"
#include "format.h"
#include "part.h"
#include "record.h"
#include "setting.h"

enum probe_failure {
	PROBE_CONNECT,	/* not reached, or the connection broke */
	PROBE_TIMEOUT,	/* no whole answer in time */
	PROBE_SIZE,	/* an answer that is too long */
	PROBE_ANSWER,	/* an answer that makes no sense */
	PROBE_REFUSED,	/* the module refused what it says */

	PROBE_FAILURES
};

#define PROBE_WHY_MAX	160

/**
 * struct probe - one server that is asked after
 * @part: "scrape" or "agent-check", for complaints
 * @daemon: to report to
 * @ask: begin to ask; one of the functions that end it follows
 * @service: of the server
 * @address: of the server, likewise
 * @port: likewise
 * @server: both as text
 * @source: who is asked, as text
 * @interval_ms: between questions
 * @timer: until the next question
 * @asked_ms: when the last was asked
 * @backoff: of one that fails
 * @answers: reports that the module has taken
 * @failures: by kind
 * @failing: since the last good answer
 * @why: what is wrong, if it fails
 */
struct probe {
	const char *part;
	struct daemon *daemon;
	void (*ask)(struct probe *probe);
	const char *service;
	struct address address;
	uint16_t port;
	char server[FORMAT_MAX];
	const char *source;
	uint32_t interval_ms;
	struct event *timer;
	uint64_t asked_ms;
	struct backoff backoff;
	uint64_t answers;
	uint64_t failures[PROBE_FAILURES];
	bool failing;
	char why[PROBE_WHY_MAX];
};

/*
 * False: no memory. @probe is zeros but for part, daemon, ask; the texts stay as
 * they are until it is stopped.
 */
bool probe_start(struct probe *probe, const char *service,
		 const struct endpoint *server, const char *source,
		 uint32_t interval_ms);
void probe_stop(struct probe *probe);

/* Each ends a question: a report, nothing to report, or no good answer. */
void probe_report(struct probe *probe, struct record *report);
void probe_well(struct probe *probe);
__attribute__((__format__(printf, 3, 4)))
void probe_failed(struct probe *probe, enum probe_failure failure,
		  const char *format, ...);

/* Other things that one may do with the server; its names are filled in. */
int probe_do(struct probe *probe, uint8_t cmd, unsigned int role,
	     struct record *record, struct refusal *refusal);

json_t *probe_json(const struct probe *probe);
/* @at: the probe with a number, NULL after the last. */
typedef const struct probe *(*probe_at)(const void *state, size_t nr);
bool probes_unlike(const void *state, probe_at at, struct refusal *refusal);
json_t *probes_show(const void *state, probe_at at);
/* @prefix: of the metrics' names */
void probes_metrics(FILE *out, const char *prefix, const void *state,
		    probe_at at);

#endif
