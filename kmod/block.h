/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Block arithmetic: a block is a power-of-two run of ports, its index the port
 * shifted right. Pure.
 */
#ifndef PSTEER_BLOCK_H
#define PSTEER_BLOCK_H

#include <linux/types.h>

#define PSTEER_PORTS		65536
#define PSTEER_BLOCK_LEAST	16
#define PSTEER_BLOCK_MOST	4096
#define PSTEER_BLOCK_DEFAULT	64

/**
 * struct psteer_block_span - the whole blocks inside a run of ports
 * @first: index of the first
 * @count: how many
 */
struct psteer_block_span {
	u32 first;
	u32 count;
};

/* Only whole blocks count: a port outside first..last is never given out. */
static inline struct psteer_block_span
psteer_block_span(u16 first, u16 last, u8 shift)
{
	u32 begin = (first + (1U << shift) - 1) >> shift;
	u32 end = (last + 1U) >> shift;
	struct psteer_block_span span = {
		.first = begin,
		.count = end > begin ? end - begin : 0,
	};

	return span;
}

static inline u16 psteer_block_first_port(u32 index, u8 shift)
{
	return index << shift;
}

static inline u16 psteer_block_last_port(u32 index, u8 shift)
{
	return ((index + 1) << shift) - 1;
}

/* Blocks that it takes to hold @ports ports. */
static inline u32 psteer_block_count(u32 ports, u8 shift)
{
	return (ports + (1U << shift) - 1) >> shift;
}

#endif
