// SPDX-License-Identifier: GPL-2.0-only
/*
 * What rules for the size of VMs' port ranges are worth: demand is played to
 * each of them, and what it leaves unmet is counted. Open loop: the range of a
 * step may go by reports up to the step before, and demand does not change if
 * it isn't met. When rules want more than the pool has, psteer_demand_level()
 * shares it out.
 */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "demand.h"
#include "doubling.h"
#include "number.h"
#include "trace.h"

#define PEAKS_MOST	60
#define DOUBLING_PATIENCE	5	/* steps */
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

/**
 * struct vm - one VM under some rule
 * @demand: for the module's policies
 * @doubling: for the rule that doubles
 * @peaks: for the rules that go by peaks: the last PEAKS_MOST
 * @reports: reports so far
 * @want: ports that its rule wants
 */
struct vm {
	struct psteer_demand demand;
	struct doubling doubling;
	u32 peaks[PEAKS_MOST];
	u32 reports;
	u32 want;
};

/**
 * struct play - one trace played to one rule
 * @trace: demand
 * @block: ports in a block
 * @pool: ports in the pool, whole blocks
 * @rule: the rule
 * @vms: its VMs
 * @unit: ports in what it deals with
 * @want: what each VM wants, in units
 * @least: what each VM must have, in units
 * @have: what each VM has, in units
 */
struct play {
	const struct trace *trace;
	u32 block;
	u32 pool;
	const struct rule *rule;
	struct vm *vms;
	u32 unit;
	u32 *want;
	u32 *least;
	u32 *have;
};

/**
 * struct rule - how the size of a range follows reports
 * @name: as on the command line
 * @what: for the reader
 * @want: ports wanted for @step, by the reports of the steps before
 * @single: goes by single ports, not blocks
 * @at_need: grows in the middle of a step, out of what is free
 */
struct rule {
	const char *name;
	const char *what;
	u32 (*want)(struct play *play, struct vm *vm, u32 step, u32 index);
	bool single;
	bool at_need;
};

/**
 * struct score - how a rule has done
 * @needed: ports needed, summed over VMs and steps, as all below
 * @unmet: of these, ports that were not there
 * @exhausted: in how many VM-steps some were not
 * @allocated: ports in ranges
 * @changes: how often a range had another size than the step before
 */
struct score {
	u64 needed;
	u64 unmet;
	u64 exhausted;
	u64 allocated;
	u64 changes;
};

static u32 decide(struct play *play, struct vm *vm, u32 step, u32 index,
		  enum psteer_vm_policy policy)
{
	const struct moment *now = trace_at(play->trace, step - 1, index);
	struct psteer_demand_sample sample = {
		.at_ms = 1000ULL * play->trace->step_s * step,
		.pps = now->pps,
		.kbytes = now->kbytes,
		.peak = now->ports,
		.in_use = now->ports,
	};
	struct psteer_demand_bounds bounds = {
		.min = play->block,
		.max = max(play->pool, 65536U),
		.block = play->block,
	};

	return psteer_demand_decide(&vm->demand, policy, &sample, &bounds);
}

static u32 want_safe(struct play *play, struct vm *vm, u32 step, u32 index)
{
	return decide(play, vm, step, index, PSTEER_VM_SAFE);
}

static u32 want_seed(struct play *play, struct vm *vm, u32 step, u32 index)
{
	return decide(play, vm, step, index, PSTEER_VM_SEED);
}

static u32 want_next(struct play *play, struct vm *vm, u32 step, u32 index)
{
	(void)vm;
	return trace_at(play->trace, step, index)->ports;
}

static u32 want_equal(struct play *play, struct vm *vm, u32 step, u32 index)
{
	(void)vm;
	(void)step;
	(void)index;
	return play->pool / play->trace->vms;
}

static u32 want_doubling(struct play *play, struct vm *vm, u32 step, u32 index)
{
	u32 ports = trace_at(play->trace, step - 1, index)->ports;

	if (!vm->doubling.ports)
		vm->doubling.ports = DOUBLING_LEAST;
	doubling_grow(&vm->doubling, ports);
	doubling_sample(&vm->doubling, ports, DOUBLING_PATIENCE);
	return vm->doubling.ports;
}

