/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses and flow keys: what names a session in one direction.
 */
#ifndef PSTEER_KEY_H
#define PSTEER_KEY_H

#include <linux/in.h>
#include <linux/jhash.h>
#include <linux/netfilter.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/unaligned.h>
#include <net/ipv6.h>

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
 * @dir: enum psteer_dir of a session's own keys; it names nothing
 *
 * Compared and hashed as memory up to and with @family: no padding before it.
 */
struct psteer_key {
	union nf_inet_addr src;
	union nf_inet_addr dst;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 family;
	u8 dir;
};

#define PSTEER_KEY_LEN	offsetofend(struct psteer_key, family)

static inline u32 psteer_key_hash(const struct psteer_key *key, u32 seed)
{
	/* 36 bytes of addresses and ports; protocol and family go in the seed */
	return jhash2((const u32 *)key, offsetof(struct psteer_key, proto) / 4,
		      seed ^ key->proto ^ (key->family << 8));
}

static inline bool psteer_key_equal(const struct psteer_key *a,
				    const struct psteer_key *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;

	/* Both addresses, both ports, protocol and family. */
	return !((get_unaligned(x) ^ get_unaligned(y)) |
		 (get_unaligned(x + 1) ^ get_unaligned(y + 1)) |
		 (get_unaligned(x + 2) ^ get_unaligned(y + 2)) |
		 (get_unaligned(x + 3) ^ get_unaligned(y + 3)) |
		 (*(const u32 *)&a->sport ^ *(const u32 *)&b->sport) |
		 (*(const u16 *)&a->proto ^ *(const u16 *)&b->proto));
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
