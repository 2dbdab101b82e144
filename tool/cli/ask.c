// SPDX-License-Identifier: GPL-2.0-or-later
/* What the daemon does: asked over its control socket, printed as it comes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "command.h"
#include "objects.h"
#include "output.h"

#define PATIENCE_S	30	/* with a daemon that does not answer */

/* Return: a stream to the daemon, or NULL and errno. */
static FILE *open_daemon(void)
{
	static const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	FILE *stream;
	int fd;

	if (strlen(options.socket) >= sizeof(name.sun_path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	strcpy(name.sun_path, options.socket);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			 sizeof(patience));
	stream = connect(fd, (struct sockaddr *)&name, sizeof(name)) ?
		NULL : fdopen(fd, "r+");
	if (!stream)
		close(fd);
	return stream;
}

/* Return: what it said, or NULL if that is no answer. */
static json_t *ask(FILE *daemon, const char *name)
{
	fprintf(daemon, "{\"show\": \"%s\"}\n", name);
	fflush(daemon);
	return json_loadf(daemon, 0, NULL);
}

static json_t *fetch(const struct args *a, const char *name)
{
	FILE *daemon = open_daemon();
	json_t *answer;

	if (!daemon) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			args_say(a, "portsteerd is not running (nobody answers on %s)",
				 options.socket);
		else
			args_say(a, "portsteerd cannot be asked on %s: %s",
				 options.socket, strerror(errno));
		return NULL;
	}
	answer = ask(daemon, name);
	fclose(daemon);
	if (!answer)
		args_say(a, "portsteerd did not answer");
	return answer;
}

static void print_key(const char *key)
{
	for (; *key; key++)
		putchar(*key == '_' ? '-' : *key);
}

/* As one word, if it is one. */
static void print_value(const json_t *value)
{
	const char *text = json_string_value(value);

	if (text && *text && !strpbrk(text, " \t\n\""))
		fputs(text, stdout);
	else
		json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_COMPACT |
			   JSON_REAL_PRECISION(6));
}

static void print_words(json_t *object)
{
	const char *key, *between = "";
	json_t *value;

	json_object_foreach(object, key, value) {
		if (json_is_null(value))
			continue;
		fputs(between, stdout);
		print_key(key);
		putchar(' ');
		print_value(value);
		between = " ";
	}
	putchar('\n');
}

static void print_objects(const json_t *list)
{
	struct output out = { .json = options.json };
	json_t *object;
	size_t i;

	json_array_foreach(list, i, object) {
		if (options.json)
			output_object(&out, json_incref(object));
		else
			print_words(object);
	}
	output_close(&out);
}

static int ask_run(const struct object *o, const struct verb *v,
		   const struct args *a)
{
	struct record none = { 0 };
	const char *refused;
	json_t *answer;
	int ret = DONE;

	if (!args_read(a, o, v, &none))
		return MISUSED;
	answer = fetch(a, o->word);
	if (!answer)
		return REFUSED;
	refused = json_string_value(json_object_get(answer, "refused"));
	if (refused)
		args_say(a, "%s", refused);
	else
		print_objects(answer);
	if (refused)
		ret = REFUSED;
	json_decref(answer);
	return ret;
}

static const struct field no_fields[] = { { 0 } };

static const struct verb ask_verbs[] = {
	{ .word = "show", .role = ROLE_SHOW, .run = ask_run },
	{ 0 }
};

#define PART(name, text) {						\
		.word = name, .about = text, .fields = no_fields,	\
		.verbs = ask_verbs,					\
	}

const struct object daemon_object =
	PART("daemon", "portsteerd, and what it does");
const struct object agents_object =
	PART("agents", "agents that report to portsteerd");
const struct object blocks_object =
	PART("blocks", "portsteerd's log of who held which ports");
const struct object scrape_object =
	PART("scrape", "node_exporters that portsteerd reads");
const struct object agent_check_object =
	PART("agent-check", "HAProxy's agents that portsteerd reads");
const struct object status_object =
	PART("status", "portsteerd's page and metrics");
const struct object manager_object =
	PART("manager", "who gives ports to hosts");
const struct object cluster_object =
	PART("cluster", "pools, hosts and grants in etcd");
const struct object host_object =
	PART("host", "ports that this host has been given");
const struct object edge_object =
	PART("edge", "hosts' ports at the edge");
const struct object sync_object =
	PART("sync", "sessions kept on the other gateway too");
