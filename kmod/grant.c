// SPDX-License-Identifier: GPL-2.0-only
/*
 * Grants: which host has which ports of a pool address. A host gives out of its
 * pool what was granted to it; the edge finds by them to whom a packet goes.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "grant.h"
#include "leave.h"
#include "net.h"
#include "pool.h"
#include "session.h"

/* A grant that was prepared and then forgotten must not block others for ever. */
#define PREPARED_MOST	(10 * HZ)

/**
 * struct edge_key - what names an address of the edge
 * @ip: address
 * @family: AF_INET or AF_INET6
 */
struct edge_key {
	union nf_inet_addr ip;
	u8 family;
};

static const struct rhashtable_params edge_params = {
	.head_offset = offsetof(struct psteer_edge_addr, node),
	.key_offset = offsetof(struct psteer_edge_addr, ip),
	.key_len = offsetofend(struct edge_key, family),
	.automatic_shrinking = true,
};

/**
 * psteer_grants_init() - make a namespace ready for grants
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_grants_init(struct psteer_net *pnet)
{
	INIT_LIST_HEAD(&pnet->grants);
	return rhashtable_init(&pnet->edge_addrs, &edge_params);
}

/**
 * psteer_grants_exit() - free all grants of a namespace
 * @pnet: namespace, without hooks, sessions, clients and VMs
 *
 * Context: process.
 */
void psteer_grants_exit(struct psteer_net *pnet)
{
	struct psteer_grant *grant, *next;

	mutex_lock(&pnet->lock);
	list_for_each_entry_safe(grant, next, &pnet->grants, list)
		psteer_grant_del(grant);
	mutex_unlock(&pnet->lock);
	rhashtable_destroy(&pnet->edge_addrs);
}

/**
 * psteer_edge_addr_find_rcu() - find a pool address on the edge
 * @pnet: namespace
 * @family: of @ip
 * @ip: address
 *
 * Context: RCU read side.
 * Return: the address, or NULL.
 */
struct psteer_edge_addr *psteer_edge_addr_find_rcu(struct psteer_net *pnet,
						   u8 family,
						   const union nf_inet_addr *ip)
{
	struct edge_key key = { .ip = *ip, .family = family };

	return rhashtable_lookup(&pnet->edge_addrs, &key, edge_params);
}

static struct psteer_edge_addr *find_addr(struct psteer_net *pnet,
					  const struct psteer_grant_params *is)
{
	struct psteer_edge_addr *addr;

	rcu_read_lock();
	addr = psteer_edge_addr_find_rcu(pnet, is->family, &is->ip);
	rcu_read_unlock();
	return addr;
}

static struct psteer_edge_addr *get_addr(struct psteer_net *pnet,
					 const struct psteer_grant_params *is)
{
	struct psteer_edge_addr *addr = find_addr(pnet, is);
	int err;

	if (addr)
		return addr;
	addr = kzalloc(sizeof(*addr), GFP_KERNEL_ACCOUNT);
	if (!addr)
		return ERR_PTR(-ENOMEM);
	addr->ip = is->ip;
	addr->family = is->family;
	err = rhashtable_insert_fast(&pnet->edge_addrs, &addr->node,
				     edge_params);
	if (!err)
		return addr;
	kfree(addr);
	return ERR_PTR(err);
}

/* From now on packets find @grant, or nothing, where they found another. */
static void publish(struct psteer_edge_addr *addr,
		    const struct psteer_grant_params *is,
		    struct psteer_grant *grant)
{
	u32 unit;

	for (unit = is->first / PSTEER_GRANT_UNIT;
	     unit <= is->last / PSTEER_GRANT_UNIT; unit++) {
		addr->count += !!grant;
		addr->count -= !!rcu_access_pointer(addr->unit[unit]);
		rcu_assign_pointer(addr->unit[unit], grant);
	}
}

static void unpublish(struct psteer_grant *grant)
{
	struct psteer_net *pnet = grant->pnet;
	struct psteer_edge_addr *addr = find_addr(pnet, &grant->is);

	publish(addr, &grant->is, NULL);
	if (addr->count)
		return;
	rhashtable_remove_fast(&pnet->edge_addrs, &addr->node, edge_params);
	kfree_rcu(addr, rcu);
}

static void free_grant(struct rcu_head *rcu)
{
	struct psteer_grant *grant = container_of(rcu, struct psteer_grant,
						  rcu);

	free_percpu(grant->traffic);
	kfree(grant);
}

static struct psteer_grant *make_grant(struct psteer_net *pnet,
				       const struct psteer_grant_params *params)
{
	struct psteer_grant *grant;

	grant = kzalloc(sizeof(*grant), GFP_KERNEL_ACCOUNT);
	if (!grant)
		return NULL;
	grant->pnet = pnet;
	grant->is = *params;
	grant->since = jiffies;
	return grant;
}

