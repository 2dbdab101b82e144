/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges by doubling, as in the dynamic port allocation of Google's Cloud NAT:
 * twice the ports when nearly all are in use, half of them when they have not
 * been needed for a while.
 */
#ifndef SIM_DOUBLING_H
#define SIM_DOUBLING_H

#include <linux/types.h>

#define DOUBLING_LEAST	64U

/**
 * struct doubling - one VM's range
 * @ports: ports it has, a power of two
 * @idle: samples in a row in which half of them would have done
 */
struct doubling {
	u32 ports;
	u32 idle;
};

/* More at once, as soon as more than four fifths are in use. */
static inline void doubling_grow(struct doubling *d, u32 in_use)
{
	while (5ULL * in_use > 4ULL * d->ports)
		d->ports *= 2;
}

/* A sample; half as many after @patience of them. */
static inline void doubling_sample(struct doubling *d, u32 in_use, u32 patience)
{
	if (d->ports <= DOUBLING_LEAST || 5ULL * in_use > 2ULL * d->ports) {
		d->idle = 0;
	} else if (++d->idle >= patience) {
		d->ports /= 2;
		d->idle = 0;
	}
}

#endif
