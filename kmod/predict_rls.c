// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Autoregression by recursive least squares: how the load at t + horizon, less
 * that at t, has followed from what was known at t.
 *
 * What recurs are the weighted sums of products, the normal equations, which are
 * solved anew for each report. The usual recursion on their inverse is cheaper
 * but lets rounding errors grow; sums that forget let them die out. The small
 * ridge draws to "same as now" as long as there is little to learn from, and
 * bounds the condition of the matrix so that fixed point is enough.
 *
 * Squares would let a few spikes decide. So each equation weighs the inverse of
 * the error that its forecast had: then the sum of absolute errors is least.
 *
 * Solving is by L * D * L' of the matrix whose last row is the target. Each term
 * is first scaled by a power of two to a mean square of 1/4 to 1. The matrix is
 * positive, so every product v * l below is at most 1 (Cauchy, Schwarz), and a
 * pivot is at least RIDGE_SHARE / 4. Bounds are enforced all the same: no input,
 * and no rounding, can make it overflow.
 */
#include <linux/bitops.h>
#include <linux/limits.h>

#include "predict_part.h"

#define TERMS		PSTEER_RLS_TERMS
#define FEATURES	PSTEER_RLS_FEATURES
#define TARGET		FEATURES	/* the last row */

/* A weight is this / error. */
#define WEIGHT_ONE	BIT(20)
/* As if "no change" had been seen with features of some 0.6 % and weight 1/1 % */
#define RIDGE		((s64)BIT_ULL(25))
/* And this share of what was really seen, 1/2^10. */
#define RIDGE_SHIFT	10

/* The scaled matrix and its factors, one is 2^28; D at least 1/2^12, L <= 64. */
#define M_SHIFT		28
#define M_ONE		((s64)BIT_ULL(M_SHIFT))
#define D_MIN		(M_ONE >> 12)
#define L_MAX		(M_ONE << 6)
/* The reciprocal of a D of one, with all the bits that there are. */
#define INV_SHIFT	34
/* Solutions of the scaled system, one is 2^22. */
#define C_SHIFT		22
#define C_MAX		((s64)BIT_ULL(C_SHIFT + 6))
/* Coefficients, one is 2^20. */
#define COEF_SHIFT	20

/**
 * struct factors - a system being solved
 * @scale: by what power of two each term is divided
 * @l: below the diagonal, L
 */
struct factors {
	u32 scale[TERMS];
	s64 l[TERMS][FEATURES];
};

static u32 at(u32 row, u32 column)
{
	return row * (row + 1) / 2 + column;
}

static s64 round_shift(s64 value, u32 shift)
{
	return shift ? (value + (1LL << (shift - 1))) >> shift : value;
}

static s64 diagonal(const struct psteer_rls *rls, u32 i)
{
	s64 sum = rls->sum[at(i, i)];

	return sum + (sum >> RIDGE_SHIFT) + RIDGE;
}

static void scale_terms(const struct psteer_rls *rls, struct factors *f)
{
	u32 i, bits;

	for (i = 0; i < TERMS; i++) {
		bits = fls64(diagonal(rls, i));
		f->scale[i] = bits > M_SHIFT ? (bits - M_SHIFT + 1) / 2 : 0;
	}
}

static s64 divide(s64 value, u64 inverse)
{
	s64 size = min_t(u64, mul_u64_u64_shr(value < 0 ? -value : value,
					      inverse, INV_SHIFT), L_MAX);

	return value < 0 ? -size : size;
}

/* Row @i of L, out of the rows above; Return: its D. */
static s64 factor_row(const struct psteer_rls *rls, struct factors *f, u32 i,
		      const u64 *inverse)
{
	s64 d = round_shift(diagonal(rls, i), 2 * f->scale[i]);
	s64 v[FEATURES];
	u32 j, k;

	for (j = 0; j < i; j++) {
		v[j] = round_shift(rls->sum[at(i, j)],
				   f->scale[i] + f->scale[j]);
		for (k = 0; k < j; k++)
			v[j] -= round_shift(v[k] * f->l[j][k], M_SHIFT);
		v[j] = clamp_t(s64, v[j], -M_ONE, M_ONE);
		f->l[i][j] = divide(v[j], inverse[j]);
		d -= round_shift(v[j] * f->l[i][j], M_SHIFT);
	}
	return max_t(s64, d, D_MIN);
}

static void factor(const struct psteer_rls *rls, struct factors *f)
{
	u64 inverse[TERMS];
	u32 i;

	scale_terms(rls, f);
	for (i = 0; i < TERMS; i++)
		inverse[i] = div64_u64(1ULL << (M_SHIFT + INV_SHIFT),
				       factor_row(rls, f, i, inverse));
}

static s32 unscale(s64 c, s32 shift)
{
	s64 coef = shift < 0 ? round_shift(c, -shift) : c * (1LL << shift);

	return clamp_t(s64, coef, -S32_MAX, S32_MAX);
}

/* The target's row of L is D^-1 * L^-1 * target already: L' * c is left. */
static void substitute(struct psteer_rls *rls, const struct factors *f)
{
	s64 c[FEATURES];
	s32 shift;
	u32 i, k;

	for (i = FEATURES; i-- > 0;) {
		c[i] = round_shift(f->l[TARGET][i], M_SHIFT - C_SHIFT);
		for (k = i + 1; k < FEATURES; k++)
			c[i] -= round_shift(f->l[k][i] * c[k], M_SHIFT);
		c[i] = clamp_t(s64, c[i], -C_MAX, C_MAX);
		shift = (s32)f->scale[TARGET] - (s32)f->scale[i];
		rls->coef[i] = unscale(c[i], shift + COEF_SHIFT - C_SHIFT);
	}
}

/**
 * psteer_rls_learn() - take in what has become of a forecast
 * @rls: autoregression
 * @feature: what was known then, each -PSTEER_SCALE to PSTEER_SCALE
 * @target: load now less load then
 * @error: absolute error of the forecast, a share, at least 1; large ones make it
 *	count less
 * @forget: the sums lose 1/2^this
 *
 * Context: any; the caller serialises.
 */
void psteer_rls_learn(struct psteer_rls *rls, const s32 *feature, s32 target,
		      u32 error, u32 forget)
{
	s64 weight = WEIGHT_ONE / error;
	struct factors f;
	u32 i, j;

	for (i = 0; i < TERMS; i++) {
		s64 weighted = weight * (i < TARGET ? feature[i] : target);

		for (j = 0; j <= i; j++) {
			s64 *sum = &rls->sum[at(i, j)];

			*sum -= round_shift(*sum, forget);
			*sum += weighted * (j < TARGET ? feature[j] : target);
		}
	}
	factor(rls, &f);
	substitute(rls, &f);
}

/**
 * psteer_rls_forecast() - how much the load will have changed
 * @rls: autoregression
 * @feature: what is known now
 *
 * Context: any.
 * Return: load at now + horizon less load now, -PSTEER_SCALE to PSTEER_SCALE.
 */
s32 psteer_rls_forecast(const struct psteer_rls *rls, const s32 *feature)
{
	s64 change = 0;
	u32 i;

	for (i = 0; i < FEATURES; i++)
		change += (s64)rls->coef[i] * feature[i];
	return clamp_t(s64, round_shift(change, COEF_SHIFT), -PSTEER_SCALE,
		       PSTEER_SCALE);
}
