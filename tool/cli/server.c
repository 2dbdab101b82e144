// SPDX-License-Identifier: GPL-2.0-or-later
/* server: a real server behind a service, and what is reported about it. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

#define CHANGED	(ROLE_ADD | ROLE_SET)
#define NAMED	(ROLE_ADD | ROLE_SET | ROLE_DEL | ROLE_REPORT)

static const struct field server_fields[] = {
	{
		.keyword = "service", .attr = PSTEER_A_SERVER_SERVICE,
		.type = &type_name, .metavar = "SERVICE",
		.takes = NAMED | ROLE_SHOW, .needs = NAMED,
		.plain = NAMED | ROLE_SHOW, .flags = FIELD_KEY | FIELD_FILTER,
	}, {
		.keyword = "server", .attr = PSTEER_A_SERVER_ADDRESS,
		.attr2 = PSTEER_A_SERVER_PORT, .type = &type_endpoint,
		.takes = NAMED | ROLE_SHOW, .needs = NAMED,
		.plain = NAMED | ROLE_SHOW,
	}, {
		.keyword = "address", .attr = PSTEER_A_SERVER_ADDRESS,
		.type = &type_address, .takes = ROLE_SHOW,
		.flags = FIELD_KEY | FIELD_NO_TEXT,
	}, {
		.keyword = "port", .attr = PSTEER_A_SERVER_PORT,
		.type = &type_port, .takes = ROLE_SHOW,
		.flags = FIELD_KEY | FIELD_NO_TEXT,
	}, {
		.keyword = "max", .attr = PSTEER_A_SERVER_MAX_SESSIONS,
		.type = &type_count, .takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "zone", .attr = PSTEER_A_SERVER_ZONE,
		.type = &type_label, .takes = CHANGED | ROLE_SHOW,
		.flags = FIELD_CLEARS,
	}, {
		.keyword = "tags", .attr = PSTEER_A_SERVER_TAGS,
		.type = &type_tags, .takes = CHANGED | ROLE_SHOW,
		.flags = FIELD_CLEARS,
	}, {
		.keyword = "state", .attr = PSTEER_A_SERVER_STATE,
		.type = &type_word, .names = server_state_names,
		.takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "healthy", .attr = PSTEER_A_SERVER_HEALTHY,
		.type = &type_bool,
	}, {
		.keyword = "load", .attr = PSTEER_A_SERVER_LOAD,
		.type = &type_share, .takes = ROLE_REPORT,
	}, {
		.keyword = "cpu", .attr = PSTEER_A_SERVER_CPU,
		.type = &type_share, .takes = ROLE_REPORT,
	}, {
		.keyword = "memory", .attr = PSTEER_A_SERVER_MEMORY,
		.type = &type_share, .takes = ROLE_REPORT,
	}, {
		.keyword = "network", .attr = PSTEER_A_SERVER_NETWORK,
		.type = &type_share, .takes = ROLE_REPORT,
	}, {
		.keyword = "latency", .attr = PSTEER_A_SERVER_LATENCY,
		.type = &type_latency, .takes = ROLE_REPORT,
	}, {
		.keyword = "errors", .attr = PSTEER_A_SERVER_ERRORS,
		.type = &type_share, .takes = ROLE_REPORT,
	}, {
		.keyword = "app", .attr = PSTEER_A_SERVER_APP,
		.type = &type_share, .takes = ROLE_REPORT,
	}, {
		.keyword = "capacity", .attr = PSTEER_A_SERVER_CAPACITY,
		.type = &type_score, .takes = ROLE_REPORT,
		.flags = FIELD_INPUT,
	}, {
		.keyword = "capacity-score", .attr = PSTEER_A_SERVER_CAPACITY,
		.type = &type_score,
	}, {
		.keyword = "predicted-load",
		.attr = PSTEER_A_SERVER_PREDICTED_LOAD, .type = &type_share,
	}, {
		.keyword = "model-forecast",
		.attr = PSTEER_A_SERVER_MODEL_FORECAST, .type = &type_share,
	}, {
		.keyword = "predictor", .attr = PSTEER_A_SERVER_PREDICTOR,
		.type = &type_word, .names = switch_names,
	}, {
		.keyword = "forecasts", .attr = PSTEER_A_SERVER_FORECASTS,
		.type = &type_count,
	}, {
		.keyword = "forecast-error",
		.attr = PSTEER_A_SERVER_FORECAST_ERROR, .type = &type_share,
	}, {
		.keyword = "same-error", .attr = PSTEER_A_SERVER_SAME_ERROR,
		.type = &type_share,
	}, {
		.keyword = "experts", .attr = PSTEER_A_SERVER_EXPERT_WEIGHT,
		.type = &type_mixture, .names = expert_names,
	}, {
		.keyword = "sessions", .attr = PSTEER_A_SERVER_SESSIONS,
		.type = &type_count,
	}, {
		.keyword = "active", .attr = PSTEER_A_SERVER_ACTIVE,
		.type = &type_count,
	}, {
		.keyword = "created", .attr = PSTEER_A_SERVER_CREATED,
		.type = &type_total,
	}, {
		.keyword = "arrivals", .attr = PSTEER_A_SERVER_ARRIVALS,
		.type = &type_thousandths,
	}, {
		.keyword = "established", .attr = PSTEER_A_SERVER_ESTABLISHED,
		.type = &type_total,
	}, {
		.keyword = "failed", .attr = PSTEER_A_SERVER_FAILED,
		.type = &type_total,
	}, {
		.keyword = "packets", .attr = PSTEER_A_SERVER_PACKETS,
		.type = &type_total,
	}, {
		.keyword = "bytes", .attr = PSTEER_A_SERVER_BYTES,
		.type = &type_total,
	}, {
		.keyword = "handshake", .attr = PSTEER_A_SERVER_HANDSHAKE,
		.type = &type_latency,
	}, {
		.keyword = "handshake-best",
		.attr = PSTEER_A_SERVER_HANDSHAKE_BEST, .type = &type_latency,
	}, {
		.keyword = "slow", .attr = PSTEER_A_SERVER_SLOW,
		.type = &type_share,
	}, {
		.keyword = "failures", .attr = PSTEER_A_SERVER_FAILURES,
		.type = &type_share,
	}, {
		.keyword = "sequence", .attr = PSTEER_A_SERVER_SEQUENCE,
		.type = &type_total, .takes = ROLE_REPORT,
	}, {
		.keyword = "reports", .attr = PSTEER_A_SERVER_REPORTS,
		.type = &type_total,
	}, {
		.keyword = "report-age", .attr = PSTEER_A_SERVER_REPORT_AGE,
		.type = &type_age,
	}, {
		.keyword = "age", .attr = PSTEER_A_SERVER_AGE,
		.type = &type_age,
	}, {
		.keyword = "event", .attr = PSTEER_A_SERVER_EVENT,
		.type = &type_count, .flags = FIELD_INPUT,
	}, {
		.keyword = "time", .attr = PSTEER_A_SERVER_TIME,
		.type = &type_total, .flags = FIELD_INPUT,
	},
	{ 0 }
};

static const struct verb server_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_SERVER_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "set", .role = ROLE_SET, .cmd = PSTEER_CMD_SERVER_SET,
		.restorable = true, .run = change_run,
	}, {
		.word = "del", .role = ROLE_DEL, .cmd = PSTEER_CMD_SERVER_DEL,
		.run = change_run,
	}, {
		.word = "report", .role = ROLE_REPORT,
		.cmd = PSTEER_CMD_SERVER_REPORT, .run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW,
		.cmd = PSTEER_CMD_SERVER_GET, .run = show_run,
	},
	{ 0 }
};

static const struct name server_events[] = {
	{ PSTEER_EVENT_NEW, "added" },
	{ PSTEER_EVENT_CHANGE, "changed" },
	{ PSTEER_EVENT_DEL, "removed" },
	{ PSTEER_EVENT_PREDICTOR_OFF, "predictor-off" },
	{ PSTEER_EVENT_PREDICTOR_ON, "predictor-on" },
	{ 0, NULL }
};

static const struct notice server_notice = {
	.group = PSTEER_MCGRP_SERVER,
	.cmd = PSTEER_CMD_SERVER_NTF,
	.event = PSTEER_A_SERVER_EVENT,
	.time = PSTEER_A_SERVER_TIME,
	.words = server_events,
};

const struct object server_object = {
	.word = "server",
	.about = "servers behind a service",
	.fields = server_fields,
	.verbs = server_verbs,
	.get = PSTEER_CMD_SERVER_GET,
	.notice = &server_notice,
};
