// SPDX-License-Identifier: GPL-2.0-or-later
/* session: flows, each with its port and its server. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

/* What a session is kept by, and can be looked for. */
#define KEPT	(ROLE_ADD | ROLE_SHOW)

static const struct field session_fields[] = {
	{
		.keyword = "service", .attr = PSTEER_A_SESSION_SERVICE,
		.type = &type_name, .takes = KEPT, .flags = FIELD_FILTER,
	}, {
		.keyword = "vm", .attr = PSTEER_A_SESSION_VM,
		.type = &type_name, .takes = KEPT, .flags = FIELD_FILTER,
	}, {
		.keyword = "proto", .attr = PSTEER_A_SESSION_PROTO,
		.type = &type_word, .names = proto_names, .takes = KEPT,
		.needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "client", .attr = PSTEER_A_SESSION_CLIENT,
		.type = &type_address, .takes = KEPT,
		.needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "client-port", .attr = PSTEER_A_SESSION_CLIENT_PORT,
		.type = &type_flow_port, .takes = KEPT, .needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "pool-address",
		.attr = PSTEER_A_SESSION_POOL_ADDRESS, .type = &type_address,
		.takes = KEPT, .needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "assigned-port",
		.attr = PSTEER_A_SESSION_ASSIGNED_PORT, .type = &type_port,
		.takes = KEPT, .needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "server", .attr = PSTEER_A_SESSION_SERVER,
		.type = &type_address, .takes = KEPT,
		.needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "server-port", .attr = PSTEER_A_SESSION_SERVER_PORT,
		.type = &type_flow_port, .takes = KEPT, .needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "state", .attr = PSTEER_A_SESSION_STATE,
		.type = &type_word, .names = session_state_names,
		.takes = KEPT, .needs = ROLE_ADD, .flags = FIELD_FILTER,
	}, {
		.keyword = "whose", .attr = PSTEER_A_SESSION_WHOSE,
		.type = &type_word, .names = whose_names,
		.takes = KEPT | ROLE_SET, .needs = ROLE_SET, .flags = FIELD_FILTER,
	}, {
		.keyword = "inbound", .attr = PSTEER_A_SESSION_INBOUND,
		.type = &type_flag, .takes = ROLE_ADD,
	}, {
		.keyword = "expires", .attr = PSTEER_A_SESSION_EXPIRES,
		.type = &type_expiry, .takes = ROLE_ADD, .needs = ROLE_ADD,
	}, {
		.keyword = "packets", .attr = PSTEER_A_SESSION_PACKETS,
		.type = &type_total,
	}, {
		.keyword = "bytes", .attr = PSTEER_A_SESSION_BYTES,
		.type = &type_total,
	}, {
		.keyword = "count", .attr = PSTEER_A_SESSION_COUNT,
		.type = &type_count, .flags = FIELD_INPUT,
	}, {
		.keyword = "event", .attr = PSTEER_A_SESSION_EVENT,
		.type = &type_count, .flags = FIELD_INPUT,
	}, {
		.keyword = "time", .attr = PSTEER_A_SESSION_TIME,
		.type = &type_total, .flags = FIELD_INPUT,
	},
	{ 0 }
};

static const struct verb session_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD,
		.cmd = PSTEER_CMD_SESSION_NEW, .restorable = true,
		.run = change_run,
	}, {
		.word = "set", .role = ROLE_SET,
		.cmd = PSTEER_CMD_SESSION_SET, .run = flush_run,
	}, {
		.word = "show", .role = ROLE_SHOW,
		.cmd = PSTEER_CMD_SESSION_GET, .run = show_run,
	}, {
		.word = "flush", .role = ROLE_SHOW,
		.cmd = PSTEER_CMD_SESSION_FLUSH, .run = flush_run,
	},
	{ 0 }
};

static const struct name session_events[] = {
	{ PSTEER_EVENT_NEW, "opened" },
	{ PSTEER_EVENT_CHANGE, "changed" },
	{ PSTEER_EVENT_DEL, "closed" },
	{ 0, NULL }
};

static const struct notice session_notice = {
	.group = PSTEER_MCGRP_SESSION,
	.cmd = PSTEER_CMD_SESSION_NTF,
	.event = PSTEER_A_SESSION_EVENT,
	.time = PSTEER_A_SESSION_TIME,
	.words = session_events,
};

const struct object session_object = {
	.word = "session",
	.about = "flows with their port and server",
	.fields = session_fields,
	.verbs = session_verbs,
	.get = PSTEER_CMD_SESSION_GET,
	.notice = &session_notice,
};
