// SPDX-License-Identifier: GPL-2.0-only
/* save: the configuration as commands that restore reads. */
#include <stdio.h>
#include <time.h>

#include <linux/portsteer.h>

#include "command.h"
#include "format.h"
#include "objects.h"
#include "output.h"

static void print_command(const struct record *r, void *arg)
{
	const struct object *o = arg;

	printf("%s add ", o->word);
	output_words(stdout, o, r, ROLE_ADD);
	putchar('\n');
}

static int save_config(struct netlink *nl)
{
	struct record config = { 0 };
	int ret;

	ret = fetch_one(nl, &config_object, &config, &config);
	if (!ret) {
		fputs("config set ", stdout);
		output_words(stdout, &config_object, &config, ROLE_SET);
		putchar('\n');
	}
	record_clear(&config);
	return ret;
}

/* What stands later needs what stands before it. */
static int save_run(const struct object *o, const struct verb *v,
		    const struct args *a)
{
	static const struct object *const lists[] = {
		&pool_object, &service_object, &server_object, NULL
	};
	const struct object *const *list;
	struct record none = { 0 };
	char clock[FORMAT_MAX];
	struct netlink nl;
	int ret;

	if (!args_read(a, o, v, &none))
		return MISUSED;
	ret = command_open(a, &nl);
	if (ret)
		return ret;
	printf("# portsteer configuration, saved %s\n\n# settings\n",
	       format_clock(clock, time(NULL) * 1000ull));
	ret = save_config(&nl);
	for (list = lists; !ret && *list; list++) {
		printf("\n# %ss: %s\n", (*list)->word, (*list)->about);
		ret = fetch_all(&nl, *list, (*list)->get, &none, print_command,
				(void *)*list);
	}
	if (ret)
		ret = command_refused(a, o, v, &nl.refusal);
	netlink_close(&nl);
	return ret;
}

static const struct verb save_verbs[] = {
	{ .run = save_run },
	{ 0 }
};

static const struct field no_fields[] = { { 0 } };

const struct object save_object = {
	.word = "save",
	.about = "print the configuration as commands",
	.fields = no_fields,
	.verbs = save_verbs,
};
