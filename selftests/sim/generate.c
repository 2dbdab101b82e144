// SPDX-License-Identifier: GPL-2.0-only
/*
 * Made-up demand, the same for the same seed: three days of VMs of all sizes
 * that breathe with the day, wander, and burst. A burst may begin at any moment
 * of a step, which then sees part of it. Ports follow traffic with a delay, as
 * connections outlive their packets.
 */
#include <err.h>
#include <math.h>
#include <stdlib.h>

#include "random.h"
#include "trace.h"

#define VMS		16
#define STEP_S		60
#define DAY_STEPS	(86400 / STEP_S)
#define STEPS		(3 * DAY_STEPS)

/* What kind of VM it is, and how it is doing. */
struct life {
	double base;		/* ports on an ordinary day */
	double breath;		/* part of them that comes and goes with it */
	double phase;
	double unrest;		/* size of its wandering */
	double burst_chance;	/* of one beginning, each step */
	double burst_steps;	/* mean length */
	double burst_size;	/* mean height over base */
	double pps_a_port;
	double bytes_a_packet;
	double wander;
	double burst;		/* height of the running one, or 0 */
	double ports;
};

/* As likely to be in any decade. */
static double scale_between(u64 *random, double low, double high)
{
	return low * pow(high / low, random_share(random));
}

static void begin_life(struct life *life, u64 *random)
{
	*life = (struct life){
		.base = scale_between(random, 5, 2000),
		.breath = random_between(random, 0, 0.6),
		.phase = random_between(random, 0, 2 * M_PI),
		.unrest = random_between(random, 0.01, 0.1),
		.burst_chance = scale_between(random, 0.0005, 0.02),
		.burst_steps = scale_between(random, 2, 40),
		.burst_size = scale_between(random, 0.5, 6),
		.pps_a_port = scale_between(random, 0.5, 10),
		.bytes_a_packet = random_between(random, 200, 1200),
	};
}

static double burst_of(struct life *life, u64 *random)
{
	if (life->burst && random_share(random) < 1 / life->burst_steps)
		life->burst = 0;
	if (life->burst || random_share(random) >= life->burst_chance)
		return life->burst;
	life->burst = life->burst_size * scale_between(random, 0.5, 2);
	return life->burst * random_share(random);
}

static void live(struct life *life, struct moment *moment, u32 step,
		 u64 *random)
{
	double day = 2 * M_PI * step / DAY_STEPS + life->phase;
	double busy, pps;

	life->wander = 0.9 * life->wander +
		       life->unrest * random_between(random, -1.7, 1.7);
	busy = 1 + life->breath * sin(day) + life->wander;
	busy = life->base * (fmax(busy, 0) + burst_of(life, random));
	life->ports = fmax(busy, 0.6 * busy + 0.4 * life->ports);
	pps = busy * life->pps_a_port * random_between(random, 0.9, 1.1);
	moment->ports = fmin(life->ports, 20000);
	moment->pps = pps;
	moment->kbytes = pps * life->bytes_a_packet / 1000;
}

void trace_generate(struct trace *trace, u64 seed)
{
	struct life lives[VMS];
	u64 random = seed;
	u32 step, vm;

	*trace = (struct trace){
		.vms = VMS,
		.steps = STEPS,
		.step_s = STEP_S,
		.moments = calloc(STEPS * VMS, sizeof(*trace->moments)),
	};
	if (!trace->moments)
		err(2, "trace");
	for (vm = 0; vm < VMS; vm++)
		begin_life(&lives[vm], &random);
	for (step = 0; step < STEPS; step++)
		for (vm = 0; vm < VMS; vm++)
			live(&lives[vm], trace_at(trace, step, vm), step,
			     &random);
}
