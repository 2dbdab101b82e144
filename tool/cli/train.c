// SPDX-License-Identifier: GPL-2.0-or-later
/* train: make a model of what was recorded, if it is better than none. */
#include "train.h"

#include <err.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "command.h"
#include "format.h"
#include "model_file.h"
#include "model_input.h"
#include "objects.h"
#include "outfile.h"
#include "output.h"

/* Its own words travel nowhere. */
enum {
	TRAIN_FILE = 1,
	TRAIN_MODEL,
	TRAIN_NAME,
	TRAIN_HORIZON,
	TRAIN_LAGS,
	TRAIN_FORCE,
};

#define HORIZON_MS	10000	/* the default of prediction-horizon */
#define EXAMPLES_LEAST	400
#define HELD_BACK	5	/* one part in so many */

/**
 * struct training - one run of the command
 * @args: where it was written, for complaints
 * @path: the history
 * @to: where the model goes
 * @name: of the model
 * @history: what was recorded
 * @lesson: examples of it
 * @known: how many examples may be learnt from
 * @first: of the examples that are held back
 * @fit: what was learnt
 * @rival: mean absolute errors over what is held back
 * @error: that of the model
 */
struct training {
	const struct args *args;
	const char *path;
	const char *to;
	char name[PSTEER_NAME_MAX + 1];
	struct history history;
	struct lesson lesson;
	size_t known;
	size_t first;
	struct fit fit;
	double rival[RIVALS];
	double error;
};

static const char *const rival_words[RIVALS] = {
	[RIVAL_NOW] = "same as now",
	[RIVAL_EWMA] = "EWMA",
	[RIVAL_TREND] = "trend",
};

static const char *const rival_keys[RIVALS] = {
	[RIVAL_NOW] = "same_as_now",
	[RIVAL_EWMA] = "ewma",
	[RIVAL_TREND] = "trend",
};

/* The words, as far as their types have not seen to them. */

static bool check_words(struct training *t, const struct record *wanted)
{
	struct lesson *l = &t->lesson;

	if (l->horizon_ms < MODEL_HORIZON_LEAST ||
	    l->horizon_ms > MODEL_HORIZON_MOST) {
		args_say(t->args, "horizon is out of range (1s to 1m)");
		return false;
	}
	if (record_has(wanted, TRAIN_LAGS) &&
	    (!l->lags || l->lags > PSTEER_MODEL_LAGS)) {
		args_say(t->args, "lags is out of range (1 to %d)",
			 PSTEER_MODEL_LAGS);
		return false;
	}
	return true;
}

/* Without a name the model is called like its file. */
static bool choose_name(struct training *t, const struct record *wanted)
{
	const char *base = strrchr(t->to, '/');

	base = base ? base + 1 : t->to;
	if (record_has(wanted, TRAIN_NAME))
		snprintf(t->name, sizeof(t->name), "%s",
			 record_text(wanted, TRAIN_NAME));
	else
		snprintf(t->name, sizeof(t->name), "%.*s",
			 (int)strcspn(base, "."), base);
	if (!parse_name(t->name, PSTEER_NAME_MAX))
		return true;
	args_say(t->args, "%s gives no name for the model, say name", t->to);
	return false;
}

static bool read_words(struct training *t, const struct record *wanted)
{
	struct lesson *l = &t->lesson;

	t->path = record_text(wanted, TRAIN_FILE);
	t->to = record_text(wanted, TRAIN_MODEL);
	l->horizon_ms = record_has(wanted, TRAIN_HORIZON) ?
		record_number(wanted, TRAIN_HORIZON) : HORIZON_MS;
	l->lags = record_has(wanted, TRAIN_LAGS) ?
		record_number(wanted, TRAIN_LAGS) : PSTEER_MODEL_LAGS;
	return check_words(t, wanted) && choose_name(t, wanted) &&
	       outfile_spares(t->args, t->to, t->path);
}

/* From history to a fit */

static bool prepare(struct training *t)
{
	struct lesson *l = &t->lesson;
	char step[FORMAT_MAX];
	char horizon[FORMAT_MAX];

	l->step_ms = lesson_step(&t->history);
	format_time(step, l->step_ms * 1000ull);
	if (l->step_ms > MODEL_STEP_MOST) {
		args_say(t->args, "%s has a report every %s, which is too seldom for a model (every 1m at least)",
			 t->path, step);
		return false;
	}
	if (l->step_ms)
		lesson_make(l, &t->history);
	if (l->count >= EXAMPLES_LEAST)
		return true;
	args_say(t->args, "%s is too little to learn from: %d reports are needed that have %u others before them, a step of %s apart, and one %s later; there are %zu",
		 t->path, EXAMPLES_LEAST, l->lags - 1, step,
		 format_time(horizon, l->horizon_ms * 1000ull), l->count);
	return false;
}

