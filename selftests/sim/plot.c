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

		if (first && i)
			fputs("\n", gnuplot);
		if (isinf(y))
			fputs(" NaN", gnuplot);
		else
			fprintf(gnuplot, " %g", y);
	}
	fputs("\nEND\n", gnuplot);
}

static void send_names(FILE *gnuplot, const struct result *results, u32 n,
		       u32 columns)
{
	u32 i;

	fputs("set xtics (", gnuplot);
	for (i = 0; i < n; i += columns)
		fprintf(gnuplot, "%s\"%s\" %u", i ? ", " : "",
			results[i].scenario->name, i / columns);
	fputs(") rotate by -40\n", gnuplot);
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
		fprintf(gnuplot, "%s $rows using ($0+%g):%u "
			"with points pointtype %u pointsize 0.7 title \"%s\"",
			i ? "," : "", (i - columns / 2.) / (2 * columns),
			i + 1, i + 4, results[i].policy->name);
	fputs("\n", gnuplot);
}

static void draw(const struct result *results, u32 n, const char *path,
		 const char *what, bool logarithmic,
		 double (*value)(const struct result *r))
{
	FILE *gnuplot = popen("gnuplot", "w");
	u32 columns = policies_in(results, n);

	if (!gnuplot)
		err(2, "gnuplot");
	fprintf(gnuplot, "set terminal svg size 1000,450\nset output \"%s\"\n"
		"set ylabel \"%s\"\nset grid\nset xrange [-0.6:%u-0.4]\n"
		"set key outside\n%s", path, what, n / columns,
		logarithmic ? "set logscale y\n" : "");
	send_rows(gnuplot, results, n, value);
	send_names(gnuplot, results, n, columns);
	send_plot(gnuplot, results, columns);
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
