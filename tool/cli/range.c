// SPDX-License-Identifier: GPL-2.0-or-later
/* range: runs of ports and who holds them. */
#include <linux/portsteer.h>

#include "command.h"
#include "format.h"
#include "objects.h"
#include "output.h"

static const struct field range_fields[] = {
	{
		.keyword = "endpoint", .attr = PSTEER_A_RANGE_ADDRESS,
		.attr2 = PSTEER_A_RANGE_PORT, .type = &type_endpoint,
		.takes = ROLE_WHO, .needs = ROLE_WHO, .plain = ROLE_WHO,
		.flags = FIELD_INPUT,
	}, {
		.keyword = "pool", .attr = PSTEER_A_RANGE_POOL,
		.type = &type_name, .takes = ROLE_ADD | ROLE_SHOW,
		.needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "address", .attr = PSTEER_A_RANGE_ADDRESS,
		.type = &type_address, .takes = ROLE_ADD | ROLE_SHOW,
		.needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "port", .attr = PSTEER_A_RANGE_PORT,
		.type = &type_port, .takes = ROLE_SHOW,
		.flags = FIELD_FILTER | FIELD_INPUT,
	}, {
		.keyword = "ports", .attr = PSTEER_A_RANGE_FIRST,
		.attr2 = PSTEER_A_RANGE_LAST, .type = &type_ports,
		.takes = ROLE_ADD, .needs = ROLE_ADD,
	}, {
		.keyword = "first", .attr = PSTEER_A_RANGE_FIRST,
		.type = &type_port, .flags = FIELD_NO_TEXT,
	}, {
		.keyword = "last", .attr = PSTEER_A_RANGE_LAST,
		.type = &type_port, .flags = FIELD_NO_TEXT,
	}, {
		.keyword = "owner-type", .attr = PSTEER_A_RANGE_OWNER_TYPE,
		.type = &type_word, .names = owner_type_names,
		.takes = ROLE_ADD | ROLE_SHOW, .needs = ROLE_ADD,
	}, {
		.keyword = "owner", .attr = PSTEER_A_RANGE_OWNER,
		.attr2 = PSTEER_A_RANGE_OWNER_NAME, .type = &type_owner,
		.takes = ROLE_ADD | ROLE_SHOW, .flags = FIELD_EITHER,
	}, {
		.keyword = "owner-address", .attr = PSTEER_A_RANGE_OWNER,
		.type = &type_address, .flags = FIELD_INPUT | FIELD_FILTER,
	}, {
		.keyword = "owner-name", .attr = PSTEER_A_RANGE_OWNER_NAME,
		.type = &type_name, .flags = FIELD_INPUT | FIELD_FILTER,
	}, {
		.keyword = "unproven", .attr = PSTEER_A_RANGE_UNPROVEN,
		.type = &type_flag, .flags = FIELD_INPUT,
	}, {
		.keyword = "state", .attr = PSTEER_A_RANGE_STATE,
		.type = &type_word, .names = range_state_names,
		.takes = ROLE_SHOW,
	}, {
		.keyword = "in-use", .attr = PSTEER_A_RANGE_IN_USE,
		.type = &type_count,
	}, {
		.keyword = "held-for", .attr = PSTEER_A_RANGE_HELD_FOR,
		.type = &type_age,
	}, {
		.keyword = "event", .attr = PSTEER_A_RANGE_EVENT,
		.type = &type_count, .flags = FIELD_INPUT,
	}, {
		.keyword = "time", .attr = PSTEER_A_RANGE_TIME,
		.type = &type_total, .flags = FIELD_INPUT,
	},
	{ 0 }
};

static void print_range(const struct record *r, void *arg)
{
	output_record(arg, &range_object, r);
}

/* The answer to an abuse report: whose port was it? */
static int who_run(const struct object *o, const struct verb *v,
		   const struct args *a)
{
	struct output out = { .json = options.json };
	struct record wanted = { 0 };
	char buf[FORMAT_MAX];
	struct netlink nl;
	int ret;

	if (!args_read(a, o, v, &wanted))
		return MISUSED;
	ret = command_open(a, &nl);
	if (ret)
		return ret;
	if (fetch_all(&nl, o, v->cmd, &wanted, print_range, &out)) {
		ret = command_refused(a, o, v, &nl.refusal);
	} else if (!out.count) {
		format_endpoint(buf,
				record_address(&wanted, PSTEER_A_RANGE_ADDRESS),
				record_number(&wanted, PSTEER_A_RANGE_PORT));
		args_say(a, "nobody holds %s", buf);
		ret = REFUSED;
	} else {
		output_close(&out);
	}
	record_clear(&wanted);
	netlink_close(&nl);
	return ret;
}

static const struct verb range_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_RANGE_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW, .cmd = PSTEER_CMD_RANGE_GET,
		.run = show_run,
	}, {
		.word = "who", .role = ROLE_WHO, .cmd = PSTEER_CMD_RANGE_GET,
		.run = who_run,
	},
	{ 0 }
};

static const struct name range_events[] = {
	{ PSTEER_EVENT_NEW, "given" },
	{ PSTEER_EVENT_CHANGE, "changed" },
	{ PSTEER_EVENT_DEL, "released" },
	{ 0, NULL }
};

static const struct notice range_notice = {
	.group = PSTEER_MCGRP_RANGE,
	.cmd = PSTEER_CMD_RANGE_NTF,
	.event = PSTEER_A_RANGE_EVENT,
	.time = PSTEER_A_RANGE_TIME,
	.words = range_events,
};

const struct object range_object = {
	.word = "range",
	.about = "runs of ports and who holds them",
	.fields = range_fields,
	.verbs = range_verbs,
	.get = PSTEER_CMD_RANGE_GET,
	.notice = &range_notice,
};
