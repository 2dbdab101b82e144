// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters: per CPU, per network namespace, one for every reason.
 */
#include <linux/cpumask.h>

#include "stats.h"

static const char * const stat_names[PSTEER_STATS_NUM] = {
#define PSTEER_STAT_NAME(id, name)	[PSTEER_STAT_##id] = name,
	PSTEER_STATS(PSTEER_STAT_NAME)
#undef PSTEER_STAT_NAME
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
