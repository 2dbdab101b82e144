// SPDX-License-Identifier: GPL-2.0-or-later
/* add, set, del, report: read the words, send the record, see it done. */
#include "command.h"

#include <stdio.h>

#include "wire.h"

/**
 * change_read() - make a change of words
 *
 * Return: whether it is one; if not, the reason was said. The record is
 * the caller's to clear in either case.
 */
bool change_read(struct change *c, const struct object *o,
		 const struct verb *v, const struct args *a)
{
	*c = (struct change) { .object = o, .verb = v, .place = *a };
	return args_read(a, o, v, &c->record) &&
	       (!v->complete || v->complete(a, &c->record));
}

/* Pass on what the kernel wants the user to know about the new object. */
static void print_warnings(struct nlmsghdr *hdr, void *arg)
{
	const struct object *o = arg;
	struct record reply = { 0 };
	const struct field *f;
	const struct value *v;

	wire_get(hdr, o, &reply);
	for (f = o->fields; f->keyword; f++) {
		if (!(f->flags & FIELD_WARNING) || !record_has(&reply, f->attr))
			continue;
		for (v = &reply.values[f->attr]; v; v = v->next)
			fprintf(stderr, "portsteer: warning: %s\n", v->text);
	}
	record_clear(&reply);
}

/**
 * change_apply() - send a change; a refusal is said
 *
 * Return: an exit status.
 */
int change_apply(struct netlink *nl, const struct change *c)
{
	struct nl_msg *msg = netlink_message(nl, c->verb->cmd);
	const struct object *o = c->object;
	int ret;

	ret = wire_put(msg, o, &c->record, 0);
	if (ret < 0) {
		args_say(&c->place, "the command is too long for one message");
		return REFUSED;
	}
	ret = netlink_request(nl, msg, print_warnings, (void *)o);
	if (ret)
		return command_refused(&c->place, o, c->verb, &nl->refusal);
	return DONE;
}

/**
 * change_run() - the command of a verb that changes something
 *
 * Return: an exit status.
 */
int change_run(const struct object *o, const struct verb *v,
	       const struct args *a)
{
	struct netlink nl;
	int ret = MISUSED;
	struct change c;

	if (change_read(&c, o, v, a)) {
		ret = command_open(a, &nl);
		if (!ret) {
			ret = change_apply(&nl, &c);
			netlink_close(&nl);
		}
	}
	record_clear(&c.record);
	return ret;
}
