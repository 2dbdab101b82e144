/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the load predictor, for predict.c and tests alone. */
#ifndef PSTEER_PREDICT_PART_H
#define PSTEER_PREDICT_PART_H

#include "predict.h"

/* Bounds of times, so that no product of theirs overflows: 2^27 and 2^28 ms. */
#define PSTEER_HORIZON_MAX_MS	(37 * 3600 * 1000U)
#define PSTEER_GAP_MAX_MS	(74 * 3600 * 1000U)

/* How fast an autoregression forgets: 1/2^this with each forecast. */
#define PSTEER_RLS_SLOW		9
#define PSTEER_RLS_FAST		6

void psteer_simple_begin(struct psteer_simple *s, u32 load);
void psteer_simple_resume(struct psteer_simple *s, u32 load);
void psteer_simple_update(struct psteer_simple *s, u32 load, u32 gap_ms,
			  u32 interval_ms, u32 horizon_ms);
u32 psteer_simple_trend(const struct psteer_simple *s);

void psteer_rls_learn(struct psteer_rls *rls, const s32 *feature, s32 target,
		      u32 error, u32 forget);
s32 psteer_rls_forecast(const struct psteer_rls *rls, const s32 *feature);

#endif
