// SPDX-License-Identifier: GPL-2.0-only
/*
 * The closed loop of VMs' ports: connections begin, hold a port, and end; one
 * that finds no port fails. A trace says how many a VM would have open; rules
 * say how its range follows, at each pick and each second. A second is one step
 * here: what is in it is counted, not played one by one.
 */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "demand.h"
#include "doubling.h"
#include "random.h"
#include "number.h"
#include "trace.h"

#define HOLD_S		120	/* until a freed block has another owner */
#define LIVES		5	/* a connection lasts this part of a trace's step */
#define AHEAD_PART	5	/* as in vm_demand.c, both */
#define SHORT_PART	5
#define PATIENCE_S	120	/* of the rule that doubles */
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/**
 * struct vm - one VM under some rule
 * @demand: for the module's policy
 * @doubling: for the rule that doubles
 * @open: connections
 * @peak: most of them in this second
 * @have: blocks
 * @random: where its connections come from
 */
struct vm {
	struct psteer_demand demand;
	struct doubling doubling;
	u32 open;
	u32 peak;
	u32 have;
	u64 random;
};

/**
 * struct count - what has happened
 * @connections: that began, or failed
 * @failed: of these
 * @used: ports in use, summed over seconds
 * @had: ports in ranges, or waiting out the hold time, as well
 * @resizes: changes of a range
 */
struct count {
	u64 connections;
	u64 failed;
	u64 used;
	u64 had;
	u64 resizes;
};

/**
 * struct play - a trace played to a rule
 * @trace: demand
 * @rule: rule
 * @block: ports in a block
 * @pool: blocks in the pool
 * @free: of these
 * @held: freed, by when they may be given out again, a ring of seconds
 * @second: now
 * @share: blocks that a VM may have while the pool is short
 * @vms: VMs
 * @count: what has happened
 */
struct play {
	const struct trace *trace;
	const struct rule *rule;
	u32 block;
	u32 pool;
	u32 free;
	u32 held[HOLD_S];
	u32 second;
	u32 share;
	struct vm *vms;
	struct count count;
};

/**
 * struct rule - how ranges follow
 * @name: as on the command line
 * @what: for the reader
 * @begin: blocks at first
 * @at_pick: blocks that a VM should have now that it has so many open, or needs
 *	them
 * @at_second: blocks that it should have, by what was in this second
 * @before: what has to be done for all VMs before, or NULL
 */
struct rule {
	const char *name;
	const char *what;
	u32 (*begin)(struct play *play, struct vm *vm);
	u32 (*at_pick)(struct play *play, struct vm *vm, u32 open);
	u32 (*at_second)(struct play *play, struct vm *vm,
			 const struct moment *moment);
	void (*before)(struct play *play);
};

static u32 blocks_for(const struct play *play, u32 ports)
{
	return (ports + play->block - 1) / play->block;
}

static u32 begin_equal(struct play *play, struct vm *vm)
{
	(void)vm;
	return play->pool / play->trace->vms;
}

static u32 keep_at_pick(struct play *play, struct vm *vm, u32 open)
{
	(void)play;
	(void)open;
	return vm->have;
}

static u32 keep_at_second(struct play *play, struct vm *vm,
			  const struct moment *moment)
{
	(void)play;
	(void)moment;
	return vm->have;
}

static u32 begin_doubling(struct play *play, struct vm *vm)
{
	vm->doubling.ports = max(DOUBLING_LEAST, play->block);
	return blocks_for(play, vm->doubling.ports);
}

static u32 double_at_pick(struct play *play, struct vm *vm, u32 open)
{
	doubling_grow(&vm->doubling, open);
	return blocks_for(play, vm->doubling.ports);
}

static u32 double_at_second(struct play *play, struct vm *vm,
			    const struct moment *moment)
{
	(void)moment;
	doubling_sample(&vm->doubling, vm->peak, PATIENCE_S);
	return blocks_for(play, vm->doubling.ports);
}

static u32 begin_safe(struct play *play, struct vm *vm)
{
	psteer_demand_init(&vm->demand, play->block);
	return 1;
}

/* As most_ports() in vm_demand.c. */
static u32 most_blocks(const struct play *play, const struct vm *vm)
{
	u32 equal = play->pool / play->trace->vms;

	if (SHORT_PART * play->free > play->pool)
		return play->share;
	return min(play->share,
		   max(equal, blocks_for(play, vm->demand.ports)));
}

/* A block when none is free, and one ahead when less than a fifth is. */
static u32 safe_at_pick(struct play *play, struct vm *vm, u32 open)
{
	u32 have = max(vm->have, blocks_for(play, open));
	u32 most = max(vm->have, most_blocks(play, vm));

	if (AHEAD_PART * (have * play->block - open) < have * play->block)
		have++;
	psteer_demand_need(&vm->demand, have * play->block);
	return min(have, most);
}

static u32 safe_at_second(struct play *play, struct vm *vm,
			  const struct moment *moment)
{
	struct psteer_demand_sample sample = {
		.at_ms = 1000ULL * play->second,
		.pps = moment->pps,
		.kbytes = moment->kbytes,
		.peak = vm->peak,
		.in_use = vm->open,
	};
	struct psteer_demand_bounds bounds = {
		.min = play->block,
		.max = play->pool * play->block,
		.block = play->block,
	};
	u32 ports = psteer_demand_decide(&vm->demand, PSTEER_VM_SAFE, &sample,
					 &bounds);

	return min(blocks_for(play, ports), play->share);
}

