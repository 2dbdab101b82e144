/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address prefixes and what has them.
 */
#ifndef PSTEER_PREFIX_H
#define PSTEER_PREFIX_H

#include <linux/rhashtable.h>

#include "key.h"

#define PSTEER_PREFIX_LEN_MOST	128

/**
 * struct psteer_prefix - an address prefix; part of what has it
 * @node: in psteer_prefixes.table
 * @ip: address, zero behind the prefix
 * @family: AF_INET or AF_INET6
 * @len: its length in bits
 */
struct psteer_prefix {
	struct rhash_head node;
	union nf_inet_addr ip;
	u8 family;
	u8 len;
};

/**
 * struct psteer_prefixes - prefixes, of which the longest that fits is found
 * @table: struct psteer_prefix
 * @lengths: how many have each length, by family (IPv6 or not); changed under
 *	pnet->lock, READ_ONCE
 */
struct psteer_prefixes {
	struct rhashtable table;
	u32 lengths[2][PSTEER_PREFIX_LEN_MOST + 1];
};

int psteer_prefixes_init(struct psteer_prefixes *prefixes);
void psteer_prefixes_exit(struct psteer_prefixes *prefixes);
int psteer_prefix_add(struct psteer_prefixes *prefixes,
		      struct psteer_prefix *prefix);
void psteer_prefix_del(struct psteer_prefixes *prefixes,
		       struct psteer_prefix *prefix);
struct psteer_prefix *
psteer_prefix_find_same(struct psteer_prefixes *prefixes,
			const struct psteer_prefix *prefix);
struct psteer_prefix *
psteer_prefix_find_rcu(struct psteer_prefixes *prefixes, u8 family,
		       const union nf_inet_addr *ip);
void psteer_prefix_mask(union nf_inet_addr *ip, u8 family, u8 len);
bool psteer_prefix_overlaps(const struct psteer_prefix *a,
			    const struct psteer_prefix *b);

static inline u8 psteer_prefix_len_most(u8 family)
{
	return family == AF_INET ? 32 : 128;
}

#endif
