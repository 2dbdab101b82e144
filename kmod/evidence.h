/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_EVIDENCE_H
#define PSTEER_EVIDENCE_H

#include "fixed.h"

/**
 * struct psteer_tally - what a gateway has counted of its sessions at a server
 * @at: when, on any clock that rises, in any unit
 * @served: how long all of them have lived together, in that unit
 * @lived: how long those that have ended had lived, in any unit
 * @ended: how many have ended
 */
struct psteer_tally {
	u64 at;
	u64 served;
	u64 lived;
	u64 ended;
};

/**
 * struct psteer_local - what a gateway's own sessions say of a server's load
 * @last: tally at the last report
 * @reports: reports that have entered, up to as many as the means are over
 * @load: mean reported load
 * @gap: mean time between two reports, in 1/256 unit
 * @served: mean of what @served has risen by between two, in 1/256 unit
 * @lived: mean of what @lived has risen by between two, in 1/256 of its unit
 * @ended: mean of how many sessions have ended between two, in 1/256
 * @each: what one session adds to the load, in 1/65536 share
 * @offset: to be added to the last reported load before any session is
 * @beyond: what there was to do at the last report beyond a full load, a share
 *
 * The caller serialises updates. All zero but @last is the state before any
 * report.
 */
struct psteer_local {
	struct psteer_tally last;
	u32 reports;
	psteer_q8 load;
	s64 gap;
	s64 served;
	s64 lived;
	s64 ended;
	u64 each;
	psteer_q8 offset;
	u32 beyond;
};

/**
 * struct psteer_neutral - the mean of what is known of servers that report
 * @load: sum of their loads, each a share
 * @capacity: sum of their capacity scores, each a share
 * @lived: sum of their means of that name
 * @ended: sum of their means of that name
 * @n: how many they are
 */
struct psteer_neutral {
	u64 load;
	u64 capacity;
	u64 lived;
	u64 ended;
	u32 n;
};

void psteer_local_learn(struct psteer_local *local,
			const struct psteer_tally *now, u32 load, u64 lifetime);
s32 psteer_local_load(u64 each, psteer_q8 offset, u32 active);
u32 psteer_evidence_errors(u32 kept, u32 reported, u32 gap_ms, u32 horizon_ms);
void psteer_neutral_add(struct psteer_neutral *sum, u32 load, u32 capacity,
			u64 lived, u64 ended);
u32 psteer_neutral_load(const struct psteer_neutral *sum);
u32 psteer_neutral_capacity(const struct psteer_neutral *sum);
u64 psteer_neutral_lifetime(const struct psteer_neutral *sum);

#endif
