// SPDX-License-Identifier: GPL-2.0-or-later
/* portsteerd: options, then a loop in which parts run. */
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kernel.h"
#include "life.h"
#include "log.h"
#include "netns.h"
#include "notify.h"

#define CONFIG_FILE	"/etc/portsteer/portsteer.yaml"

/* Exit statuses */
enum {
	DONE = 0,
	FAILED = 1,
	MISUSED = 2,
};

enum {
	OPTION_KEYS = 1,
};

struct options {
	const char *config;
	const char *netns;
	bool test;
};

static struct options options = { .config = CONFIG_FILE };

static void print_usage(FILE *out)
{
	fputs("Usage: portsteerd [-c FILE] [-n NETNS]\n"
	      "       portsteerd [-c FILE] -t\n\n"
	      "  -c FILE   configuration, " CONFIG_FILE " without this\n"
	      "  -n NETNS  act in this network namespace\n"
	      "  -t        test the configuration only\n"
	      "  --keys    print the keys that the configuration may have\n"
	      "  -V        print the version\n"
	      "  -h        print this\n", out);
}

/* Return: whether to go on; if not, @status is the exit status. */
static bool read_options(int argc, char **argv, int *status)
{
	static const struct option longs[] = {
		{ "keys", no_argument, NULL, OPTION_KEYS },
		{ 0 }
	};
	int opt;

	*status = DONE;
	while ((opt = getopt_long(argc, argv, "c:n:tVh", longs, NULL)) != -1) {
		switch (opt) {
		case 'c':
			options.config = optarg;
			break;
		case 'n':
			options.netns = optarg;
			break;
		case 't':
			options.test = true;
			break;
		case OPTION_KEYS:
			settings_usage(stdout, life_sections());
			return false;
		case 'V':
			puts("portsteerd " PORTSTEER_VERSION);
			return false;
		case 'h':
			print_usage(stdout);
			return false;
		default:
			*status = MISUSED;
			return false;
		}
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "portsteerd: \"%s\" is unknown, see portsteerd -h\n",
		argv[optind]);
	*status = MISUSED;
	return false;
}

/* What is about to change, as lines. */
static void say_diff(const struct config *from, const struct config *to)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	unsigned int differ;

	if (!out)
		err(1, "no memory");
	differ = config_diff(out, from, to);
	fclose(out);
	log_lines(differ ? text : "the configuration has not changed");
	free(text);
}

static void reload(struct daemon *daemon)
{
	char why[CONFIG_WHY_MAX];
	struct config *config = life_read(options.config, why);

	if (!config) {
		log_error("the configuration stays as it is: %s", why);
		return;
	}
	say_diff(daemon->config, config);
	if (life_change(config, why))
		log_notice("the configuration is reloaded");
	else
		log_error("the configuration stays as it is: %s", why);
}

static void on_hangup(evutil_socket_t number, short what, void *arg)
{
	(void)number;
	(void)what;
	notify_reloading();
	reload(arg);
	notify_ready();
}

static void on_end(evutil_socket_t number, short what, void *arg)
{
	struct daemon *daemon = arg;

	(void)number;
	(void)what;
	event_base_loopbreak(daemon->base);
}

/* Each agent and each peer is an open file. */
static void raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static struct event *on_signal(struct daemon *daemon, int number,
			       event_callback_fn fn)
{
	struct event *event = evsignal_new(daemon->base, number, fn, daemon);

	if (!event || event_add(event, NULL))
		errx(1, "no memory");
	return event;
}

static void turn(struct daemon *daemon)
{
	struct event *watchdog = notify_watchdog(daemon->base);
	struct event *signals[] = {
		on_signal(daemon, SIGHUP, on_hangup),
		on_signal(daemon, SIGTERM, on_end),
		on_signal(daemon, SIGINT, on_end),
	};
	size_t i;

	notify_ready();
	event_base_dispatch(daemon->base);
	notify_stopping();
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		event_free(signals[i]);
	if (watchdog)
		event_free(watchdog);
}

static bool run_parts(struct daemon *daemon, struct config *config)
{
	char why[CONFIG_WHY_MAX];

	if (!life_begin(daemon, config, why)) {
		log_error("%s", why);
		return false;
	}
	turn(daemon);
	life_end();
	return true;
}

static bool run(struct config *config)
{
	struct daemon daemon = { .base = event_base_new() };
	struct refusal refusal;
	bool fine = false;

	if (!daemon.base)
		errx(1, "no memory");
	daemon.kernel = kernel_open(daemon.base, &refusal);
	if (daemon.kernel) {
		fine = run_parts(&daemon, config);
		kernel_close(daemon.kernel);
	} else {
		log_error("%s", refusal.text);
		config_free(config);
	}
	event_base_free(daemon.base);
	return fine;
}

int main(int argc, char **argv)
{
	char why[CONFIG_WHY_MAX];
	struct refusal refusal;
	struct config *config;
	int status;

	if (!read_options(argc, argv, &status))
		return status;
	config = life_read(options.config, why);
	if (!config) {
		fprintf(stderr, "portsteerd: %s\n", why);
		return FAILED;
	}
	if (options.test) {
		printf("%s is fine\n", options.config);
		config_free(config);
		return DONE;
	}
	if (options.netns && netns_enter(options.netns, &refusal)) {
		fprintf(stderr, "portsteerd: %s\n", refusal.text);
		return FAILED;
	}
	raise_files();
	signal(SIGPIPE, SIG_IGN);
	/* for those parts that know it; without them it means nothing */
	signal(SIGUSR1, SIG_IGN);
	return run(config) ? DONE : FAILED;
}
