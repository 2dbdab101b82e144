// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefixes: one hash table, asked once for each length that is in use. There are
 * few of those, and where there is none a packet asks nothing.
 */
#include "prefix.h"

/**
 * struct prefix_key - what names a prefix
 * @ip: as in struct psteer_prefix
 * @family: likewise
 * @len: likewise
 */
struct prefix_key {
	union nf_inet_addr ip;
	u8 family;
	u8 len;
};

#define KEY_LEN	offsetofend(struct prefix_key, len)

static_assert(offsetof(struct psteer_prefix, len) -
	      offsetof(struct psteer_prefix, ip) ==
	      offsetof(struct prefix_key, len));

static const struct rhashtable_params prefix_params = {
	.head_offset = offsetof(struct psteer_prefix, node),
	.key_offset = offsetof(struct psteer_prefix, ip),
	.key_len = KEY_LEN,
	.automatic_shrinking = true,
};

/**
 * psteer_prefixes_init() - make a table of prefixes
 * @prefixes: filled in
 *
 * Return: 0 or a negative errno.
 */
int psteer_prefixes_init(struct psteer_prefixes *prefixes)
{
	memset(prefixes->lengths, 0, sizeof(prefixes->lengths));
	return rhashtable_init(&prefixes->table, &prefix_params);
}

/**
 * psteer_prefixes_exit() - undo psteer_prefixes_init()
 * @prefixes: table without prefixes
 */
void psteer_prefixes_exit(struct psteer_prefixes *prefixes)
{
	rhashtable_destroy(&prefixes->table);
}

static u32 *length_count(struct psteer_prefixes *prefixes, u8 family, u8 len)
{
	return &prefixes->lengths[family == AF_INET6][len];
}

/**
 * psteer_prefix_add() - add a prefix
 * @prefixes: table
 * @prefix: prefix, masked by psteer_prefix_mask()
 *
 * Context: process, under pnet->lock.
 * Return: 0, -EEXIST, or what the table says.
 */
int psteer_prefix_add(struct psteer_prefixes *prefixes,
		      struct psteer_prefix *prefix)
{
	u32 *count = length_count(prefixes, prefix->family, prefix->len);
	int err = rhashtable_lookup_insert_fast(&prefixes->table,
						&prefix->node, prefix_params);

	if (!err)
		WRITE_ONCE(*count, *count + 1);
	return err;
}

/**
 * psteer_prefix_del() - take a prefix out; readers may still see it
 * @prefixes: table
 * @prefix: prefix
 *
 * Context: process, under pnet->lock.
 */
void psteer_prefix_del(struct psteer_prefixes *prefixes,
		       struct psteer_prefix *prefix)
{
	u32 *count = length_count(prefixes, prefix->family, prefix->len);

	rhashtable_remove_fast(&prefixes->table, &prefix->node, prefix_params);
	WRITE_ONCE(*count, *count - 1);
}

/**
 * psteer_prefix_mask() - clear what is behind a prefix
 * @ip: address
 * @family: AF_INET or AF_INET6
 * @len: length of the prefix
 */
void psteer_prefix_mask(union nf_inet_addr *ip, u8 family, u8 len)
{
	struct in6_addr whole = ip->in6;

	if (family == AF_INET)
		ip->ip &= len ? htonl(~0U << (32 - len)) : 0;
	else
		ipv6_addr_prefix(&ip->in6, &whole, len);
}

/**
 * psteer_prefix_find_same() - find one particular prefix
 * @prefixes: table
 * @prefix: prefix, masked by psteer_prefix_mask()
 *
 * Context: process, under pnet->lock.
 * Return: the prefix in the table that is the same, or NULL.
 */
struct psteer_prefix *
psteer_prefix_find_same(struct psteer_prefixes *prefixes,
			const struct psteer_prefix *prefix)
{
	struct prefix_key key = {
		.ip = prefix->ip,
		.family = prefix->family,
		.len = prefix->len,
	};

	return rhashtable_lookup_fast(&prefixes->table, &key, prefix_params);
}

/**
 * psteer_prefix_find_rcu() - find the longest prefix of an address
 * @prefixes: table
 * @family: of @ip
 * @ip: address
 *
 * Context: RCU read side.
 * Return: the prefix, or NULL.
 */
struct psteer_prefix *
psteer_prefix_find_rcu(struct psteer_prefixes *prefixes, u8 family,
		       const union nf_inet_addr *ip)
{
	struct psteer_prefix *prefix = NULL;
	int len;

	if (!atomic_read(&prefixes->table.nelems))
		return NULL;
	for (len = psteer_prefix_len_most(family); len >= 0 && !prefix; len--) {
		struct prefix_key key = { .family = family, .len = len };

		if (!READ_ONCE(*length_count(prefixes, family, len)))
			continue;
		key.ip = *ip;
		psteer_prefix_mask(&key.ip, family, len);
		prefix = rhashtable_lookup(&prefixes->table, &key,
					   prefix_params);
	}
	return prefix;
}

/**
 * psteer_prefix_overlaps() - do two prefixes have an address in common
 * @a: prefix
 * @b: prefix
 */
bool psteer_prefix_overlaps(const struct psteer_prefix *a,
			    const struct psteer_prefix *b)
{
	const struct psteer_prefix *wide = a->len < b->len ? a : b;
	union nf_inet_addr ip = wide == a ? b->ip : a->ip;

	if (a->family != b->family)
		return false;
	psteer_prefix_mask(&ip, wide->family, wide->len);
	return psteer_addr_equal(&ip, &wide->ip);
}
