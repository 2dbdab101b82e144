// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How many ports a VM should have. Pure: numbers in, numbers out.
 *
 * Policy seed is a fixed rule on the rate of traffic. Policy safe goes by the
 * ports that were really in use. Samples come every second or every five
 * minutes, so it counts in steps: one sample, or as many as fill STEP_MS. What
 * is wanted is the highest of the last steps and of what the running one leads
 * to expect, and a margin that is learned: a VM whose peaks jump about gets
 * more spare ports than one that is steady. More is decided at once, less only
 * after the peak has left the window and several steps in a row have agreed
 * that it is far less. Without a sample nothing is decided.
 */
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "demand.h"

/* The seed rule's thresholds, in tenths of a point. */
#define SCORE_LOW	1000
#define SCORE_HIGH	10000

#define STEP_MS		10000
/* Steps in a row in which far less must be enough before less is decided. */
#define LOW_STEPS	3

/* Nobody has more; with that, no sum here can overflow. */
#define PORTS_SANE	0x1000000U

/* A mean over about so many steps, kept in as many parts of a port. */
#define SWING_PARTS	16

/* Samples closer than this say nothing about the slope between them. */
#define SLOPE_MIN_MS	100
/* Over so long a time is the trend a mean; a longer gap counts as GAP_MOST. */
#define TREND_TIME_MS	30000
#define GAP_MOST_MS	3600000
/* One port a second. A port an hour is not a trend. */
#define TREND_ONE	65536
#define TREND_LEAST	(TREND_ONE / 3600)

/**
 * psteer_demand_init() - begin to follow a VM
 * @d: filled in
 * @ports: ports decided until there is a sample
 */
void psteer_demand_init(struct psteer_demand *d, u32 ports)
{
	memset(d, 0, sizeof(*d));
	d->ports = ports;
}

/**
 * psteer_demand_score() - how much traffic a VM has, as one number
 * @pps: packets a second
 * @kbytes: bandwidth, in 1000 bytes a second
 *
 * Return: 0.7 * @pps + 0.3 * @kbytes in tenths, at most U32_MAX.
 */
u32 psteer_demand_score(u32 pps, u32 kbytes)
{
	return min_t(u64, 7ULL * pps + 3ULL * kbytes, U32_MAX);
}

/**
 * psteer_demand_seed() - the fixed rule
 * @ports: ports so far
 * @score: demand score, in tenths
 * @block: ports in a block, the fewest to be given
 *
 * Return: half of @ports if the score is below 100, half as many more if it is
 * above 1000, at most PSTEER_DEMAND_SEED_MOST.
 */
u32 psteer_demand_seed(u32 ports, u32 score, u32 block)
{
	u64 scaled = ports;

	if (score < SCORE_LOW)
		scaled /= 2;
	else if (score > SCORE_HIGH)
		scaled += scaled / 2;
	return max_t(u32, min_t(u64, scaled, PSTEER_DEMAND_SEED_MOST), block);
}

static u32 highest(const u32 *values)
{
	u32 most = 0;
	u32 i;

	for (i = 0; i < PSTEER_DEMAND_WINDOW; i++)
		most = max(most, values[i]);
	return most;
}

/*
 * What is new counts for gap / (gap + T), as in the load predictor. Rounding is
 * towards 0, so that the trend of what stands still gets there.
 */
static void follow_trend(struct psteer_demand *d, u64 at_ms, u32 in_use)
{
	s64 rise;
	u32 gap;

	if (d->steps && at_ms >= d->trend_ms) {
		if (at_ms - d->trend_ms < SLOPE_MIN_MS)
			return;
		gap = min_t(u64, at_ms - d->trend_ms, GAP_MOST_MS);
		rise = ((s64)in_use - d->trend_from) * TREND_ONE * 1000;
		d->trend = div_s64(d->trend * TREND_TIME_MS + rise,
				   gap + TREND_TIME_MS);
	}
	d->trend_ms = at_ms;
	d->trend_from = in_use;
}

static void observe(struct psteer_demand *d,
		    const struct psteer_demand_sample *s, u32 most)
{
	most = min(most, PORTS_SANE);
	d->peak = max(d->peak, min(max(s->peak, s->in_use), most));
	d->score = max(d->score, psteer_demand_score(s->pps, s->kbytes));
	follow_trend(d, s->at_ms, min(s->in_use, most));
}

/*
 * What the running step may still add to its peak. A peak that tops the window
 * is a rise that was caught on its way: half of it is to come once more.
 * Traffic that tops the window is an early sign: ports are expected to follow
 * by half as much, and at most to double.
 */
static u32 coming_rise(const struct psteer_demand *d)
{
	u32 peak = highest(d->peaks);
	u64 score = highest(d->scores);
	u32 by_peak = 0, by_score = 0;

	if (!d->steps)
		return 0;
	if (d->peak > peak)
		by_peak = (d->peak - peak) / 2;
	if (score && d->score > score)
		by_score = div64_u64(min(d->score - score, 2 * score) * d->peak,
				     2 * score);
	return max(by_peak, by_score);
}

/*
 * The margin is three quarters of the mean swing, and at most as much again as
 * is needed. It is nothing while a VM is new or steady: so besides it there is
 * most of a block, which is much for the small, and there is a quarter above
 * the peak of now, as long as that is no more than two blocks.
 */
