// SPDX-License-Identifier: GPL-2.0-or-later
/* pool: translation addresses and the ports on them that may be given out. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

static const struct field pool_fields[] = {
	{
		.keyword = "name", .attr = PSTEER_A_POOL_NAME,
		.type = &type_name,
		.takes = ROLE_ADD | ROLE_SET | ROLE_DEL | ROLE_SHOW,
		.needs = ROLE_ADD | ROLE_SET | ROLE_DEL,
		.plain = ROLE_ADD | ROLE_SET | ROLE_DEL | ROLE_SHOW,
		.flags = FIELD_KEY,
	}, {
		.keyword = "address", .attr = PSTEER_A_POOL_ADDRESS,
		.type = &type_addresses, .key = "addresses",
		.takes = ROLE_ADD | ROLE_SET | ROLE_SHOW,
		.needs = ROLE_ADD | ROLE_SET,
	}, {
		.keyword = "state", .attr = PSTEER_A_POOL_STATE,
		.type = &type_word, .names = address_state_names,
		.takes = ROLE_SET, .needs = ROLE_SET, .flags = FIELD_INPUT,
	}, {
		.keyword = "ports", .attr = PSTEER_A_POOL_PORT_FIRST,
		.attr2 = PSTEER_A_POOL_PORT_LAST, .type = &type_ports,
		.takes = ROLE_ADD | ROLE_SHOW,
	}, {
		.keyword = "port-first", .attr = PSTEER_A_POOL_PORT_FIRST,
		.type = &type_port, .flags = FIELD_NO_TEXT,
	}, {
		.keyword = "port-last", .attr = PSTEER_A_POOL_PORT_LAST,
		.type = &type_port, .flags = FIELD_NO_TEXT,
	}, {
		.keyword = "block", .attr = PSTEER_A_POOL_BLOCK_SIZE,
		.type = &type_count, .takes = ROLE_ADD | ROLE_SHOW,
	}, {
		.keyword = "hold", .attr = PSTEER_A_POOL_HOLD_TIME,
		.type = &type_time, .takes = ROLE_ADD | ROLE_SHOW,
	}, {
		.keyword = "by-grants", .attr = PSTEER_A_POOL_BY_GRANTS,
		.type = &type_flag, .takes = ROLE_ADD,
	}, {
		.keyword = "force", .attr = PSTEER_A_POOL_FORCE,
		.type = &type_flag, .takes = ROLE_ADD,
		.flags = FIELD_NO_JSON,
	}, {
		.keyword = "warning", .attr = PSTEER_A_POOL_WARNING,
		.type = &type_sentence, .flags = FIELD_INPUT | FIELD_WARNING,
	}, {
		.keyword = "blocks", .attr = PSTEER_A_POOL_BLOCKS,
		.type = &type_count,
	}, {
		.keyword = "blocks-free", .attr = PSTEER_A_POOL_BLOCKS_FREE,
		.type = &type_count,
	}, {
		.keyword = "blocks-held", .attr = PSTEER_A_POOL_BLOCKS_HELD,
		.type = &type_count,
	}, {
		.keyword = "blocks-used", .attr = PSTEER_A_POOL_BLOCKS_USED,
		.type = &type_count,
	}, {
		.keyword = "largest-free", .attr = PSTEER_A_POOL_LARGEST_FREE,
		.type = &type_count,
	}, {
		.keyword = "clients", .attr = PSTEER_A_POOL_CLIENTS,
		.type = &type_count,
	}, {
		.keyword = "vms", .attr = PSTEER_A_POOL_VMS,
		.type = &type_count,
	}, {
		.keyword = "withdrawn", .attr = PSTEER_A_POOL_WITHDRAWN,
		.type = &type_addresses,
	}, {
		.keyword = "sessions", .attr = PSTEER_A_POOL_SESSIONS,
		.type = &type_count,
	},
	{ 0 }
};

static const struct verb pool_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_POOL_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "set", .role = ROLE_SET, .cmd = PSTEER_CMD_POOL_SET,
		.restorable = true, .run = change_run,
	}, {
		.word = "del", .role = ROLE_DEL, .cmd = PSTEER_CMD_POOL_DEL,
		.run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW, .cmd = PSTEER_CMD_POOL_GET,
		.run = show_run,
	},
	{ 0 }
};

const struct object pool_object = {
	.word = "pool",
	.about = "addresses and ports to translate to",
	.fields = pool_fields,
	.verbs = pool_verbs,
	.get = PSTEER_CMD_POOL_GET,
};
