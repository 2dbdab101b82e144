// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of sessions.
 */
#include <linux/slab.h>

#include "session.h"

/* IPv6 addresses are long, and few sessions may have them. */
static struct kmem_cache *cache_ipv4, *cache_ipv6;

static struct kmem_cache *cache_of(u8 family)
{
	return family == AF_INET ? cache_ipv4 : cache_ipv6;
}

/*
 * A slab with a constructor is not cleared for each new session, by kernels that
 * else would either.
 */
static void construct(struct psteer_session *session, u8 family)
{
	enum psteer_dir dir;

	for (dir = 0; dir < PSTEER_DIRS; dir++) {
		struct psteer_flow *flow = (struct psteer_flow *)
			(session->flows + dir * psteer_flow_size(family));

		flow->family = family;
		RCU_INIT_POINTER(flow->hop.dst, NULL);
	}
}

static void construct_ipv4(void *session)
{
	construct(session, AF_INET);
}

static void construct_ipv6(void *session)
{
	construct(session, AF_INET6);
}

static struct kmem_cache *make_cache(const char *name, u8 family,
				     void (*constructor)(void *session))
{
	return kmem_cache_create(name,
				 offsetof(struct psteer_session, flows) +
				 PSTEER_DIRS * psteer_flow_size(family), 0,
				 SLAB_HWCACHE_ALIGN, constructor);
}

/**
 * psteer_session_cache_init() - make the module's session slabs
 *
 * Return: 0 or -ENOMEM.
 */
int psteer_session_cache_init(void)
{
	/* What an IPv4 session may take, with the slab's link of free ones. */
	BUILD_BUG_ON(sizeof(struct psteer_session) +
		     2 * ALIGN(offsetof(struct psteer_flow, addr) +
			       2 * sizeof(__be32), sizeof(u64)) +
		     sizeof(void *) > 192);
	cache_ipv4 = make_cache("psteer_session_ipv4", AF_INET, construct_ipv4);
	if (!cache_ipv4)
		return -ENOMEM;
	cache_ipv6 = make_cache("psteer_session_ipv6", AF_INET6,
				construct_ipv6);
	if (cache_ipv6)
		return 0;
	kmem_cache_destroy(cache_ipv4);
	return -ENOMEM;
}

/**
 * psteer_session_cache_exit() - undo psteer_session_cache_init()
 *
 * Context: after rcu_barrier(), so that every session is back.
 */
void psteer_session_cache_exit(void)
{
	kmem_cache_destroy(cache_ipv6);
	kmem_cache_destroy(cache_ipv4);
}

/**
 * psteer_session_make() - make a session that nobody else knows of
 * @params: what it is made of
 *
 * All but its expiry is set, and the ways of its flows are not known.
 *
 * Context: any but hard interrupts.
 * Return: the session, or NULL if there is no memory.
 */
struct psteer_session *
psteer_session_make(const struct psteer_session_params *params)
{
	u8 family = params->key[PSTEER_DIR_ORIGINAL].family;
	struct psteer_session *session;
	enum psteer_dir dir;

	session = kmem_cache_alloc(cache_of(family), GFP_ATOMIC | __GFP_NOWARN);
	if (!session)
		return NULL;
	*session = (struct psteer_session) {
		.server = params->server,
		.flags = params->flags | BIT(PSTEER_SESSION_HALF_BIT),
		.opened = jiffies,
	};
	INIT_LIST_HEAD(&session->unproven);
	for (dir = 0; dir < PSTEER_DIRS; dir++)
		psteer_flow_init(psteer_session_flow(session, dir),
				 &params->key[dir], dir);
	if (params->server) {
		session->client = params->client;
		session->use = params->use;
		session->slot = params->slot;
	} else {
		session->mapping = params->mapping;
	}
	return session;
}

/**
 * psteer_session_forget_hops() - forget the ways of both directions
 * @session: session
 *
 * Context: any.
 */
void psteer_session_forget_hops(struct psteer_session *session)
{
	psteer_hop_forget(&psteer_session_flow(session,
					       PSTEER_DIR_ORIGINAL)->hop);
	psteer_hop_forget(&psteer_session_flow(session, PSTEER_DIR_REPLY)->hop);
}

static void free_session(struct rcu_head *rcu)
{
	struct psteer_session *session = container_of(rcu,
						      struct psteer_session,
						      rcu);

	/* A packet may have learned one after its session had ended. */
	psteer_session_forget_hops(session);
	kmem_cache_free(cache_of(psteer_session_family(session)), session);
}

/**
 * psteer_session_free() - free a session once no packet looks at it any more
 * @session: session
 *
 * Context: any.
 */
void psteer_session_free(struct psteer_session *session)
{
	call_rcu(&session->rcu, free_session);
}
