// SPDX-License-Identifier: GPL-2.0-or-later
/* config: the settings of a network namespace. */
#include <linux/portsteer.h>

#include "command.h"
#include "objects.h"
#include "output.h"

static const struct field config_fields[] = {
	{
		.keyword = "port-range-size",
		.attr = PSTEER_A_CONFIG_PORT_RANGE_SIZE,
		.type = &type_count, .takes = ROLE_SET,
	}, {
		.keyword = "port-range-max",
		.attr = PSTEER_A_CONFIG_PORT_RANGE_MAX,
		.type = &type_count, .takes = ROLE_SET,
	}, {
		.keyword = "prediction-horizon",
		.attr = PSTEER_A_CONFIG_PREDICTION_HORIZON,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "weight-load", .attr = PSTEER_A_CONFIG_WEIGHT_LOAD,
		.type = &type_fixed, .takes = ROLE_SET,
	}, {
		.keyword = "weight-capacity",
		.attr = PSTEER_A_CONFIG_WEIGHT_CAPACITY,
		.type = &type_fixed, .takes = ROLE_SET,
	}, {
		.keyword = "weight-ports", .attr = PSTEER_A_CONFIG_WEIGHT_PORTS,
		.type = &type_fixed, .takes = ROLE_SET,
	}, {
		.keyword = "select", .attr = PSTEER_A_CONFIG_SELECT,
		.type = &type_word, .names = select_names, .takes = ROLE_SET,
	}, {
		.keyword = "slow-start", .attr = PSTEER_A_CONFIG_SLOW_START,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "health-failures",
		.attr = PSTEER_A_CONFIG_HEALTH_FAILURES,
		.type = &type_count, .takes = ROLE_SET,
	}, {
		.keyword = "health-retry", .attr = PSTEER_A_CONFIG_HEALTH_RETRY,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "range-idle", .attr = PSTEER_A_CONFIG_RANGE_IDLE,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "client-idle", .attr = PSTEER_A_CONFIG_CLIENT_IDLE,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "sessions-max", .attr = PSTEER_A_CONFIG_SESSIONS_MAX,
		.type = &type_count, .takes = ROLE_SET,
	}, {
		.keyword = "clients-max", .attr = PSTEER_A_CONFIG_CLIENTS_MAX,
		.type = &type_count, .takes = ROLE_SET,
	}, {
		.keyword = "timeout-tcp-opening",
		.attr = PSTEER_A_CONFIG_TIMEOUT_TCP_OPENING,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "timeout-tcp-established",
		.attr = PSTEER_A_CONFIG_TIMEOUT_TCP_ESTABLISHED,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "timeout-tcp-closing",
		.attr = PSTEER_A_CONFIG_TIMEOUT_TCP_CLOSING,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "timeout-tcp-time-wait",
		.attr = PSTEER_A_CONFIG_TIMEOUT_TCP_TIME_WAIT,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "timeout-udp", .attr = PSTEER_A_CONFIG_TIMEOUT_UDP,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "timeout-icmp",
		.attr = PSTEER_A_CONFIG_TIMEOUT_ICMP,
		.type = &type_time, .takes = ROLE_SET,
	}, {
		.keyword = "fastpath", .attr = PSTEER_A_CONFIG_FASTPATH,
		.type = &type_word, .names = switch_names, .takes = ROLE_SET,
	}, {
		.keyword = "weight-zone", .attr = PSTEER_A_CONFIG_WEIGHT_ZONE,
		.type = &type_fixed, .takes = ROLE_SET,
	}, {
		.keyword = "range-adapt", .attr = PSTEER_A_CONFIG_RANGE_ADAPT,
		.type = &type_word, .names = switch_names, .takes = ROLE_SET,
	},
	{ 0 }
};

/* There is one object only, so it has a line for each setting. */
static int show_config(const struct object *o, const struct verb *v,
		       const struct args *a)
{
	struct output out = { .json = options.json };
	struct record config = { 0 };
	struct record none = { 0 };
	struct netlink nl;
	int ret;

	if (!args_read(a, o, v, &none))
		return MISUSED;
	ret = command_open(a, &nl);
	if (ret)
		return ret;
	if (fetch_one(&nl, o, &none, &config)) {
		ret = command_refused(a, o, v, &nl.refusal);
	} else if (out.json) {
		output_record(&out, o, &config);
		output_close(&out);
	} else {
		output_column(stdout, o, &config);
	}
	record_clear(&config);
	netlink_close(&nl);
	return ret;
}

static const struct verb config_verbs[] = {
	{
		.word = "set", .role = ROLE_SET, .cmd = PSTEER_CMD_CONFIG_SET,
		.restorable = true, .run = change_run,
	}, {
		.word = "show", .role = ROLE_SHOW,
		.cmd = PSTEER_CMD_CONFIG_GET, .run = show_config,
	},
	{ 0 }
};

const struct object config_object = {
	.word = "config",
	.about = "settings of the network namespace",
	.fields = config_fields,
	.verbs = config_verbs,
	.get = PSTEER_CMD_CONFIG_GET,
};
