/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_RESULT_H
#define SIM_RESULT_H

#include "run.h"

/**
 * struct result - a line of the table
 * @scenario: what was played
 * @policy: to whom
 * @p50: half of the sessions were answered within this, in seconds; a session
 *	that failed was never answered: INFINITY
 * @p99: of 100 sessions 99
 * @p999: of 1000 sessions 999
 * @peak: max/mean utilisation over servers, a mean over windows of time
 * @errors: share of sessions that failed
 * @served: sessions answered, a second
 * @sessions: how many these are figures of
 */
struct result {
	const struct scenario *scenario;
	const struct policy *policy;
	double p50;
	double p99;
	double p999;
	double peak;
	double errors;
	double served;
	u32 sessions;
};

struct result result_of(const struct scenario *s, const struct policy *policy,
			const struct arrivals *arrivals,
			struct outcome *outcome);
void result_print_head(const struct scenario *s);
void result_print(const struct result *r);
/* How @ours, a policy, has done in the scenarios that it is judged by. */
void result_print_verdict(const struct result *results, u32 n,
			  const struct policy *ours);
/* All end the program with a sentence if they can't. */
void result_write_json(const struct result *results, u32 n, u64 seed,
		       const char *path);
void result_plot(const struct result *results, u32 n, const char *dir);

#endif
