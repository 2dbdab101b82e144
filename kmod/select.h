/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_SELECT_H
#define PSTEER_SELECT_H

#include "fixed.h"

/**
 * struct psteer_weights - what each term of the score counts
 * @load: weight of (1 - load), in 1/PSTEER_SCALE
 * @capacity: weight of the capacity score, in 1/PSTEER_SCALE
 * @ports: weight of port availability, in 1/PSTEER_SCALE
 * @zone: weight of (1 - distance), in 1/PSTEER_SCALE; 0 if the client has no
 *	zone
 */
struct psteer_weights {
	u32 load;
	u32 capacity;
	u32 ports;
	u32 zone;
};

/**
 * struct psteer_evidence - what is known of one server
 * @load: last reported load, a share
 * @capacity: its capacity score, a share
 * @age_ms: time since that report
 * @reported: there has been one
 * @errors: share of requests that are to be expected to fail
 * @failures: share of sessions that failed, as seen here
 * @slow: by how much it is slower than it used to be, a share
 * @local: what this gateway's own sessions add to @load, from
 *	psteer_local_load(); may be negative, and far over PSTEER_SCALE
 * @beyond: what there was to do at that report beyond a full load, a share
 * @up_ms: time since the server was added or set up again
 * @zone: distance between the client's zone and its own, a share
 */
struct psteer_evidence {
	u32 load;
	u32 capacity;
	u32 age_ms;
	bool reported;
	u32 errors;
	u32 failures;
	u32 slow;
	s32 local;
	u32 beyond;
	u32 up_ms;
	u32 zone;
};

/**
 * struct psteer_select_rule - how evidence is weighed, the same for all servers
 * @mode: choice mode
 * @weights: weights of the score
 * @horizon_ms: evidence up to this age counts in full, none after three times it
 * @slow_start_ms: how long a new server's score is held back, 0 not at all
 * @neutral_load: load assumed where there is no evidence, a share
 * @neutral_capacity: capacity score assumed there, a share
 */
struct psteer_select_rule {
	enum psteer_select_mode mode;
	struct psteer_weights weights;
	u32 horizon_ms;
	u32 slow_start_ms;
	u32 neutral_load;
	u32 neutral_capacity;
};

/**
 * struct psteer_terms - one candidate's score and all that went into it
 * @freshness: how much the report counts, a share
 * @local: correction for own sessions, a share or more
 * @errors: correction for failures, reported or seen here, a share or more
 * @slow: correction for slowness, a share
 * @load: load as it enters the score; over PSTEER_SCALE if the server has more
 *	to do than it can
 * @capacity: capacity score as it enters, a share
 * @ports: port availability as it enters, a share
 * @slow_start: what the sum is multiplied by, a share
 * @score: the score, in 1/PSTEER_SCALE, may be negative
 * @term_load: for the reader, as the rest: weighted 1 - @load, may be negative
 * @term_capacity: weighted @capacity
 * @term_ports: weighted @ports
 * @term_zone: weighted 1 - distance of the zones
 */
struct psteer_terms {
	u32 freshness;
	s32 local;
	u32 errors;
	u32 slow;
	u32 load;
	u32 capacity;
	u32 ports;
	u32 slow_start;
	s32 score;
	s32 term_load;
	u32 term_capacity;
	u32 term_ports;
	u32 term_zone;
};

/**
 * struct psteer_contender - a server as the choice sees it
 * @score: its score
 * @sessions: its active sessions, for ties
 * @full: it has more to do than it can
 */
struct psteer_contender {
	s32 score;
	u32 sessions;
	bool full;
};

/**
 * typedef psteer_contend_fn - evaluate one server when the choice needs it
 * @ctx: the caller's
 * @index: which server, in listed order
 * @c: filled in
 *
 * Return: false if the server can't be chosen.
 */
typedef bool (*psteer_contend_fn)(void *ctx, u32 index,
				  struct psteer_contender *c);

u32 psteer_select_freshness(u32 age_ms, u32 horizon_ms);
void psteer_select_terms(const struct psteer_select_rule *rule,
			 const struct psteer_evidence *evidence, u32 ports,
			 struct psteer_terms *terms);
void psteer_select_parts(const struct psteer_select_rule *rule,
			 const struct psteer_evidence *evidence,
			 struct psteer_terms *terms);
u64 psteer_select_static(const struct psteer_select_rule *rule,
			 const struct psteer_evidence *evidence);
u64 psteer_select_varying(const struct psteer_select_rule *rule, u32 ports,
			  u32 zone);
int psteer_select_choose(enum psteer_select_mode mode, u32 n,
			 psteer_contend_fn contend, void *ctx, u64 random);

#endif
