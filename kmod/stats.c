// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters: per CPU, per network namespace, one for every reason.
 */
#include <linux/cpumask.h>

#include "stats.h"

static const char *const stat_names[PSTEER_STATS_NUM] = {
	[PSTEER_STAT_TRANSLATED] = "translated",
	[PSTEER_STAT_MALFORMED] = "malformed",
	[PSTEER_STAT_FRAGMENT] = "fragment",
	[PSTEER_STAT_STRAY] = "stray",
	[PSTEER_STAT_NO_SESSION] = "no_session",
	[PSTEER_STAT_NO_SERVER] = "no_server",
	[PSTEER_STAT_NO_TAGGED_SERVER] = "no_tagged_server",
	[PSTEER_STAT_NO_PORT] = "no_port",
	[PSTEER_STAT_SERVER_DOWN] = "server_down",
	[PSTEER_STAT_SESSIONS_FULL] = "sessions_full",
	[PSTEER_STAT_CLIENTS_FULL] = "clients_full",
	[PSTEER_STAT_NO_MEMORY] = "no_memory",
	[PSTEER_STAT_BAD_CHECKSUM] = "bad_checksum",
	[PSTEER_STAT_BAD_SOURCE] = "bad_source",
	[PSTEER_STAT_WITHHELD] = "withheld",
	[PSTEER_STAT_TTL_EXCEEDED] = "ttl_exceeded",
	[PSTEER_STAT_TOO_BIG] = "too_big",
	[PSTEER_STAT_NO_ROUTE] = "no_route",
	[PSTEER_STAT_VM_FULL] = "vm_full",
	[PSTEER_STAT_UNSOLICITED] = "unsolicited",
	[PSTEER_STAT_FILTERED] = "filtered",
	[PSTEER_STAT_UNTRANSLATABLE] = "untranslatable",
	[PSTEER_STAT_TO_HOST] = "to_host",
	[PSTEER_STAT_SPOOFED] = "spoofed",
	[PSTEER_STAT_SESSION_CREATED] = "session_created",
	[PSTEER_STAT_SESSION_ENDED] = "session_ended",
	[PSTEER_STAT_SESSION_REOPENED] = "session_reopened",
	[PSTEER_STAT_SESSION_RESTEERED] = "session_resteered",
	[PSTEER_STAT_SESSION_RACE] = "session_race",
	[PSTEER_STAT_PROBATION] = "probation",
	[PSTEER_STAT_PROBATION_RECYCLED] = "probation_recycled",
	[PSTEER_STAT_RANGE_TAKEN_BACK] = "range_taken_back",
	[PSTEER_STAT_PANIC] = "panic",
	[PSTEER_STAT_RANGE_GROWN] = "range_grown",
	[PSTEER_STAT_RANGE_WAITED] = "range_waited",
};

/**
 * psteer_stats_name() - name of a counter, as users see it
 * @stat: which, below PSTEER_STATS_NUM
 *
 * Return: a constant string.
 */
const char *psteer_stats_name(enum psteer_stat stat)
{
	return stat_names[stat];
}

/**
 * psteer_stats_sum() - a counter over all CPUs
 * @stats: a namespace's counters
 * @stat: which, below PSTEER_STATS_NUM
 *
 * Context: any. Counts that arrive meanwhile may or may not be in it.
 * Return: the sum.
 */
u64 psteer_stats_sum(const struct psteer_stats __percpu *stats,
		     enum psteer_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->value[stat]);
	return sum;
}
