// SPDX-License-Identifier: GPL-2.0-only
/*
 * Services: what clients connect to, how it chooses, and its list of servers.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "evidence.h"
#include "net.h"
#include "pool.h"
#include "select_order.h"
#include "server.h"
#include "service.h"

/* With many servers every report would else compute the mean of all. */
#define REFRESH_LEAST	(HZ / 10)

static int compare_key(struct rhashtable_compare_arg *arg, const void *object)
{
	const struct psteer_service *service = object;
	const struct psteer_service_key *key = arg->key;

	return service->key.port != key->port ||
	       service->key.proto != key->proto ||
	       service->key.family != key->family ||
	       !psteer_addr_equal(&service->key.ip, &key->ip);
}

static const struct rhashtable_params key_params = {
	.head_offset = offsetof(struct psteer_service, node),
	.key_offset = offsetof(struct psteer_service, key),
	.key_len = sizeof(struct psteer_service_key),
	.hashfn = psteer_hash_words,
	.obj_cmpfn = compare_key,
	.automatic_shrinking = true,
};

PSTEER_HASH_WORDS_FIT(struct psteer_service_key);

/**
 * psteer_services_init() - make a namespace ready for services
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_services_init(struct psteer_net *pnet)
{
	INIT_LIST_HEAD(&pnet->services);
	return rhashtable_init(&pnet->service_keys, &key_params);
}

/**
 * psteer_services_exit() - remove all services of a namespace
 * @pnet: namespace, without hooks and sessions
 */
void psteer_services_exit(struct psteer_net *pnet)
{
	struct psteer_service *service, *next;

	mutex_lock(&pnet->lock);
	list_for_each_entry_safe(service, next, &pnet->services, list) {
		psteer_service_unlist(service);
		psteer_service_free(service);
	}
	mutex_unlock(&pnet->lock);
	rhashtable_destroy(&pnet->service_keys);
}

/* A list with room for @n servers, and none in it yet. */
static struct psteer_servers *alloc_servers(u32 n)
{
	size_t size = ALIGN(struct_size_t(struct psteer_servers, server, n),
			    sizeof(u64));
	struct psteer_servers *servers;

	servers = kvzalloc(size + psteer_order_size(n), GFP_KERNEL_ACCOUNT);
	if (!servers)
		return NULL;
	servers->order = (void *)servers + size;
	psteer_order_init(servers->order, n);
	return servers;
}

static struct psteer_policy *copy_policy(const struct psteer_policy *policy)
{
	struct psteer_policy *copy;

	copy = kzalloc(sizeof(*copy), GFP_KERNEL_ACCOUNT);
	if (copy) {
		copy->weights = policy->weights;
		copy->mode = policy->mode;
	}
	return copy;
}

/**
 * psteer_service_add() - add a service without servers
 * @pnet: namespace
 * @params: checked: a new name, a new key, a pool of its family
 *
 * Context: process, under pnet->lock.
 * Return: the service, or ERR_PTR(-ENOMEM or what the table says): then its needs
 * are still used by the caller.
 */
struct psteer_service *
psteer_service_add(struct psteer_net *pnet,
		   const struct psteer_service_params *params)
{
	struct psteer_policy *policy = NULL;
	struct psteer_service *service;
	struct psteer_servers *none;
	int err = -ENOMEM;

	lockdep_assert_held(&pnet->lock);
	service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);
	none = alloc_servers(0);
	if (params->policy)
		policy = copy_policy(params->policy);
	if (!service || !none || (params->policy && !policy))
		goto err_free;

	strscpy(service->name, params->name, sizeof(service->name));
	service->key = params->key;
	service->pnet = pnet;
	service->pool = params->pool;
	RCU_INIT_POINTER(service->policy, policy);
	RCU_INIT_POINTER(service->servers, none);
	service->needs = params->needs;
	service->emphasis = params->emphasis;
	service->neutral_load = PSTEER_SCALE / 2;
	service->neutral_capacity = PSTEER_SCALE / 2;
	refcount_set(&service->refs, 1);
	err = rhashtable_insert_fast(&pnet->service_keys, &service->node,
				     key_params);
	if (err)
		goto err_free;
	service->id = ++pnet->next_id;
	list_add_tail(&service->list, &pnet->services);
	service->pool->services++;
	pnet->generation++;
	return service;

err_free:
	kfree(policy);
	kvfree(none);
	kfree(service);
	return ERR_PTR(err);
}

/**
 * psteer_service_set() - change how a service chooses
 * @service: service
 * @policy: its own way, or NULL to follow the config
 *
 * Context: process, under pnet->lock.
 * Return: 0 or -ENOMEM.
 */
int psteer_service_set(struct psteer_service *service,
		       const struct psteer_policy *policy)
{
	struct psteer_policy *new = NULL, *old;

	lockdep_assert_held(&service->pnet->lock);
	if (policy) {
		new = copy_policy(policy);
		if (!new)
			return -ENOMEM;
	}
	old = rcu_replace_pointer(service->policy, new,
				  lockdep_is_held(&service->pnet->lock));
	if (old)
		kfree_rcu(old, rcu);
	psteer_service_rank_all(service);
	service->pnet->generation++;
	return 0;
}

