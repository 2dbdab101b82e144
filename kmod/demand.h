/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PSTEER_DEMAND_H
#define PSTEER_DEMAND_H

#include <linux/types.h>

#include <linux/portsteer.h>

/* Steps that a peak is remembered for, besides the one that is running. */
#define PSTEER_DEMAND_WINDOW	9
/* Most ports that the seed rule gives. */
#define PSTEER_DEMAND_SEED_MOST	65535

/**
 * struct psteer_demand_sample - what a VM has done since the sample before
 * @at_ms: when it was taken, on any clock that rises, in milliseconds
 * @pps: packets a second
 * @kbytes: bandwidth, in 1000 bytes a second
 * @peak: most ports in use at one moment since the sample before
 * @in_use: ports in use now
 */
struct psteer_demand_sample {
	u64 at_ms;
	u32 pps;
	u32 kbytes;
	u32 peak;
	u32 in_use;
};

/**
 * struct psteer_demand_bounds - what may be decided
 * @min: fewest ports
 * @max: most ports, at least @min
 * @block: ports in a block, a power of two
 */
struct psteer_demand_bounds {
	u32 min;
	u32 max;
	u32 block;
};

/**
 * struct psteer_demand - how many ports one VM should have, and why
 * @ports: ports decided
 * @peak: most ports in use in the running step
 * @score: highest demand score in the running step, in tenths
 * @swing: mean change of the peak from one step to the next, in 1/16 port
 * @low_steps: steps in a row in which far fewer ports were wanted than decided
 * @steps: steps remembered, up to PSTEER_DEMAND_WINDOW
 * @next: where in the window the next one goes
 * @peaks: peaks of the last steps, in ports
 * @scores: highest scores of the last steps, in tenths
 * @step_ms: when the running step began
 * @trend: change of the ports in use, in 1/65536 ports a second
 * @trend_ms: when @trend was last brought up to date
 * @trend_from: ports in use then
 *
 * The caller serialises all calls for one VM.
 */
struct psteer_demand {
	u32 ports;
	u32 peak;
	u32 score;
	u32 swing;
	u32 low_steps;
	u32 steps;
	u32 next;
	u32 peaks[PSTEER_DEMAND_WINDOW];
	u32 scores[PSTEER_DEMAND_WINDOW];
	u64 step_ms;
	s64 trend;
	u64 trend_ms;
	u32 trend_from;
};

void psteer_demand_init(struct psteer_demand *d, u32 ports);
u32 psteer_demand_score(u32 pps, u32 kbytes);
u32 psteer_demand_seed(u32 ports, u32 score, u32 block);
u32 psteer_demand_decide(struct psteer_demand *d, enum psteer_vm_policy policy,
			 const struct psteer_demand_sample *s,
			 const struct psteer_demand_bounds *b);
void psteer_demand_need(struct psteer_demand *d, u32 ports);
u32 psteer_demand_time_to_full(const struct psteer_demand *d, u32 in_use,
			       u32 ports);
u32 psteer_demand_level(const u32 *want, const u32 *least, u32 n, u32 capacity);

#endif
