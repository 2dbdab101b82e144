// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The application's own load, by a file or by what a command prints. The command
 * runs beside the loop, one at a time, and is killed if it takes too long.
 */
#include "app.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parse.h"

#define PATIENCE_S	5
/* What is more of a file or of what is printed is no number. */
#define WORD_MAX	63

extern char **environ;

/**
 * struct app - the application
 * @file: that has the load; NULL: none
 * @command: that prints it; NULL: none
 * @ended: a child has
 * @timer: how long a command may take
 * @child: process of the command; 0: none runs
 * @pipe: what it prints
 * @known: there is a load
 * @load: share
 * @wrong: what was last said to be wrong, so that it is said once
 */
struct app {
	const char *file;
	const char *command;
	struct event *ended;
	struct event *timer;
	pid_t child;
	int pipe;
	bool known;
	double load;
	const char *wrong;
};

static void take_wrong(struct app *app, const char *wrong)
{
	app->known = false;
	if (app->wrong != wrong)
		warnx("the application's load %s", wrong);
	app->wrong = wrong;
}

/* One word, the first; percent, with or without the sign. */
static void take_text(struct app *app, char *text)
{
	char *word = text + strspn(text, " \t\n");
	const char *wrong;
	uint64_t share;

	word[strcspn(word, " \t\r\n")] = '\0';
	wrong = parse_share(word, &share);
	if (wrong) {
		take_wrong(app, wrong);
		return;
	}
	app->known = true;
	app->load = share / 10000.0;
	app->wrong = NULL;
}

/* What there is to read at once. */
static void take_from(struct app *app, int fd)
{
	char text[WORD_MAX + 2];
	ssize_t length = read(fd, text, WORD_MAX + 1);

	if (length < 0 || length > WORD_MAX) {
		take_wrong(app, "cannot be read, or is too long");
		return;
	}
	text[length] = '\0';
	take_text(app, text);
}

/* What is no plain file could make the loop wait. */
static void read_file(struct app *app)
{
	int fd = open(app->file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
		take_from(app, fd);
	else
		take_wrong(app, "is in no file that can be read");
	if (fd >= 0)
		close(fd);
}

/* Also what the command may have left behind. */
static void kill_group(const struct app *app)
{
	kill(-app->child, SIGKILL);
}

static void on_ended(evutil_socket_t fd, short what, void *arg)
{
	struct app *app = arg;
	int status;

	(void)fd;
	(void)what;
	if (!app->child || waitpid(app->child, &status, WNOHANG) != app->child)
		return;
	kill_group(app);
	app->child = 0;
	if (!event_pending(app->timer, EV_TIMEOUT, NULL))
		take_wrong(app, "takes more than 5 s");
	else if (status)
		take_wrong(app, "is unknown, as its command fails");
	else
		take_from(app, app->pipe);
	event_del(app->timer);
	close(app->pipe);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	kill_group(arg);
}

/* In a group of its own, so that all of it can be killed. */
static int spawn(struct app *app, int out)
{
	char *const words[] = { "sh", "-c", (char *)app->command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t usual;
	int error;

	/* We ignore it. */
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
				 POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigdefault(&attr, &usual);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	error = posix_spawn(&app->child, "/bin/sh", &files, &attr, words,
			    environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return error;
}

static void run_command(struct app *app)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK)) {
		take_wrong(app, "has no pipe for its command");
		return;
	}
	fcntl(ends[1], F_SETFL, 0);
	if (spawn(app, ends[1])) {
		app->child = 0;
		close(ends[0]);
		take_wrong(app, "has a command that cannot be run");
	} else {
		app->pipe = ends[0];
		event_add(app->timer, &patience);
	}
	close(ends[1]);
}

/**
 * app_new() - begin to watch an application
 * @base: loop
 * @options: say where its load is, or that there is none
 *
 * Return: application, or NULL if there is no memory.
 */
struct app *app_new(struct event_base *base, const struct options *options)
{
	struct app *app = calloc(1, sizeof(*app));

	if (!app)
		return NULL;
	app->file = options->app_file;
	app->command = options->app_command;
	app->timer = evtimer_new(base, on_late, app);
	app->ended = evsignal_new(base, SIGCHLD, on_ended, app);
	if (app->timer && app->ended && !event_add(app->ended, NULL))
		return app;
	app_free(app);
	return NULL;
}

/**
 * app_free() - end that; a command that runs is killed
 */
void app_free(struct app *app)
{
	if (app->child)
		kill_group(app);
	if (app->timer)
		event_free(app->timer);
	if (app->ended)
		event_free(app->ended);
	free(app);
}

/**
 * app_ask() - ask for the load as it is now
 *
 * It is known by the next time; a command that still runs is let run.
 */
void app_ask(struct app *app)
{
	if (app->file)
		read_file(app);
	else if (app->command && !app->child)
		run_command(app);
}

/**
 * app_load() - the load, as far as it is known
 * @app: application
 * @load: share
 *
 * Return: whether it is.
 */
bool app_load(const struct app *app, double *load)
{
	*load = app->load;
	return app->known;
}