static u32 wanted_ports(const struct psteer_demand *d, u32 block)
{
	u32 need = max(highest(d->peaks), d->peak + coming_rise(d));
	u32 margin = min(need, d->swing * 3 / (4 * SWING_PARTS));

	return max(need + margin + block * 3 / 4,
		   d->peak + min((d->peak + 3) / 4, 2 * block));
}

static u32 whole_blocks(u32 ports, u32 block)
{
	return round_up(min(ports, PORTS_SANE), block);
}

/* A step has ended in which @want ports were enough. */
static void consider_less(struct psteer_demand *d, u32 want)
{
	bool is_far_less = want < d->ports - d->ports / 4;

	if (d->steps < PSTEER_DEMAND_WINDOW || !is_far_less) {
		d->low_steps = 0;
	} else if (++d->low_steps == LOW_STEPS) {
		d->low_steps = 0;
		d->ports = want;
	}
}

static bool is_step_over(struct psteer_demand *d, u64 at_ms)
{
	/* Stepped back: what has passed of this step is not known. */
	if (at_ms < d->step_ms)
		d->step_ms = at_ms;
	return at_ms - d->step_ms >= STEP_MS;
}

static void begin_step(struct psteer_demand *d, u64 at_ms)
{
	u32 last = (d->next + PSTEER_DEMAND_WINDOW - 1) % PSTEER_DEMAND_WINDOW;
	u32 change = max(d->peak, d->peaks[last]) -
		     min(d->peak, d->peaks[last]);

	if (d->steps)
		d->swing += change - d->swing / SWING_PARTS;
	d->peaks[d->next] = d->peak;
	d->scores[d->next] = d->score;
	d->next = (d->next + 1) % PSTEER_DEMAND_WINDOW;
	d->steps = min(d->steps + 1, (u32)PSTEER_DEMAND_WINDOW);
	d->step_ms = at_ms;
	d->peak = 0;
	d->score = 0;
}

/**
 * psteer_demand_need() - a VM has turned out to need more than was decided
 * @d: VM
 * @ports: ports it needs
 *
 * The next decisions go on from there. Nothing happens if as many are decided.
 */
void psteer_demand_need(struct psteer_demand *d, u32 ports)
{
	if (ports <= d->ports)
		return;
	d->ports = ports;
	d->low_steps = 0;
}

/**
 * psteer_demand_decide() - decide by a new sample
 * @d: VM
 * @policy: by which policy
 * @s: sample; more than 2^24 ports count as that many
 * @b: bounds of the decision
 *
 * Policy safe gives whole blocks, never fewer than are in use; the bounds go
 * before both. Policy seed applies its factor once a call.
 *
 * Return: ports that the VM should have from now on.
 */
u32 psteer_demand_decide(struct psteer_demand *d, enum psteer_vm_policy policy,
			 const struct psteer_demand_sample *s,
			 const struct psteer_demand_bounds *b)
{
	bool over = is_step_over(d, s->at_ms);
	u32 want;

	observe(d, s, b->max);
	if (policy == PSTEER_VM_SEED) {
		want = psteer_demand_score(s->pps, s->kbytes);
		d->ports = psteer_demand_seed(d->ports, want, b->block);
		d->low_steps = 0;
	} else {
		want = max(wanted_ports(d, b->block), b->min);
		want = whole_blocks(want, b->block);
		if (over)
			consider_less(d, want);
		psteer_demand_need(d, want);
		d->ports = whole_blocks(d->ports, b->block);
	}
	if (over)
		begin_step(d, s->at_ms);
	d->ports = clamp(d->ports, b->min, b->max);
	return d->ports;
}

/**
 * psteer_demand_time_to_full() - how long a VM's ports will last
 * @d: VM
 * @in_use: ports in use
 * @ports: ports it has
 *
 * Return: seconds until all are in use if the recent trend goes on, or U32_MAX
 * if that is not upwards.
 */
u32 psteer_demand_time_to_full(const struct psteer_demand *d, u32 in_use,
			       u32 ports)
{
	if (in_use >= ports)
		return 0;
	if (d->trend < TREND_LEAST)
		return U32_MAX;
	return div64_u64((u64)(ports - in_use) * TREND_ONE, d->trend);
}

static bool fits(const u32 *want, const u32 *least, u32 n, u32 capacity,
		 u32 level)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < n; i++)
		sum += min(want[i], max(least[i], level));
	return sum <= capacity;
}

/**
 * psteer_demand_level() - share out what is not enough for all
 * @want: what each wants
 * @least: what each must have, at most @want
 * @n: how many they are
 * @capacity: what there is
 *
 * Everyone gets what it must have, and beyond that what it wants up to a level
 * that is the same for all: max-min fairness. In any unit, such as blocks.
 * Looks at each of them 33 times at most.
 *
 * Return: the highest level that @capacity suffices for, U32_MAX if it does
 * for all that is wanted, 0 if not even for what must be.
 */
u32 psteer_demand_level(const u32 *want, const u32 *least, u32 n, u32 capacity)
{
	u32 low = 0, high = U32_MAX;

	if (fits(want, least, n, capacity, U32_MAX))
		return U32_MAX;
	/* It fits at low, or nowhere; it never does at high. */
	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (fits(want, least, n, capacity, middle))
			low = middle;
		else
			high = middle;
	}
	return low;
}
