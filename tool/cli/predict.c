// SPDX-License-Identifier: GPL-2.0-or-later
/* predict: what the kernel's load predictor makes of recorded load. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "objects.h"
#include "outfile.h"
#include "output.h"
#include "replay.h"

#define HORIZON_MOST	10000

/* Its own words travel nowhere. */
enum {
	PREDICT_FILE = 1,
	PREDICT_COLUMN,
	PREDICT_HORIZON,
	PREDICT_FULL,
	PREDICT_OUT,
	PREDICT_PLOT,
};

/**
 * struct job - one file to play
 * @words: what to do
 * @series: the column
 * @moments: what was forecast
 * @steps: horizon
 * @score: how good it was
 */
struct job {
	struct record words;
	struct series series;
	struct moment *moments;
	unsigned int steps;
	struct score score;
};

static const char *parse_any(const struct field *f, const char *word,
			     struct record *r)
{
	if (!*word)
		return "is empty";
	record_set_text(r, f->attr, word);
	return NULL;
}

static const char *parse_steps(const struct field *f, const char *word,
			       struct record *r)
{
	uint64_t n;
	const char *wrong = parse_number(word, HORIZON_MOST, &n);

	if (!wrong && !n)
		wrong = "is no time ahead";
	if (!wrong)
		record_set_number(r, f->attr, n);
	return wrong;
}

static const char *parse_positive(const struct field *f, const char *word,
				  struct record *r)
{
	char *end;
	double n = strtod(word, &end);

	if (end == word || *end || !isfinite(n) || n <= 0)
		return "is not a number above 0";
	record_set_text(r, f->attr, word);
	return NULL;
}

static const struct type type_any = { .metavar = "NAME", .parse = parse_any };
static const struct type type_steps = {
	.metavar = "STEPS", .parse = parse_steps
};
static const struct type type_positive = {
	.metavar = "N", .parse = parse_positive
};

static const struct field predict_fields[] = {
	{
		.keyword = "file", .attr = PREDICT_FILE, .type = &type_any,
		.metavar = "FILE", .takes = ROLE_SHOW, .needs = ROLE_SHOW,
		.plain = ROLE_SHOW,
	}, {
		.keyword = "column", .attr = PREDICT_COLUMN,
		.type = &type_any, .takes = ROLE_SHOW, .needs = ROLE_SHOW,
	}, {
		.keyword = "horizon", .attr = PREDICT_HORIZON,
		.type = &type_steps, .takes = ROLE_SHOW, .needs = ROLE_SHOW,
	}, {
		.keyword = "full", .attr = PREDICT_FULL,
		.type = &type_positive, .takes = ROLE_SHOW,
	}, {
		.keyword = "-o", .attr = PREDICT_OUT, .type = &type_any,
		.metavar = "OUT.csv", .takes = ROLE_SHOW,
	}, {
		.keyword = "plot", .attr = PREDICT_PLOT, .type = &type_any,
		.metavar = "OUT.svg", .takes = ROLE_SHOW,
	},
	{ 0 }
};

static const char *text(const struct job *job, uint16_t attr)
{
	return record_has(&job->words, attr) ? record_text(&job->words, attr) :
					       NULL;
}

static double skill(const struct score *score, double error)
{
	double same = score->error[PSTEER_EXPERT_SAME];

	return same > 0 ? 1 - error / same : 0;
}

static void print_head(const struct job *job)
{
	const struct series *s = &job->series;

	printf("%s %s: %zu samples, %g s apart, full scale %g, horizon %g s\n",
	       text(job, PREDICT_FILE), text(job, PREDICT_COLUMN), s->count,
	       s->step, s->full, s->step * job->steps);
	printf("second half: %zu forecasts, predictor off %.3g%% of the time\n\n",
	       job->score.forecasts, 100 * job->score.off);
	printf("%-9s %12s %8s %8s %8s\n", "", "error", "skill", "weight",
	       "mean");
}

static void print_row(const struct job *job, const char *name, double error)
{
	printf("%-9s %12.4g %7.1f%%", name, error,
	       100 * skill(&job->score, error));
}

static void print_table(const struct job *job)
{
	const struct moment *last = &job->moments[job->series.count - 1];
	const struct score *score = &job->score;
	int i;

	print_head(job);
	print_row(job, "said", score->said);
	putchar('\n');
	print_row(job, "mixture", score->error[PREDICT_MIXTURE]);
	putchar('\n');
	for (i = 0; i <= PSTEER_EXPERT_MAX; i++) {
		/* There is no model. */
		if (isnan(score->error[i]))
			continue;
		print_row(job, names_word(expert_names, i), score->error[i]);
		printf(" %7.1f%% %7.1f%%\n", 100 * last->weight[i],
		       100 * score->mean_weight[i]);
	}
}

static json_t *json_expert(const struct job *job, int i)
{
	const struct moment *last = &job->moments[job->series.count - 1];
	const struct score *score = &job->score;

	return json_pack("{s:s, s:f, s:f, s:f, s:f}", "name",
			 names_word(expert_names, i), "error", score->error[i],
			 "skill", 100 * skill(score, score->error[i]),
			 "weight", 100 * last->weight[i], "mean_weight",
			 100 * score->mean_weight[i]);
}

