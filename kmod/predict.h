/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_PREDICT_H
#define PSTEER_PREDICT_H

#include "fixed.h"

/**
 * struct psteer_predict - running forecast of one server's load
 * @level: smoothed load
 * @trend: change of @level per second
 * @last_ms: time of the newest report
 * @reports: how many reports have entered, saturating
 *
 * The caller serialises updates. All zero is the state before any report.
 */
struct psteer_predict {
	psteer_q8 level;
	psteer_q8 trend;
	u64 last_ms;
	u32 reports;
};

void psteer_predict_update(struct psteer_predict *p, u64 now_ms, u32 load);
u32 psteer_predict_load(const struct psteer_predict *p, u32 horizon_ms);

#endif
