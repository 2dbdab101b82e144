/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses and flow keys: what names a session in one direction.
 */
#ifndef PSTEER_KEY_H
#define PSTEER_KEY_H

#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/string.h>
#include <linux/types.h>
#include <net/ipv6.h>

#include "hash.h"

/* Which way a packet of a session goes. */
enum psteer_dir {
	PSTEER_DIR_ORIGINAL,	/* from the client */
	PSTEER_DIR_REPLY,	/* from the server */
	PSTEER_DIRS
};

/**
 * struct psteer_key - the five-tuple of a packet, with its family
 * @src: source address; an IPv4 one leaves the rest zero
 * @dst: destination address, likewise
 * @sport: source port; of an ICMP query the identifier
 * @dport: destination port; of an answer to a query the identifier
 * @proto: IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP or IPPROTO_ICMPV6
 * @family: AF_INET or AF_INET6
 *
 * Compared as memory up to and with @family: no padding before it.
 */
struct psteer_key {
	union nf_inet_addr src;
	union nf_inet_addr dst;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 family;
};

#define PSTEER_KEY_LEN	offsetofend(struct psteer_key, family)

/* Both ports, the first of which is pointed to, as one word. */
static inline u32 psteer_ports_word(const __be16 *ports)
{
	return *(const u32 *)ports;
}

static inline u32 psteer_key_hash(const struct psteer_key *key, u32 seed)
{
	u32 ports = psteer_ports_word(&key->sport);

	if (key->family == AF_INET)
		return psteer_hash_ipv4(key->src.ip, key->dst.ip, ports,
					key->proto, seed);
	return psteer_hash_ipv6(key->src.ip6, ports, key->proto, seed);
}

static inline bool psteer_key_equal(const struct psteer_key *a,
				    const struct psteer_key *b)
{
	return !memcmp(a, b, PSTEER_KEY_LEN);
}

/* The key of a packet that goes the other way. */
static inline void psteer_key_reverse(struct psteer_key *to,
				      const struct psteer_key *from)
{
	to->src = from->dst;
	to->dst = from->src;
	to->sport = from->dport;
	to->dport = from->sport;
	to->proto = from->proto;
	to->family = from->family;
}

static inline bool psteer_proto_is_icmp(u8 proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

static inline u32 psteer_addr_len(u8 family)
{
	return family == AF_INET ? sizeof(struct in_addr) :
				   sizeof(struct in6_addr);
}

static inline bool psteer_addr_equal(const union nf_inet_addr *a,
				     const union nf_inet_addr *b)
{
	return ipv6_addr_equal(&a->in6, &b->in6);
}

#endif
