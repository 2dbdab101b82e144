// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line. */
#include "options.h"

#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

#define DIRECTORY	"/etc/portsteer/"
#define NAME_MOST	31
#define LEAST_PORTS	1024

static const char usage[] =
	"Usage: portsteer-agent --daemon HOST:PORT {--vm NAME | --server ADDR} [OPTION...]\n\n"
	"  --daemon HOST:PORT    gateway to report to\n"
	"  --vm NAME             report for this VM, and learn its port ranges\n"
	"  --server ADDR         report for the servers with this address\n"
	"  --ca FILE             authority (" DIRECTORY "ca.pem)\n"
	"  --certificate FILE    own certificate (" DIRECTORY "agent.pem)\n"
	"  --key FILE            its private key (" DIRECTORY "agent.key)\n"
	"  --interface NAME      count this interface only (all but lo)\n"
	"  --speed RATE          what full network use is (what interfaces say)\n"
	"  --app-file FILE       file with the application's own load, in percent\n"
	"  --app-command COMMAND shell command that prints it\n"
	"  --set-port-range[=N]  use the VM's largest port range, if it has N ports\n"
	"                        (1024), for connections of the VM\n"
	"  --version             print the version\n"
	"  --help                print this\n";

enum {
	DAEMON = 256,
	VM,
	SERVER,
	CA,
	CERTIFICATE,
	KEY,
	INTERFACE,
	SPEED,
	APP_FILE,
	APP_COMMAND,
	SET_PORT_RANGE,
	VERSION,
	HELP,
};

static const struct option table[] = {
	{ "daemon", required_argument, NULL, DAEMON },
	{ "vm", required_argument, NULL, VM },
	{ "server", required_argument, NULL, SERVER },
	{ "ca", required_argument, NULL, CA },
	{ "certificate", required_argument, NULL, CERTIFICATE },
	{ "key", required_argument, NULL, KEY },
	{ "interface", required_argument, NULL, INTERFACE },
	{ "speed", required_argument, NULL, SPEED },
	{ "app-file", required_argument, NULL, APP_FILE },
	{ "app-command", required_argument, NULL, APP_COMMAND },
	{ "set-port-range", optional_argument, NULL, SET_PORT_RANGE },
	{ "version", no_argument, NULL, VERSION },
	{ "help", no_argument, NULL, HELP },
	{ 0 }
};

/* "HOST:PORT", where an IPv6 address stands in brackets. */
static const char *parse_daemon(const char *word, struct options *options)
{
	const char *wrong = "is not HOST:PORT (an IPv6 address stands in brackets)";
	const char *colon = strrchr(word, ':');
	bool bracket = *word == '[';
	size_t length = colon ? colon - word : 0;

	if (!colon || length <= 2u * bracket ||
	    bracket != (colon[-1] == ']') ||
	    (!bracket && strchr(word, ':') != colon) ||
	    parse_port(colon + 1, &options->port))
		return wrong;
	free(options->host);
	options->host = strndup(word + bracket, length - 2 * bracket);
	return options->host ? NULL : "does not fit into memory";
}

static const char *parse_least(const char *word, struct options *options)
{
	const char *wrong;
	uint64_t least;

	wrong = word ? parse_number(word, UINT16_MAX, &least) : NULL;
	if (wrong)
		return wrong;
	options->least_ports = word ? least : LEAST_PORTS;
	return options->least_ports ? NULL : "is no number of ports";
}

static const char *take_text(const char **to)
{
	*to = optarg;
	return *optarg ? NULL : "is empty";
}

static const char *take_address(const char **to)
{
	struct address address;

	*to = optarg;
	return parse_address(optarg, &address);
}

/* Return: what is wrong with the option's value, or NULL. */
static const char *take(struct options *options, int opt)
{
	switch (opt) {
	case DAEMON:
		return parse_daemon(optarg, options);
	case VM:
		options->vm = optarg;
		return parse_name(optarg, NAME_MOST);
	case SERVER:
		return take_address(&options->server);
	case CA:
		return take_text(&options->files.ca);
	case CERTIFICATE:
		return take_text(&options->files.certificate);
	case KEY:
		return take_text(&options->files.key);
	case INTERFACE:
		return take_text(&options->interface);
	case SPEED:
		return parse_rate(optarg, &options->speed);
	case APP_FILE:
		return take_text(&options->app_file);
	case APP_COMMAND:
		return take_text(&options->app_command);
	default:
		return parse_least(optarg, options);
	}
}

/* Return: what is wrong with all of them together, or NULL. */
static const char *check(const struct options *options)
{
	if (!options->host)
		return "--daemon HOST:PORT is missing";
	if (!options->vm && !options->server)
		return "whom it speaks for is missing: --vm NAME or --server ADDR";
	if (options->app_file && options->app_command)
		return "--app-file and --app-command exclude each other";
	if (!options->server && (options->app_file || options->app_command))
		return "only a server has a load of its application: --server ADDR";
	if (!options->vm && options->least_ports)
		return "only a VM has port ranges: --vm NAME";
	return NULL;
}

/**
 * options_read() - read the command line
 * @options: filled in
 * @argc: number of words
 * @argv: words, which stay
 * @status: filled with the exit status if there is nothing more to do
 *
 * Return: whether the agent is to run. What is wrong is said.
 */
bool options_read(struct options *options, int argc, char **argv, int *status)
{
	const char *wrong;
	int index;
	int opt;

	*options = (struct options) {
		.files = {
			.ca = DIRECTORY "ca.pem",
			.certificate = DIRECTORY "agent.pem",
			.key = DIRECTORY "agent.key",
		},
	};
	*status = 2;
	while ((opt = getopt_long(argc, argv, "", table, &index)) != -1) {
		if (opt == '?')
			return false;
		if (opt == VERSION || opt == HELP) {
			*status = 0;
			fputs(opt == HELP ? usage :
			      "portsteer-agent " PORTSTEER_VERSION "\n", stdout);
			return false;
		}
		wrong = take(options, opt);
		if (wrong) {
			warnx("--%s \"%s\" %s", table[index].name, optarg, wrong);
			return false;
		}
	}
	wrong = check(options);
	if (optind < argc)
		warnx("\"%s\" is too much", argv[optind]);
	else if (wrong)
		warnx("%s", wrong);
	return optind == argc && !wrong;
}
