// SPDX-License-Identifier: GPL-2.0-or-later
/* portsteer: options, then an object, then what to do with it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "netns.h"
#include "objects.h"
#include "options.h"

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "-h") ||
	       !strcmp(word, "--help");
}

static bool enter_netns(void)
{
	struct refusal refusal;

	if (!options.netns || !netns_enter(options.netns, &refusal))
		return true;
	fprintf(stderr, "portsteer: %s\n", refusal.text);
	return false;
}

static int run_object(struct args *a)
{
	const struct object *o = object_take(a);
	const struct verb *v;

	if (!o) {
		args_say(a, "\"%s\" is no object, see portsteer -h",
			 a->words[0]);
		return MISUSED;
	}
	if (a->count && is_help(a->words[0])) {
		puts("Usage:");
		object_usage(stdout, o);
		return DONE;
	}
	v = args_verb(a, o);
	if (!v)
		return MISUSED;
	return enter_netns() ? v->run(o, v, a) : REFUSED;
}

/* Output that was lost must not look like success. */
static int close_output(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	fprintf(stderr, "portsteer: cannot write the output: %s\n",
		strerror(errno));
	return status ? status : REFUSED;
}

int main(int argc, char **argv)
{
	struct args a = { 0 };
	int status;

	if (!options_read(argc, argv, &status))
		return close_output(status);
	a.count = argc - optind;
	a.words = argv + optind;
	if (!a.count) {
		options_usage(stderr);
		return MISUSED;
	}
	if (is_help(a.words[0])) {
		options_usage(stdout);
		return close_output(DONE);
	}
	return close_output(run_object(&a));
}
