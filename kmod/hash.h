/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hash of flows: multilinear, in pairs ("Strongly universal string hashing is
 * fast", Lemire and Kaser, 2014). Who does not know its keys can't tell which
 * flows meet, as with a hash that mixes, at a multiplication for two words.
 */
#ifndef PSTEER_HASH_H
#define PSTEER_HASH_H

#include <linux/build_bug.h>
#include <linux/hash.h>
#include <linux/types.h>

/* Two addresses of IPv6, ports and protocol, and one for the sum. */
#define PSTEER_HASH_KEYS	11

extern u64 psteer_hash_keys[PSTEER_HASH_KEYS];

void psteer_hash_init(void);

/* Two words, by two keys. */
static inline u64 psteer_hash_pair(const u64 *keys, u32 a, u32 b)
{
	return (keys[0] + a) * (keys[1] + b);
}

/* Ports that follow one another leave their steps in a sum: mixed once. */
static inline u32 psteer_hash_fold(u64 sum, u32 seed)
{
	sum ^= sum >> 32;
	return sum * (GOLDEN_RATIO_64 + 2ULL * seed) >> 32;
}

static inline u32 psteer_hash_ipv4(__be32 src, __be32 dst, u32 ports, u8 proto,
				   u32 seed)
{
	const u64 *keys = psteer_hash_keys;
	u64 sum = keys[0];

	sum += psteer_hash_pair(keys + 1, (__force u32)src, (__force u32)dst);
	sum += psteer_hash_pair(keys + 3, ports, proto);
	return psteer_hash_fold(sum, seed);
}

/* @addrs: both, one after the other */
static inline u32 psteer_hash_ipv6(const __be32 *addrs, u32 ports, u8 proto,
				   u32 seed)
{
	const u32 *words = (__force const u32 *)addrs;
	const u64 *keys = psteer_hash_keys;
	u64 sum = keys[0];

	sum += psteer_hash_pair(keys + 1, ports, proto);
	sum += psteer_hash_pair(keys + 3, words[0], words[1]);
	sum += psteer_hash_pair(keys + 5, words[2], words[3]);
	sum += psteer_hash_pair(keys + 7, words[4], words[5]);
	sum += psteer_hash_pair(keys + 9, words[6], words[7]);
	return psteer_hash_fold(sum, seed);
}

/* Of a type of keys, that psteer_hash_words() hashes all of one, and has keys for it. */
#define PSTEER_HASH_WORDS_FIT(type)					\
	static_assert(sizeof(type) % (2 * sizeof(u32)) == 0 &&		\
		      sizeof(type) / sizeof(u32) < PSTEER_HASH_KEYS)

/* For rhashtables with keys of whole words, an even number of them. */
static inline u32 psteer_hash_words(const void *data, u32 len, u32 seed)
{
	const u64 *keys = psteer_hash_keys;
	const u32 *words = data;
	u64 sum = keys[0];
	u32 i;

	for (i = 0; i < len / sizeof(u32); i += 2)
		sum += psteer_hash_pair(keys + 1 + i, words[i], words[i + 1]);
	return psteer_hash_fold(sum, seed);
}

#endif
