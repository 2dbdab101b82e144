// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of a namespace: their bounds, their first values, and what follows
 * from them.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "config.h"

#define DAY_MS		86400000U
#define PORTS_MOST	64512U	/* of one address, 1024 to 65535 */
#define OBJECTS_MOST	16777216U

/*
 * A refused handshake leaves nothing behind at a server, so its port need not be
 * kept as long as one that carried data.
 */
#define REFUSED_TIMEOUT	(10 * HZ)

/* Not const for the netlink policies that point to the ranges. */
struct psteer_config_bound psteer_config_bounds[PSTEER_A_CONFIG_MAX + 1] = {
	[PSTEER_A_CONFIG_PORT_RANGE_SIZE] = {
		{ 1, PORTS_MOST }, 64
	},
	[PSTEER_A_CONFIG_PORT_RANGE_MAX] = {
		{ 1, PORTS_MOST }, 4096
	},
	[PSTEER_A_CONFIG_PREDICTION_HORIZON] = {
		{ 1000, 60000 }, 10000
	},
	[PSTEER_A_CONFIG_WEIGHT_LOAD] = {
		{ 0, 1000000 }, 4000
	},
	[PSTEER_A_CONFIG_WEIGHT_CAPACITY] = {
		{ 0, 1000000 }, 5000
	},
	[PSTEER_A_CONFIG_WEIGHT_PORTS] = {
		{ 0, 1000000 }, 1000
	},
	[PSTEER_A_CONFIG_SELECT] = {
		{ 0, PSTEER_SELECT_MAX }, PSTEER_SELECT_P2C
	},
	[PSTEER_A_CONFIG_SLOW_START] = {
		{ 0, 600000 }, 30000
	},
	[PSTEER_A_CONFIG_HEALTH_FAILURES] = {
		{ 0, 100 }, 3
	},
	[PSTEER_A_CONFIG_HEALTH_RETRY] = {
		{ 1000, 600000 }, 10000
	},
	[PSTEER_A_CONFIG_RANGE_IDLE] = {
		{ 1000, DAY_MS }, 60000
	},
	[PSTEER_A_CONFIG_CLIENT_IDLE] = {
		{ 1000, DAY_MS }, 300000
	},
	[PSTEER_A_CONFIG_SESSIONS_MAX] = {
		{ 1, OBJECTS_MOST }, 1048576
	},
	[PSTEER_A_CONFIG_CLIENTS_MAX] = {
		{ 1, OBJECTS_MOST }, 1048576
	},
	[PSTEER_A_CONFIG_TIMEOUT_TCP_OPENING] = {
		{ 1000, DAY_MS }, 240000
	},
	[PSTEER_A_CONFIG_TIMEOUT_TCP_ESTABLISHED] = {
		{ 1000, 5 * DAY_MS }, 7440000
	},
	[PSTEER_A_CONFIG_TIMEOUT_TCP_CLOSING] = {
		{ 1000, DAY_MS }, 240000
	},
	[PSTEER_A_CONFIG_TIMEOUT_TCP_TIME_WAIT] = {
		{ 1000, DAY_MS }, 120000
	},
	[PSTEER_A_CONFIG_TIMEOUT_UDP] = {
		{ 1000, DAY_MS }, 300000
	},
	[PSTEER_A_CONFIG_TIMEOUT_ICMP] = {
		{ 1000, DAY_MS }, 60000
	},
	[PSTEER_A_CONFIG_FASTPATH] = {
		{ 0, 1 }, 1
	},
	[PSTEER_A_CONFIG_WEIGHT_ZONE] = {
		{ 0, 1000000 }, 2000
	},
	[PSTEER_A_CONFIG_RANGE_ADAPT] = {
		{ 0, 1 }, 0
	},
};

/**
 * psteer_config_settle() - derive what follows from the values
 * @config: its @value is complete and within bounds
 */
void psteer_config_settle(struct psteer_config *config)
{
	static const u8 timeout_of[PSTEER_TIMEOUTS] = {
		[PSTEER_SESSION_OPENING] = PSTEER_A_CONFIG_TIMEOUT_TCP_OPENING,
		[PSTEER_SESSION_ESTABLISHED] =
			PSTEER_A_CONFIG_TIMEOUT_TCP_ESTABLISHED,
		[PSTEER_SESSION_CLOSING] = PSTEER_A_CONFIG_TIMEOUT_TCP_CLOSING,
		[PSTEER_SESSION_TIME_WAIT] =
			PSTEER_A_CONFIG_TIMEOUT_TCP_TIME_WAIT,
		[PSTEER_SESSION_UNREPLIED] = PSTEER_A_CONFIG_TIMEOUT_UDP,
		[PSTEER_TIMEOUT_REFUSED] = PSTEER_A_CONFIG_TIMEOUT_TCP_CLOSING,
		[PSTEER_TIMEOUT_ICMP] = PSTEER_A_CONFIG_TIMEOUT_ICMP,
	};
	const u32 *value = config->value;
	u32 i;

	config->policy.weights.load = value[PSTEER_A_CONFIG_WEIGHT_LOAD];
	config->policy.weights.capacity =
		value[PSTEER_A_CONFIG_WEIGHT_CAPACITY];
	config->policy.weights.ports = value[PSTEER_A_CONFIG_WEIGHT_PORTS];
	config->policy.weights.zone = value[PSTEER_A_CONFIG_WEIGHT_ZONE];
	config->policy.mode = value[PSTEER_A_CONFIG_SELECT];
	for (i = 0; i < ARRAY_SIZE(timeout_of); i++)
		config->timeout[i] = msecs_to_jiffies(value[timeout_of[i]]);
	/* A VM's port stays mapped as long as RFC 7857 asks for. */
	memcpy(config->vm_timeout, config->timeout, sizeof(config->timeout));
	config->vm_timeout[PSTEER_SESSION_TIME_WAIT] =
		config->timeout[PSTEER_SESSION_CLOSING];
	config->timeout[PSTEER_TIMEOUT_REFUSED] =
		min_t(u32, config->timeout[PSTEER_TIMEOUT_REFUSED],
		      REFUSED_TIMEOUT);
}

/**
 * psteer_config_init() - settings of a new namespace
 * @config: filled in
 */
void psteer_config_init(struct psteer_config *config)
{
	u32 i;

	for (i = 0; i <= PSTEER_A_CONFIG_MAX; i++)
		config->value[i] = psteer_config_bounds[i].initial;
	psteer_config_settle(config);
}
