// SPDX-License-Identifier: GPL-2.0-only
/*
 * One scenario played to one policy: sessions arrive, machines work, report
 * and fail, gateways see what gateways see.
 *
 * Health is the module's rule for every policy: some failed handshakes in a row
 * and a machine gets no sessions but one now and then, unless most are so.
 */
#include <err.h>
#include <math.h>
#include <stdlib.h>

#include <linux/minmax.h>

#include "random.h"
#include "run.h"

#define WINDOW_S	5.0
#define REPORT_NOISE	0.02
#define WANDER_KEEPS	0.95
#define REFUSAL_S	0.001
#define ERROR_WORK_S	0.001	/* what an error costs the machine */
/* The SYN comes again after one second and three; after seven nobody waits. */
#define REPEAT_S	1.0
#define GIVE_UP_S	7.0
/* The module's first values. */
#define HEALTH_FAILURES	3
#define HEALTH_RETRY_S	10.0

#define OUTBOX		8

void *run_alloc(size_t n, size_t size)
{
	void *memory = calloc(n, size);

	if (!memory)
		err(2, "memory");
	return memory;
}

bool run_eligible(const struct run *run, u32 gateway, u32 machine)
{
	const struct gateway *g = &run->gateways[gateway];
	const struct view *view = &g->views[machine];

	return !view->unhealthy || run->now >= view->retry_at ||
	       2 * g->unhealthy > run->n;
}

static struct view *view_of(struct run *run, u32 session, u32 machine)
{
	return &run->gateways[run_gateway_of(run, session)].views[machine];
}

static void note_failure(struct run *run, u32 session, u32 machine)
{
	struct view *view = view_of(run, session, machine);

	if (++view->failures < HEALTH_FAILURES)
		return;
	view->retry_at = run->now + HEALTH_RETRY_S;
	if (!view->unhealthy)
		run->gateways[run_gateway_of(run, session)].unhealthy++;
	view->unhealthy = true;
}

static void note_answer(struct run *run, u32 session, u32 machine)
{
	struct view *view = view_of(run, session, machine);

	if (view->unhealthy)
		run->gateways[run_gateway_of(run, session)].unhealthy--;
	view->unhealthy = false;
	view->failures = 0;
}

static void note_choice(struct run *run, u32 session, u32 machine)
{
	struct view *view = view_of(run, session, machine);

	if (view->unhealthy)
		view->retry_at = run->now + HEALTH_RETRY_S;
}

static void expect_completion(struct run *run, u32 machine)
{
	struct machine *m = &run->machines[machine];
	double at = machine_next(m);

	m->version++;
	if (at < INFINITY)
		events_push(&run->events, (struct event){
			.at = at, .kind = EVENT_COMPLETION,
			.a = machine, .b = m->version });
}

static void close_session(struct run *run, u32 session, u32 machine)
{
	view_of(run, session, machine)->active--;
	if (run->policy->closed)
		run->policy->closed(run, run_gateway_of(run, session), machine,
				    session);
}

static void end_badly(struct run *run, u32 session)
{
	run->outcome.response[session] = INFINITY;
}

/* The machine works and takes the session. */
static void serve(struct run *run, u32 session, u32 machine)
{
	const struct arrival *a = &run->arrivals->arrival[session];
	struct machine *m = &run->machines[machine];
	bool fails = a->fate < m->errors;

	note_answer(run, session, machine);
	machine_advance(m, run->now);
	machine_add(m, session, fails ? ERROR_WORK_S : a->work, fails);
	expect_completion(run, machine);
}

static void offer(struct run *run, u32 session, u32 machine)
{
	switch (run->machines[machine].condition) {
	case MACHINE_WORKS:
		serve(run, session, machine);
		break;
	case MACHINE_REFUSES:
		note_failure(run, session, machine);
		events_push(&run->events, (struct event){
			.at = run->now + REFUSAL_S, .kind = EVENT_GIVE_UP,
			.a = session, .b = machine });
		break;
	case MACHINE_SILENT:
		events_push(&run->events, (struct event){
			.at = run->now + REPEAT_S, .kind = EVENT_REPEAT,
			.a = session, .b = machine, .c = 1 });
		break;
	}
}

static void steer(struct run *run, u32 session)
{
	u32 gateway = run_gateway_of(run, session);
	u32 machine = run->policy->choose(run, gateway, session);

	if (machine == NOBODY) {
		end_badly(run, session);
		return;
	}
	note_choice(run, session, machine);
	view_of(run, session, machine)->active++;
	if (run->policy->opened)
		run->policy->opened(run, gateway, machine, session);
	offer(run, session, machine);
}

