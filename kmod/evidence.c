// SPDX-License-Identifier: GPL-2.0-only
/*
 * What reports and the gateway's own counts say together about a server. Pure:
 * numbers in, numbers out.
 *
 * A report is old as soon as it is there; the sessions that this gateway has
 * open at the server are known at every moment. What one of them adds to the
 * load is learned: the mean load for each session, times how much longer
 * sessions last there than elsewhere. The first alone would be too little where
 * they queue up, or where the server is slow. The product is load by sessions
 * ended, and so holds for a server that is full as well.
 *
 * Not all of a load is of this gateway's sessions. Which part is not known; it
 * is taken to be most of it, and the rest stays as it was reported.
 */
#include <linux/bitops.h>
#include <linux/limits.h>

#include "evidence.h"

/* Means are over so many reports. */
#define REPORTS_MOST	32
/* After so many times the usual gap the past is no guide. */
#define FORGET_GAPS	100
/* From here on a load says no more how much there is to do. */
#define FULL		(PSTEER_SCALE / 100 * 95)
/* The part of the load that is taken to be of this gateway's sessions. */
#define OWN(x)		((x) / 4 * 3)
/* What is taken to be of one session does not fill more than a server. */
#define COST_MOST	(((u64)PSTEER_SCALE << 16) / 3 * 4)
/* A day in milliseconds; with that, no product here can overflow. */
#define GAP_MOST	86400000U
/*
 * So many sessions more are thought to be there: where there are hardly any, most
 * of the load is not theirs.
 */
#define FEW		1
/* In a time between reports; with that, no product here can overflow. */
#define LIVED_MOST	BIT_ULL(48)
/* So many sessions must end before they say how long they last. */
#define ENDED_LEAST	8
/* Nobody is thought to be more than this slower, or faster, than others. */
#define SLOWER_MOST	8

static s64 follow(s64 mean, s64 value, u32 reports)
{
	return mean + div_s64(value - mean, reports);
}

static void begin(struct psteer_local *local)
{
	local->reports = 0;
	local->load = 0;
	local->gap = 0;
	local->served = 0;
	local->lived = 0;
	local->ended = 0;
}

/* How many times longer than elsewhere sessions last, in 1/256. */
static u32 slower(const struct psteer_local *local, u64 lifetime)
{
	u64 usual, ended;

	if (!lifetime)
		return 256;
	/* How many they would be if they had lasted as long as elsewhere. */
	usual = div64_u64(local->lived * local->reports, lifetime);
	ended = (u64)local->ended * local->reports >> 8;
	return clamp_t(u64, div64_u64((usual + ENDED_LEAST) << 8,
				      ended + ENDED_LEAST),
		       256 / SLOWER_MOST, 256 * SLOWER_MOST);
}

/* Load for each session, in 1/65536 share. */
static u64 cost_of(const struct psteer_local *local, u64 lifetime)
{
	u64 cost = div64_u64(((u64)local->load << 8) * local->gap,
			     local->served + FEW * local->gap);

	cost = min_t(u64, cost, COST_MOST * SLOWER_MOST);
	return min_t(u64, cost * slower(local, lifetime) >> 8, COST_MOST);
}

/* Share << 16 and sessions << 8 make a q8 and 16 bits more. */
static psteer_q8 load_of(u64 cost, u64 sessions)
{
	return cost * sessions >> 16;
}

/* What a server that reports to be full has to do beyond what it can, a share. */
static u32 beyond_full(u64 cost, u64 sessions, u32 load)
{
	psteer_q8 real = load_of(cost, sessions);
	psteer_q8 reported = psteer_share_to_q8(load);

	if (load < FULL || real <= reported)
		return 0;
	return min_t(u64, (real - reported) >> PSTEER_Q8_SHIFT,
		     PSTEER_LOAD_MOST);
}

/**
 * psteer_local_learn() - take in a report
 * @local: what is known
 * @now: tally as the report arrives
 * @load: reported load, a share
 * @lifetime: how long sessions last on all servers, from
 *	psteer_neutral_lifetime()
 *
 * Nothing is learned if no time has passed.
 */
void psteer_local_learn(struct psteer_local *local,
			const struct psteer_tally *now, u32 load, u64 lifetime)
{
	u64 gap = min_t(u64, now->at - local->last.at, GAP_MOST);
	u64 served = min_t(u64, now->served - local->last.served,
			   gap << 24);
	u64 lived = min_t(u64, now->lived - local->last.lived, LIVED_MOST);
	u64 ended = min_t(u64, now->ended - local->last.ended, U32_MAX);
	u64 cost, sessions;

	if ((s64)(now->at - local->last.at) <= 0)
		return;
	if (gap << 8 > FORGET_GAPS * (u64)local->gap)
		begin(local);
	local->last = *now;
	if (local->reports < REPORTS_MOST)
		local->reports++;
	local->load = follow(local->load, psteer_share_to_q8(load),
			     local->reports);
	local->gap = follow(local->gap, gap << 8, local->reports);
	local->served = follow(local->served, served << 8, local->reports);
	local->lived = follow(local->lived, lived << 8, local->reports);
	local->ended = follow(local->ended, ended << 8, local->reports);
	if (!local->served)
		return;
	cost = cost_of(local, lifetime);
	sessions = div64_u64(served << 8, gap);
	local->each = OWN(cost);
	local->offset = -load_of(local->each, sessions);
	local->beyond = beyond_full(cost, sessions, load);
}

/**
 * psteer_local_load() - what to add to a reported load for sessions since
 * @each: what one session adds, in 1/65536 share
 * @offset: what to add before any
 * @active: sessions now; the one that is to be placed comes on top
 *
 * Return: a share to add, from -PSTEER_SCALE to PSTEER_LOAD_MOST.
 */
s32 psteer_local_load(u64 each, psteer_q8 offset, u32 active)
{
	s64 load = (s64)(each * (active + 1ULL) >> 8) + offset;

	return clamp_t(s64, load >> PSTEER_Q8_SHIFT, -PSTEER_SCALE,
		       PSTEER_LOAD_MOST);
}

/**
 * psteer_evidence_errors() - what errors a server is to be expected to make
 * @kept: what was expected so far, a share
 * @reported: what it reports, a share
 * @gap_ms: time since the last report
 * @horizon_ms: prediction horizon
 *
 * A server that gets no sessions since it fails has no errors to report; so
 * they are only forgotten little by little, half of them within a horizon.
 *
 * Return: a share.
 */
u32 psteer_evidence_errors(u32 kept, u32 reported, u32 gap_ms, u32 horizon_ms)
{
	u32 left = div64_u64((u64)kept * horizon_ms, (u64)horizon_ms + gap_ms);

	return max(reported, left);
}

/**
 * psteer_neutral_add() - take in what is known of one server
 * @sum: sums, all zero at first
 * @load: its load, a share
 * @capacity: its capacity score, a share
 * @lived: its psteer_local.lived
 * @ended: its psteer_local.ended
 */
void psteer_neutral_add(struct psteer_neutral *sum, u32 load, u32 capacity,
			u64 lived, u64 ended)
{
	sum->load += load;
	sum->capacity += capacity;
	sum->lived += lived;
	sum->ended += ended;
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

/**
 * psteer_neutral_lifetime() - how long a session lasts, whichever server has it
 * @sum: sums
 *
 * Return: the mean in 1/256 of the unit of psteer_tally.lived, 0 if hardly any has
 * ended.
 */
u64 psteer_neutral_lifetime(const struct psteer_neutral *sum)
{
	u64 ended = sum->ended >> 8;

	return ended ? div64_u64(sum->lived, ended) : 0;
}
