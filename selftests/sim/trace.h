/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <linux/types.h>

/**
 * struct moment - what one VM does in one step
 * @pps: packets a second
 * @kbytes: bandwidth
 * @ports: ports it needs
 */
struct moment {
	u32 pps;
	u32 kbytes;
	u32 ports;
};

/**
 * struct trace - what some VMs do over time
 * @vms: how many
 * @steps: how many
 * @step_s: seconds in a step
 * @moments: by step, then by VM
 */
struct trace {
	u32 vms;
	u32 steps;
	u32 step_s;
	struct moment *moments;
};

static inline struct moment *trace_at(const struct trace *trace, u32 step,
				      u32 vm)
{
	return trace->moments + (size_t)step * trace->vms + vm;
}

/* Both end the program with a sentence if they can't. */
void trace_read(struct trace *trace, const char *path);
void trace_generate(struct trace *trace, u64 seed);
/* Keep one half: "first" or "second" of the time, "even" or "odd" VMs. */
int trace_halve(struct trace *trace, const char *half);
/* 1.15 times what all need together in 99 of 100 steps, in whole blocks. */
u32 trace_pool(const struct trace *trace, u32 block);
void trace_free(struct trace *trace);

#endif
