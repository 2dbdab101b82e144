// SPDX-License-Identifier: GPL-2.0-or-later
/* The options that stand before the object. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "objects.h"
#include "version.h"

enum {
	OPTION_SOCKET = 1,
};

/**
 * options_usage() - what options and objects there are
 */
void options_usage(FILE *out)
{
	const struct object *const *o;

	fputs("Usage: portsteer [-j] [-n NETNS] OBJECT COMMAND ...\n"
	      "       portsteer OBJECT help\n\n"
	      "  -j             print JSON\n"
	      "  -n NETNS       act in this network namespace\n"
	      "  --socket PATH  where portsteerd answers\n"
	      "  -V             print the versions, the module's too\n"
	      "  -h, --help     print this\n\n", out);
	for (o = objects; *o; o++)
		fprintf(out, "  %-13s %s\n", (*o)->word, (*o)->about);
}

static int complain(int opt, const char *word)
{
	fprintf(stderr, opt == ':' ?
		"portsteer: option %s needs a value\n" :
		"portsteer: option %s is unknown, see portsteer -h\n", word);
	return MISUSED;
}

/* The option that was not understood, as it was written. */
static const char *option_word(char **argv, char *letter)
{
	if (!optopt || optopt == OPTION_SOCKET)
		return argv[optind - 1];
	letter[0] = '-';
	letter[1] = optopt;
	letter[2] = '\0';
	return letter;
}

/**
 * options_read() - read the options into struct options
 * @argc: of main()
 * @argv: of main(); optind is the first word that is no option
 * @status: the exit status, if it is over
 *
 * Return: whether to go on.
 */
bool options_read(int argc, char **argv, int *status)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "socket", required_argument, NULL, OPTION_SOCKET },
		{ 0 }
	};
	bool version = false;
	char letter[3];
	int opt;

	while ((opt = getopt_long(argc, argv, "+:jn:Vh", longs, NULL)) != -1) {
		*status = DONE;
		switch (opt) {
		case 'j':
			options.json = true;
			break;
		case 'n':
			options.netns = optarg;
			break;
		case OPTION_SOCKET:
			options.socket = optarg;
			break;
		case 'V':
			version = true;
			break;
		case 'h':
			options_usage(stdout);
			return false;
		default:
			*status = complain(opt, option_word(argv, letter));
			return false;
		}
	}
	if (version)
		version_show();
	return !version;
}
