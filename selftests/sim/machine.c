// SPDX-License-Identifier: GPL-2.0-only
/*
 * A server as a queue. Sessions that run all advance at one pace, so their work
 * is counted in virtual time, which passes at that pace: what has to be known
 * is only which of them ends first.
 */
#include <err.h>
#include <math.h>
#include <stdlib.h>

#include <linux/minmax.h>

#include "machine.h"

static double free_workers(const struct machine *m)
{
	return m->workers * (1 - m->background);
}

static double pace(const struct machine *m, u32 running)
{
	return m->speed * fmin(1, free_workers(m) / running);
}

void machine_advance(struct machine *m, double now)
{
	double used = fmin(m->running.n, free_workers(m)) / m->workers;
	double passed = now - m->now, busy;

	m->now = now;
	busy = (m->background + used) * passed;
	m->since_report.busy += busy;
	m->since_window.busy += busy;
	if (!m->running.n)
		return;
	m->virtual += pace(m, m->running.n) * passed;
	m->backlog -= pace(m, m->running.n) * m->running.n * passed;
}

static void make_room(struct jobs *jobs)
{
	u32 room = max(2 * jobs->room, 16U), i;
	struct job *more;

	if (jobs->n < jobs->room)
		return;
	more = calloc(room, sizeof(*more));
	if (!more)
		err(2, "jobs");
	for (i = 0; i < jobs->n; i++)
		more[i] = jobs->job[(jobs->first + i) & (jobs->room - 1)];
	free(jobs->job);
	*jobs = (struct jobs){ .job = more, .n = jobs->n, .room = room };
}

static void push(struct jobs *heap, struct job job)
{
	u32 at;

	make_room(heap);
	at = heap->n++;
	while (at && heap->job[(at - 1) / 2].ends > job.ends) {
		heap->job[at] = heap->job[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap->job[at] = job;
}

static struct job pop(struct jobs *heap)
{
	struct job first = heap->job[0], last = heap->job[--heap->n];
	u32 at = 0, child;

	while ((child = 2 * at + 1) < heap->n) {
		if (child + 1 < heap->n &&
		    heap->job[child + 1].ends < heap->job[child].ends)
			child++;
		if (heap->job[child].ends >= last.ends)
			break;
		heap->job[at] = heap->job[child];
		at = child;
	}
	heap->job[at] = last;
	return first;
}

static struct job take_first(struct jobs *ring)
{
	struct job job = ring->job[ring->first];

	ring->first = (ring->first + 1) & (ring->room - 1);
	ring->n--;
	return job;
}

static void run(struct machine *m, struct job job)
{
	job.ends += m->virtual;
	push(&m->running, job);
}

void machine_add(struct machine *m, u32 session, double work, bool fails)
{
	struct job job = { .ends = work, .session = session, .fails = fails };

	m->backlog += work;
	if (m->shared || m->running.n < m->workers) {
		run(m, job);
		return;
	}
	make_room(&m->waiting);
	m->waiting.job[(m->waiting.first + m->waiting.n++) &
		       (m->waiting.room - 1)] = job;
}

double machine_next(const struct machine *m)
{
	if (!m->running.n || m->condition == MACHINE_SILENT)
		return INFINITY;
	return m->now + fmax(m->running.job[0].ends - m->virtual, 0) /
		pace(m, m->running.n);
}

struct job machine_finish(struct machine *m)
{
	struct job job = pop(&m->running);

	if (m->waiting.n)
		run(m, take_first(&m->waiting));
	if (!m->running.n)
		m->backlog = 0;
	return job;
}

bool machine_drop(struct machine *m, struct job *job)
{
	if (!m->running.n)
		return false;
	*job = machine_finish(m);
	return true;
}

u32 machine_sessions(const struct machine *m)
{
	return m->running.n + m->waiting.n;
}

double machine_response(const struct machine *m, double work)
{
	double wait;

	if (m->shared)
		return work / pace(m, m->running.n + 1);
	if (m->running.n < m->workers)
		return work / pace(m, m->running.n + 1);
	wait = m->backlog / (free_workers(m) * m->speed);
	return wait + work / pace(m, m->workers);
}

void machine_free(struct machine *m)
{
	free(m->running.job);
	free(m->waiting.job);
}
