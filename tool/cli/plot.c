// SPDX-License-Identifier: GPL-2.0-or-later
/* What was forecast and what came, and who was listened to, as a picture. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "replay.h"

/* The shell has nothing to say if there is none. */
#define GNUPLOT	"command -v gnuplot >/dev/null && exec gnuplot"
/* More would not be seen. */
#define POINTS	2000

/* A name between gnuplot's single quotes. */
static void quoted(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', out);
		fputc(*text, out);
	}
	fputc('\'', out);
}

static void say_layout(FILE *out, const char *column, const char *file)
{
	int i;

	fputs("set terminal svg size 1000,700 background 'white'\nset output ",
	      out);
	quoted(out, file);
	fputs("\nset datafile missing 'nan'\nset multiplot layout 2,1\n"
	      "set key outside right top noenhanced\nset lmargin 12\n"
	      "set rmargin 16\nset xlabel 't (s)'\nset yrange [0:*]\nset linetype 9 lc rgb 'gray70'\n"
	      "plot $data using 1:2 with lines lc rgb 'gray50' title ", out);
	quoted(out, column);
	fputs(", $data using 1:3 with lines lc rgb 'red' title 'forecast'\n"
	      "set ylabel 'weight'\nset yrange [0:1]\nplot ", out);
	/* Stacked: from the sum of the first so many to that of one more. */
	for (i = 0; i < PSTEER_EXPERT_MAX; i++)
		fprintf(out, "$data using 1:%d:%d with filledcurves lt %d title '%s', ",
			4 + i, 5 + i, i + 1,
			names_word(expert_names, i));
	fprintf(out, "$data using 1:%d:%d with filledcurves lt %d title '%s'\n",
		4 + i, 5 + i, i + 1, names_word(expert_names, i));
}

static void say_number(FILE *out, double number)
{
	if (isnan(number))
		fputs(" nan", out);
	else
		fprintf(out, " %.10g", number);
}

/* Each forecast stands where it is for. */
static void say_data(FILE *out, const struct series *s,
		     const struct moment *moments, unsigned int steps)
{
	size_t i, apart = s->count / POINTS + 1;
	int k;

	fputs("$data << EOD\n", out);
	for (i = 0; i < s->count; i += apart) {
		double sum = 0;

		say_number(out, s->sample[i].t);
		say_number(out, s->sample[i].value);
		say_number(out, i >= steps ? moments[i - steps].said : NAN);
		say_number(out, sum);
		for (k = 0; k <= PSTEER_EXPERT_MAX; k++) {
			sum += moments[i].weight[k];
			say_number(out, sum);
		}
		fputc('\n', out);
	}
	fputs("EOD\n", out);
}

/**
 * plot() - draw it with gnuplot
 * @s: series
 * @moments: what was forecast
 * @steps: horizon, in steps of the series
 * @column: name of the column
 * @file: SVG file to write, which can be written
 *
 * Return: whether that went well; if not, gnuplot has said why, if it is there.
 */
bool plot(const struct series *s, const struct moment *moments,
	  unsigned int steps, const char *column, const char *file)
{
	/* It may be gone before all was said. */
	sighandler_t before = signal(SIGPIPE, SIG_IGN);
	FILE *out = popen(GNUPLOT, "w");
	bool drawn = false;

	if (out) {
		say_data(out, s, moments, steps);
		say_layout(out, column, file);
		drawn = !pclose(out);
	}
	signal(SIGPIPE, before);
	return drawn;
}
