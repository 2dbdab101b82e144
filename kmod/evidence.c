// SPDX-License-Identifier: GPL-2.0-only
/*
 * What reports and the gateway's own counts say together about a server. Pure:
 * numbers in, numbers out.
 */
#include "evidence.h"

/**
 * psteer_evidence_learn_cost() - learn what one session costs, by a report
 * @cost: load of one session, a running mean over reports; 0 before the first
 * @load: reported load, a share
 * @active: sessions at the time of the report
 */
void psteer_evidence_learn_cost(psteer_q8 *cost, u32 load, u32 active)
{
	psteer_q8 now;

	if (!active)
		return;
	now = div_s64(psteer_share_to_q8(load), active);
	*cost = *cost ? (3 * *cost + now) / 4 : now;
}

/**
 * psteer_evidence_local() - load by sessions since a report
 * @cost: load of one session
 * @active: sessions now
 * @reported_active: sessions at the time of the report
 *
 * Return: a share to add, negative if there are fewer sessions than then.
 */
s32 psteer_evidence_local(psteer_q8 cost, u32 active, u32 reported_active)
{
	s64 opened = (s64)active - reported_active;

	return clamp_t(s64, (opened * cost) >> PSTEER_Q8_SHIFT,
		       -PSTEER_SCALE, PSTEER_SCALE);
}

/**
 * psteer_neutral_add() - take in one fresh report
 * @sum: sums, all zero at first
 * @load: its load, a share
 * @capacity: its capacity score, a share
 */
void psteer_neutral_add(struct psteer_neutral *sum, u32 load, u32 capacity)
{
	sum->load += load;
	sum->capacity += capacity;
	sum->n++;
}

/**
 * psteer_neutral_load() - what load to assume where there is no evidence
 * @sum: sums
 *
 * Return: the mean, half if there is none.
 */
u32 psteer_neutral_load(const struct psteer_neutral *sum)
{
	return sum->n ? div_u64(sum->load, sum->n) : PSTEER_SCALE / 2;
}

/**
 * psteer_neutral_capacity() - what capacity score to assume there
 * @sum: sums
 *
 * Return: the mean, half if there is none.
 */
u32 psteer_neutral_capacity(const struct psteer_neutral *sum)
{
	return sum->n ? div_u64(sum->capacity, sum->n) : PSTEER_SCALE / 2;
}
