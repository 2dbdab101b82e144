/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_STATS_H
#define PSTEER_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

/*
 * First what became of packets, each reason for not translating one by name;
 * then events. Users see the names, see psteer_stats_name().
 */
enum psteer_stat {
	PSTEER_STAT_TRANSLATED,
	PSTEER_STAT_MALFORMED,		/* passed on */
	PSTEER_STAT_FRAGMENT,		/* passed on */
	PSTEER_STAT_STRAY,		/* passed on */
	PSTEER_STAT_NO_SESSION,		/* TCP reset */
	PSTEER_STAT_NO_SERVER,		/* refused */
	PSTEER_STAT_NO_TAGGED_SERVER,	/* refused */
	PSTEER_STAT_NO_PORT,		/* refused */
	PSTEER_STAT_SERVER_DOWN,	/* TCP reset */
	PSTEER_STAT_SESSIONS_FULL,	/* dropped */
	PSTEER_STAT_CLIENTS_FULL,	/* dropped */
	PSTEER_STAT_NO_MEMORY,		/* dropped */
	PSTEER_STAT_BAD_CHECKSUM,	/* ICMP, first segment; dropped */
	PSTEER_STAT_BAD_SOURCE,		/* dropped */
	PSTEER_STAT_WITHHELD,		/* ICMP, dropped, see steer.c */
	PSTEER_STAT_TTL_EXCEEDED,	/* sender told */
	PSTEER_STAT_TOO_BIG,		/* sender told */
	PSTEER_STAT_NO_ROUTE,		/* sender told */
	PSTEER_STAT_VM_FULL,		/* dropped */
	PSTEER_STAT_UNSOLICITED,	/* to a VM's port, dropped */
	PSTEER_STAT_FILTERED,		/* to a VM's mapping, dropped */
	PSTEER_STAT_UNTRANSLATABLE,	/* from a VM, dropped */
	PSTEER_STAT_TO_HOST,		/* on the edge: passed on to its host */
	PSTEER_STAT_SPOOFED,		/* on the edge, dropped */
	PSTEER_STAT_SESSION_CREATED,
	PSTEER_STAT_SESSION_ENDED,
	PSTEER_STAT_SESSION_REOPENED,
	PSTEER_STAT_SESSION_RESTEERED,
	PSTEER_STAT_SESSION_RACE,
	PSTEER_STAT_PROBATION,
	PSTEER_STAT_PROBATION_RECYCLED,
	PSTEER_STAT_RANGE_TAKEN_BACK,
	PSTEER_STAT_PANIC,
	PSTEER_STAT_RANGE_GROWN,
	PSTEER_STAT_RANGE_WAITED,
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