/**
 * psteer_service_put() - drop a reference
 * @service: service; freed with the last reference
 */
void psteer_service_put(struct psteer_service *service)
{
	if (refcount_dec_and_test(&service->refs)) {
		struct psteer_servers *servers;

		/* Maybe in softirq, where vmalloc memory can't be freed. */
		servers = rcu_dereference_protected(service->servers, true);
		kvfree_rcu(servers, rcu);
		kfree(rcu_access_pointer(service->policy));
		kfree(rcu_access_pointer(service->trained));
		kfree_rcu(service, rcu);
	}
}

/**
 * psteer_service_unlist() - let no more first packets find a service
 * @service: service
 *
 * Context: process, under pnet->lock. None is inside once RCU readers are gone.
 */
void psteer_service_unlist(struct psteer_service *service)
{
	struct psteer_net *pnet = service->pnet;

	lockdep_assert_held(&pnet->lock);
	rhashtable_remove_fast(&pnet->service_keys, &service->node, key_params);
	list_del(&service->list);
	service->pool->services--;
	pnet->generation++;
}

/**
 * psteer_service_free() - give up a service and its servers
 * @service: unlisted service without sessions, not seen by packets any more
 *
 * Context: process, under pnet->lock.
 */
void psteer_service_free(struct psteer_service *service)
{
	struct psteer_servers *servers = psteer_servers_locked(service);
	u32 i;

	for (i = 0; i < servers->n; i++) {
		psteer_server_let_go(servers->server[i]);
		psteer_server_put(servers->server[i]);
	}
	servers->n = 0;
	psteer_tags_drop(&service->pnet->tags, &service->needs);
	psteer_service_put(service);
}

/**
 * psteer_service_find() - find a service by name
 * @pnet: namespace
 * @name: name
 *
 * Context: process, under pnet->lock.
 * Return: the service, valid while the lock is held, or NULL.
 */
struct psteer_service *psteer_service_find(struct psteer_net *pnet,
					   const char *name)
{
	struct psteer_service *service;

	lockdep_assert_held(&pnet->lock);
	list_for_each_entry(service, &pnet->services, list)
		if (!strcmp(service->name, name))
			return service;
	return NULL;
}

/**
 * psteer_service_lookup_rcu() - find a service by what a packet is sent to
 * @pnet: namespace
 * @key: address, protocol and port
 *
 * Context: RCU read side.
 * Return: the service or NULL.
 */
struct psteer_service *
psteer_service_lookup_rcu(struct psteer_net *pnet,
			  const struct psteer_service_key *key)
{
	return rhashtable_lookup(&pnet->service_keys, key, key_params);
}

/**
 * psteer_service_rule() - by what rule a service chooses now
 * @service: service
 * @rule: filled in
 *
 * Context: RCU read side.
 */
void psteer_service_rule(const struct psteer_service *service,
			 struct psteer_select_rule *rule)
{
	const struct psteer_config *config = psteer_config_rcu(service->pnet);
	const struct psteer_policy *policy = rcu_dereference(service->policy);
	const struct psteer_servers *servers = rcu_dereference(service->servers);
	u32 slow_start_ms = config->value[PSTEER_A_CONFIG_SLOW_START];

	if (!policy)
		policy = &config->policy;
	rule->mode = policy->mode;
	rule->weights = policy->weights;
	rule->horizon_ms = config->value[PSTEER_A_CONFIG_PREDICTION_HORIZON];
	/* Where all are new there is nobody to be gentler than. */
	if (time_before(jiffies, servers->oldest +
			msecs_to_jiffies(slow_start_ms)))
		slow_start_ms = 0;
	rule->slow_start_ms = slow_start_ms;
	rule->neutral_load = READ_ONCE(service->neutral_load);
	rule->neutral_capacity = READ_ONCE(service->neutral_capacity);
}

static void rank(struct psteer_servers *servers,
		 const struct psteer_select_rule *rule,
		 const struct psteer_server *server)
{
	struct psteer_evidence evidence;
	u64 value = 0;

	if (READ_ONCE(server->state) == PSTEER_SERVER_UP) {
		psteer_server_evidence(server, &evidence);
		value = psteer_select_static(rule, &evidence) + 1;
	}
	psteer_order_set(servers->order, server->nr, value);
}

static void rank_servers(const struct psteer_service *service,
			 struct psteer_servers *servers)
{
	struct psteer_select_rule rule;
	u32 i;

	rcu_read_lock();
	psteer_service_rule(service, &rule);
	for (i = 0; i < servers->n; i++)
		rank(servers, &rule, servers->server[i]);
	rcu_read_unlock();
}

/**
 * psteer_service_rank_all() - find all servers their places in the order anew
 * @service: service; its weights have changed
 *
 * Context: under pnet->lock.
 */
