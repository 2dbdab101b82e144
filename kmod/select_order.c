// SPDX-License-Identifier: GPL-2.0-only
/*
 * The best score among many servers without a look at all of them. Pure.
 *
 * Most of a score changes only with reports. A tree of the largest such part
 * tells which servers can still beat the best one found; those that can't even
 * with the rest of the score at its most are passed over, whole branches at
 * once. The result is that of a look at all: of equals the first listed.
 */
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/overflow.h>

#include "select_order.h"

/**
 * struct hunt - for the best score
 * @order: where
 * @varying: most that a score can have beyond its static part
 * @best: index of the best server so far, or -ENOENT
 * @score: its score, -1 before there is one
 * @equals: the least a node may be for a score below it to be as good
 * @beats: likewise, to be better
 */
struct hunt {
	const struct psteer_order *order;
	u64 varying;
	int best;
	s64 score;
	u64 equals;
	u64 beats;
};

/**
 * psteer_order_size() - what an order takes
 * @n: number of servers, up to PSTEER_SERVERS_MAX
 *
 * Return: bytes.
 */
size_t psteer_order_size(u32 n)
{
	const struct psteer_order *order = NULL;

	return struct_size(order, node, 2 * roundup_pow_of_two(max(n, 1U)));
}

/**
 * psteer_order_init() - start an order in which nobody can be chosen
 * @order: zeroed memory of psteer_order_size()
 * @n: number of servers
 */
void psteer_order_init(struct psteer_order *order, u32 n)
{
	order->leaves = roundup_pow_of_two(max(n, 1U));
}

/**
 * psteer_order_set() - say what is known of a server's score
 * @order: order
 * @index: which server, in listed order
 * @value: the static part of its score, in 1/PSTEER_SCALE squared, and one; 0 if
 *	it can't be chosen
 *
 * Context: any; the caller serialises.
 */
void psteer_order_set(struct psteer_order *order, u32 index, u64 value)
{
	u32 i = order->leaves + index;

	while (READ_ONCE(order->node[i]) != value) {
		WRITE_ONCE(order->node[i], value);
		if (i == 1)
			return;
		value = max(value, READ_ONCE(order->node[i ^ 1]));
		i /= 2;
	}
}

/* The first listed server below a node. */
static u32 first_below(const struct psteer_order *order, u32 node)
{
	return (node << (ilog2(order->leaves) - ilog2(node))) - order->leaves;
}

/* Can a server below a node still be the one? */
static bool is_worth(const struct hunt *hunt, u32 node)
{
	u64 value = READ_ONCE(hunt->order->node[node]);

	if (value < hunt->equals)
		return false;
	return value >= hunt->beats ||
	       (int)first_below(hunt->order, node) < hunt->best;
}

/* What a node must be for a score of its to come to @score, if all is at its most. */
static u64 least_for(const struct hunt *hunt, s64 score)
{
	return max_t(s64, score * PSTEER_SCALE - hunt->varying, 0) + 1;
}

static void take(struct hunt *hunt, int index, s64 score)
{
	hunt->best = index;
	hunt->score = score;
	hunt->equals = least_for(hunt, score);
	hunt->beats = least_for(hunt, score + 1);
}

static void meet(struct hunt *hunt, int index, psteer_vary_fn vary, void *ctx)
{
	u64 value = READ_ONCE(hunt->order->node[hunt->order->leaves + index]);
	u64 varying;
	s64 score;

	if (!value || !vary(ctx, index, &varying))
		return;
	score = div_u64(value - 1 + varying, PSTEER_SCALE);
	if (score > hunt->score ||
	    (score == hunt->score && index < hunt->best))
		take(hunt, index, score);
}

/**
 * struct later - branches to come back to
 * @node: their nodes: of each level there is one at most
 * @n: how many
 */
struct later {
	u32 node[PSTEER_ORDER_DEPTH_MAX + 1];
	u32 n;
};

/* The best server below a node; what else may be worth it is left for later. */
static u32 best_below(const struct hunt *hunt, u32 node, struct later *later)
{
	const struct psteer_order *order = hunt->order;

	while (node < order->leaves) {
		node *= 2;
		node += READ_ONCE(order->node[node]) <
			READ_ONCE(order->node[node + 1]);
		if (is_worth(hunt, node ^ 1))
			later->node[later->n++] = node ^ 1;
	}
	return node - order->leaves;
}

/**
 * psteer_order_best() - find the server with the best score
 * @order: order
 * @varying: most that a score can have beyond its static part, in
 *	1/PSTEER_SCALE squared
 * @vary: called for each server that has to be looked at
 * @ctx: for @vary
 *
 * The better branch comes first, so that it rules out others.
 *
 * Context: any, no lock.
 * Return: its index, the lowest of equals; -ENOENT if none can be chosen.
 */
int psteer_order_best(const struct psteer_order *order, u64 varying,
		      psteer_vary_fn vary, void *ctx)
{
	struct hunt hunt = { .order = order, .varying = varying };
	struct later later __uninitialized;

	take(&hunt, -ENOENT, -1);
	later.node[0] = 1;
	later.n = 1;
	while (later.n) {
		u32 node = later.node[--later.n];

		if (is_worth(&hunt, node))
			meet(&hunt, best_below(&hunt, node, &later), vary, ctx);
	}
	return hunt.best;
}
