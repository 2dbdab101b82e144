// SPDX-License-Identifier: GPL-2.0-or-later
/* grant: which host has which ports of a pool address. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

#define CHANGED	(ROLE_ADD | ROLE_SET)
#define NAMED	(ROLE_ADD | ROLE_SET | ROLE_DEL)

static const struct field grant_fields[] = {
	{
		.keyword = "address", .attr = PSTEER_A_GRANT_ADDRESS,
		.type = &type_address, .takes = NAMED | ROLE_SHOW,
		.needs = NAMED, .flags = FIELD_KEY,
	}, {
		.keyword = "ports", .attr = PSTEER_A_GRANT_PORT_FIRST,
		.attr2 = PSTEER_A_GRANT_PORT_LAST, .type = &type_ports,
		.takes = NAMED | ROLE_SHOW, .needs = ROLE_SET | ROLE_DEL,
	}, {
		.keyword = "first", .attr = PSTEER_A_GRANT_PORT_FIRST,
		.type = &type_port, .flags = FIELD_KEY | FIELD_NO_TEXT,
	}, {
		.keyword = "last", .attr = PSTEER_A_GRANT_PORT_LAST,
		.type = &type_port, .flags = FIELD_KEY | FIELD_NO_TEXT,
	}, {
		.keyword = "size", .attr = PSTEER_A_GRANT_SIZE,
		.type = &type_count, .takes = ROLE_ADD, .flags = FIELD_INPUT,
	}, {
		.keyword = "host", .attr = PSTEER_A_GRANT_HOST,
		.type = &type_address, .takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "dev", .attr = PSTEER_A_GRANT_DEV,
		.type = &type_name, .metavar = "DEV",
		.takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "pool", .attr = PSTEER_A_GRANT_POOL,
		.type = &type_name, .metavar = "POOL",
		.takes = ROLE_ADD | ROLE_SHOW,
	}, {
		.keyword = "state", .attr = PSTEER_A_GRANT_STATE,
		.type = &type_word, .names = grant_state_names,
		.takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "epoch", .attr = PSTEER_A_GRANT_EPOCH,
		.type = &type_total, .takes = NAMED, .flags = FIELD_KEY,
	}, {
		.keyword = "in-use", .attr = PSTEER_A_GRANT_IN_USE,
		.type = &type_count,
	}, {
		.keyword = "packets", .attr = PSTEER_A_GRANT_PACKETS,
		.type = &type_total,
	}, {
		.keyword = "bytes", .attr = PSTEER_A_GRANT_BYTES,
		.type = &type_total,
	}, {
		.keyword = "force", .attr = PSTEER_A_GRANT_FORCE,
		.type = &type_flag, .takes = ROLE_DEL, .flags = FIELD_INPUT,
	},
	{ 0 }
};

static const struct verb grant_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_GRANT_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "set", .role = ROLE_SET, .cmd = PSTEER_CMD_GRANT_SET,
		.run = change_run,
	}, {
		.word = "del", .role = ROLE_DEL, .cmd = PSTEER_CMD_GRANT_DEL,
		.run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW, .cmd = PSTEER_CMD_GRANT_GET,
		.run = list_run,
	},
	{ 0 }
};

const struct object grant_object = {
	.word = "grant",
	.about = "ports of pool addresses that hosts have",
	.fields = grant_fields,
	.verbs = grant_verbs,
	.get = PSTEER_CMD_GRANT_GET,
};
