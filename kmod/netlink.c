// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: which command is handled where, by what policy.
 */
#include "netlink.h"
#include "nl_common.h"

#define OP(_cmd, _policy, _maxattr)		\
	.cmd = PSTEER_CMD_##_cmd,		\
	.flags = GENL_UNS_ADMIN_PERM,		\
	.policy = psteer_nl_##_policy,		\
	.maxattr = PSTEER_A_##_maxattr

static const struct nla_policy psteer_nl_no_attr_policy[] = {
	[PSTEER_A_STATS_MAX] = { .type = NLA_REJECT },
};

static const struct genl_ops ops[] = {
	{
		OP(POOL_NEW, pool_new_policy, POOL_MAX),
		.doit = psteer_nl_pool_new,
	},
	{
		OP(POOL_DEL, pool_name_policy, POOL_MAX),
		.doit = psteer_nl_pool_del,
	},
	{
		OP(POOL_GET, pool_name_policy, POOL_MAX),
		.doit = psteer_nl_pool_get,
		.start = psteer_nl_pool_start,
		.dumpit = psteer_nl_pool_dump,
	},
	{
		OP(SERVICE_NEW, service_new_policy, SERVICE_MAX),
		.doit = psteer_nl_service_new,
	},
	{
		OP(SERVICE_SET, service_set_policy, SERVICE_MAX),
		.doit = psteer_nl_service_set,
	},
	{
		OP(SERVICE_DEL, service_name_policy, SERVICE_MAX),
		.doit = psteer_nl_service_del,
	},
	{
		OP(SERVICE_GET, service_name_policy, SERVICE_MAX),
		.doit = psteer_nl_service_get,
		.start = psteer_nl_dump_all_start,
		.dumpit = psteer_nl_service_dump,
	},
	{
		OP(SERVER_NEW, server_set_policy, SERVER_MAX),
		.doit = psteer_nl_server_new,
	},
	{
		OP(SERVER_SET, server_set_policy, SERVER_MAX),
		.doit = psteer_nl_server_set,
	},
	{
		OP(SERVER_DEL, server_key_policy, SERVER_MAX),
		.doit = psteer_nl_server_del,
	},
	{
		OP(SERVER_GET, server_key_policy, SERVER_MAX),
		.doit = psteer_nl_server_get,
		.start = psteer_nl_server_start,
		.dumpit = psteer_nl_server_dump,
	},
	{
		OP(SERVER_REPORT, report_policy, SERVER_MAX),
		.doit = psteer_nl_report,
	},
	{
		OP(CONFIG_SET, config_set_policy, CONFIG_MAX),
		.doit = psteer_nl_config_set,
	},
	{
		OP(CONFIG_GET, no_attr_policy, STATS_MAX),
		.doit = psteer_nl_config_get,
	},
	{
		OP(CLIENT_GET, client_get_policy, CLIENT_MAX),
		.start = psteer_nl_client_start,
		.dumpit = psteer_nl_client_dump,
		.done = psteer_nl_walk_done,
	},
	{
		OP(RANGE_GET, range_get_policy, RANGE_MAX),
		.dumpit = psteer_nl_range_dump,
	},
	{
		OP(SESSION_GET, session_filter_policy, SESSION_MAX),
		.start = psteer_nl_session_start,
		.dumpit = psteer_nl_session_dump,
		.done = psteer_nl_walk_done,
	},
	{
		OP(SESSION_FLUSH, session_filter_policy, SESSION_MAX),
		.doit = psteer_nl_session_flush,
	},
	{
		OP(SESSION_SET, session_set_policy, SESSION_MAX),
		.doit = psteer_nl_session_set,
	},
	{
		OP(STATS_GET, no_attr_policy, STATS_MAX),
		.dumpit = psteer_nl_stats_dump,
	},
	{
		OP(EXPLAIN_GET, explain_policy, EXPLAIN_MAX),
		.dumpit = psteer_nl_explain_dump,
	},
	{
		OP(POOL_SET, pool_set_policy, POOL_MAX),
		.doit = psteer_nl_pool_set,
	},
	{
		OP(RANGE_NEW, range_new_policy, RANGE_MAX),
		.doit = psteer_nl_range_new,
	},
	{
		OP(SESSION_NEW, session_new_policy, SESSION_MAX),
		.doit = psteer_nl_session_new,
	},
	{
		OP(VM_NEW, vm_new_policy, VM_MAX),
		.doit = psteer_nl_vm_new,
	},
	{
		OP(VM_SET, vm_set_policy, VM_MAX),
		.doit = psteer_nl_vm_set,
	},
	{
		OP(VM_DEL, vm_name_policy, VM_MAX),
		.doit = psteer_nl_vm_del,
	},
	{
		OP(VM_GET, vm_name_policy, VM_MAX),
		.doit = psteer_nl_vm_get,
		.start = psteer_nl_dump_all_start,
		.dumpit = psteer_nl_vm_dump,
	},
	{
		OP(VM_REPORT, vm_report_policy, VM_MAX),
		.doit = psteer_nl_vm_report,
	},
	{
		OP(MAPPING_NEW, mapping_new_policy, MAPPING_MAX),
		.doit = psteer_nl_mapping_new,
	},
	{
		OP(MAPPING_DEL, mapping_del_policy, MAPPING_MAX),
		.doit = psteer_nl_mapping_del,
	},
	{
		OP(MAPPING_GET, mapping_get_policy, MAPPING_MAX),
		.start = psteer_nl_mapping_start,
		.dumpit = psteer_nl_mapping_dump,
		.done = psteer_nl_walk_done,
	},
	{
		OP(EXEMPT_NEW, exempt_policy, EXEMPT_MAX),
		.doit = psteer_nl_exempt_new,
	},
	{
		OP(EXEMPT_DEL, exempt_policy, EXEMPT_MAX),
		.doit = psteer_nl_exempt_del,
	},
	{
		OP(EXEMPT_GET, no_attr_policy, STATS_MAX),
		.dumpit = psteer_nl_exempt_dump,
	},
	{
		OP(GRANT_NEW, grant_new_policy, GRANT_MAX),
		.doit = psteer_nl_grant_new,
	},
	{
		OP(GRANT_SET, grant_set_policy, GRANT_MAX),
		.doit = psteer_nl_grant_set,
	},
	{
		OP(GRANT_DEL, grant_del_policy, GRANT_MAX),
		.doit = psteer_nl_grant_del,
	},
	{
		OP(GRANT_GET, no_attr_policy, STATS_MAX),
		.dumpit = psteer_nl_grant_dump,
	},
	{
		OP(ZONE_NEW, zone_new_policy, ZONE_MAX),
		.doit = psteer_nl_zone_new,
	},
	{
		OP(ZONE_DEL, zone_del_policy, ZONE_MAX),
		.doit = psteer_nl_zone_del,
	},
	{
		OP(ZONE_GET, no_attr_policy, STATS_MAX),
		.dumpit = psteer_nl_zone_dump,
	},
	{
		OP(ZONE_FLUSH, zone_flush_policy, ZONE_MAX),
		.doit = psteer_nl_zone_flush,
	},
	{
		OP(DISTANCE_SET, distance_set_policy, DISTANCE_MAX),
		.doit = psteer_nl_distance_set,
	},
	{
		OP(DISTANCE_DEL, distance_pair_policy, DISTANCE_MAX),
		.doit = psteer_nl_distance_del,
	},
	{
		OP(DISTANCE_GET, distance_pair_policy, DISTANCE_MAX),
		.doit = psteer_nl_distance_get,
		.start = psteer_nl_dump_all_start,
		.dumpit = psteer_nl_distance_dump,
	},
	{
		OP(MODEL_NEW, model_new_policy, MODEL_MAX),
		.doit = psteer_nl_model_new,
	},
	{
		OP(MODEL_DEL, model_key_policy, MODEL_MAX),
		.doit = psteer_nl_model_del,
	},
	{
		OP(MODEL_GET, model_key_policy, MODEL_MAX),
		.doit = psteer_nl_model_get,
		.dumpit = psteer_nl_model_dump,
	},
	{
		/* What "modinfo" tells everybody; first of all, and for ever. */
		.cmd = PSTEER_CMD_MODULE_GET,
		.policy = psteer_nl_no_attr_policy,
		.maxattr = PSTEER_A_STATS_MAX,
		.doit = psteer_nl_module_get,
	},
	{
		/* Namespaces of others: for whom all of the machine is his. */
		.cmd = PSTEER_CMD_NETNS_GET,
		.flags = GENL_ADMIN_PERM,
		.policy = psteer_nl_no_attr_policy,
		.maxattr = PSTEER_A_STATS_MAX,
		.doit = psteer_nl_netns_get,
	},
};

static const struct genl_multicast_group groups[] = {
	[PSTEER_NL_GROUP_RANGE] = {
		.name = PSTEER_MCGRP_RANGE,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
	[PSTEER_NL_GROUP_SERVER] = {
		.name = PSTEER_MCGRP_SERVER,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
	[PSTEER_NL_GROUP_SESSION] = {
		.name = PSTEER_MCGRP_SESSION,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family psteer_genl_family __ro_after_init = {
	.name = PSTEER_GENL_NAME,
	.version = PSTEER_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	.module = THIS_MODULE,
};

/**
 * psteer_netlink_init() - register the family
 *
 * Return: 0 or a negative errno.
 */
int __init psteer_netlink_init(void)
{
	int err = genl_register_family(&psteer_genl_family);

	if (!err)
		WRITE_ONCE(psteer_nl_notifies, true);
	return err;
}

/**
 * psteer_netlink_exit() - unregister the family; no handler runs after it
 */
void psteer_netlink_exit(void)
{
	/*
	 * Objects outlive the family and tell their end; the numbers of its
	 * groups may then be another family's. Wait for packets that tell now.
	 */
	WRITE_ONCE(psteer_nl_notifies, false);
	synchronize_net();
	genl_unregister_family(&psteer_genl_family);
}