void psteer_service_rank_all(struct psteer_service *service)
{
	rank_servers(service, psteer_servers_locked(service));
}

/**
 * psteer_service_rank() - find a server its place in the order anew
 * @service: service
 * @server: one of its servers, that has reported
 *
 * Context: under pnet->lock and RCU read side.
 */
void psteer_service_rank(struct psteer_service *service,
			 const struct psteer_server *server)
{
	struct psteer_select_rule rule;

	psteer_service_rule(service, &rule);
	rank(psteer_servers_locked(service), &rule, server);
}

/* What to assume of servers that never reported: only they have it in the order. */
static void assume(struct psteer_service *service, u32 load, u32 capacity)
{
	struct psteer_servers *servers = psteer_servers_locked(service);
	struct psteer_select_rule rule;
	u32 i;

	if (load == service->neutral_load &&
	    capacity == service->neutral_capacity)
		return;
	WRITE_ONCE(service->neutral_load, load);
	WRITE_ONCE(service->neutral_capacity, capacity);
	psteer_service_rule(service, &rule);
	for (i = 0; i < servers->n; i++)
		if (!READ_ONCE(servers->server[i]->reports))
			rank(servers, &rule, servers->server[i]);
}

/**
 * psteer_service_refresh() - compute the mean of what fresh reports say
 * @service: service
 *
 * Context: under pnet->lock and RCU read side.
 */
void psteer_service_refresh(struct psteer_service *service)
{
	const struct psteer_config *config = psteer_config_rcu(service->pnet);
	const struct psteer_servers *servers = rcu_dereference(service->servers);
	u32 horizon_ms = config->value[PSTEER_A_CONFIG_PREDICTION_HORIZON];
	unsigned long fresh = msecs_to_jiffies(horizon_ms), now = jiffies;
	u32 latency_us, least_us = 0, i;
	struct psteer_neutral sum = {};

	if (servers->n > 16 &&
	    time_before(now, READ_ONCE(service->refreshed_at) + REFRESH_LEAST))
		return;
	for (i = 0; i < servers->n; i++) {
		const struct psteer_server *server = servers->server[i];

		if (!READ_ONCE(server->reports) ||
		    time_after(now, READ_ONCE(server->reported_at) + fresh))
			continue;
		latency_us = READ_ONCE(server->latency_us);
		least_us = min_not_zero(least_us, latency_us);
		psteer_neutral_add(&sum, READ_ONCE(server->load),
				   READ_ONCE(server->capacity),
				   READ_ONCE(server->local.lived),
				   READ_ONCE(server->local.ended));
	}
	WRITE_ONCE(service->least_latency_us, least_us);
	assume(service, psteer_neutral_load(&sum),
	       psteer_neutral_capacity(&sum));
	WRITE_ONCE(service->lifetime, psteer_neutral_lifetime(&sum));
	WRITE_ONCE(service->refreshed_at, now);
}

/**
 * psteer_service_panics() - are too many servers unhealthy to heed health
 * @service: service
 * @servers: its servers
 *
 * Context: any.
 * Return: true if fewer than half of those that are up are healthy.
 */
bool psteer_service_panics(const struct psteer_service *service,
			   const struct psteer_servers *servers)
{
	u32 unhealthy = atomic_read(&service->unhealthy);

	return 2 * unhealthy > servers->up;
}

/**
 * psteer_service_sessions() - live sessions of a service
 * @service: service
 *
 * Context: under pnet->lock.
 * Return: their number.
 */
u32 psteer_service_sessions(const struct psteer_service *service)
{
	const struct psteer_servers *servers;
	u32 sum = 0, i;

	servers = psteer_servers_locked(service);
	for (i = 0; i < servers->n; i++)
		sum += atomic_read(&servers->server[i]->sessions);
	return sum;
}

/**
 * psteer_service_list() - publish a new version of the list of servers
 * @service: service
 * @server: server to append or take out, or NULL to count anew who is up
 * @add: append it
 *
 * Context: process, under pnet->lock.
 * Return: 0, or -ENOMEM with the list as it was.
 */
int psteer_service_list(struct psteer_service *service,
			struct psteer_server *server, bool add)
{
	struct psteer_servers *old, *new;
	u32 i;

	old = psteer_servers_locked(service);
	new = alloc_servers(old->n + add);
	if (!new)
		return -ENOMEM;
	for (i = 0; i < old->n; i++)
		if (add || old->server[i] != server)
			new->server[new->n++] = old->server[i];
	if (add)
		new->server[new->n++] = server;
	new->oldest = jiffies;
	for (i = 0; i < new->n; i++) {
		new->server[i]->nr = i;
		if (new->server[i]->state != PSTEER_SERVER_UP)
			continue;
		new->up++;
		if (time_before(new->server[i]->up_since, new->oldest))
			new->oldest = new->server[i]->up_since;
	}
	rank_servers(service, new);
	rcu_assign_pointer(service->servers, new);
	kvfree_rcu(old, rcu);
	service->pnet->generation++;
	return 0;
}
