// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon: answers the tool on a Unix socket. A line asks, {"show": NAME}, a line is
 * the answer, an array of objects or {"refused": WHY}, and that is it.
 */
#include "part.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>

#include "control.h"
#include "kernel.h"
#include "log.h"
#include "metric.h"

#define LINE_MOST	4096	/* bytes of a question */
#define CLIENTS_MAX	16
#define PATIENCE_S	5

/**
 * struct control_settings - the section
 * @socket: path of the socket
 */
struct control_settings {
	char *socket;
};

/**
 * struct control - the socket
 * @path: of the socket
 * @daemon: about which it can be asked too
 * @listener: takes clients
 * @clients: that are there now
 * @count: of them
 * @started: when it was opened, s
 */
struct control {
	const char *path;
	struct daemon *daemon;
	struct evconnlistener *listener;
	struct client *clients;
	unsigned int count;
	time_t started;
};

/* One that asks. */
struct client {
	struct control *control;
	struct bufferevent *bev;
	struct client *next;
};

static void drop(struct client *client)
{
	struct control *control = client->control;
	struct client **at = &control->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	control->count--;
	bufferevent_free(client->bev);
	free(client);
}

__attribute__((__format__(printf, 1, 2)))
static json_t *refusal(const char *format, ...)
{
	json_t *why;
	va_list ap;

	va_start(ap, format);
	why = json_vsprintf(format, ap);
	va_end(ap);
	return json_pack("{s:o}", "refused", why);
}

static const struct part *find_part(const char *name)
{
	const struct part *const *part;

	for (part = parts; *part; part++)
		if ((*part)->show && !strcmp((*part)->name, name))
			return *part;
	return NULL;
}

static json_t *answer(json_t *question)
{
	const char *name = json_string_value(json_object_get(question, "show"));
	const struct part *part;

	if (!name || json_object_size(question) != 1)
		return refusal("{\"show\": NAME} is expected");
	part = find_part(name);
	if (!part)
		return refusal("portsteerd has nothing to show of \"%s\"", name);
	if (!part_state(part))
		return refusal("%s is not in portsteerd's configuration", name);
	return part->show(part_state(part));
}

static int add_text(const char *text, size_t len, void *arg)
{
	return evbuffer_add(arg, text, len);
}

static void on_sent(struct bufferevent *bev, void *arg)
{
	(void)bev;
	drop(arg);
}

static void on_end(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	drop(arg);
}

static void reply(struct client *client, const char *line, size_t len)
{
	struct evbuffer *out = bufferevent_get_output(client->bev);
	json_t *question = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	json_t *said = answer(question);

	json_dump_callback(said, add_text, out, JSON_COMPACT);
	evbuffer_add(out, "\n", 1);
	json_decref(said);
	json_decref(question);
}

static void on_text(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct client *client = arg;
	size_t len;
	char *line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF);

	if (line) {
		bufferevent_disable(bev, EV_READ);
		bufferevent_setcb(bev, NULL, on_sent, on_end, client);
		reply(client, line, len);
		free(line);
	} else if (evbuffer_get_length(in) >= LINE_MOST) {
		drop(client);
	}
}

static void on_client(struct evconnlistener *listener, evutil_socket_t fd,
		      struct sockaddr *from, int len, void *arg)
{
	static const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct control *control = arg;
	struct client *client;

	(void)from;
	(void)len;
	if (control->count >= CLIENTS_MAX) {
		evutil_closesocket(fd);
		return;
	}
	client = calloc(1, sizeof(*client));
	if (!client)
		err(1, "no memory");
	client->control = control;
	client->bev = bufferevent_socket_new(evconnlistener_get_base(listener),
					     fd, BEV_OPT_CLOSE_ON_FREE);
	if (!client->bev)
		err(1, "no memory");
	client->next = control->clients;
	control->clients = client;
	control->count++;
	bufferevent_setcb(client->bev, on_text, NULL, on_end, client);
	bufferevent_setwatermark(client->bev, EV_READ, 0, LINE_MOST);
	bufferevent_set_timeouts(client->bev, &patience, &patience);
	bufferevent_enable(client->bev, EV_READ | EV_WRITE);
}

