/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_TURNOVER_H
#define PSTEER_TURNOVER_H

#include "fixed.h"

/**
 * struct psteer_turnover - how a client's sessions come and go
 * @arrivals: new sessions, the older the less they count; in 1/256
 * @counted_ms: the time for which @arrivals is right
 * @duration_ms: mean time from first packet to end; means nothing before one has
 *	ended
 * @ended: how many have, saturating
 *
 * The caller serialises. All zero is the state before any session. Times are of
 * any monotonic clock in milliseconds, and may wrap.
 */
struct psteer_turnover {
	u32 arrivals;
	u32 counted_ms;
	u32 duration_ms;
	u32 ended;
};

void psteer_turnover_opened(struct psteer_turnover *t, u32 now_ms);
void psteer_turnover_ended(struct psteer_turnover *t, u32 duration_ms);
u32 psteer_turnover_rate(const struct psteer_turnover *t, u32 now_ms);
u32 psteer_turnover_expected(const struct psteer_turnover *t, u32 now_ms,
			     u32 sessions, u32 horizon_ms);

#endif
