/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include <stdint.h>
#include <stdlib.h>

#include "arrivals.h"
#include "events.h"
#include "machine.h"
#include "scenario.h"

#define NOBODY		UINT32_MAX
/* Share of a run that nothing is counted of: policies still learn. */
#define WARM_UP		0.1

/**
 * struct report - what a machine says of itself
 * @load: mean share of its workers that was busy since the report before
 * @errors: share of sessions that failed since then
 */
struct report {
	double load;
	double errors;
};

/**
 * struct view - what a gateway itself knows of a machine
 * @active: its own sessions there
 * @failures: failed handshakes in a row
 * @unhealthy: too many of them
 * @retry_at: when it gets one session to try
 */
struct view {
	u32 active;
	u32 failures;
	bool unhealthy;
	double retry_at;
};

/**
 * struct gateway - one that chooses
 * @views: by machine
 * @unhealthy: how many of them are
 */
struct gateway {
	struct view *views;
	u32 unhealthy;
};

struct run;

/**
 * struct policy - how gateways choose
 * @name: as on the command line
 * @what: for the reader
 * @rival: the default has to do at least as well
 * @begin: makes run->mind, or NULL
 * @choose: a machine for a session that a gateway has got, or NOBODY
 * @reported: a report has come to all gateways, or NULL
 * @opened: a session has been given to a machine, or NULL
 * @closed: it has ended there, or NULL
 * @end: frees run->mind, or NULL
 */
struct policy {
	const char *name;
	const char *what;
	bool rival;
	void (*begin)(struct run *run);
	u32 (*choose)(struct run *run, u32 gateway, u32 session);
	void (*reported)(struct run *run, u32 machine, const struct report *r);
	void (*opened)(struct run *run, u32 gateway, u32 machine, u32 session);
	void (*closed)(struct run *run, u32 gateway, u32 machine, u32 session);
	void (*end)(struct run *run);
};

/**
 * struct outcome - how a policy has done
 * @response: by session: seconds until it was answered; INFINITY: never
 * @windows: windows of time
 * @peak: sum of max/mean utilisation over machines, over windows
 */
struct outcome {
	float *response;
	u32 windows;
	double peak;
};

/**
 * struct run - one scenario played to one policy
 * @scenario: scenario
 * @policy: policy
 * @arrivals: its sessions
 * @machines: by index
 * @n: how many
 * @gateways: by index
 * @events: what is going to happen
 * @now: in seconds
 * @noise: random stream of each machine, for its reports
 * @outbox: reports on their way, a ring for each machine
 * @reports: how many each machine has sent
 * @random: for choices
 * @mind: the policy's own
 * @outcome: how it does
 */
struct run {
	const struct scenario *scenario;
	const struct policy *policy;
	const struct arrivals *arrivals;
	struct machine *machines;
	u32 n;
	struct gateway *gateways;
	struct events events;
	double now;
	u64 *noise;
	struct report (*outbox)[8];
	u32 *reports;
	u64 random;
	void *mind;
	struct outcome outcome;
};

/* Plays; the caller frees outcome.response. */
struct outcome run_play(const struct scenario *s, const struct policy *policy,
			const struct arrivals *arrivals, u64 seed);
/* May a gateway give a new session to a machine, by what it has seen? */
bool run_eligible(const struct run *run, u32 gateway, u32 machine);
/* calloc() that ends the program with a sentence if it can't. */
void *run_alloc(size_t n, size_t size);

static inline u32 run_gateway_of(const struct run *run, u32 session)
{
	return run->arrivals->arrival[session].client % run->scenario->gateways;
}

#endif