/* As share_pool() in vm_demand.c. */
static void share_pool(struct play *play)
{
	u32 n = play->trace->vms, want[n], least[n], i;

	for (i = 0; i < n; i++) {
		want[i] = blocks_for(play, play->vms[i].demand.ports);
		least[i] = 1;
	}
	play->share = psteer_demand_level(want, least, n, play->pool);
}

static const struct rule rules[] = {
	{ "equal", "equal static shares", begin_equal, keep_at_pick,
	  keep_at_second, NULL },
	{ "double", "doubling, halving", begin_doubling, double_at_pick,
	  double_at_second, NULL },
	{ "safe", "policy safe", begin_safe, safe_at_pick, safe_at_second,
	  share_pool },
};

/* As far as the pool has them; never fewer than are in use. */
static void resize(struct play *play, struct vm *vm, u32 blocks)
{
	u32 before = vm->have;

	if (blocks > vm->have) {
		blocks = min(blocks - vm->have, play->free);
		vm->have += blocks;
		play->free -= blocks;
	} else {
		blocks = max(blocks, blocks_for(play, vm->open));
		if (blocks < vm->have) {
			play->held[play->second % HOLD_S] += vm->have - blocks;
			vm->have = blocks;
		}
	}
	play->count.resizes += vm->have != before;
}

static void end_some(struct vm *vm, double life_s)
{
	u32 ended = random_count(&vm->random, vm->open / life_s);

	vm->open -= min(ended, vm->open);
}

/* @n connections begin, as many as there are ports for. */
static void begin_some(struct play *play, struct vm *vm, u32 n)
{
	u32 room;

	resize(play, vm, max(vm->have,
			     play->rule->at_pick(play, vm, vm->open + n)));
	room = vm->have * play->block - vm->open;
	play->count.connections += n;
	play->count.failed += n - min(n, room);
	vm->open += min(n, room);
	vm->peak = vm->open;
}

static void play_second(struct play *play, u32 step)
{
	double life_s = (double)play->trace->step_s / LIVES;
	u32 *held = &play->held[play->second % HOLD_S];
	u32 i;

	play->free += *held;
	*held = 0;
	for (i = 0; i < play->trace->vms; i++) {
		struct vm *vm = &play->vms[i];
		u32 ports = trace_at(play->trace, step, i)->ports;

		end_some(vm, life_s);
		begin_some(play, vm, random_count(&vm->random, ports / life_s));
		play->count.used += vm->open;
	}
	if (play->rule->before)
		play->rule->before(play);
	for (i = 0; i < play->trace->vms; i++) {
		const struct moment *moment = trace_at(play->trace, step, i);
		struct vm *vm = &play->vms[i];

		resize(play, vm, play->rule->at_second(play, vm, moment));
	}
	play->count.had += (u64)(play->pool - play->free) * play->block;
	play->second++;
}

static void begin(struct play *play, u64 seed)
{
	u32 i;

	play->free = play->pool;
	play->share = U32_MAX;
	play->vms = calloc(play->trace->vms, sizeof(*play->vms));
	if (!play->vms)
		err(2, "VMs");
	for (i = 0; i < play->trace->vms; i++) {
		struct vm *vm = &play->vms[i];

		vm->random = random_stream(seed, 'l', i);
		resize(play, vm, play->rule->begin(play, vm));
	}
	play->count = (struct count){};
}

static void play_to(const struct trace *trace, const struct rule *rule,
		    u32 block, u32 pool, u64 seed)
{
	struct play play = {
		.trace = trace, .rule = rule, .block = block,
		.pool = pool / block,
	};
	const struct count *c = &play.count;
	double vm_hours;
	u32 step, i;

	begin(&play, seed);
	for (step = 0; step < trace->steps; step++)
		for (i = 0; i < trace->step_s; i++)
			play_second(&play, step);
	vm_hours = (double)play.second * trace->vms / 3600;
	printf("%-7s %10llu %10.4f %9.2f %10.0f %9.2f   %s\n", rule->name,
	       c->failed, 100. * c->failed / c->connections,
	       (double)c->had / c->used,
	       (double)(c->had - c->used) / play.second,
	       c->resizes / vm_hours, rule->what);
	free(play.vms);
}

static void explain_use(void)
{
	errx(2, "usage: live FILE|generated [seed N] [pool N] [block N]");
}

int main(int argc, char **argv)
{
	u64 seed = 1, pool = 0, block = 64;
	struct trace trace;
	size_t i;
	int at;

	if (argc < 2 || argc % 2)
		explain_use();
	for (at = 2; at < argc; at += 2) {
		if (!strcmp(argv[at], "seed"))
			seed = read_number(argv[at + 1], U64_MAX);
		else if (!strcmp(argv[at], "pool"))
			pool = read_number(argv[at + 1], 1 << 24);
		else if (!strcmp(argv[at], "block"))
			block = max(read_number(argv[at + 1], 4096), 1ULL);
		else
			explain_use();
	}
	if (strcmp(argv[1], "generated"))
		trace_read(&trace, argv[1]);
	else
		trace_generate(&trace, seed);
	if (!pool)
		pool = trace_pool(&trace, block);
	if (pool / block < trace.vms)
		errx(2, "a pool of %llu ports has no block for each VM", pool);
	printf("# %u VMs, %u steps of %u s, blocks of %llu ports, pool of %llu\n"
	       "# rule      failed   failed %%  had:used  wasted     resizes/h\n",
	       trace.vms, trace.steps, trace.step_s, block, pool);
	for (i = 0; i < ARRAY_SIZE(rules); i++)
		play_to(&trace, &rules[i], block, pool, seed);
	trace_free(&trace);
	return 0;
}
