// SPDX-License-Identifier: GPL-2.0-or-later
/* stats: counters, among them one for every reason not to translate. */
#include <inttypes.h>

#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"
#include "output.h"

#define NAME_COLUMNS	32

static const struct field stats_fields[] = {
	{
		.keyword = "name", .attr = PSTEER_A_STATS_NAME,
		.type = &type_name,
	}, {
		.keyword = "value", .attr = PSTEER_A_STATS_VALUE,
		.type = &type_total,
	},
	{ 0 }
};

static void print_counter(const struct record *r, void *arg)
{
	struct output *out = arg;

	if (out->json)
		output_record(out, &stats_object, r);
	else
		printf("%-*s %" PRId64 "\n", NAME_COLUMNS,
		       record_text(r, PSTEER_A_STATS_NAME),
		       record_number(r, PSTEER_A_STATS_VALUE));
}

static int show_stats(const struct object *o, const struct verb *v,
		      const struct args *a)
{
	struct output out = { .json = options.json };
	struct record none = { 0 };
	struct netlink nl;
	int ret;

	if (!args_read(a, o, v, &none))
		return MISUSED;
	ret = command_open(a, &nl);
	if (ret)
		return ret;
	if (fetch_all(&nl, o, v->cmd, &none, print_counter, &out))
		ret = command_refused(a, o, v, &nl.refusal);
	else
		output_close(&out);
	netlink_close(&nl);
	return ret;
}

static const struct verb stats_verbs[] = {
	{
		.word = "show", .role = ROLE_SHOW, .cmd = PSTEER_CMD_STATS_GET,
		.run = show_stats,
	},
	{ 0 }
};

const struct object stats_object = {
	.word = "stats",
	.about = "counters",
	.fields = stats_fields,
	.verbs = stats_verbs,
	.get = PSTEER_CMD_STATS_GET,
};