static void measure(struct training *t)
{
	const struct lesson *l = &t->lesson;
	size_t count = l->count - t->first;
	const struct example *e;
	unsigned int i;

	for (i = 0; i < RIVALS; i++) {
		t->rival[i] = 0;
		for (e = l->examples + t->first; e < l->examples + l->count;
		     e++)
			t->rival[i] += fabs(e->rival[i] - e->target) / count;
	}
	t->error = fit_error(l, &t->fit, t->first, count);
}

static bool learn(struct training *t, bool all_lags)
{
	struct lesson *l = &t->lesson;

	t->first = l->count - l->count / HELD_BACK;
	t->known = lesson_before(l, l->examples[t->first].at_ms);
	if (!fit_find(l, t->known, all_lags, &t->fit)) {
		args_say(t->args, "%s gives no model: it covers too short a time, or all reports are alike",
			 t->path);
		return false;
	}
	measure(t);
	return true;
}

/* What is said about it */

static const char *input_word(unsigned int kind)
{
	return field_of_attr(&model_object, PSTEER_A_MODEL_LOAD + kind,
			     0)->keyword;
}

static void print_inputs(FILE *out, const struct lesson *l, bool used)
{
	const char *between = "";
	unsigned int i;

	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		if (!l->why[i] != used)
			continue;
		fprintf(out, used ? "%s%s" : "%s%s (%s)", between,
			input_word(i), l->why[i]);
		between = ", ";
	}
	fputs(*between ? "\n" : "nothing\n", out);
}

/* An error in percent of load, and by how much it differs from that of now. */
static void print_error(const struct training *t, FILE *out, const char *begin,
			const char *what, double error)
{
	fprintf(out, "%s  %-12s %6.2f%%", begin, what, 100 * error);
	if (t->rival[RIVAL_NOW] > 0 && error != t->rival[RIVAL_NOW])
		fprintf(out, " %+7.1f%%",
			100 * (error / t->rival[RIVAL_NOW] - 1));
	fputc('\n', out);
}

/* The same lines for the user and, as comments, for the model file. */
static void print_result(const struct training *t, FILE *out, const char *begin)
{
	const struct lesson *l = &t->lesson;
	char horizon[FORMAT_MAX];
	char step[FORMAT_MAX];
	unsigned int i;

	fprintf(out, "%s%zu reports in %zu series, one every %s\n", begin,
		t->history.reports, t->history.count,
		format_time(step, l->step_ms * 1000ull));
	fprintf(out, "%sinputs: ", begin);
	print_inputs(out, l, true);
	fprintf(out, "%sleft out: ", begin);
	print_inputs(out, l, false);
	fprintf(out, "%slearnt from %zu: %u lags, ridge %g\n", begin, t->known,
		t->fit.lags, t->fit.ridge);
	fprintf(out, "%smean absolute error %s ahead, over the last %zu:\n",
		begin, format_time(horizon, l->horizon_ms * 1000ull),
		l->count - t->first);
	for (i = 0; i < RIVALS; i++)
		print_error(t, out, begin, rival_words[i], t->rival[i]);
	print_error(t, out, begin, "this model", t->error);
}

static json_t *percent(double part)
{
	return json_real(round(part * 1e6) / 1e4);
}

static void print_json(const struct training *t, bool written)
{
	const struct lesson *l = &t->lesson;
	struct output out = { .json = true };
	json_t *error = json_object();
	json_t *left_out = json_object();
	unsigned int i;

	for (i = 0; i < RIVALS; i++)
		json_object_set_new(error, rival_keys[i], percent(t->rival[i]));
	json_object_set_new(error, "model", percent(t->error));
	for (i = 0; i < PSTEER_MODEL_KINDS; i++)
		if (l->why[i])
			json_object_set_new(left_out, input_word(i),
					    json_string(l->why[i]));
	output_object(&out, json_pack("{s:s, s:i, s:i, s:i, s:f, s:I, s:I, s:I, s:o, s:o, s:b}",
				      "name", t->name,
				      "horizon_ms", (int)l->horizon_ms,
				      "step_ms", (int)l->step_ms,
				      "lags", (int)t->fit.lags,
				      "ridge", t->fit.ridge,
				      "reports", (json_int_t)t->history.reports,
				      "learnt_from", (json_int_t)t->known,
				      "held_back",
				      (json_int_t)(l->count - t->first),
				      "left_out", left_out, "error", error,
				      "written", written));
	output_close(&out);
}

