// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module and namespace lifetimes, in order.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "client.h"
#include "exempt.h"
#include "gc.h"
#include "grant.h"
#include "hash.h"
#include "hook.h"
#include "ingress.h"
#include "mapping.h"
#include "net.h"
#include "netlink.h"
#include "peer.h"
#include "pool.h"
#include "service.h"
#include "session.h"
#include "use.h"
#include "version.h"
#include "vm.h"
#include "zone.h"

static int init_config(struct psteer_net *pnet)
{
	struct psteer_config *config = kzalloc(sizeof(*config), GFP_KERNEL);

	if (!config)
		return -ENOMEM;
	psteer_config_init(config);
	RCU_INIT_POINTER(pnet->config, config);
	return 0;
}

static void exit_config(struct psteer_net *pnet)
{
	kfree(rcu_access_pointer(pnet->trained));
	kfree(rcu_access_pointer(pnet->config));
}

static int __net_init net_init(struct net *net)
{
	struct psteer_net *pnet = psteer_net(net);
	int err;

	pnet->net = net;
	mutex_init(&pnet->lock);
	psteer_ingress_init(pnet);
	pnet->stats = alloc_percpu(struct psteer_stats);
	if (!pnet->stats)
		return -ENOMEM;
	err = init_config(pnet);
	if (err)
		goto err_stats;
	err = psteer_pools_init(pnet);
	if (err)
		goto err_config;
	psteer_zones_init(pnet);
	err = psteer_zone_prefixes_init(pnet);
	if (err)
		goto err_zones;
	err = psteer_services_init(pnet);
	if (err)
		goto err_zone_prefixes;
	err = psteer_uses_init(pnet);
	if (err)
		goto err_services;
	err = psteer_clients_init(pnet);
	if (err)
		goto err_uses;
	err = psteer_exempts_init(pnet);
	if (err)
		goto err_clients;
	err = psteer_grants_init(pnet);
	if (err)
		goto err_exempts;
	err = psteer_vms_init(pnet);
	if (err)
		goto err_grants;
	err = psteer_mappings_init(pnet);
	if (err)
		goto err_vms;
	err = psteer_peers_init(pnet);
	if (err)
		goto err_mappings;
	err = psteer_sessions_init(pnet);
	if (err)
		goto err_peers;
	psteer_gc_init(pnet);
	return 0;

err_peers:
	psteer_peers_exit(pnet);
err_mappings:
	psteer_mappings_exit(pnet);
err_vms:
	psteer_vms_exit(pnet);
err_grants:
	psteer_grants_exit(pnet);
err_exempts:
	psteer_exempts_exit(pnet);
err_clients:
	psteer_clients_exit(pnet);
err_uses:
	psteer_uses_exit(pnet);
err_services:
	psteer_services_exit(pnet);
err_zone_prefixes:
	psteer_zone_prefixes_exit(pnet);
err_zones:
	psteer_zones_exit(pnet);
	psteer_pools_exit(pnet);
err_config:
	exit_config(pnet);
err_stats:
	free_percpu(pnet->stats);
	return err;
}

/* After this and the core's grace period no packet is inside. */
static void __net_exit net_pre_exit(struct net *net)
{
	struct psteer_net *pnet = psteer_net(net);

	mutex_lock(&pnet->lock);
	psteer_hooks_disable(pnet);
	mutex_unlock(&pnet->lock);
}

static void __net_exit net_exit(struct net *net)
{
	struct psteer_net *pnet = psteer_net(net);

	psteer_gc_stop(pnet);
	psteer_sessions_end_all(pnet);
	psteer_sessions_exit(pnet);
	psteer_peers_exit(pnet);
	psteer_vms_exit(pnet);
	psteer_mappings_exit(pnet);
	psteer_exempts_exit(pnet);
	psteer_grants_exit(pnet);
	psteer_clients_exit(pnet);
	psteer_services_exit(pnet);
	psteer_zone_prefixes_exit(pnet);
	psteer_zones_exit(pnet);
	psteer_pools_exit(pnet);
	psteer_uses_exit(pnet);
	exit_config(pnet);
	free_percpu(pnet->stats);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &psteer_net_id,
	.size = sizeof(struct psteer_net),
};

static int __init psteer_init(void)
{
	int err;

	psteer_hash_init();
	err = psteer_session_cache_init();
	if (err)
		return err;
	err = psteer_client_cache_init();
	if (err)
		goto err_session_cache;
	err = psteer_mapping_cache_init();
	if (err)
		goto err_client_cache;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto err_mapping_cache;
	err = psteer_netlink_init();
	if (err)
		goto err_pernet;
	return 0;

err_pernet:
	unregister_pernet_subsys(&net_ops);
	rcu_barrier();
err_mapping_cache:
	psteer_mapping_cache_exit();
err_client_cache:
	psteer_client_cache_exit();
err_session_cache:
	psteer_session_cache_exit();
	return err;
}

static void __exit psteer_exit(void)
{
	psteer_netlink_exit();
	unregister_pernet_subsys(&net_ops);
	/* Sessions, mappings, clients, servers ... are freed by RCU callbacks. */
	rcu_barrier();
	psteer_mapping_cache_exit();
	psteer_client_cache_exit();
	psteer_session_cache_exit();
}

module_init(psteer_init);
module_exit(psteer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Predictive session steering and port ranges by demand");
MODULE_AUTHOR("The portsteer authors");
MODULE_VERSION(PSTEER_VERSION);
