// SPDX-License-Identifier: GPL-2.0-only
/* portsteer: options, then an object, then what to do with it. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "objects.h"

#define NETNS_DIR	"/var/run/netns"

struct options options;

static void print_usage(FILE *out)
{
	const struct object *const *o;

	fputs("Usage: portsteer [-j] [-n NETNS] OBJECT COMMAND ...\n"
	      "       portsteer OBJECT help\n\n"
	      "  -j        print JSON\n"
	      "  -n NETNS  act in this network namespace\n"
	      "  -V        print the version\n"
	      "  -h        print this\n\n", out);
	for (o = objects; *o; o++)
		fprintf(out, "  %-13s %s\n", (*o)->word, (*o)->about);
}

/* Enter a namespace by its name, or by the path of its file. */
static bool enter_netns(const char *name)
{
	char path[4096];
	int ret;
	int fd;

	snprintf(path, sizeof(path), "%s%s%s",
		 strchr(name, '/') ? "" : NETNS_DIR,
		 strchr(name, '/') ? "" : "/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "portsteer: there is no network namespace \"%s\": %s\n",
			name, strerror(errno));
		return false;
	}
	ret = setns(fd, CLONE_NEWNET);
	if (ret)
		fprintf(stderr, "portsteer: cannot enter network namespace \"%s\": %s\n",
			name, strerror(errno));
	close(fd);
	return !ret;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "-h") ||
	       !strcmp(word, "--help");
}

static int run_object(struct args *a, const char *netns)
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
	if (netns && !enter_netns(netns))
		return REFUSED;
	return v->run(o, v, a);
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

/*
 * Read the options. Return: whether to go on; if not, @status is the exit
 * status.
 */
static bool read_options(int argc, char **argv, const char **netns,
			 int *status)
{
	int opt;

	while ((opt = getopt(argc, argv, "+:jn:Vh")) != -1) {
		*status = DONE;
		switch (opt) {
		case 'j':
			options.json = true;
			break;
		case 'n':
			*netns = optarg;
			break;
		case 'V':
			puts("portsteer " PORTSTEER_VERSION);
			return false;
		case 'h':
			print_usage(stdout);
			return false;
		default:
			fprintf(stderr, opt == ':' ?
				"portsteer: option -%c needs a value\n" :
				"portsteer: option -%c is unknown, see portsteer -h\n",
				optopt);
			*status = MISUSED;
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	const char *netns = NULL;
	struct args a = { 0 };
	int status;

	if (!read_options(argc, argv, &netns, &status))
		return close_output(status);
	a.count = argc - optind;
	a.words = argv + optind;
	if (!a.count) {
		print_usage(stderr);
		return MISUSED;
	}
	if (is_help(a.words[0])) {
		print_usage(stdout);
		return close_output(DONE);
	}
	return close_output(run_object(&a, netns));
}
