/* SPDX-License-Identifier: GPL-2.0-only */
/* Random numbers, the same for the same seed on every machine. */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <math.h>

#include <linux/types.h>

/* splitmix64 */
static inline u64 random_bits(u64 *random)
{
	u64 z = *random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* A stream of its own for each @purpose and @index. */
static inline u64 random_stream(u64 seed, u32 purpose, u32 index)
{
	u64 random = seed ^ ((u64)purpose << 56) ^ ((u64)index << 24);

	random_bits(&random);
	return random_bits(&random);
}

/* 0 up to, but not, 1. */
static inline double random_share(u64 *random)
{
	return (double)(random_bits(random) >> 11) / (1ULL << 53);
}

static inline u32 random_below(u64 *random, u32 n)
{
	return ((random_bits(random) >> 32) * n) >> 32;
}

static inline double random_between(u64 *random, double low, double high)
{
	return low + random_share(random) * (high - low);
}

static inline double random_exponential(u64 *random, double mean)
{
	return -mean * log(1 - random_share(random));
}

/* Nearly normal: the sum of twelve. */
static inline double random_normal(u64 *random, double deviation)
{
	double sum = -6;
	int i;

	for (i = 0; i < 12; i++)
		sum += random_share(random);
	return sum * deviation;
}

/* How many of what happens by chance, @mean times on the average. */
static inline u32 random_count(u64 *random, double mean)
{
	double left = exp(-mean), product = random_share(random);
	u32 count = 0;

	if (mean > 30)
		return fmax(mean + 0.5 + random_normal(random, sqrt(mean)), 0);
	while (product > left) {
		product *= random_share(random);
		count++;
	}
	return count;
}

#endif