/* The model as "model add" would have it */

static int32_t q24(double ones)
{
	return lround(ones * (1 << PSTEER_Q24_SHIFT));
}

static void fill_record(const struct training *t, struct record *r)
{
	const struct lesson *l = &t->lesson;
	const struct psteer_model_term *term;
	struct model_input in;
	unsigned int lag;
	unsigned int i;

	record_set_text(r, PSTEER_A_MODEL_NAME, t->name);
	record_set_number(r, PSTEER_A_MODEL_HORIZON, l->horizon_ms);
	record_set_number(r, PSTEER_A_MODEL_STEP, l->step_ms);
	record_set_number(r, PSTEER_A_MODEL_INTERCEPT, q24(t->fit.intercept));
	for (i = 0; i < PSTEER_MODEL_KINDS; i++) {
		term = &l->model.term[i];
		if (!term->lags)
			continue;
		in = (struct model_input) { term->low, term->high,
					    t->fit.lags, { 0 } };
		for (lag = 0; lag < t->fit.lags; lag++)
			in.coefficient[lag] = q24(t->fit.coefficient
						  [i * PSTEER_MODEL_LAGS + lag]);
		model_input_set(r, PSTEER_A_MODEL_LOAD + i, &in);
	}
}

static bool write_model(const struct training *t)
{
	struct record r = { 0 };
	char *comment = NULL;
	size_t size = 0;
	FILE *out;
	bool fine;

	out = open_memstream(&comment, &size);
	if (!out)
		err(1, "no memory");
	fputs("# made by portsteer train\n", out);
	print_result(t, out, "# ");
	fputs("# each input: its lowest and highest value, and what it adds to the load\n"
	      "# (1 is 100%) at the highest: of the newest report, of the one before ...\n",
	      out);
	fclose(out);
	fill_record(t, &r);
	fine = model_file_write(t->to, &r, comment);
	record_clear(&r);
	free(comment);
	return fine;
}

static int conclude(const struct training *t, bool force)
{
	bool better = t->error < t->rival[RIVAL_NOW];
	bool written = better || force;

	if (written)
		written = write_model(t);
	if (options.json)
		print_json(t, written);
	else
		print_result(t, stdout, "");
	if (!better)
		args_say(t->args, "the model is not better than \"same as now\"%s",
			 force ? "" : ", and was not written");
	return written ? DONE : REFUSED;
}

static int train_run(const struct object *o, const struct verb *v,
		     const struct args *a)
{
	struct training t = { .args = a };
	struct record wanted = { 0 };
	int ret = MISUSED;

	if (args_read(a, o, v, &wanted) && read_words(&t, &wanted) &&
	    history_read(&t.history, t.path)) {
		ret = REFUSED;
		if (prepare(&t) && learn(&t, record_has(&wanted, TRAIN_LAGS)))
			ret = conclude(&t, record_has(&wanted, TRAIN_FORCE));
	}
	lesson_free(&t.lesson);
	history_free(&t.history);
	record_clear(&wanted);
	return ret;
}

static const struct field train_fields[] = {
	{
		.keyword = "file", .attr = TRAIN_FILE, .type = &type_path,
		.takes = ROLE_SHOW, .needs = ROLE_SHOW, .plain = ROLE_SHOW,
	}, {
		.keyword = "-o", .attr = TRAIN_MODEL, .type = &type_path,
		.metavar = "MODEL", .takes = ROLE_SHOW, .needs = ROLE_SHOW,
	}, {
		.keyword = "name", .attr = TRAIN_NAME, .type = &type_name,
		.takes = ROLE_SHOW,
	}, {
		.keyword = "horizon", .attr = TRAIN_HORIZON,
		.type = &type_time, .takes = ROLE_SHOW,
	}, {
		.keyword = "lags", .attr = TRAIN_LAGS, .type = &type_count,
		.takes = ROLE_SHOW,
	}, {
		.keyword = "force", .attr = TRAIN_FORCE, .type = &type_flag,
		.takes = ROLE_SHOW,
	},
	{ 0 }
};

static const struct verb train_verbs[] = {
	{ .role = ROLE_SHOW, .run = train_run },
	{ 0 }
};

const struct object train_object = {
	.word = "train",
	.about = "make a model of load of what was recorded",
	.fields = train_fields,
	.verbs = train_verbs,
};