/* The highest of the last @steps and a fifth, a spare block, 30 % dead band. */
static u32 want_peak(struct play *play, struct vm *vm, u32 step, u32 index,
		     u32 steps)
{
	u32 peak = 0, want, i;

	vm->peaks[vm->reports++ % PEAKS_MOST] =
		trace_at(play->trace, step - 1, index)->ports;
	for (i = 1; i <= min(steps, vm->reports); i++)
		peak = max(peak, vm->peaks[(vm->reports - i) % PEAKS_MOST]);
	want = round_up(peak + peak / 5, play->block) + play->block;
	if (want > vm->want || 10ULL * want < 7ULL * vm->want)
		return want;
	return vm->want;
}

static u32 want_peak_12(struct play *play, struct vm *vm, u32 step, u32 index)
{
	return want_peak(play, vm, step, index, 12);
}

static u32 want_peak_60(struct play *play, struct vm *vm, u32 step, u32 index)
{
	return want_peak(play, vm, step, index, 60);
}

static const struct rule rules[] = {
	{ "next", "knows the next step", want_next, true, false },
	{ "equal", "equal static shares", want_equal, true, false },
	{ "double", "doubling, halving", want_doubling, true, false },
	{ "seed", "policy seed", want_seed, false, false },
	{ "peak12", "peak of last 12 + 20 %", want_peak_12, false, false },
	{ "peak60", "peak of last 60 + 20 %", want_peak_60, false, false },
	{ "safe", "policy safe", want_safe, false, false },
	{ "need", "policy safe, growing at need", want_safe, false, true },
};

static u32 in_units(const struct play *play, u32 ports)
{
	return (ports + play->unit - 1) / play->unit;
}

/* Gives each VM what it wants, or what is fair. */
static void share(struct play *play)
{
	u32 vms = play->trace->vms;
	u32 level, i;

	level = psteer_demand_level(play->want, play->least, vms,
				    play->pool / play->unit);
	for (i = 0; i < vms; i++)
		play->have[i] = min(play->want[i], max(play->least[i], level));
}

/* Before a step: as the rule says. */
static void size_ranges(struct play *play, u32 step)
{
	u32 i;

	for (i = 0; i < play->trace->vms; i++) {
		struct vm *vm = &play->vms[i];

		if (step)
			vm->want = play->rule->want(play, vm, step, i);
		play->want[i] = in_units(play, vm->want);
		play->least[i] = min(play->want[i], 1U);
	}
	share(play);
}

/* In a step: nobody loses what he has, what is free goes to those in need. */
static void grow_at_need(struct play *play, u32 step)
{
	u32 i;

	for (i = 0; i < play->trace->vms; i++) {
		u32 ports = trace_at(play->trace, step, i)->ports;

		play->least[i] = play->have[i];
		play->want[i] = max(play->have[i], in_units(play, ports));
	}
	share(play);
	for (i = 0; i < play->trace->vms; i++)
		psteer_demand_need(&play->vms[i].demand,
				   play->have[i] * play->unit);
}

static void count(const struct play *play, u32 step, const u32 *before,
		  struct score *score)
{
	u32 i;

	for (i = 0; i < play->trace->vms; i++) {
		u32 ports = trace_at(play->trace, step, i)->ports;
		u32 have = play->have[i] * play->unit;

		score->needed += ports;
		score->allocated += have;
		score->changes += step && play->have[i] != before[i];
		if (ports > have) {
			score->unmet += ports - have;
			score->exhausted++;
		}
	}
}

static void *alloc(size_t n, size_t size)
{
	void *memory = calloc(n, size);

	if (!memory)
		err(2, "memory");
	return memory;
}

/* All begin with equal shares. */
static void begin(struct play *play, const struct rule *rule)
{
	u32 vms = play->trace->vms;
	u32 share = play->pool / vms;
	u32 i;

	play->rule = rule;
	play->unit = rule->single ? 1 : play->block;
	play->vms = alloc(vms, sizeof(*play->vms));
	play->want = alloc(vms, sizeof(u32));
	play->least = alloc(vms, sizeof(u32));
	play->have = alloc(vms, sizeof(u32));
	share -= share % play->unit;
	for (i = 0; i < vms; i++) {
		play->vms[i].want = share;
		psteer_demand_init(&play->vms[i].demand, share);
	}
}

