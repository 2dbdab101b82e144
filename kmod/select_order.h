/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_SELECT_ORDER_H
#define PSTEER_SELECT_ORDER_H

#include "select.h"

/* Most leaves: for PSTEER_SERVERS_MAX servers. */
#define PSTEER_ORDER_DEPTH_MAX	12

/**
 * struct psteer_order - what is known of servers' scores before a client comes
 * @leaves: how many servers there is room for, a power of two
 * @node: a tree in an array: [1] is the root, [2 * i] and [2 * i + 1] are below
 *	[i], the leaves come last. A leaf is the static part of a server's score
 *	and one, or 0 for a server that can't be chosen; every other node is the
 *	larger one of the two below. READ_ONCE
 *
 * The caller serialises changes. Who looks meanwhile may miss the latest.
 */
struct psteer_order {
	u32 leaves;
	u64 node[];
};

/**
 * typedef psteer_vary_fn - what a client makes of a server when that matters
 * @ctx: the caller's
 * @index: which server, in listed order
 * @varying: filled in: its score beyond the static part, in 1/PSTEER_SCALE squared
 *
 * Return: false if the server can't be chosen.
 */
typedef bool (*psteer_vary_fn)(void *ctx, u32 index, u64 *varying);

size_t psteer_order_size(u32 n);
void psteer_order_init(struct psteer_order *order, u32 n);
void psteer_order_set(struct psteer_order *order, u32 index, u64 value);
int psteer_order_best(const struct psteer_order *order, u64 varying,
		      psteer_vary_fn vary, void *ctx);

#endif
