/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fixed-point arithmetic shared by the pure parts (select, predict, evidence).
 *
 * Three formats are in use. A share is a u32 in 1/PSTEER_SCALE, 0 to
 * PSTEER_SCALE. A q8 is a signed 64-bit share with eight more fraction bits,
 * for running estimates that would otherwise be lost in rounding. A q16 is a
 * signed 32-bit share with sixteen more, for those that move slowly; it holds
 * three times full scale.
 */
#ifndef PSTEER_FIXED_H
#define PSTEER_FIXED_H

#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include <linux/portsteer.h>

#define PSTEER_Q8_SHIFT	8

/* A load that counts what waits may be far over PSTEER_SCALE, but not more. */
#define PSTEER_LOAD_MOST	(1000 * PSTEER_SCALE)

typedef s64 psteer_q8;

static inline u32 psteer_share_clamp(s64 share)
{
	return clamp_t(s64, share, 0, PSTEER_SCALE);
}

static inline psteer_q8 psteer_share_to_q8(u32 share)
{
	return (psteer_q8)share << PSTEER_Q8_SHIFT;
}

/* Rounds to nearest, saturates at 0 and PSTEER_SCALE. */
static inline u32 psteer_q8_to_share(psteer_q8 q)
{
	return psteer_share_clamp((q + (1 << (PSTEER_Q8_SHIFT - 1))) >>
				  PSTEER_Q8_SHIFT);
}

#define PSTEER_Q16_SHIFT	16

typedef s32 psteer_q16;

static inline psteer_q16 psteer_share_to_q16(u32 share)
{
	return (psteer_q16)(share << PSTEER_Q16_SHIFT);
}

/* Rounds to nearest, saturates at 0 and PSTEER_SCALE. */
static inline u32 psteer_q16_to_share(s64 q)
{
	return psteer_share_clamp((q + (1 << (PSTEER_Q16_SHIFT - 1))) >>
				  PSTEER_Q16_SHIFT);
}

/* part / whole as a share; 0 if @whole is 0. */
static inline u32 psteer_share_of(u32 part, u32 whole)
{
	if (!whole)
		return 0;
	return psteer_share_clamp(div_u64((u64)part * PSTEER_SCALE, whole));
}

#endif
