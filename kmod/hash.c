// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keys of the hash of flows.
 */
#include <linux/cache.h>
#include <linux/random.h>

#include "hash.h"

u64 psteer_hash_keys[PSTEER_HASH_KEYS] __ro_after_init;

/**
 * psteer_hash_init() - draw the keys, if that was not done yet
 *
 * Some kernels run unit tests before the module begins.
 *
 * Context: process, before anything is hashed.
 */
void psteer_hash_init(void)
{
	static bool drawn __ro_after_init;

	if (drawn)
		return;
	get_random_bytes(psteer_hash_keys, sizeof(psteer_hash_keys));
	drawn = true;
}
