// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recorded demand: lines "t,vm,pps,kbytes,ports" under a header, by rising time,
 * the same VMs at each.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/math.h>
#include <linux/minmax.h>

#include "trace.h"

#define VMS_MOST	1024
#define NAME_MOST	32

struct names {
	char name[VMS_MOST][NAME_MOST];
	u32 n;
};

static u32 index_of(struct names *names, const char *name)
{
	u32 i;

	for (i = 0; i < names->n; i++)
		if (!strcmp(names->name[i], name))
			return i;
	if (names->n == VMS_MOST)
		errx(2, "more than %d VMs", VMS_MOST);
	strcpy(names->name[i], name);
	names->n++;
	return i;
}

/* Room for one more step, in which nobody does anything so far. */
static void add_step(struct trace *trace)
{
	size_t size = sizeof(*trace->moments);
	/* In the first step it is not known yet how many VMs there are. */
	size_t vms = trace->steps ? trace->vms : VMS_MOST;

	trace->moments = realloc(trace->moments,
				 (trace->steps + 1) * vms * size);
	if (!trace->moments)
		err(2, "trace");
	memset(trace->moments + trace->steps * vms, 0, vms * size);
	trace->steps++;
}

/* One line; *@before is the time of the last one. */
static void take_line(struct trace *trace, struct names *names,
		      const char *line, long *before)
{
	char name[NAME_MOST];
	struct moment m;
	long t;
	u32 vm;

	if (sscanf(line, "%ld,%31[^,],%u,%u,%u", &t, name, &m.pps, &m.kbytes,
		   &m.ports) != 5)
		errx(2, "not t,vm,pps,kbytes,ports: %s", line);
	vm = index_of(names, name);
	if (!trace->steps || t != *before) {
		if (trace->steps == 1) {
			trace->vms = names->n;
			trace->step_s = t - *before;
		}
		add_step(trace);
		*before = t;
	}
	if (trace->steps > 1 && vm >= trace->vms)
		errx(2, "%s is not there from the beginning", name);
	trace->moments[(size_t)(trace->steps - 1) * trace->vms + vm] = m;
}

void trace_read(struct trace *trace, const char *path)
{
	static struct names names;
	char line[256];
	long before = 0;
	FILE *file;

	memset(trace, 0, sizeof(*trace));
	file = fopen(path, "r");
	if (!file || !fgets(line, sizeof(line), file))
		err(2, "%s", path);
	while (fgets(line, sizeof(line), file))
		take_line(trace, &names, line, &before);
	fclose(file);
	if (trace->steps < 2 || !trace->step_s)
		errx(2, "%s: fewer than two steps", path);
}

static int compare(const void *a, const void *b)
{
	const u32 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

u32 trace_pool(const struct trace *trace, u32 block)
{
	u32 *sums = calloc(trace->steps, sizeof(*sums));
	u32 step, vm, pool;

	if (!sums)
		err(2, "trace");
	for (step = 0; step < trace->steps; step++)
		for (vm = 0; vm < trace->vms; vm++)
			sums[step] += trace_at(trace, step, vm)->ports;
	qsort(sums, trace->steps, sizeof(*sums), compare);
	pool = sums[trace->steps * 99ULL / 100] * 115ULL / 100 + 1;
	free(sums);
	return max(round_up(pool, block), trace->vms * block);
}

int trace_halve(struct trace *trace, const char *half)
{
	u32 odd = !strcmp(half, "odd"), vms = 0, step, vm;

	if (!strcmp(half, "first") || !strcmp(half, "second")) {
		trace->steps /= 2;
		if (*half == 's')
			memmove(trace->moments, trace_at(trace, trace->steps, 0),
				(size_t)trace->steps * trace->vms *
				sizeof(*trace->moments));
		return 0;
	}
	if (!odd && strcmp(half, "even"))
		return -1;
	for (step = 0; step < trace->steps; step++)
		for (vm = odd; vm < trace->vms; vm += 2)
			trace->moments[vms++] = *trace_at(trace, step, vm);
	trace->vms = vms / trace->steps;
	return 0;
}

void trace_free(struct trace *trace)
{
	free(trace->moments);
}
