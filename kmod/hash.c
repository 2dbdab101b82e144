// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keys of the hash of flows.
 */
#include <linux/cache.h>
#include <linux/random.h>

#include "hash.h"

u64 psteer_hash_keys[PSTEER_HASH_KEYS] __ro_after_init;

/**
 * psteer_hash_init() - draw the keys
 *
 * Context: process, once, before anything is hashed.
 */
void __init psteer_hash_init(void)
{
	get_random_bytes(psteer_hash_keys, sizeof(psteer_hash_keys));
}