/* A SYN that was not answered comes again. */
static void repeat(struct run *run, struct event e)
{
	double since = run->now - run->arrivals->arrival[e.a].at;

	if (e.c == 1)
		note_failure(run, e.a, e.b);
	if (run->machines[e.b].condition == MACHINE_WORKS) {
		serve(run, e.a, e.b);
	} else if (view_of(run, e.a, e.b)->unhealthy && since < GIVE_UP_S) {
		close_session(run, e.a, e.b);
		steer(run, e.a);
	} else {
		e.kind = e.c == 1 ? EVENT_REPEAT : EVENT_GIVE_UP;
		e.at += (GIVE_UP_S - REPEAT_S) / 2;
		e.c++;
		events_push(&run->events, e);
	}
}

static void complete(struct run *run, struct event e)
{
	struct machine *m = &run->machines[e.a];
	struct job job;
	double took;

	if (e.b != m->version)
		return;
	machine_advance(m, run->now);
	job = machine_finish(m);
	took = run->now - run->arrivals->arrival[job.session].at;
	m->since_report.finished++;
	m->since_report.failed += job.fails;
	run->outcome.response[job.session] = job.fails ? INFINITY : took;
	close_session(run, job.session, e.a);
	expect_completion(run, e.a);
}

/* Whatever a machine was at is lost when its program or itself goes. */
static void lose_jobs(struct run *run, u32 machine, double after_s)
{
	struct machine *m = &run->machines[machine];
	struct job job;

	while (machine_drop(m, &job))
		events_push(&run->events, (struct event){
			.at = run->now + after_s, .kind = EVENT_GIVE_UP,
			.a = job.session, .b = machine });
}

static void apply(struct run *run, const struct change *change, u32 machine)
{
	struct machine *m = &run->machines[machine];

	machine_advance(m, run->now);
	switch (change->kind) {
	case CHANGE_BACKGROUND:
		m->background = change->value;
		break;
	case CHANGE_SPEED:
		m->speed = m->nominal * change->value;
		break;
	case CHANGE_ERRORS:
		m->errors = change->value;
		break;
	case CHANGE_REFUSES:
		m->condition = MACHINE_REFUSES;
		lose_jobs(run, machine, REFUSAL_S);
		break;
	case CHANGE_SILENT:
		m->condition = MACHINE_SILENT;
		lose_jobs(run, machine, GIVE_UP_S);
		break;
	case CHANGE_WORKS:
		m->condition = MACHINE_WORKS;
		break;
	}
	expect_completion(run, machine);
}

static void change_machines(struct run *run, u32 index)
{
	const struct change *change = &run->scenario->changes[index];
	u32 i;

	for (i = change->first * run->n; i < change->last * run->n; i++)
		apply(run, change, i);
}

/* What comes by itself: a walk that stays within bounds. */
static void wander(struct run *run, u32 machine)
{
	const struct scenario *s = run->scenario;
	struct machine *m = &run->machines[machine];
	double to;

	if (!s->wander)
		return;
	to = scenario_background(s) +
	     WANDER_KEEPS * (m->background - scenario_background(s)) +
	     random_normal(&run->noise[machine], s->wander);
	m->background = fmin(fmax(to, 0), 0.7);
	expect_completion(run, machine);
}

static struct report take_report(struct run *run, u32 machine)
{
	struct machine *m = &run->machines[machine];
	const struct account *since = &m->since_report;
	struct report report = {
		.load = since->busy / run->scenario->report_s +
			random_normal(&run->noise[machine], REPORT_NOISE),
		.errors = since->failed / fmax(since->finished, 1),
	};

	report.load = fmin(fmax(report.load, 0), 1);
	m->since_report = (struct account){};
	return report;
}

static void send_report(struct run *run, u32 machine)
{
	const struct scenario *s = run->scenario;
	u64 *noise = &run->noise[machine];
	u32 number = run->reports[machine]++;
	/* Drawn for each report, sent or not: others' don't depend on it. */
	bool lost = random_share(noise) < s->lost;
	double delay = random_between(noise, 1, 2) * s->delay_s;

	machine_advance(&run->machines[machine], run->now);
	run->outbox[machine][number % OUTBOX] = take_report(run, machine);
	wander(run, machine);
	if (!lost && run->machines[machine].condition != MACHINE_SILENT)
		events_push(&run->events, (struct event){
			.at = run->now + delay, .kind = EVENT_DELIVERY,
			.a = machine, .b = number });
	events_push(&run->events, (struct event){
		.at = run->now + s->report_s, .kind = EVENT_REPORT,
		.a = machine });
}

