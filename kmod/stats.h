/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_STATS_H
#define PSTEER_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

/*
 * Every counter once: what it is called, and what it counts. First what became
 * of packets, each reason for not translating one by name; then events.
 */
#define PSTEER_STATS(X)							\
	X(TRANSLATED,	      "translated")				\
	X(MALFORMED,	      "malformed")	/* passed on */		\
	X(FRAGMENT,	      "fragment")	/* passed on */		\
	X(STRAY,	      "stray")		/* passed on */		\
	X(NO_SESSION,	      "no_session")	/* TCP reset */		\
	X(NO_SERVER,	      "no_server")	/* refused */		\
	X(NO_PORT,	      "no_port")	/* refused */		\
	X(SERVER_DOWN,	      "server_down")	/* TCP reset */		\
	X(SESSIONS_FULL,      "sessions_full")	/* dropped */		\
	X(CLIENTS_FULL,	      "clients_full")	/* dropped */		\
	X(NO_MEMORY,	      "no_memory")	/* dropped */		\
	X(BAD_CHECKSUM,	      "bad_checksum")	/* ICMP, dropped */	\
	X(TTL_EXCEEDED,	      "ttl_exceeded")	/* sender told */	\
	X(TOO_BIG,	      "too_big")	/* sender told */	\
	X(NO_ROUTE,	      "no_route")	/* sender told */	\
	X(SESSION_CREATED,    "session_created")			\
	X(SESSION_ENDED,      "session_ended")				\
	X(SESSION_REOPENED,   "session_reopened")			\
	X(SESSION_RESTEERED,  "session_resteered")			\
	X(SESSION_RACE,	      "session_race")				\
	X(PROBATION,	      "probation")				\
	X(PROBATION_RECYCLED, "probation_recycled")			\
	X(RANGE_TAKEN_BACK,   "range_taken_back")			\
	X(PANIC,	      "panic")

enum psteer_stat {
#define PSTEER_STAT_ENUM(id, name)	PSTEER_STAT_##id,
	PSTEER_STATS(PSTEER_STAT_ENUM)
#undef PSTEER_STAT_ENUM
	PSTEER_STATS_NUM
};

/**
 * struct psteer_stats - one CPU's counters
 * @value: by enum psteer_stat
 */
struct psteer_stats {
	u64 value[PSTEER_STATS_NUM];
};

/* Context: any; counts on this CPU. */
static inline void psteer_stats_inc(struct psteer_stats __percpu *stats,
				    enum psteer_stat stat)
{
	this_cpu_inc(stats->value[stat]);
}

const char *psteer_stats_name(enum psteer_stat stat);
u64 psteer_stats_sum(const struct psteer_stats __percpu *stats,
		     enum psteer_stat stat);

#endif
