/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_SERVICE_H
#define PSTEER_SERVICE_H

#include <linux/rhashtable.h>

#include <linux/portsteer.h>

#include "config.h"
#include "key.h"
#include "net.h"
#include "tag.h"

struct psteer_order;
struct psteer_pool;
struct psteer_server;

/**
 * struct psteer_service_key - what a first packet is looked up by
 * @ip: virtual address
 * @port: port
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: AF_INET or AF_INET6
 * @pad: zero, the key is hashed by words, two at a time
 */
struct psteer_service_key {
	union nf_inet_addr ip;
	__be16 port;
	u8 proto;
	u8 family;
	u32 pad;
};

/**
 * struct psteer_servers - a service's servers; one version of them, immutable but
 *	for their order
 * @rcu: for freeing it when it is replaced
 * @n: how many
 * @up: how many of them are up
 * @oldest: the earliest up_since of these, in jiffies
 * @order: what argmax finds the best one by; behind @server; changed under
 *	pnet->lock
 * @server: in listed order
 */
struct psteer_servers {
	struct rcu_head rcu;
	u32 n;
	u32 up;
	unsigned long oldest;
	struct psteer_order *order;
	struct psteer_server *server[];
};

/**
 * struct psteer_service_params - what a service is made of
 * @name: its name
 * @key: address, protocol, port
 * @pool: pool it draws ports from
 * @policy: its own way to choose, or NULL to follow the config
 * @needs: tags that its servers must have; their use goes over to the service
 * @emphasis: enum psteer_emphasis
 */
struct psteer_service_params {
	char name[PSTEER_NAME_MAX + 1];
	struct psteer_service_key key;
	struct psteer_pool *pool;
	const struct psteer_policy *policy;
	struct psteer_tag_set needs;
	u8 emphasis;
};

/**
 * struct psteer_service - virtual address, protocol and port
 * @node: in pnet->service_keys
 * @key: what it is found by
 * @list: in pnet->services
 * @id: rises with creation
 * @pnet: its namespace
 * @name: unique in the namespace
 * @pool: pool it draws ports from, which outlives it
 * @policy: its own way to choose, NULL: the config's; pnet->lock, RCU
 * @servers: its servers, never NULL; pnet->lock, RCU
 * @needs: tags that a server must have to be chosen
 * @emphasis: enum psteer_emphasis; READ_ONCE, written under pnet->lock
 * @trained: model for its servers, NULL: the namespace's; pnet->lock, RCU
 * @unhealthy: how many of the servers that are up are unhealthy
 * @created: sessions since it was added
 * @neutral_load: mean load of servers with fresh reports; READ_ONCE
 * @neutral_capacity: their mean capacity score; READ_ONCE
 * @least_latency_us: the least of what fresh reports say, 0: none does; READ_ONCE
 * @lifetime: how long a session lasts, in 1/256 jiffy, 0: not known; READ_ONCE
 * @refreshed_at: when these were computed, in jiffies
 * @refs: one while listed, one of each server
 * @rcu: for freeing it
 */
struct psteer_service {
	struct rhash_head node;
	struct psteer_service_key key;
	struct list_head list;
	u32 id;
	struct psteer_net *pnet;
	char name[PSTEER_NAME_MAX + 1];
	struct psteer_pool *pool;
	struct psteer_policy __rcu *policy;
	struct psteer_servers __rcu *servers;
	struct psteer_tag_set needs;
	u8 emphasis;
	struct psteer_trained __rcu *trained;
	atomic_t unhealthy;
	atomic64_t created;
	u32 neutral_load;
	u32 neutral_capacity;
	u32 least_latency_us;
	u64 lifetime;
	unsigned long refreshed_at;
	refcount_t refs;
	struct rcu_head rcu;
};

/* Context: under pnet->lock. */
static inline struct psteer_servers *
psteer_servers_locked(const struct psteer_service *service)
{
	return rcu_dereference_protected(service->servers,
					 lockdep_is_held(&service->pnet->lock));
}

int psteer_services_init(struct psteer_net *pnet);
void psteer_services_exit(struct psteer_net *pnet);
struct psteer_service *
psteer_service_add(struct psteer_net *pnet,
		   const struct psteer_service_params *params);
int psteer_service_set(struct psteer_service *service,
		       const struct psteer_policy *policy);
void psteer_service_unlist(struct psteer_service *service);
void psteer_service_free(struct psteer_service *service);
void psteer_service_put(struct psteer_service *service);
struct psteer_service *psteer_service_find(struct psteer_net *pnet,
					   const char *name);
struct psteer_service *
psteer_service_lookup_rcu(struct psteer_net *pnet,
			  const struct psteer_service_key *key);
void psteer_service_rule(const struct psteer_service *service,
			 struct psteer_select_rule *rule);
void psteer_service_refresh(struct psteer_service *service);
bool psteer_service_panics(const struct psteer_service *service,
			   const struct psteer_servers *servers);
u32 psteer_service_sessions(const struct psteer_service *service);
int psteer_service_list(struct psteer_service *service,
			struct psteer_server *server, bool add);

void psteer_service_rank(struct psteer_service *service,
			 const struct psteer_server *server);
void psteer_service_rank_all(struct psteer_service *service);

#endif
