// SPDX-License-Identifier: GPL-2.0-only
/*
 * The closed-loop simulator: scenarios are played to policies, each of them
 * given the same sessions.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "policies.h"
#include "random.h"
#include "result.h"

#define NAMES_MOST	32
#define SEED		1

/* The first one is the module's default. */
static const struct policy *const policies[] = {
	&policy_p2c, &policy_wrand, &policy_argmax, &policy_least, &policy_two,
	&policy_turns, &policy_prequal, &policy_oracle,
};

#define POLICIES	(sizeof(policies) / sizeof(*policies))

/* Words of one kind on the command line; none: all. */
struct names {
	const char *name[NAMES_MOST];
	u32 n;
};

/**
 * struct options - what to do
 * @seed: of everything random
 * @brief: only the scenarios of the short version
 * @scenarios: only these
 * @policies: only these
 * @dir: where JSON and plots go, or NULL
 * @rates: the recording that is replayed
 */
struct options {
	u64 seed;
	bool brief;
	struct names scenarios;
	struct names policies;
	const char *dir;
	struct rates rates;
};

static void explain_use(void)
{
	u32 i;

	fputs("usage: steer [seed N] [scenario NAME]... [policy NAME]...\n"
	      "             [trace FILE COLUMN SECONDS] [out DIR] [brief]\n"
	      "SECONDS is how long a row of FILE is played.\n\n", stderr);
	for (i = 0; i < POLICIES; i++)
		fprintf(stderr, "  policy   %-13s %s\n", policies[i]->name,
			policies[i]->what);
	for (i = 0; i < scenarios_n; i++)
		fprintf(stderr, "  scenario %-13s %s\n", scenarios[i].name,
			scenarios[i].what);
	exit(2);
}

/* Without a recording: a walk that comes back to its mean, jumps at times. */
static void make_up_rates(struct rates *rates, u64 seed)
{
	u64 random = random_stream(seed, 'r', 0);
	double level = 1, sum = 0;
	u32 i;

	*rates = (struct rates){ .step_s = 1, .n = 300 };
	rates->rate = run_alloc(rates->n, sizeof(double));
	for (i = 0; i < rates->n; i++) {
		level += 0.1 * (1 - level) + random_normal(&random, 0.06);
		if (random_share(&random) < 0.02)
			level += random_between(&random, 0, 0.3);
		level = fmin(fmax(level, 0.5), 1.5);
		rates->rate[i] = level;
		sum += level;
	}
	for (i = 0; i < rates->n; i++)
		rates->rate[i] *= rates->n / sum;
}

static bool is_named(const struct names *names, const char *name)
{
	u32 i;

	for (i = 0; i < names->n; i++)
		if (!strcmp(names->name[i], name))
			return true;
	return !names->n;
}

static void add_name(struct names *names, const char *name)
{
	if (names->n == NAMES_MOST)
		errx(2, "more than %d names", NAMES_MOST);
	names->name[names->n++] = name;
}

static double read_number(const char *word)
{
	char *end;
	double value = strtod(word, &end);

	if (*end || end == word || !(value >= 0))
		errx(2, "%s is not a number", word);
	return value;
}

/* The number of words that were taken. */
static u32 parse_option(struct options *options, char **word)
{
	if (!strcmp(word[0], "brief")) {
		options->brief = true;
		return 1;
	}
	if (!word[1])
		explain_use();
	if (!strcmp(word[0], "seed"))
		options->seed = read_number(word[1]);
	else if (!strcmp(word[0], "scenario"))
		add_name(&options->scenarios, word[1]);
	else if (!strcmp(word[0], "policy"))
		add_name(&options->policies, word[1]);
	else if (!strcmp(word[0], "out"))
		options->dir = word[1];
	else if (!strcmp(word[0], "trace") && word[2] && word[3])
		rates_read(&options->rates, word[1], word[2],
			   read_number(word[3]));
	else
		explain_use();
	return strcmp(word[0], "trace") ? 2 : 4;
}

static struct options parse(char **word)
{
	struct options options = { .seed = SEED };

	while (*word)
		word += parse_option(&options, word);
	if (!options.rates.n)
		make_up_rates(&options.rates, options.seed);
	return options;
}

static u32 play_scenario(const struct options *options,
			 const struct scenario *s, struct result *results)
{
	struct arrivals arrivals;
	u32 n = 0, i;

	arrivals_make(&arrivals, s, options->seed, &options->rates);
	result_print_head(s);
	for (i = 0; i < POLICIES; i++) {
		struct outcome outcome;

		if (!is_named(&options->policies, policies[i]->name))
			continue;
		outcome = run_play(s, policies[i], &arrivals, options->seed);
		results[n] = result_of(s, policies[i], &arrivals, &outcome);
		result_print(&results[n++]);
		free(outcome.response);
	}
	arrivals_free(&arrivals);
	return n;
}

static void write_files(const struct options *options,
			const struct result *results, u32 n)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/steer.json", options->dir);
	result_write_json(results, n, options->seed, path);
	result_plot(results, n, options->dir);
}

int main(int argc, char **argv)
{
	struct options options = parse(argv + 1);
	struct result *results = run_alloc(scenarios_n * POLICIES,
					   sizeof(*results));
	u32 n = 0, i;

	(void)argc;
	for (i = 0; i < scenarios_n; i++)
		if (is_named(&options.scenarios, scenarios[i].name) &&
		    (scenarios[i].brief || !options.brief))
			n += play_scenario(&options, &scenarios[i],
					   results + n);
	if (!n)
		explain_use();
	result_print_verdict(results, n, policies[0]);
	if (options.dir)
		write_files(&options, results, n);
	free(results);
	free(options.rates.rate);
	return 0;
}
