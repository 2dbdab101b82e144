/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One direction of a session: its key, in no more space than its family needs,
 * and where its packets go.
 */
#ifndef PSTEER_FLOW_H
#define PSTEER_FLOW_H

#include <linux/rhashtable.h>

#include "hop.h"
#include "key.h"

/**
 * struct psteer_flow - one direction of a session
 * @node: in pnet->sessions
 * @hop: where its packets go
 * @sport: source port of its packets as they reach the gateway, likewise:
 * @dport: destination port
 * @proto: protocol
 * @family: AF_INET or AF_INET6
 * @dir: enum psteer_dir
 * @addr: source and destination address, one word each or four, by @family
 */
struct psteer_flow {
	struct rhash_head node;
	struct psteer_hop hop;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 family;
	u8 dir;
	__be32 addr[];
};

/* Bytes of a flow, so that another can follow. */
static inline u32 psteer_flow_size(u8 family)
{
	return ALIGN(offsetof(struct psteer_flow, addr) +
		     2 * psteer_addr_len(family), sizeof(u64));
}

static inline void psteer_flow_init(struct psteer_flow *flow,
				    const struct psteer_key *key,
				    enum psteer_dir dir)
{
	flow->sport = key->sport;
	flow->dport = key->dport;
	flow->proto = key->proto;
	flow->family = key->family;
	flow->dir = dir;
	if (key->family == AF_INET) {
		flow->addr[0] = key->src.ip;
		flow->addr[1] = key->dst.ip;
	} else {
		memcpy(flow->addr, &key->src, sizeof(key->src));
		memcpy(flow->addr + 4, &key->dst, sizeof(key->dst));
	}
}

static __always_inline void
psteer_flow_addrs(const struct psteer_flow *flow, union nf_inet_addr *src,
		  union nf_inet_addr *dst)
{
	if (flow->family == AF_INET) {
		*src = (union nf_inet_addr) { .ip6 = { flow->addr[0] } };
		*dst = (union nf_inet_addr) { .ip6 = { flow->addr[1] } };
	} else {
		memcpy(src, flow->addr, sizeof(*src));
		memcpy(dst, flow->addr + 4, sizeof(*dst));
	}
}

/* The key of its packets. */
static inline void psteer_flow_key(const struct psteer_flow *flow,
				   struct psteer_key *key)
{
	key->sport = flow->sport;
	key->dport = flow->dport;
	key->proto = flow->proto;
	key->family = flow->family;
	psteer_flow_addrs(flow, &key->src, &key->dst);
}

/* The key of what its packets are an answer to. */
static inline void psteer_flow_reversed(const struct psteer_flow *flow,
					struct psteer_key *key)
{
	key->sport = flow->dport;
	key->dport = flow->sport;
	key->proto = flow->proto;
	key->family = flow->family;
	psteer_flow_addrs(flow, &key->dst, &key->src);
}

static inline u32 psteer_flow_hash(const struct psteer_flow *flow, u32 seed)
{
	u32 ports = psteer_ports_word(&flow->sport);

	if (flow->family == AF_INET)
		return psteer_hash_ipv4(flow->addr[0], flow->addr[1], ports,
					flow->proto, seed);
	return psteer_hash_ipv6(flow->addr, ports, flow->proto, seed);
}

/* Is this the key of its packets? */
static inline bool psteer_flow_has(const struct psteer_flow *flow,
				   const struct psteer_key *key)
{
	if (psteer_ports_word(&flow->sport) != psteer_ports_word(&key->sport) ||
	    flow->proto != key->proto || flow->family != key->family)
		return false;
	if (flow->family == AF_INET)
		return flow->addr[0] == key->src.ip &&
		       flow->addr[1] == key->dst.ip;
	return ipv6_addr_equal((const struct in6_addr *)flow->addr,
			       &key->src.in6) &&
	       ipv6_addr_equal((const struct in6_addr *)(flow->addr + 4),
			       &key->dst.in6);
}

#endif
