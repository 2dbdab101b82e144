// SPDX-License-Identifier: GPL-2.0-or-later
/* What all commands have in common: options, a socket, what a refusal is said. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"

struct options options = { .socket = CONTROL_SOCKET };

/**
 * command_open() - open the netlink socket, or say why not
 *
 * Return: an exit status.
 */
int command_open(const struct args *a, struct netlink *nl)
{
	if (!netlink_open(nl))
		return DONE;
	args_say(a, "%s", nl->refusal.text);
	netlink_close(nl);
	return REFUSED;
}

/* The bounds of the attribute at fault, in the words of the command line. */
static void print_bounds(FILE *out, const struct field *f,
			 const struct refusal *refusal)
{
	struct record r = { 0 };

	fputs(", ", out);
	record_set_number(&r, f->attr, refusal->least);
	f->type->text(out, f, &r);
	fputs(" to ", out);
	record_set_number(&r, f->attr, refusal->most);
	f->type->text(out, f, &r);
	record_clear(&r);
}

/**
 * command_sentence() - why the kernel refused, without the keyword at fault
 */
const char *command_sentence(const struct refusal *refusal)
{
	if (*refusal->text)
		return refusal->text;
	if (refusal->missing)
		return "the kernel misses an attribute in the request";
	switch (refusal->error) {
	case EPERM:
		return "not permitted: this needs CAP_NET_ADMIN in the network namespace";
	case ENOENT:
		return "there is no such object";
	case EEXIST:
		return "the object is there already";
	case EOPNOTSUPP:
		return "the module that is loaded does not know this command";
	}
	return strerror(refusal->error);
}

/**
 * command_refused() - say why the kernel refused
 * @a: where the command was written
 * @o: the object, to name the keyword at fault
 * @v: the verb; or NULL
 * @refusal: what the kernel said
 *
 * Return: the exit status for it.
 */
int command_refused(const struct args *a, const struct object *o,
		    const struct verb *v, const struct refusal *refusal)
{
	const struct field *f;
	char *text = NULL;
	size_t size = 0;
	FILE *out;

	f = field_of_attr(o, refusal->attr, v ? v->role : 0);
	out = f ? open_memstream(&text, &size) : NULL;
	if (out) {
		fprintf(out, " (attribute %s", f->keyword);
		if (refusal->bounded && f->type->text &&
		    f->type->wire != WIRE_NONE)
			print_bounds(out, f, refusal);
		fputc(')', out);
		fclose(out);
	}
	args_say(a, "%s%s", command_sentence(refusal), text ? text : "");
	free(text);
	return REFUSED;
}
