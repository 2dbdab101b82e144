/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_CONFIG_H
#define PSTEER_CONFIG_H

#include <linux/rcupdate.h>
#include <linux/types.h>
#include <net/netlink.h>

#include <linux/portsteer.h>

#include "select.h"
#include "session_state.h"

/**
 * struct psteer_policy - how a service chooses; one immutable version of it
 * @weights: weights of the score
 * @mode: choice mode
 * @rcu: for freeing it when it is replaced
 */
struct psteer_policy {
	struct psteer_weights weights;
	enum psteer_select_mode mode;
	struct rcu_head rcu;
};

/**
 * struct psteer_config - settings of a namespace; one immutable version of them
 * @policy: of services that have none of their own
 * @value: by enum psteer_config_attr, in the attribute's unit; weights and mode
 *	are here too, for reporting
 * @timeout: of steered sessions, by enum psteer_session_state and
 *	PSTEER_TIMEOUT_*, in jiffies
 * @vm_timeout: of VMs' sessions, likewise
 * @rcu: for freeing it when it is replaced
 */
struct psteer_config {
	struct psteer_policy policy;
	u32 value[PSTEER_A_CONFIG_MAX + 1];
	u32 timeout[PSTEER_TIMEOUTS];
	u32 vm_timeout[PSTEER_TIMEOUTS];
	struct rcu_head rcu;
};

/**
 * struct psteer_config_bound - what a setting may be
 * @range: smallest and largest value
 * @initial: value of a new namespace
 */
struct psteer_config_bound {
	struct netlink_range_validation range;
	u32 initial;
};

extern struct psteer_config_bound
psteer_config_bounds[PSTEER_A_CONFIG_MAX + 1];

void psteer_config_init(struct psteer_config *config);
void psteer_config_settle(struct psteer_config *config);

#endif
