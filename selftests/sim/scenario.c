// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is played. Unlike servers are the rule: two to sixteen workers, some a
 * half faster than others, and rivals are told so. Changes are not told.
 */
#include "scenario.h"

#define UNLIKE		.workers = { 2, 8, 4, 16 }, .speed = { 1, 1, 1.5, 1 }
#define TEN		.machines = 10, .gateways = 1, .clients = 2000, UNLIKE
#define FULL		.load = 0.8, .work = 0.1, .seconds = 300, .report_s = 1, \
			.delay_s = 0.02
#define JUDGED		TEN, FULL, .judged = true

/* Others take half of some machines; at half time of others instead. */
#define SHIFT(at)						\
	{ 0, 0.0, 0.3, CHANGE_BACKGROUND, 0.5 },		\
	{ at, 0.0, 0.3, CHANGE_BACKGROUND, 0 },			\
	{ at, 0.6, 0.9, CHANGE_BACKGROUND, 0.5 }

const struct scenario scenarios[] = {
	{
		.name = "shift", .brief = true, JUDGED,
		.what = "background load moves from three servers to others",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "shift-shared", JUDGED, .shared = true,
		.what = "the same, sessions share the workers",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "shift-bursts", JUDGED, .arrival_law = ARRIVE_BURSTS,
		.what = "the same, sessions come in bursts",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "shift-heavy", JUDGED, .work_law = WORK_HEAVY,
		.shared = true,
		.what = "the same, a few sessions are most of the work",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "shift-day", JUDGED, .arrival_law = ARRIVE_DAY,
		.what = "the same, in the course of a day",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "shift-replay", JUDGED, .arrival_law = ARRIVE_TRACE,
		.what = "the same, sessions come as recorded",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "shift-lost", JUDGED, .lost = 0.3,
		.what = "the same, 30 % of reports are lost",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "slow", .brief = true, JUDGED,
		.what = "two servers work at a third of their speed for a while",
		.changes = {
			{ 0.4, 0.3, 0.5, CHANGE_SPEED, 0.33 },
			{ 0.7, 0.3, 0.5, CHANGE_SPEED, 1 },
		},
	}, {
		.name = "wander", JUDGED, .wander = 0.05,
		.what = "background load of every server wanders about",
		.changes = { { 0, 0, 1, CHANGE_BACKGROUND, 0.25 } },
	}, {
		.name = "shift-long", JUDGED,
		.what = "the same shift, sessions last for two seconds",
		.work = 2, .seconds = 3000,
		.changes = { SHIFT(0.5) },
	}, {
		.name = "shift-100", .machines = 100, .gateways = 1,
		.clients = 100000, UNLIKE, FULL, .seconds = 60, .judged = true,
		.what = "the same shift among 100 servers",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "shift-1000", .machines = 1000, .gateways = 1,
		.clients = 1000000, UNLIKE, FULL, .work = 0.4, .seconds = 30,
		.judged = true,
		.what = "the same shift among 1,000 servers, a million clients",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "still", TEN, FULL,
		.what = "nothing is hidden and nothing changes",
	}, {
		.name = "flash", TEN, FULL, .arrival_law = ARRIVE_FLASH,
		.what = "a crowd comes: 60 % utilisation, then 96 %",
		.changes = { SHIFT(0.3) },
	}, {
		.name = "failure", TEN, FULL, .load = 0.6,
		.what = "one server goes silent, one refuses, both return",
		.changes = {
			{ 0.3, 0.1, 0.2, CHANGE_SILENT, 0 },
			{ 0.5, 0.1, 0.2, CHANGE_WORKS, 0 },
			{ 0.6, 0.3, 0.4, CHANGE_REFUSES, 0 },
			{ 0.8, 0.3, 0.4, CHANGE_WORKS, 0 },
		},
	}, {
		.name = "errors", .brief = true, TEN, FULL, .load = 0.6,
		.what = "two servers answer fast, nine of ten times with an error",
		.changes = {
			{ 0.3, 0.1, 0.3, CHANGE_ERRORS, 0.9 },
			{ 0.8, 0.1, 0.3, CHANGE_ERRORS, 0 },
		},
	}, {
		.name = "relief", TEN, FULL, .load = 0.6,
		.what = "four servers are full of other work, then of none",
		.changes = {
			{ 0.1, 0.2, 0.6, CHANGE_BACKGROUND, 0.9 },
			{ 0.5, 0.2, 0.6, CHANGE_BACKGROUND, 0 },
		},
	}, {
		.name = "gateways", TEN, FULL, .gateways = 8,
		.what = "the shift, eight gateways",
		.changes = { SHIFT(0.5) },
	}, {
		.name = "stale", .brief = true, TEN, FULL, .gateways = 8,
		.report_s = 5, .delay_s = 1,
		.what = "eight gateways, reports every five seconds, a second late",
		.changes = { SHIFT(0.5) },
	},
};

const u32 scenarios_n = sizeof(scenarios) / sizeof(*scenarios);

u32 scenario_kinds(const struct scenario *s)
{
	u32 kinds = 0;

	while (kinds < KINDS_MOST && s->workers[kinds] > 0)
		kinds++;
	return kinds;
}

static double capacity_of(const struct scenario *s, u32 machine)
{
	u32 kind = machine % scenario_kinds(s);

	return s->workers[kind] * s->speed[kind];
}

double scenario_capacity(const struct scenario *s)
{
	double sum = 0;
	u32 i;

	for (i = 0; i < s->machines; i++)
		sum += capacity_of(s, i);
	return sum;
}

/* Of one machine: what is said before some moment holds until then. */
static double background_of(const struct scenario *s, u32 machine)
{
	double sum = 0, since = 0, now = 0;
	u32 i;

	for (i = 0; i < scenario_changes(s); i++) {
		const struct change *c = &s->changes[i];

		if (c->kind != CHANGE_BACKGROUND ||
		    machine < (u32)(c->first * s->machines) ||
		    machine >= (u32)(c->last * s->machines))
			continue;
		sum += now * (c->at - since);
		since = c->at;
		now = c->value;
	}
	return sum + now * (1 - since);
}

double scenario_background(const struct scenario *s)
{
	double sum = 0;
	u32 i;

	for (i = 0; i < s->machines; i++)
		sum += background_of(s, i) * capacity_of(s, i);
	return sum / scenario_capacity(s);
}
