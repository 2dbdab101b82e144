/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_NET_H
#define PSTEER_NET_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "config.h"
#include "prefix.h"
#include "stats.h"
#include "tag.h"

#define PSTEER_REFUSALS		8
#define PSTEER_REFUSAL_LEN	160

/**
 * struct psteer_net - all of portsteer in one network namespace
 * @net: that namespace
 * @lock: serialises every change of configuration; guards @pools, @services,
 *	@vms, @exempts, @grants, @zones, @zone_places, @distances, @tags, @epoch,
 *	@next_id, @generation, @hooked, @fast and replacing @config and
 *	@trained. Outermost: RTNL and the locks of owners, pools and VMs nest
 *	inside. Never taken in softirq.
 * @config: settings in force
 * @trained: model for services without one of their own, or NULL; @lock, RCU
 * @stats: counters
 * @pools: struct psteer_pool, in order of their ids
 * @services: struct psteer_service, in order of their ids
 * @vms: struct psteer_vm, in order of their ids
 * @exempts: struct psteer_exempt, in order of their ids
 * @grants: struct psteer_grant, in order of their ids
 * @zones: their names and distances; NULL till there is the first
 * @zone_places: struct psteer_zone_prefix by id
 * @zone_places_count: how many there are
 * @distances: struct psteer_distance, in order of their ids
 * @tags: words for what servers can do
 * @epoch: highest that a manager has spoken with, 0: none has
 * @next_id: for the next object that has an id
 * @generation: rises with every change of configuration, for dumps to notice; 0:
 *	there was none
 * @hooked: the netfilter hooks are on
 * @fast: the fast path is on
 * @devices: hears of devices that come and go while it is
 * @ingress: its hooks, by device; RTNL
 * @pool_addrs: struct psteer_pool_addr by address
 * @service_keys: struct psteer_service by virtual address, protocol and port
 * @clients: struct psteer_client by pool and address
 * @clients_count: how many there are
 * @vm_prefixes: struct psteer_vm by address
 * @exempt_prefixes: struct psteer_exempt by address
 * @zone_prefixes: struct psteer_zone_prefix by address
 * @edge_addrs: struct psteer_edge_addr by address
 * @mappings: struct psteer_mapping, each by both its sides
 * @peers: struct psteer_peer by mapping and address
 * @uses: struct psteer_use by owner and peer
 * @sessions: struct psteer_session, each by both its keys
 * @sessions_count: how many there are
 * @gc: ends what has expired
 * @gc_sessions: where @gc is in @sessions
 * @gc_clients: where it is in @clients
 * @refusals: the last sentences of refusal, see psteer_nl_refuse()
 * @next_refusal: which is the oldest; @lock
 */
struct psteer_net {
	struct net *net;
	struct mutex lock;		/* see above: configuration */
	struct psteer_config __rcu *config;
	struct psteer_trained __rcu *trained;
	struct psteer_stats __percpu *stats;
	struct list_head pools;
	struct list_head services;
	struct list_head vms;
	struct list_head exempts;
	struct list_head grants;
	struct psteer_zones __rcu *zones;
	struct xarray zone_places;
	u32 zone_places_count;
	struct list_head distances;
	struct psteer_tags tags;
	u64 epoch;
	u32 next_id;
	u32 generation;
	bool hooked;
	bool fast;
	struct notifier_block devices;
	struct list_head ingress;
	struct rhltable pool_addrs;
	struct rhashtable service_keys;
	struct rhashtable clients;
	atomic_t clients_count;
	struct psteer_prefixes vm_prefixes;
	struct psteer_prefixes exempt_prefixes;
	struct psteer_prefixes zone_prefixes;
	struct rhashtable edge_addrs;
	struct rhashtable mappings;
	struct rhashtable peers;
	struct rhashtable uses;
	struct rhashtable sessions;
	atomic_t sessions_count;
	struct delayed_work gc;
	struct rhashtable_iter gc_sessions;
	struct rhashtable_iter gc_clients;
	char refusals[PSTEER_REFUSALS][PSTEER_REFUSAL_LEN + 1];
	u32 next_refusal;
};

/* What the kernel calls our part by, of all namespaces; set once, on loading. */
extern unsigned int psteer_net_id;

struct psteer_net *psteer_net(const struct net *net);

/* Context: RCU read side. */
static inline const struct psteer_config *
psteer_config_rcu(const struct psteer_net *pnet)
{
	return rcu_dereference(pnet->config);
}

/* Milliseconds since a time in jiffies, however long ago. */
static inline u64 psteer_ms_since(unsigned long then)
{
	return jiffies64_to_msecs(jiffies - then);
}

static inline void psteer_count(const struct psteer_net *pnet,
				enum psteer_stat stat)
{
	psteer_stats_inc(pnet->stats, stat);
}

#endif