static void deliver(struct run *run, u32 machine, u32 number)
{
	if (run->policy->reported)
		run->policy->reported(run, machine,
				      &run->outbox[machine][number % OUTBOX]);
}

static void end_window(struct run *run)
{
	double most = 0, sum = 0;
	u32 i;

	for (i = 0; i < run->n; i++) {
		struct machine *m = &run->machines[i];

		machine_advance(m, run->now);
		most = fmax(most, m->since_window.busy);
		sum += m->since_window.busy;
		m->since_window = (struct account){};
	}
	if (run->now > run->scenario->seconds * WARM_UP) {
		run->outcome.windows++;
		run->outcome.peak += most * run->n / sum;
	}
	events_push(&run->events, (struct event){
		.at = run->now + WINDOW_S, .kind = EVENT_WINDOW });
}

static void happen(struct run *run, struct event e)
{
	switch (e.kind) {
	case EVENT_COMPLETION:
		complete(run, e);
		break;
	case EVENT_REPORT:
		send_report(run, e.a);
		break;
	case EVENT_DELIVERY:
		deliver(run, e.a, e.b);
		break;
	case EVENT_CHANGE:
		change_machines(run, e.a);
		break;
	case EVENT_REPEAT:
		repeat(run, e);
		break;
	case EVENT_GIVE_UP:
		end_badly(run, e.a);
		close_session(run, e.a, e.b);
		break;
	case EVENT_WINDOW:
		end_window(run);
		break;
	}
}

static void begin_machines(struct run *run, u64 seed)
{
	const struct scenario *s = run->scenario;
	u32 i;

	for (i = 0; i < run->n; i++) {
		u32 kind = i % scenario_kinds(s);

		run->machines[i].workers = s->workers[kind];
		run->machines[i].nominal = s->speed[kind];
		run->machines[i].speed = s->speed[kind];
		run->machines[i].shared = s->shared;
		run->noise[i] = random_stream(seed, 'n', i);
		events_push(&run->events, (struct event){
			.at = s->report_s * random_share(&run->noise[i]),
			.kind = EVENT_REPORT, .a = i });
	}
}

static void begin(struct run *run, u64 seed)
{
	const struct scenario *s = run->scenario;
	u32 i;

	run->n = s->machines;
	run->machines = run_alloc(run->n, sizeof(*run->machines));
	run->noise = run_alloc(run->n, sizeof(*run->noise));
	run->outbox = run_alloc(run->n, sizeof(*run->outbox));
	run->reports = run_alloc(run->n, sizeof(*run->reports));
	run->gateways = run_alloc(s->gateways, sizeof(*run->gateways));
	for (i = 0; i < s->gateways; i++)
		run->gateways[i].views = run_alloc(run->n,
						   sizeof(struct view));
	run->random = random_stream(seed, 'c', 0);
	run->outcome.response = run_alloc(run->arrivals->n, sizeof(float));
	begin_machines(run, seed);
	for (i = 0; i < scenario_changes(s); i++)
		events_push(&run->events, (struct event){
			.at = s->changes[i].at * s->seconds,
			.kind = EVENT_CHANGE, .a = i });
	events_push(&run->events, (struct event){
		.at = WINDOW_S, .kind = EVENT_WINDOW });
	if (run->policy->begin)
		run->policy->begin(run);
}

/* What is not answered at the end has at least taken until then. */
static void end(struct run *run)
{
	u32 i;

	for (i = 0; i < run->arrivals->n; i++)
		if (!run->outcome.response[i])
			run->outcome.response[i] =
				run->now - run->arrivals->arrival[i].at;
	if (run->policy->end)
		run->policy->end(run);
	for (i = 0; i < run->n; i++)
		machine_free(&run->machines[i]);
	for (i = 0; i < run->scenario->gateways; i++)
		free(run->gateways[i].views);
	free(run->gateways);
	free(run->machines);
	free(run->noise);
	free(run->outbox);
	free(run->reports);
	free(run->events.event);
}

static void play_until(struct run *run, double until)
{
	while (run->events.event[0].at <= until) {
		struct event e = events_pop(&run->events);

		run->now = e.at;
		happen(run, e);
	}
	run->now = until;
}

struct outcome run_play(const struct scenario *s, const struct policy *policy,
			const struct arrivals *arrivals, u64 seed)
{
	struct run run = {
		.scenario = s, .policy = policy, .arrivals = arrivals,
	};
	u32 i;

	begin(&run, seed);
	for (i = 0; i < arrivals->n; i++) {
		play_until(&run, arrivals->arrival[i].at);
		steer(&run, i);
	}
	play_until(&run, s->seconds + GIVE_UP_S);
	end(&run);
	return run.outcome;
}