static void print_json(const struct job *job)
{
	const struct series *s = &job->series;
	const struct score *score = &job->score;
	double mixture = score->error[PREDICT_MIXTURE];
	json_t *experts = json_array();
	int i;

	for (i = 0; i <= PSTEER_EXPERT_MAX; i++)
		if (!isnan(score->error[i]))
			json_array_append_new(experts, json_expert(job, i));
	output_line(json_pack("{s:s, s:s, s:I, s:f, s:f, s:f, s:I, s:f, s:f, s:f, s:f, s:f, s:o}",
			      "file", text(job, PREDICT_FILE),
			      "column", text(job, PREDICT_COLUMN),
			      "samples", (json_int_t)s->count,
			      "step_s", s->step, "full", s->full,
			      "horizon_s", s->step * job->steps,
			      "forecasts", (json_int_t)score->forecasts,
			      "off", 100 * score->off,
			      "error", score->said,
			      "skill", 100 * skill(score, score->said),
			      "mixture_error", mixture,
			      "mixture_skill", 100 * skill(score, mixture),
			      "experts", experts));
	putchar('\n');
}

/* One row a line of the file; until the first sample there is no forecast. */
static void print_forecasts(const struct job *job, FILE *out)
{
	bool begun = false;
	size_t i;

	fputs("t,value,forecast\n", out);
	for (i = 0; i < job->series.count; i++) {
		const struct sample *sample = &job->series.sample[i];

		begun |= job->moments[i].made;
		fprintf(out, "%.10g,", sample->t);
		if (!isnan(sample->value))
			fprintf(out, "%.10g", sample->value);
		fputc(',', out);
		if (begun)
			fprintf(out, "%.10g", job->moments[i].said);
		fputc('\n', out);
	}
}

/* Fills a file with what was found; false: why not was said. */
static bool fill_file(const struct job *job, const struct args *a,
		      const char *path, bool picture)
{
	struct outfile out;

	if (!outfile_open(&out, path))
		goto cannot;
	if (!picture) {
		print_forecasts(job, out.file);
	} else if (!plot(&job->series, job->moments, job->steps,
			 text(job, PREDICT_COLUMN), out.name)) {
		outfile_drop(&out);
		args_say(a, "%s cannot be drawn, which needs gnuplot", path);
		return false;
	}
	if (outfile_close(&out))
		return true;
cannot:
	args_say(a, "%s cannot be written: %s", path, strerror(errno));
	return false;
}

static int show_results(const struct job *job, const struct args *a)
{
	const char *csv = text(job, PREDICT_OUT);
	const char *svg = text(job, PREDICT_PLOT);

	if ((csv && !fill_file(job, a, csv, false)) ||
	    (svg && !fill_file(job, a, svg, true)))
		return REFUSED;
	if (options.json)
		print_json(job);
	else
		print_table(job);
	return DONE;
}

static int predict_series(struct job *job, const struct args *a)
{
	struct series *s = &job->series;

	if (record_has(&job->words, PREDICT_FULL))
		s->full = strtod(text(job, PREDICT_FULL), NULL);
	job->steps = record_number(&job->words, PREDICT_HORIZON);
	if (!replay_reaches(s, job->steps)) {
		args_say(a, "horizon is out of range (1ms to 37h)");
		return MISUSED;
	}
	job->moments = replay(s, job->steps);
	if (!job->moments) {
		args_say(a, "the forecasts do not fit into memory");
		return REFUSED;
	}
	replay_score(s, job->moments, job->steps, &job->score);
	if (!job->score.forecasts) {
		args_say(a, "%s is too short: no forecast comes due in its second half",
			 text(job, PREDICT_FILE));
		return REFUSED;
	}
	return show_results(job, a);
}

static bool spares_input(const struct job *job, const struct args *a)
{
	const char *csv = text(job, PREDICT_OUT);
	const char *svg = text(job, PREDICT_PLOT);
	const char *in = text(job, PREDICT_FILE);

	return (!csv || outfile_spares(a, csv, in)) &&
	       (!svg || outfile_spares(a, svg, in));
}

static int predict_run(const struct object *o, const struct verb *v,
		       const struct args *a)
{
	struct job job = { 0 };
	int ret = MISUSED;

	if (args_read(a, o, v, &job.words) && spares_input(&job, a) &&
	    series_read(&job.series, text(&job, PREDICT_FILE),
			text(&job, PREDICT_COLUMN)))
		ret = predict_series(&job, a);
	free(job.moments);
	series_free(&job.series);
	record_clear(&job.words);
	return ret;
}

static const struct verb predict_verbs[] = {
	{ .role = ROLE_SHOW, .run = predict_run },
	{ 0 }
};

const struct object predict_object = {
	.word = "predict",
	.about = "what the load predictor makes of recorded load",
	.fields = predict_fields,
	.verbs = predict_verbs,
};
