// SPDX-License-Identifier: GPL-2.0-or-later
/* restore: carry out the commands of a file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "objects.h"
#include "script.h"

static int restore_from(FILE *in, const char *file, const struct args *a)
{
	struct netlink nl;
	struct script s;
	int ret = MISUSED;

	if (script_read(&s, in, file)) {
		ret = command_open(a, &nl);
		if (!ret) {
			ret = script_apply(&nl, &s);
			netlink_close(&nl);
		}
	}
	script_free(&s);
	return ret;
}

static int restore_run(const struct object *o, const struct verb *v,
		       const struct args *a)
{
	FILE *in;
	int ret;

	(void)v;
	if (a->count > 1) {
		args_say(a, "\"%s\" is too much for %s", a->words[1], o->word);
		return MISUSED;
	}
	if (!a->count)
		return restore_from(stdin, "<stdin>", a);
	in = fopen(a->words[0], "re");
	if (!in) {
		args_say(a, "cannot open %s: %s", a->words[0], strerror(errno));
		return MISUSED;
	}
	ret = restore_from(in, a->words[0], a);
	fclose(in);
	return ret;
}

static const struct verb restore_verbs[] = {
	{ .usage = "[FILE]", .run = restore_run },
	{ 0 }
};

static const struct field no_fields[] = { { 0 } };

const struct object restore_object = {
	.word = "restore",
	.about = "carry out the commands of a file, all or none",
	.fields = no_fields,
	.verbs = restore_verbs,
};
