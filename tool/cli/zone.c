// SPDX-License-Identifier: GPL-2.0-or-later
/* zone: where clients are, by prefixes of their addresses. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"
#include "zone.h"

#define NAMED	(ROLE_ADD | ROLE_DEL)

static const struct field zone_fields[] = {
	{
		.keyword = "prefix", .attr = PSTEER_A_ZONE_ADDRESS,
		.attr2 = PSTEER_A_ZONE_PREFIX_LENGTH, .type = &type_prefix,
		.takes = NAMED | ROLE_SHOW, .needs = NAMED,
		.plain = NAMED | ROLE_SHOW,
	}, {
		.keyword = "network", .attr = PSTEER_A_ZONE_ADDRESS,
		.type = &type_address, .flags = FIELD_INPUT | FIELD_KEY,
	}, {
		.keyword = "prefix-length", .attr = PSTEER_A_ZONE_PREFIX_LENGTH,
		.type = &type_length, .flags = FIELD_INPUT | FIELD_KEY,
	}, {
		.keyword = "name", .attr = PSTEER_A_ZONE_NAME,
		.type = &type_name, .takes = ROLE_ADD | ROLE_SHOW | ROLE_FLUSH,
		.needs = ROLE_ADD, .plain = ROLE_ADD,
	}, {
		.keyword = "count", .attr = PSTEER_A_ZONE_COUNT,
		.type = &type_count, .flags = FIELD_INPUT,
	},
	{ 0 }
};

static const struct verb zone_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_ZONE_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "del", .role = ROLE_DEL, .cmd = PSTEER_CMD_ZONE_DEL,
		.run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW, .cmd = PSTEER_CMD_ZONE_GET,
		.run = list_run,
	}, {
		.word = "flush", .role = ROLE_FLUSH,
		.cmd = PSTEER_CMD_ZONE_FLUSH, .run = flush_run,
	}, {
		.word = "import", .role = ROLE_ADD, .run = zone_import_run,
		.usage = "FILE [continent|country|city] [only NAME[,NAME...]] [limit N]",
	},
	{ 0 }
};

const struct object zone_object = {
	.word = "zone",
	.about = "where clients are",
	.fields = zone_fields,
	.verbs = zone_verbs,
	.get = PSTEER_CMD_ZONE_GET,
};

static const struct field distance_fields[] = {
	{
		.keyword = "from", .attr = PSTEER_A_DISTANCE_FROM,
		.type = &type_name, .metavar = "ZONE",
		.takes = ROLE_BETWEEN | ROLE_DEL,
		.needs = ROLE_BETWEEN | ROLE_DEL,
		.plain = ROLE_BETWEEN | ROLE_DEL | ROLE_SHOW,
		.flags = FIELD_KEY,
	}, {
		.keyword = "to", .attr = PSTEER_A_DISTANCE_TO,
		.type = &type_name, .metavar = "ZONE",
		.takes = ROLE_BETWEEN | ROLE_DEL,
		.needs = ROLE_BETWEEN | ROLE_DEL,
		.plain = ROLE_BETWEEN | ROLE_DEL | ROLE_SHOW,
		.flags = FIELD_KEY,
	}, {
		.keyword = "distance", .attr = PSTEER_A_DISTANCE_SHARE,
		.type = &type_share, .takes = ROLE_BETWEEN,
		.needs = ROLE_BETWEEN, .plain = ROLE_BETWEEN | ROLE_SHOW,
	},
	{ 0 }
};

static const struct verb distance_verbs[] = {
	{
		.word = "del", .role = ROLE_DEL, .cmd = PSTEER_CMD_DISTANCE_DEL,
		.run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW,
		.cmd = PSTEER_CMD_DISTANCE_GET, .run = list_run,
	}, {
		.role = ROLE_BETWEEN, .cmd = PSTEER_CMD_DISTANCE_SET,
		.restorable = true, .run = change_run,
	},
	{ 0 }
};

const struct object distance_object = {
	.word = "zone distance",
	.about = "how far zones are apart",
	.fields = distance_fields,
	.verbs = distance_verbs,
	.get = PSTEER_CMD_DISTANCE_GET,
};
