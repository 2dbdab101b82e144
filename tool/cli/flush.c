// SPDX-License-Identifier: GPL-2.0-or-later
/* What is done to all that a filter lets through, and to how many. */
#include <inttypes.h>
#include <string.h>

#include <netlink/msg.h>

#include "command.h"
#include "wire.h"

struct flushed {
	const struct object *object;
	struct record reply;
};

static void take_reply(struct nlmsghdr *hdr, void *arg)
{
	struct flushed *flushed = arg;

	wire_get(hdr, flushed->object, &flushed->reply);
}

static int64_t count_of(const struct flushed *flushed)
{
	const struct field *f = flushed->object->fields;

	while (strcmp(f->keyword, "count"))
		f++;
	return record_number(&flushed->reply, f->attr);
}

static void print_count(const struct verb *v, int64_t count)
{
	const char *done = v->role == ROLE_SET ? "changed" : "flushed";

	if (options.json)
		printf("[{\"%s\": %" PRId64 "}]\n", done, count);
	else
		printf("%s %" PRId64 "\n", done, count);
}

/**
 * flush_run() - the command of a verb about all that match; the reply has
 *	the number in the field "count"
 *
 * Return: an exit status.
 */
int flush_run(const struct object *o, const struct verb *v,
	      const struct args *a)
{
	struct flushed flushed = { .object = o };
	struct record filter = { 0 };
	struct nl_msg *msg;
	struct netlink nl;
	int ret = MISUSED;

	if (!args_read(a, o, v, &filter))
		goto out;
	ret = command_open(a, &nl);
	if (ret)
		goto out;
	msg = netlink_message(&nl, v->cmd);
	wire_put(msg, o, &filter, 0);
	if (netlink_request(&nl, msg, take_reply, &flushed))
		ret = command_refused(a, o, v, &nl.refusal);
	else
		print_count(v, count_of(&flushed));
	netlink_close(&nl);
out:
	record_clear(&flushed.reply);
	record_clear(&filter);
	return ret;
}
