// SPDX-License-Identifier: GPL-2.0-or-later
/* vm: a virtual machine behind the gateway, and the ports that it has. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"

#define CHANGED	(ROLE_ADD | ROLE_SET)
#define NAMED	(ROLE_ADD | ROLE_SET | ROLE_DEL | ROLE_REPORT)

static const struct field vm_fields[] = {
	{
		.keyword = "name", .attr = PSTEER_A_VM_NAME,
		.type = &type_name, .takes = NAMED | ROLE_SHOW, .needs = NAMED,
		.plain = NAMED | ROLE_SHOW, .flags = FIELD_KEY,
	}, {
		.keyword = "address", .attr = PSTEER_A_VM_ADDRESS,
		.attr2 = PSTEER_A_VM_PREFIX_LENGTH, .type = &type_prefix,
		.takes = ROLE_ADD | ROLE_SHOW, .needs = ROLE_ADD,
	}, {
		.keyword = "network", .attr = PSTEER_A_VM_ADDRESS,
		.type = &type_address, .flags = FIELD_INPUT,
	}, {
		.keyword = "prefix-length", .attr = PSTEER_A_VM_PREFIX_LENGTH,
		.type = &type_length, .flags = FIELD_INPUT,
	}, {
		.keyword = "pool", .attr = PSTEER_A_VM_POOL,
		.type = &type_name, .metavar = "POOL",
		.takes = ROLE_ADD | ROLE_SHOW, .needs = ROLE_ADD,
	}, {
		.keyword = "ports", .attr = PSTEER_A_VM_PORTS,
		.type = &type_count, .takes = CHANGED,
	}, {
		.keyword = "min", .attr = PSTEER_A_VM_PORTS_MIN,
		.type = &type_count, .takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "max", .attr = PSTEER_A_VM_PORTS_MAX,
		.type = &type_count, .takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "policy", .attr = PSTEER_A_VM_POLICY,
		.type = &type_word, .names = vm_policy_names,
		.takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "filtering", .attr = PSTEER_A_VM_FILTERING,
		.type = &type_word, .names = filtering_names,
		.takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "max-sessions", .attr = PSTEER_A_VM_MAX_SESSIONS,
		.type = &type_count, .takes = CHANGED | ROLE_SHOW,
	}, {
		.keyword = "ports-held", .attr = PSTEER_A_VM_PORTS_HELD,
		.type = &type_count,
	}, {
		.keyword = "ports-in-use", .attr = PSTEER_A_VM_PORTS_IN_USE,
		.type = &type_count,
	}, {
		.keyword = "occupancy", .attr = PSTEER_A_VM_OCCUPANCY,
		.type = &type_share,
	}, {
		.keyword = "time-to-full", .attr = PSTEER_A_VM_TIME_TO_FULL,
		.type = &type_age,
	}, {
		.keyword = "share", .attr = PSTEER_A_VM_SHARE,
		.type = &type_count,
	}, {
		.keyword = "demand", .attr = PSTEER_A_VM_DEMAND,
		.type = &type_tenths,
	}, {
		.keyword = "pps", .attr = PSTEER_A_VM_PPS,
		.type = &type_count, .takes = ROLE_REPORT,
	}, {
		.keyword = "bandwidth", .attr = PSTEER_A_VM_BANDWIDTH,
		.type = &type_rate, .takes = ROLE_REPORT,
	}, {
		.keyword = "connections", .attr = PSTEER_A_VM_CONNECTIONS,
		.type = &type_count, .takes = ROLE_REPORT,
	}, {
		.keyword = "reports", .attr = PSTEER_A_VM_REPORTS,
		.type = &type_total,
	}, {
		.keyword = "report-age", .attr = PSTEER_A_VM_REPORT_AGE,
		.type = &type_age,
	}, {
		.keyword = "sessions", .attr = PSTEER_A_VM_SESSIONS,
		.type = &type_count,
	}, {
		.keyword = "mappings", .attr = PSTEER_A_VM_MAPPINGS,
		.type = &type_count,
	}, {
		.keyword = "created", .attr = PSTEER_A_VM_CREATED,
		.type = &type_total,
	}, {
		.keyword = "packets", .attr = PSTEER_A_VM_PACKETS,
		.type = &type_total,
	}, {
		.keyword = "bytes", .attr = PSTEER_A_VM_BYTES,
		.type = &type_total,
	},
	{ 0 }
};

static const struct verb vm_verbs[] = {
	{
		.word = "add", .role = ROLE_ADD, .cmd = PSTEER_CMD_VM_NEW,
		.restorable = true, .run = change_run,
	}, {
		.word = "set", .role = ROLE_SET, .cmd = PSTEER_CMD_VM_SET,
		.restorable = true, .run = change_run,
	}, {
		.word = "del", .role = ROLE_DEL, .cmd = PSTEER_CMD_VM_DEL,
		.run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW, .cmd = PSTEER_CMD_VM_GET,
		.run = show_run,
	}, {
		.word = "report", .role = ROLE_REPORT,
		.cmd = PSTEER_CMD_VM_REPORT, .run = change_run,
	},
	{ 0 }
};

static const struct parts vm_ranges = {
	.object = &range_object,
	.of = PSTEER_A_RANGE_OWNER_NAME,
	.name = PSTEER_A_VM_NAME,
	.key = "ranges",
};

const struct object vm_object = {
	.word = "vm",
	.about = "virtual machines and the ports that they have",
	.fields = vm_fields,
	.verbs = vm_verbs,
	.get = PSTEER_CMD_VM_GET,
	.parts = &vm_ranges,
};
