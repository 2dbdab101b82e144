// SPDX-License-Identifier: GPL-2.0-or-later
/* service: the address, protocol and port that clients connect to. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

#define CHANGED	(ROLE_ADD | ROLE_SET)
#define NAMED	(ROLE_ADD | ROLE_SET | ROLE_DEL)

static const struct field service_fields[] = {
	{
		.keyword = "name", .attr = PSTEER_A_SERVICE_NAME,
		.type = &type_name, .takes = NAMED | ROLE_SHOW,
		.needs = NAMED, .plain = NAMED | ROLE_SHOW,
		.flags = FIELD_KEY,
	}, {
		.keyword = "address", .attr = PSTEER_A_SERVICE_ADDRESS,
		.type = &type_address, .takes = ROLE_ADD | ROLE_SHOW,
		.needs = ROLE_ADD,
	}, {
		.keyword = "proto", .attr = PSTEER_A_SERVICE_PROTO,
		.type = &type_word, .names = proto_names,
		.takes = ROLE_ADD | ROLE_SHOW, .needs = ROLE_ADD,
	}, {
		.keyword = "port", .attr = PSTEER_A_SERVICE_PORT,
		.type = &type_port, .takes = ROLE_ADD | ROLE_SHOW,
		.needs = ROLE_ADD,
	}, {
		.keyword = "pool", .attr = PSTEER_A_SERVICE_POOL,
		.type = &type_name, .takes = ROLE_ADD | ROLE_SHOW,
		.needs = ROLE_ADD,
	}, {
		.keyword = "weights", .attr = PSTEER_A_SERVICE_WEIGHT_LOAD,
		.attr2 = PSTEER_A_SERVICE_WEIGHT_CAPACITY,
		.attr3 = PSTEER_A_SERVICE_WEIGHT_PORTS,
		.type = &type_weights, .takes = CHANGED,
		.unless = PSTEER_A_SERVICE_INHERIT,
	}, {
		.keyword = "weight-load",
		.attr = PSTEER_A_SERVICE_WEIGHT_LOAD,
		.type = &type_fixed, .flags = FIELD_NO_TEXT,
	}, {
		.keyword = "weight-capacity",
		.attr = PSTEER_A_SERVICE_WEIGHT_CAPACITY,
		.type = &type_fixed, .flags = FIELD_NO_TEXT,
	}, {
		.keyword = "weight-ports",
		.attr = PSTEER_A_SERVICE_WEIGHT_PORTS,
		.type = &type_fixed, .flags = FIELD_NO_TEXT,
	}, {
		.keyword = "select", .attr = PSTEER_A_SERVICE_SELECT,
		.type = &type_word, .names = select_names,
		.takes = CHANGED | ROLE_SHOW,
		.unless = PSTEER_A_SERVICE_INHERIT,
	}, {
		.keyword = "zone-weight",
		.attr = PSTEER_A_SERVICE_WEIGHT_ZONE, .type = &type_fixed,
		.takes = CHANGED, .unless = PSTEER_A_SERVICE_INHERIT,
		.key = "weight_zone",
	}, {
		.keyword = "needs", .attr = PSTEER_A_SERVICE_NEEDS,
		.type = &type_tags, .takes = CHANGED | ROLE_SHOW,
		.flags = FIELD_CLEARS,
	}, {
		.keyword = "emphasis", .attr = PSTEER_A_SERVICE_EMPHASIS,
		.type = &type_word, .names = emphasis_names,
		.takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "inherit", .attr = PSTEER_A_SERVICE_INHERIT,
		.type = &type_flag, .takes = ROLE_SET | ROLE_SHOW,
	}, {
		.keyword = "servers", .attr = PSTEER_A_SERVICE_SERVERS,
		.type = &type_count,
	}, {
		.keyword = "sessions", .attr = PSTEER_A_SERVICE_SESSIONS,
		.type = &type_count,
	}, {
		.keyword = "created", .attr = PSTEER_A_SERVICE_CREATED,
		.type = &type_total,
	},
	{ 0 }
};

static const struct verb service_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_SERVICE_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "set", .role = ROLE_SET, .cmd = PSTEER_CMD_SERVICE_SET,
		.restorable = true, .run = change_run,
	}, {
		.word = "del", .role = ROLE_DEL, .cmd = PSTEER_CMD_SERVICE_DEL,
		.run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW,
		.cmd = PSTEER_CMD_SERVICE_GET, .run = show_run,
	},
	{ 0 }
};

const struct object service_object = {
	.word = "service",
	.about = "what clients connect to",
	.fields = service_fields,
	.verbs = service_verbs,
	.get = PSTEER_CMD_SERVICE_GET,
};
