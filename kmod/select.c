// SPDX-License-Identifier: GPL-2.0-only
/*
 * The score of a server and the choice among servers. Pure: numbers in,
 * numbers out.
 *
 * Mode argmax is the plain formula on the last reports. The other modes choose
 * at random among good servers, and weigh the evidence first: by its age, by
 * the sessions that are open here, by errors and slowness, and by how new the
 * server is.
 */
#include <linux/errno.h>
#include <linux/limits.h>

#include "select.h"

/* A new server starts with this share of its score, not with none. */
#define SLOW_START_LEAST	(PSTEER_SCALE / 10)
/* A share of requests that fail weighs as so many times that load. */
#define ERRORS_WEIGHT		4
/* Mode p2c compares two servers, and more while all of them are full. */
#define COMPARED_LEAST		2
#define COMPARED_MOST		8
/* Draws before it falls back to a scan: some can't be chosen. */
#define DRAWS_MAX		12

/* Of most servers there is nothing to be held against them. */
static s32 weighted(u32 weight, s32 share)
{
	if (!weight || share == PSTEER_SCALE)
		return weight;
	return div_s64((s64)weight * share, PSTEER_SCALE);
}

/* @value as far as it is fresh, @neutral for the rest; both are shares. */
static u32 faded(u32 value, u32 neutral, u32 freshness)
{
	s64 away = (s64)value - neutral;

	if (freshness == PSTEER_SCALE)
		return value;
	if (!freshness)
		return neutral;
	return psteer_share_clamp(neutral +
				  div_s64(away * freshness, PSTEER_SCALE));
}

/**
 * psteer_select_freshness() - how much a report of some age counts
 * @age_ms: age of the report
 * @horizon_ms: prediction horizon
 *
 * Return: a share: all of it up to the horizon, falling in a straight line to
 * nothing at three times the horizon.
 */
u32 psteer_select_freshness(u32 age_ms, u32 horizon_ms)
{
	u64 end_ms = 3ULL * horizon_ms;

	if (age_ms <= horizon_ms)
		return PSTEER_SCALE;
	if (age_ms >= end_ms)
		return 0;
	return div64_u64((end_ms - age_ms) * PSTEER_SCALE, end_ms - horizon_ms);
}

static u32 slow_start_factor(u32 up_ms, u32 window_ms)
{
	if (up_ms >= window_ms)
		return PSTEER_SCALE;
	return max_t(u32, SLOW_START_LEAST, psteer_share_of(up_ms, window_ms));
}

static void weigh_evidence(const struct psteer_select_rule *rule,
			   const struct psteer_evidence *ev,
			   struct psteer_terms *t)
{
	t->freshness = ev->reported ?
		psteer_select_freshness(ev->age_ms, rule->horizon_ms) : 0;
	/* A queue that was reported is old news one day; sessions are not. */
	t->local = clamp_t(s64, (s64)ev->local +
			   weighted(ev->beyond, t->freshness),
			   S32_MIN, PSTEER_LOAD_MOST);
	t->errors = max_t(u32, weighted(ev->errors, t->freshness),
			  ev->failures) * ERRORS_WEIGHT;
	t->slow = ev->slow;
	t->load = faded(ev->load, rule->neutral_load, t->freshness);
	t->load = clamp_t(s64, (s64)t->load + t->local + t->errors + t->slow,
			  0, PSTEER_LOAD_MOST);
	t->capacity = faded(ev->capacity, rule->neutral_capacity, t->freshness);
	t->capacity = psteer_share_clamp((s64)t->capacity - t->local);
	/* Of what it has free, that part is of no use to anybody. */
	t->capacity = weighted(t->capacity, PSTEER_SCALE -
			       psteer_share_clamp(t->errors + t->slow));
	t->slow_start = slow_start_factor(ev->up_ms, rule->slow_start_ms);
}

static void take_as_reported(const struct psteer_select_rule *rule,
			     const struct psteer_evidence *ev,
			     struct psteer_terms *t)
{
	t->freshness = ev->reported ? PSTEER_SCALE : 0;
	t->local = 0;
	t->errors = 0;
	t->slow = 0;
	t->load = ev->reported ? ev->load : rule->neutral_load;
	t->capacity = ev->reported ? ev->capacity : rule->neutral_capacity;
	t->slow_start = PSTEER_SCALE;
}

static s32 load_left(const struct psteer_terms *terms)
{
	return PSTEER_SCALE - (s32)terms->load;
}

/**
 * psteer_select_varying() - the part of a score that a client changes
 * @rule: weights
 * @ports: share of the client's ports that are free towards the server
 * @zone: distance between both their zones, a share
 *
 * Return: the weighted port and zone terms, in 1/PSTEER_SCALE squared.
 */
u64 psteer_select_varying(const struct psteer_select_rule *rule, u32 ports,
			  u32 zone)
{
	const struct psteer_weights *w = &rule->weights;

	return (u64)w->ports * ports + (u64)w->zone * (PSTEER_SCALE - zone);
}

/**
 * psteer_select_terms() - score one server
 * @rule: weights, mode and neutral values in force
 * @evidence: what is known of the server
 * @ports: share of the client's ports that are free towards it
 * @terms: filled in, but for what psteer_select_parts() does
 *
 * With a fresh report, no local correction, no errors and a server past its
 * slow start, the score is the exact one rounded down to 1/PSTEER_SCALE:
 * w_load * (1 - load) + w_capacity * capacity + w_ports * ports, and for a
 * client with a zone + w_zone * (1 - distance).
 */
