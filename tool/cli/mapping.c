// SPDX-License-Identifier: GPL-2.0-or-later
/* mapping: what an address and port of a VM is outside; fixed ones are made. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

#define NAMED	(ROLE_ADD | ROLE_DEL)

static const struct field mapping_fields[] = {
	{
		.keyword = "vm", .attr = PSTEER_A_MAPPING_VM,
		.type = &type_name, .metavar = "VM",
		.takes = NAMED | ROLE_SHOW, .needs = NAMED,
		.plain = NAMED | ROLE_SHOW, .flags = FIELD_KEY | FIELD_FILTER,
	}, {
		.keyword = "proto", .attr = PSTEER_A_MAPPING_PROTO,
		.type = &type_word, .names = proto_names,
		.takes = NAMED | ROLE_SHOW, .needs = NAMED,
		.flags = FIELD_KEY | FIELD_FILTER,
	}, {
		.keyword = "address", .attr = PSTEER_A_MAPPING_ADDRESS,
		.type = &type_address, .takes = NAMED | ROLE_SHOW,
		.flags = FIELD_KEY,
	}, {
		.keyword = "port", .attr = PSTEER_A_MAPPING_PORT,
		.type = &type_port, .takes = NAMED | ROLE_SHOW, .needs = NAMED,
		.flags = FIELD_KEY,
	}, {
		.keyword = "pool-address",
		.attr = PSTEER_A_MAPPING_POOL_ADDRESS, .type = &type_address,
		.takes = ROLE_ADD | ROLE_SHOW,
	}, {
		.keyword = "assigned-port",
		.attr = PSTEER_A_MAPPING_ASSIGNED_PORT, .type = &type_port,
		.takes = ROLE_ADD | ROLE_SHOW,
	}, {
		.keyword = "fixed", .attr = PSTEER_A_MAPPING_FIXED,
		.type = &type_flag, .takes = ROLE_SHOW,
	}, {
		.keyword = "sessions", .attr = PSTEER_A_MAPPING_SESSIONS,
		.type = &type_count,
	},
	{ 0 }
};

static const struct verb mapping_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_MAPPING_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "del", .role = ROLE_DEL, .cmd = PSTEER_CMD_MAPPING_DEL,
		.run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW,
		.cmd = PSTEER_CMD_MAPPING_GET, .run = list_run,
	},
	{ 0 }
};

const struct object mapping_object = {
	.word = "mapping",
	.about = "ports of VMs as they are seen outside, fixed ones too",
	.fields = mapping_fields,
	.verbs = mapping_verbs,
	.get = PSTEER_CMD_MAPPING_GET,
};