static void end(struct play *play)
{
	free(play->vms);
	free(play->want);
	free(play->least);
	free(play->have);
}

static struct score play_to(struct play *play, const struct rule *rule)
{
	size_t size = play->trace->vms * sizeof(u32);
	u32 *before = alloc(1, size);
	struct score score = {};
	u32 step;

	begin(play, rule);
	for (step = 0; step < play->trace->steps; step++) {
		memcpy(before, play->have, size);
		size_ranges(play, step);
		if (rule->at_need)
			grow_at_need(play, step);
		count(play, step, before, &score);
	}
	end(play);
	free(before);
	return score;
}

static void print_score(const struct play *play, const struct score *score)
{
	const struct trace *trace = play->trace;
	double vm_steps = (double)trace->vms * trace->steps;
	double needed = max(score->needed, 1ULL);

	printf("%-7s %8.2f %10.2f %10.2f %8.2f   %s\n", play->rule->name,
	       100 * score->unmet / needed, 100 * score->exhausted / vm_steps,
	       score->allocated / needed,
	       score->changes / (vm_steps * trace->step_s / 3600),
	       play->rule->what);
}

/**
 * struct options - what to do
 * @path: the trace, or NULL to generate one
 * @seed: from this
 * @block: ports in a block
 * @pool: ports in the pool, 0: what the trace suggests
 * @policy: the only rule to show, or NULL for all
 * @half: the half of the trace to play, or NULL for all of it
 */
struct options {
	const char *path;
	u64 seed;
	u32 block;
	u32 pool;
	const char *policy;
	const char *half;
};

static void explain_use(void)
{
	size_t i;

	fputs("usage: demand FILE|generated SEED [pool N] [block N]\n"
	      "              [policy NAME] [half first|second|even|odd]\n", stderr);
	for (i = 0; i < ARRAY_SIZE(rules); i++)
		fprintf(stderr, "  %-7s %s\n", rules[i].name, rules[i].what);
	exit(2);
}

/* FILE or generated SEED; the word after it. */
static char **parse_source(struct options *options, char **word)
{
	if (!*word)
		explain_use();
	options->path = *word++;
	if (strcmp(options->path, "generated"))
		return word;
	if (!*word)
		explain_use();
	options->path = NULL;
	options->seed = read_number(*word++, U64_MAX);
	return word;
}

static struct options parse(char **word)
{
	struct options options = { .block = 64 };

	word = parse_source(&options, word);
	for (; word[0]; word += 2) {
		if (!word[1])
			explain_use();
		else if (!strcmp(word[0], "block"))
			options.block = read_number(word[1], 4096);
		else if (!strcmp(word[0], "pool"))
			options.pool = read_number(word[1], 1 << 24);
		else if (!strcmp(word[0], "policy"))
			options.policy = word[1];
		else if (!strcmp(word[0], "half"))
			options.half = word[1];
		else
			explain_use();
	}
	if (!options.block || options.block & (options.block - 1))
		errx(2, "a block is a power of two");
	return options;
}

static void play_all(struct play *play, const char *only)
{
	bool found = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		struct score score;

		if (only && strcmp(only, rules[i].name))
			continue;
		found = true;
		score = play_to(play, &rules[i]);
		print_score(play, &score);
	}
	if (!found)
		explain_use();
}

int main(int argc, char **argv)
{
	struct options options = parse(argv + 1);
	struct trace trace;
	struct play play = { .trace = &trace, .block = options.block };

	(void)argc;
	if (options.path)
		trace_read(&trace, options.path);
	else
		trace_generate(&trace, options.seed);
	if (options.half && trace_halve(&trace, options.half))
		explain_use();
	play.pool = options.pool / play.block * play.block;
	if (!options.pool)
		play.pool = trace_pool(&trace, play.block);
	if (play.pool < trace.vms * play.block)
		errx(2, "a pool of %u ports has no block for each VM",
		     play.pool);
	printf("# %u VMs, %u steps of %u s, blocks of %u ports, pool of %u\n",
	       trace.vms, trace.steps, trace.step_s, play.block, play.pool);
	printf("# rule  unmet %%  exhausted %%  alloc:need  changes/h\n");
	play_all(&play, options.policy);
	trace_free(&trace);
	return 0;
}
