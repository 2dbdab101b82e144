// SPDX-License-Identifier: GPL-2.0-or-later
/* monitor: print what the kernel tells by itself, as it happens. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <linux/portsteer.h>

#include "command.h"
#include "format.h"
#include "objects.h"
#include "output.h"
#include "wire.h"

static const struct object *const sources[] = {
	&range_object,
	&server_object,
	&session_object,
	NULL
};

static const struct object *source_of_cmd(uint8_t cmd)
{
	const struct object *const *o;

	for (o = sources; *o; o++)
		if ((*o)->notice->cmd == cmd)
			return *o;
	return NULL;
}

static const struct object *source_of_word(const char *word)
{
	const struct object *const *o;

	for (o = sources; *o; o++)
		if (!strcmp((*o)->word, word))
			return *o;
	return NULL;
}

static void print_text(const struct object *o, const struct record *r,
		       const char *clock, const char *event)
{
	printf("%s %s %s ", clock, o->word, event);
	output_words(stdout, o, r, 0);
	putchar('\n');
}

static void print_json(const struct object *o, const struct record *r,
		       const char *clock, const char *event)
{
	json_t *rest = output_json(o, r);
	json_t *line = json_object();

	json_object_set_new(line, "time", json_string(clock));
	json_object_set_new(line, "object", json_string(o->word));
	json_object_set_new(line, "event", json_string(event));
	json_object_update(line, rest);
	json_decref(rest);
	output_line(line);
	putchar('\n');
}

static void print_notice(struct nlmsghdr *hdr, void *arg)
{
	struct genlmsghdr *genl = nlmsg_data(hdr);
	const struct object *o = source_of_cmd(genl->cmd);
	struct record r = { 0 };
	char clock[FORMAT_MAX];
	const char *event;

	(void)arg;
	if (!o)
		return;
	wire_get(hdr, o, &r);
	event = names_word(o->notice->words,
			   record_number(&r, o->notice->event));
	if (!event)
		event = "changed";
	format_clock(clock, record_number(&r, o->notice->time));
	if (options.json)
		print_json(o, &r, clock, event);
	else
		print_text(o, &r, clock, event);
	fflush(stdout);
	record_clear(&r);
}

static bool subscribe(struct netlink *nl, const struct args *a)
{
	const struct object *const *o;
	int i;

	for (i = 0; i < a->count; i++)
		if (netlink_subscribe(nl, source_of_word(a->words[i])->notice->group))
			return false;
	for (o = sources; !a->count && *o; o++)
		if (netlink_subscribe(nl, (*o)->notice->group))
			return false;
	return true;
}

static bool check_words(const struct args *a)
{
	int i;

	for (i = 0; i < a->count; i++) {
		if (source_of_word(a->words[i]))
			continue;
		args_say(a, "\"%s\" is unknown, monitor takes: range, server, session",
			 a->words[i]);
		return false;
	}
	return true;
}

static int monitor_run(const struct object *o, const struct verb *v,
		       const struct args *a)
{
	struct netlink nl;
	int ret;

	if (!check_words(a))
		return MISUSED;
	ret = command_open(a, &nl);
	if (ret)
		return ret;
	if (subscribe(&nl, a)) {
		do {
			ret = netlink_listen(&nl, print_notice, NULL);
			if (ret == -ENOBUFS)
				args_say(a, "warning: some notifications were lost");
		} while ((!ret || ret == -ENOBUFS) && !ferror(stdout));
	}
	if (!ferror(stdout))
		command_refused(a, o, v, &nl.refusal);
	netlink_close(&nl);
	return REFUSED;
}

static const struct verb monitor_verbs[] = {
	{ .usage = "[range] [server] [session]", .run = monitor_run },
	{ 0 }
};

static const struct field no_fields[] = { { 0 } };

const struct object monitor_object = {
	.word = "monitor",
	.about = "what happens to ranges, servers and sessions",
	.fields = no_fields,
	.verbs = monitor_verbs,
};
