/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <linux/types.h>

/* What a machine does with a new session. */
enum condition {
	MACHINE_WORKS,
	MACHINE_REFUSES,	/* the program is gone, the machine is not */
	MACHINE_SILENT,		/* the machine is gone */
};

/**
 * struct job - the work of one session
 * @ends: when it is done, in the machine's virtual time; its work while it waits
 * @session: whose
 * @fails: it ends in an error
 */
struct job {
	double ends;
	u32 session;
	bool fails;
};

/**
 * struct jobs - some jobs
 * @job: a heap by @ends if they run, a ring if they wait
 * @n: how many
 * @room: for how many there is memory, a power of two
 * @first: of the ring
 */
struct jobs {
	struct job *job;
	u32 n;
	u32 room;
	u32 first;
};

/**
 * struct account - what has happened in a machine since some moment
 * @busy: seconds of all workers, background included
 * @finished: sessions, failed ones included
 * @failed: of these
 */
struct account {
	double busy;
	u32 finished;
	u32 failed;
};

/**
 * struct machine - a server as a queue
 * @workers: what it works with at once
 * @nominal: speed as bought: work a second and worker
 * @speed: speed now
 * @background: share of its workers that others take, unseen by gateways
 * @errors: share of sessions that it fails at once
 * @shared: all sessions run and share the workers; else the others wait
 * @condition: what it does with a new session
 * @now: up to when it has worked
 * @virtual: work that a session has got that has always been running
 * @running: sessions that run
 * @waiting: sessions that wait
 * @backlog: work to be done for both
 * @since_report: since the last report
 * @since_window: since the last window of time
 * @version: rises when its next completion changes
 */
struct machine {
	double workers;
	double nominal;
	double speed;
	double background;
	double errors;
	bool shared;
	enum condition condition;
	double now;
	double virtual;
	struct jobs running;
	struct jobs waiting;
	double backlog;
	struct account since_report;
	struct account since_window;
	u32 version;
};

void machine_advance(struct machine *m, double now);
void machine_add(struct machine *m, u32 session, double work, bool fails);
/* When the next job ends if nothing changes, or INFINITY. */
double machine_next(const struct machine *m);
/* Takes out the job that ends now. */
struct job machine_finish(struct machine *m);
/* Takes out any job; false if there is none. */
bool machine_drop(struct machine *m, struct job *job);
u32 machine_sessions(const struct machine *m);
/* How long @work would take if it came now and nothing after it. */
double machine_response(const struct machine *m, double work);
void machine_free(struct machine *m);

/* Work a second as bought: what weights of rivals go by. */
static inline double machine_capacity(const struct machine *m)
{
	return m->workers * m->nominal;
}

#endif
