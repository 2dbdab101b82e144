/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include <linux/types.h>

#define CHANGES_MOST	8
#define KINDS_MOST	4

enum work_law {
	WORK_EXPONENTIAL,
	WORK_HEAVY,	/* Pareto, 1.5, cut at 100 times its mean */
};

enum arrival_law {
	ARRIVE_EVENLY,	/* Poisson */
	ARRIVE_BURSTS,	/* every now and then twice as many for a while */
	ARRIVE_DAY,	/* the run is a day */
	ARRIVE_FLASH,	/* a crowd comes at half time */
	ARRIVE_TRACE,	/* as recorded */
};

/* What becomes of some machines at some moment; the value of it. */
enum change_kind {
	CHANGE_BACKGROUND,	/* share of their workers that others take */
	CHANGE_SPEED,		/* times their nominal speed */
	CHANGE_ERRORS,		/* share of sessions that they fail at once */
	CHANGE_REFUSES,
	CHANGE_SILENT,
	CHANGE_WORKS,
};

/**
 * struct change - what becomes of some machines
 * @at: when, as a share of the run
 * @first: which, as a share of all: from here
 * @last: up to here
 * @kind: what
 * @value: of it
 */
struct change {
	double at;
	double first;
	double last;
	enum change_kind kind;
	double value;
};

/**
 * struct scenario - what is played to the policies
 * @name: as on the command line
 * @what: for the reader
 * @brief: it is played in the short version too
 * @judged: the load is 80 %, the servers are unlike, load shifts, and they report
 *	once a second: the default has to be the best here
 * @machines: how many
 * @workers: of machines, in turn
 * @speed: of machines, in turn
 * @shared: see struct machine
 * @gateways: how many choose
 * @clients: how many there are
 * @load: what all ask for, background included, of what all machines can do
 * @work: mean work of a session, in seconds at speed 1
 * @work_law: how it is distributed
 * @arrival_law: how sessions arrive
 * @seconds: how long it is played
 * @report_s: time between reports
 * @delay_s: time until one arrives, at most twice that
 * @lost: share of reports that are lost
 * @wander: how far background wanders about by itself, a share
 * @changes: by rising time, ends with one at 0 that is not the first
 */
struct scenario {
	const char *name;
	const char *what;
	bool brief;
	bool judged;
	u32 machines;
	double workers[KINDS_MOST];
	double speed[KINDS_MOST];
	bool shared;
	u32 gateways;
	u32 clients;
	double load;
	double work;
	enum work_law work_law;
	enum arrival_law arrival_law;
	double seconds;
	double report_s;
	double delay_s;
	double lost;
	double wander;
	struct change changes[CHANGES_MOST];
};

extern const struct scenario scenarios[];
extern const u32 scenarios_n;

static inline u32 scenario_changes(const struct scenario *s)
{
	u32 n = 0;

	while (n < CHANGES_MOST && s->changes[n].last > 0)
		n++;
	return n;
}

/* How many kinds of machines there are, in turn. */
u32 scenario_kinds(const struct scenario *s);
/* Work a second that all machines can do, as bought. */
double scenario_capacity(const struct scenario *s);
/* Share of it that others take, a mean over the run. */
double scenario_background(const struct scenario *s);

#endif