/* Whether somebody is there who answers. */
static bool is_answered(const struct sockaddr_un *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answered;

	answered = fd >= 0 && !connect(fd, (const struct sockaddr *)name,
				       sizeof(*name));
	if (fd >= 0)
		close(fd);
	return answered;
}

/* Its folder, too, if it is missing: /run is empty after each boot. */
static void make_folder(const char *path)
{
	char folder[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	*slash = '\0';
	(void)mkdir(folder, 0755);
}

/* For nobody but our own user. */
static int bind_socket(const struct sockaddr_un *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t mask;
	int ret;

	if (fd < 0)
		return -1;
	mask = umask(0177);
	ret = bind(fd, (const struct sockaddr *)name, sizeof(*name));
	umask(mask);
	if (!ret)
		return fd;
	close(fd);
	return -1;
}

static void refuse_bind(struct refusal *refusal, const char *path)
{
	char text[REFUSAL_TEXT_MAX];
	int error = errno;

	snprintf(text, sizeof(text), "cannot listen on %s: %s", path,
		 strerror(error));
	refusal_set(refusal, error, text);
}

static int open_socket(const char *path, struct refusal *refusal)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(name.sun_path)) {
		refusal_set(refusal, ENAMETOOLONG,
			    "the path of a socket has 107 characters at most");
		return -1;
	}
	strcpy(name.sun_path, path);
	if (is_answered(&name)) {
		refusal_set(refusal, EADDRINUSE,
			    "another portsteerd is running on this socket");
		return -1;
	}
	make_folder(path);
	(void)unlink(path);
	fd = bind_socket(&name);
	if (fd < 0)
		refuse_bind(refusal, path);
	return fd;
}

static void *start(struct daemon *daemon, const struct settings *settings,
		   struct refusal *refusal)
{
	const struct control_settings *s = settings->values;
	int fd = open_socket(s->socket, refusal);
	struct control *control;

	if (fd < 0)
		return NULL;
	control = calloc(1, sizeof(*control));
	if (!control)
		err(1, "no memory");
	control->path = s->socket;
	control->daemon = daemon;
	control->started = time(NULL);
	control->listener = evconnlistener_new(daemon->base, on_client, control,
					       LEV_OPT_CLOSE_ON_FREE |
					       LEV_OPT_CLOSE_ON_EXEC,
					       CLIENTS_MAX, fd);
	if (!control->listener)
		err(1, "no memory");
	return control;
}

static void stop(void *state)
{
	struct control *control = state;

	while (control->clients)
		drop(control->clients);
	evconnlistener_free(control->listener);
	(void)unlink(control->path);
	free(control);
}

static void add_name(const struct part *part, const void *state, void *arg)
{
	(void)state;
	json_array_append_new(arg, json_string(part->name));
}

static json_t *show(const void *state)
{
	const struct control *control = state;
	json_t *names = json_array();

	parts_visit(add_name, names);
	return json_pack("[{s:s, s:i, s:s, s:b, s:I, s:I, s:o}]",
			 "version", PORTSTEER_VERSION, "pid", (int)getpid(),
			 "configuration", control->daemon->config->path,
			 "module", kernel_loaded(control->daemon->kernel),
			 "uptime_s", (json_int_t)(time(NULL) - control->started),
			 "log_held_back", (json_int_t)log_held_back(),
			 "parts", names);
}

static void metrics(const void *state, FILE *out)
{
	const struct control *control = state;

	metric_begin(out, "portsteer_module_loaded",
		     "Whether the kernel module is loaded.");
	metric_value(out, "portsteer_module_loaded", NULL,
		     kernel_loaded(control->daemon->kernel));
	metric_begin(out, "portsteer_log_held_back_total",
		     "Lines that did not go to the log, as there were too many like them.");
	metric_value(out, "portsteer_log_held_back_total", NULL,
		     log_held_back());
}

static const struct setting settings[] = {
	{
		.key = "socket", .type = SETTING_PATH,
		.offset = offsetof(struct control_settings, socket),
		.initial = CONTROL_SOCKET,
	},
	{ 0 }
};

static const struct section section = {
	.key = "control",
	.size = sizeof(struct control_settings),
	.always = true,
	.settings = settings,
};

const struct part daemon_part = {
	.name = "daemon",
	.section = &section,
	.start = start,
	.stop = stop,
	.show = show,
	.metrics = metrics,
};
