// SPDX-License-Identifier: GPL-2.0-only
/* What has come out, as plots: gnuplot draws them. */
#include <err.h>
#include <math.h>
#include <stdio.h>

#include "result.h"

static double p99_of(const struct result *r)
{
	return 1000 * r->p99;
}

static double peak_of(const struct result *r)
{
	return r->peak;
}

/* One row a scenario, one column a policy. */
static void send_rows(FILE *gnuplot, const struct result *results, u32 n,
		      double (*value)(const struct result *r))
{
	u32 i;

	fputs("$rows << END\n", gnuplot);
	for (i = 0; i < n; i++) {
		bool first = !i || results[i].scenario !=
				   results[i - 1].scenario;
		double y = value(&results[i]);

		if (first)
			fprintf(gnuplot, "%s\"%s\"", i ? "\n" : "",
				results[i].scenario->name);
		if (isinf(y))
			fputs(" NaN", gnuplot);
		else
			fprintf(gnuplot, " %g", y);
	}
	fputs("\nEND\n", gnuplot);
}

static u32 policies_in(const struct result *results, u32 n)
{
	u32 i = 0;

	while (i < n && results[i].scenario == results[0].scenario)
		i++;
	return i;
}

static void send_plot(FILE *gnuplot, const struct result *results, u32 columns)
{
	u32 i;

	fputs("plot", gnuplot);
	for (i = 0; i < columns; i++)
		fprintf(gnuplot, "%s $rows using ($0+%g):%u:xtic(1) "
			"with points pointtype %u pointsize 0.7 title \"%s\"",
			i ? "," : "", (i - columns / 2.) / (2 * columns),
			i + 2, i + 4, results[i].policy->name);
	fputs("\n", gnuplot);
}

static void draw(const struct result *results, u32 n, const char *path,
		 const char *what, bool logarithmic,
		 double (*value)(const struct result *r))
{
	FILE *gnuplot = popen("gnuplot", "w");

	if (!gnuplot)
		err(2, "gnuplot");
	fprintf(gnuplot, "set terminal svg size 1000,450\nset output \"%s\"\n"
		"set ylabel \"%s\"\nset xtics rotate by -40\nset grid\n"
		"set xrange [-0.6:]\nset key outside\n%s", path, what,
		logarithmic ? "set logscale y\n" : "");
	send_rows(gnuplot, results, n, value);
	send_plot(gnuplot, results, policies_in(results, n));
	if (pclose(gnuplot))
		errx(2, "gnuplot has failed");
}

void result_plot(const struct result *results, u32 n, const char *dir)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/steer-p99.svg", dir);
	draw(results, n, path, "response time, 99 of 100 sessions, ms", true,
	     p99_of);
	snprintf(path, sizeof(path), "%s/steer-balance.svg", dir);
	draw(results, n, path, "max/mean utilisation of servers", false,
	     peak_of);
}
