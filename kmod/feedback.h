/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_FEEDBACK_H
#define PSTEER_FEEDBACK_H

#include "fixed.h"

/**
 * struct psteer_latency - how long a server takes for something, and used to take
 * @mean_us: running mean of the last ones, microseconds
 * @least_us: what it takes at best; falls at once, rises slowly
 * @at_ms: when the last one was seen
 * @raised_ms: when @least_us was last raised
 *
 * All zero is the state before any.
 */
struct psteer_latency {
	u32 mean_us;
	u32 least_us;
	u32 at_ms;
	u32 raised_ms;
};

/**
 * struct psteer_feedback - what the gateway itself sees of a server
 * @handshake: from a session's first packet to the server's first
 * @reported: the latency that it reports
 * @failures: running share of sessions that it refused or did not answer
 * @failures_at_ms: when that last changed
 * @waits: a new session waits for its answer, and none has come since
 * @asked_ms: since when
 *
 * Times are of one clock of milliseconds that may wrap. The caller serialises
 * changes. All zero is the state before anything was seen.
 */
struct psteer_feedback {
	struct psteer_latency handshake;
	struct psteer_latency reported;
	psteer_q8 failures;
	u32 failures_at_ms;
	bool waits;
	u32 asked_ms;
};

/**
 * struct psteer_trouble - what follows from it for the choice
 * @slow: by how much it is slower than it used to be, a share: half at
 *	100 ms too much
 * @failures: share of sessions that fail
 */
struct psteer_trouble {
	u32 slow;
	u32 failures;
};

void psteer_feedback_asked(struct psteer_feedback *feedback, u32 now_ms);
void psteer_feedback_answered(struct psteer_feedback *feedback, u32 now_ms);
void psteer_feedback_failed(struct psteer_feedback *feedback, u32 now_ms);
void psteer_feedback_forgive(struct psteer_feedback *feedback);
void psteer_latency_add(struct psteer_latency *latency, u32 now_ms, u32 us);
void psteer_feedback_judge(const struct psteer_feedback *feedback, u32 now_ms,
			   struct psteer_trouble *trouble);

#endif
