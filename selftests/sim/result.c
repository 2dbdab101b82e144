// SPDX-License-Identifier: GPL-2.0-only
/* What has come out, as a table and as JSON. */
#include <err.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "result.h"

static int compare(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

struct result result_of(const struct scenario *s, const struct policy *policy,
			const struct arrivals *arrivals,
			struct outcome *outcome)
{
	double warm = s->seconds * WARM_UP;
	struct result r = { .scenario = s, .policy = policy };
	u32 first = 0, failed = 0;
	float *response;

	while (first < arrivals->n && arrivals->arrival[first].at < warm)
		first++;
	response = outcome->response + first;
	r.sessions = arrivals->n - first;
	qsort(response, r.sessions, sizeof(*response), compare);
	while (failed < r.sessions &&
	       isinf(response[r.sessions - 1 - failed]))
		failed++;
	r.p50 = response[(u32)(0.5 * r.sessions)];
	r.p99 = response[(u32)(0.99 * r.sessions)];
	r.p999 = response[(u32)(0.999 * r.sessions)];
	r.peak = outcome->peak / outcome->windows;
	r.errors = (double)failed / r.sessions;
	r.served = (r.sessions - failed) / (s->seconds - warm);
	return r;
}

static void print_time(double seconds)
{
	if (isinf(seconds))
		printf(" %8s", "never");
	else
		printf(" %8.0f", 1000 * seconds);
}

void result_print_head(const struct scenario *s)
{
	printf("\n# %s: %s\n# %u servers, %u gateways, %u clients, load %.0f %%\n"
	       "# %-8s %8s %8s %8s %8s %8s %9s\n", s->name, s->what,
	       s->machines, s->gateways, s->clients, 100 * s->load, "policy",
	       "p50 ms", "p99 ms", "p99.9 ms", "max/mean", "errors %",
	       "served/s");
}

void result_print(const struct result *r)
{
	printf("%-10s", r->policy->name);
	print_time(r->p50);
	print_time(r->p99);
	print_time(r->p999);
	printf(" %8.3f %8.3f %9.1f\n", r->peak, 100 * r->errors, r->served);
	fflush(stdout);
}

/* The lowest p99 of rivals in a scenario, or INFINITY. */
static double best_rival(const struct result *results, u32 n,
			 const struct scenario *s)
{
	double best = INFINITY;
	u32 i;

	for (i = 0; i < n; i++)
		if (results[i].scenario == s && results[i].policy->rival)
			best = fmin(best, results[i].p99);
	return best;
}

void result_print_verdict(const struct result *results, u32 n,
			  const struct policy *ours)
{
	u32 judged = 0, first = 0, i;
	double worst = 0;

	for (i = 0; i < n; i++) {
		double ratio;

		if (results[i].policy != ours || !results[i].scenario->judged)
			continue;
		ratio = results[i].p99 /
			best_rival(results, n, results[i].scenario);
		judged++;
		first += ratio <= 1;
		worst = fmax(worst, ratio);
	}
	if (worst > 0)
		printf("\n# verdict: of %u judged scenarios %s has the lowest p99 in %u; "
		       "at most %.3f times the best rival's\n", judged,
		       ours->name, first, worst);
}

/* JSON has no infinity: never is null. */
static json_t *time_of(double seconds)
{
	return isinf(seconds) ? json_null() : json_real(1000 * seconds);
}

static json_t *object_of(const struct result *r)
{
	return json_pack("{ss ss sb so so so sf sf sf si}",
			 "scenario", r->scenario->name,
			 "policy", r->policy->name,
			 "judged", r->scenario->judged,
			 "p50_ms", time_of(r->p50), "p99_ms", time_of(r->p99),
			 "p999_ms", time_of(r->p999), "max_mean", r->peak,
			 "errors", r->errors, "served_per_s", r->served,
			 "sessions", (int)r->sessions);
}

void result_write_json(const struct result *results, u32 n, u64 seed,
		       const char *path)
{
	json_t *list = json_array(), *whole;
	u32 i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, object_of(&results[i]));
	whole = json_pack("{sI so}", "seed", (json_int_t)seed, "results", list);
	if (!whole || json_dump_file(whole, path, JSON_INDENT(1) |
				     JSON_REAL_PRECISION(6)))
		errx(2, "%s: can't write", path);
	json_decref(whole);
}