void psteer_select_terms(const struct psteer_select_rule *rule,
			 const struct psteer_evidence *evidence, u32 ports,
			 struct psteer_terms *terms)
{
	const struct psteer_weights *w = &rule->weights;
	s64 sum;

	if (rule->mode == PSTEER_SELECT_ARGMAX)
		take_as_reported(rule, evidence, terms);
	else
		weigh_evidence(rule, evidence, terms);

	terms->ports = ports;
	sum = (s64)w->load * load_left(terms) +
	      (s64)w->capacity * terms->capacity;
	sum += psteer_select_varying(rule, ports, evidence->zone);
	terms->score = div_s64(sum, PSTEER_SCALE);
	if (terms->score > 0)
		terms->score = weighted(terms->score, terms->slow_start);
}

/**
 * psteer_select_parts() - tell what a score is the sum of
 * @rule: as for psteer_select_terms()
 * @evidence: likewise
 * @terms: from it; its parts are filled in, each rounded, while the score is
 *	rounded once
 */
void psteer_select_parts(const struct psteer_select_rule *rule,
			 const struct psteer_evidence *evidence,
			 struct psteer_terms *terms)
{
	const struct psteer_weights *w = &rule->weights;

	terms->term_load = weighted(w->load, load_left(terms));
	terms->term_capacity = weighted(w->capacity, terms->capacity);
	terms->term_ports = weighted(w->ports, terms->ports);
	terms->term_zone = weighted(w->zone, PSTEER_SCALE - evidence->zone);
}

/**
 * psteer_select_static() - the part of an argmax score that no client changes
 * @rule: weights, mode argmax, and neutral values in force
 * @evidence: what is known of the server
 *
 * Return: the weighted load and capacity terms, in 1/PSTEER_SCALE squared, not
 * rounded; the score is the sum of this and psteer_select_varying(), divided by
 * PSTEER_SCALE.
 */
u64 psteer_select_static(const struct psteer_select_rule *rule,
			 const struct psteer_evidence *evidence)
{
	const struct psteer_weights *w = &rule->weights;
	struct psteer_terms terms;

	take_as_reported(rule, evidence, &terms);
	return (u64)w->load * (PSTEER_SCALE - terms.load) +
	       (u64)w->capacity * terms.capacity;
}

static int choose_best(u32 n, psteer_contend_fn contend, void *ctx)
{
	struct psteer_contender c;
	int best = -ENOENT;
	s64 best_score = S64_MIN;
	u32 i;

	for (i = 0; i < n; i++) {
		if (contend(ctx, i, &c) && c.score > best_score) {
			best_score = c.score;
			best = i;
		}
	}
	return best;
}

/* A step of a 64-bit linear congruence; the high half is well mixed. */
static u32 next_random(u64 *random)
{
	*random = *random * 6364136223846793005ULL + 1442695040888963407ULL;
	return *random >> 32;
}

static u32 draw_below(u64 *random, u32 n)
{
	return ((u64)next_random(random) * n) >> 32;
}

/*
 * One pass that keeps the candidate so far with probability proportional to
 * its part of the sum so far: the result is a draw in proportion to score.
 */
static int choose_weighted(u32 n, psteer_contend_fn contend, void *ctx,
			   u64 *random)
{
	struct psteer_contender c;
	int chosen = -ENOENT;
	u64 sum = 0;
	u32 i;

	for (i = 0; i < n; i++) {
		u64 weight;

		if (!contend(ctx, i, &c))
			continue;
		/* Score 0 is still a candidate, if all the others are too. */
		weight = max(c.score, 0) + 1ULL;
		sum += weight;
		if (mul_u64_u32_shr(sum, next_random(random), 32) < weight)
			chosen = i;
	}
	return chosen;
}

static bool beats(const struct psteer_contender *a,
		  const struct psteer_contender *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	return a->sessions < b->sessions;
}

static int choose_of_few(u32 n, psteer_contend_fn contend, void *ctx,
			 u64 *random)
{
	struct psteer_contender best = {}, c;
	u32 compared = 0, draws;
	int chosen = -ENOENT;

	for (draws = 0; draws < DRAWS_MAX; draws++) {
		u32 i = draw_below(random, n);

		if (!contend(ctx, i, &c))
			continue;
		if (chosen < 0 || beats(&c, &best)) {
			chosen = i;
			best = c;
		}
		if (++compared >= (best.full ? COMPARED_MOST : COMPARED_LEAST))
			return chosen;
	}
	/* Few are left: see them all, or the first after a gap gets the most. */
	return chosen >= 0 ? chosen : choose_weighted(n, contend, ctx, random);
}

/**
 * psteer_select_choose() - choose among servers
 * @mode: how
 * @n: number of servers, at least 1
 * @contend: called for each server that the mode looks at
 * @ctx: for @contend
 * @random: a fresh random number
 *
 * Mode argmax looks at all; psteer_order_best() finds the same one with fewer
 * looks where an order is kept.
 *
 * Return: the index of the chosen server, or -ENOENT if none can be.
 */
int psteer_select_choose(enum psteer_select_mode mode, u32 n,
			 psteer_contend_fn contend, void *ctx, u64 random)
{
	/* Among one there is nothing to draw, and no need to look twice. */
	if (n == 1)
		return choose_best(n, contend, ctx);
	switch (mode) {
	case PSTEER_SELECT_P2C:
		return choose_of_few(n, contend, ctx, &random);
	case PSTEER_SELECT_WRAND:
		return choose_weighted(n, contend, ctx, &random);
	default:
		return choose_best(n, contend, ctx);
	}
}
