// SPDX-License-Identifier: GPL-2.0-or-later
/* client: remote addresses that hold port ranges. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

static const struct field client_fields[] = {
	{
		.keyword = "address", .attr = PSTEER_A_CLIENT_ADDRESS,
		.type = &type_address, .takes = ROLE_SHOW, .plain = ROLE_SHOW,
		.flags = FIELD_FILTER,
	}, {
		.keyword = "pool", .attr = PSTEER_A_CLIENT_POOL,
		.type = &type_name, .takes = ROLE_SHOW, .flags = FIELD_FILTER,
	}, {
		.keyword = "proven", .attr = PSTEER_A_CLIENT_PROVEN,
		.type = &type_bool,
	}, {
		.keyword = "ports", .attr = PSTEER_A_CLIENT_PORTS,
		.type = &type_count,
	}, {
		.keyword = "ports-in-use", .attr = PSTEER_A_CLIENT_PORTS_IN_USE,
		.type = &type_count,
	}, {
		.keyword = "sessions", .attr = PSTEER_A_CLIENT_SESSIONS,
		.type = &type_count,
	}, {
		.keyword = "created", .attr = PSTEER_A_CLIENT_CREATED,
		.type = &type_total,
	}, {
		.keyword = "idle", .attr = PSTEER_A_CLIENT_IDLE,
		.type = &type_age,
	}, {
		.keyword = "arrival-rate",
		.attr = PSTEER_A_CLIENT_ARRIVAL_RATE, .type = &type_fixed,
	}, {
		.keyword = "mean-duration",
		.attr = PSTEER_A_CLIENT_MEAN_DURATION, .type = &type_time,
	}, {
		.keyword = "ports-expected",
		.attr = PSTEER_A_CLIENT_PORTS_EXPECTED, .type = &type_count,
	},
	{ 0 }
};

static const struct verb client_verbs[] = {
	{
		.word = "show", .role = ROLE_SHOW,
		.cmd = PSTEER_CMD_CLIENT_GET, .run = show_run,
	},
	{ 0 }
};

const struct object client_object = {
	.word = "client",
	.about = "addresses that hold port ranges",
	.fields = client_fields,
	.verbs = client_verbs,
	.get = PSTEER_CMD_CLIENT_GET,
};