static enum psteer_block_grant block_grant_of(u8 state)
{
	switch (state) {
	case PSTEER_GRANT_ACTIVE:
		return PSTEER_BLOCK_GRANTED;
	case PSTEER_GRANT_DRAINING:
		return PSTEER_BLOCK_KEPT;
	default:
		return PSTEER_BLOCK_UNGRANTED;
	}
}

/* On a host: what is granted is offered to owners, the rest they leave. */
static void settle_host(struct psteer_grant *grant, enum psteer_block_grant to)
{
	const struct psteer_grant_params *is = &grant->is;

	psteer_pool_grant(is->pool_addr, is->first, is->last, to);
	if (to != PSTEER_BLOCK_GRANTED)
		psteer_owners_leave(grant->pnet, is->pool_addr->pool);
}

/**
 * psteer_grant_add() - add a grant
 * @pnet: namespace
 * @params: checked: whole units, no overlap
 *
 * Context: process, under pnet->lock.
 * Return: 0, -ENOMEM or what the table says.
 */
int psteer_grant_add(struct psteer_net *pnet,
		     const struct psteer_grant_params *params)
{
	struct psteer_edge_addr *addr;
	struct psteer_grant *grant;
	int err = -ENOMEM;

	lockdep_assert_held(&pnet->lock);
	grant = make_grant(pnet, params);
	if (!grant)
		return -ENOMEM;
	grant->traffic = alloc_percpu_gfp(struct psteer_traffic,
					  GFP_KERNEL_ACCOUNT);
	if (!grant->traffic)
		goto err_free;
	if (psteer_grant_is_edges(grant)) {
		addr = get_addr(pnet, params);
		if (IS_ERR(addr)) {
			err = PTR_ERR(addr);
			goto err_free;
		}
		publish(addr, params, grant);
	} else {
		params->pool_addr->pool->grants++;
		settle_host(grant, block_grant_of(params->state));
	}
	grant->id = ++pnet->next_id;
	list_add_tail(&grant->list, &pnet->grants);
	pnet->generation++;
	return 0;

err_free:
	free_grant(&grant->rcu);
	return err;
}

/* Packets see the old one or the new one, never half of each. */
static int replace(struct psteer_grant *grant,
		   const struct psteer_grant_params *params)
{
	struct psteer_grant *new = make_grant(grant->pnet, params);

	if (!new)
		return -ENOMEM;
	new->id = grant->id;
	new->traffic = grant->traffic;
	list_replace(&grant->list, &new->list);
	publish(find_addr(grant->pnet, params), params, new);
	kfree_rcu(grant, rcu);
	return 0;
}

/**
 * psteer_grant_set() - change whose a grant is, or its state
 * @grant: grant; on the edge another has taken its place after this
 * @params: with the same address and ports
 *
 * Context: process, under pnet->lock.
 * Return: 0 or -ENOMEM.
 */
int psteer_grant_set(struct psteer_grant *grant,
		     const struct psteer_grant_params *params)
{
	struct psteer_net *pnet = grant->pnet;

	lockdep_assert_held(&pnet->lock);
	pnet->generation++;
	if (psteer_grant_is_edges(grant))
		return replace(grant, params);
	grant->is.state = params->state;
	settle_host(grant, block_grant_of(params->state));
	return 0;
}

/**
 * psteer_grant_retire() - see to it that a grant may be removed
 * @grant: grant
 * @usage: set to what is in the way, if something is
 *
 * Context: process, under pnet->lock.
 * Return: 0, or -EBUSY and nothing has changed.
 */
int psteer_grant_retire(struct psteer_grant *grant,
			struct psteer_pool_usage *usage)
{
	const struct psteer_grant_params *is = &grant->is;

	lockdep_assert_held(&grant->pnet->lock);
	if (psteer_grant_is_edges(grant))
		return 0;
	/* So that nobody gets any of it from now on. */
	psteer_pool_grant(is->pool_addr, is->first, is->last,
			  PSTEER_BLOCK_KEPT);
	*usage = psteer_grant_usage(grant);
	if (!usage->in_use && !usage->serving)
		return 0;
	psteer_pool_grant(is->pool_addr, is->first, is->last,
			  block_grant_of(is->state));
	return -EBUSY;
}

/**
 * psteer_grant_del() - remove a grant
 * @grant: grant, retired or not: on a host owners leave it, its ports in use
 *	stay till they are not
 *
 * Context: process, under pnet->lock.
 */
