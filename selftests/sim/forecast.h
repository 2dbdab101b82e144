/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's predictor, as the simulator calls it. */
#ifndef SIM_FORECAST_H
#define SIM_FORECAST_H

#include "predict.h"

/* A report at @now_ms; the load expected @horizon_ms later. */
static inline u32 forecast(struct psteer_predict *p, u64 now_ms, u32 load,
			   u32 horizon_ms)
{
	psteer_predict_update(p, now_ms, load);
	return psteer_predict_load(p, horizon_ms);
}

#endif
