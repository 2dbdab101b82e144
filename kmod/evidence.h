/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_EVIDENCE_H
#define PSTEER_EVIDENCE_H

#include "fixed.h"

/**
 * struct psteer_neutral - the mean of what fresh reports say
 * @load: sum of their loads, each a share
 * @capacity: sum of their capacity scores, each a share
 * @n: how many reports
 */
struct psteer_neutral {
	u64 load;
	u64 capacity;
	u32 n;
};

void psteer_evidence_learn_cost(psteer_q8 *cost, u32 load, u32 active);
s32 psteer_evidence_local(psteer_q8 cost, u32 active, u32 reported_active);
void psteer_neutral_add(struct psteer_neutral *sum, u32 load, u32 capacity);
u32 psteer_neutral_load(const struct psteer_neutral *sum);
u32 psteer_neutral_capacity(const struct psteer_neutral *sum);

#endif