void psteer_grant_del(struct psteer_grant *grant)
{
	struct psteer_net *pnet = grant->pnet;

	lockdep_assert_held(&pnet->lock);
	list_del(&grant->list);
	pnet->generation++;
	if (psteer_grant_is_edges(grant)) {
		unpublish(grant);
	} else {
		settle_host(grant, PSTEER_BLOCK_UNGRANTED);
		grant->is.pool_addr->pool->grants--;
	}
	call_rcu(&grant->rcu, free_grant);
}

static bool has_port_of(const struct psteer_session *session, const void *ctx)
{
	const struct psteer_grant_params *is = ctx;
	enum psteer_dir dir = PSTEER_DIR_ORIGINAL;
	struct psteer_key far;

	if (psteer_session_is_vms(session))
		dir = psteer_session_outward(session);
	psteer_flow_key(psteer_session_flow(session, !dir), &far);
	return far.family == is->family &&
	       psteer_addr_equal(&far.dst, &is->ip) &&
	       ntohs(far.dport) >= is->first && ntohs(far.dport) <= is->last;
}

/**
 * psteer_grant_evict() - remove a grant, and end the sessions that use it
 * @grant: grant that another may have already
 *
 * A port that a fixed mapping has stays with it.
 *
 * Context: process, under pnet->lock; sleeps.
 */
void psteer_grant_evict(struct psteer_grant *grant)
{
	const struct psteer_grant_params is = grant->is;
	struct psteer_net *pnet = grant->pnet;

	psteer_grant_del(grant);
	if (!is.pool_addr)
		return;
	/* For packets that have picked a port of it just now. */
	synchronize_rcu();
	psteer_sessions_end(pnet, has_port_of, &is, PSTEER_END_REMOVED);
}

static bool is_on(const struct psteer_grant *grant,
		  const struct psteer_grant_params *params)
{
	return grant->is.family == params->family &&
	       psteer_addr_equal(&grant->is.ip, &params->ip);
}

/**
 * psteer_grant_find() - find the grant of just these ports
 * @pnet: namespace
 * @params: address, family and ports are looked at
 *
 * Context: process, under pnet->lock.
 * Return: the grant, or NULL.
 */
struct psteer_grant *psteer_grant_find(struct psteer_net *pnet,
				       const struct psteer_grant_params *params)
{
	struct psteer_grant *grant;

	lockdep_assert_held(&pnet->lock);
	list_for_each_entry(grant, &pnet->grants, list)
		if (is_on(grant, params) && grant->is.first == params->first &&
		    grant->is.last == params->last)
			return grant;
	return NULL;
}

/**
 * psteer_grant_overlap() - find a grant that has some of these ports already
 * @pnet: namespace
 * @params: address, family and ports are looked at
 *
 * Context: process, under pnet->lock.
 * Return: such a grant, valid while the lock is held, or NULL.
 */
const struct psteer_grant *
psteer_grant_overlap(struct psteer_net *pnet,
		     const struct psteer_grant_params *params)
{
	const struct psteer_grant *grant;

	lockdep_assert_held(&pnet->lock);
	list_for_each_entry(grant, &pnet->grants, list)
		if (is_on(grant, params) && grant->is.first <= params->last &&
		    params->first <= grant->is.last)
			return grant;
	return NULL;
}

/**
 * psteer_grant_place() - find a place for a grant that no other has
 * @pnet: namespace
 * @params: address and family are looked at, ports are set
 * @size: how many ports, of whole units
 *
 * Ports below 1024 are for those who name them.
 *
 * Context: process, under pnet->lock.
 * Return: false if there is none.
 */
bool psteer_grant_place(struct psteer_net *pnet,
			struct psteer_grant_params *params, u32 size)
{
	const struct psteer_grant *other;
	u32 first = 1024;

	while (first + size <= PSTEER_PORTS) {
		params->first = first;
		params->last = first + size - 1;
		other = psteer_grant_overlap(pnet, params);
		if (!other)
			return true;
		first = other->is.last + 1;
	}
	return false;
}

/**
 * psteer_grant_usage() - how much of a grant its host uses
 * @grant: grant of a host
 *
 * Context: process, under pnet->lock.
 */
struct psteer_pool_usage psteer_grant_usage(const struct psteer_grant *grant)
{
	const struct psteer_grant_params *is = &grant->is;

	return psteer_pool_usage(is->pool_addr, is->first, is->last);
}

/**
 * psteer_grants_tend() - remove what was prepared and then forgotten
 * @pnet: namespace
 *
 * Context: process, under pnet->lock.
 */
void psteer_grants_tend(struct psteer_net *pnet)
{
	struct psteer_grant *grant, *next;

	lockdep_assert_held(&pnet->lock);
	list_for_each_entry_safe(grant, next, &pnet->grants, list)
		if (grant->is.state == PSTEER_GRANT_PREPARED &&
		    time_after(jiffies, grant->since + PREPARED_MOST))
			psteer_grant_del(grant);
}
