/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_TRAFFIC_H
#define PSTEER_TRAFFIC_H

#include <linux/percpu.h>
#include <linux/types.h>

/**
 * struct psteer_traffic - what has passed, on one CPU or in all
 * @packets: both ways
 * @bytes: both ways
 */
struct psteer_traffic {
	u64 packets;
	u64 bytes;
};

/* Context: softirq or bottom halves off; counts on this CPU. */
static inline void psteer_traffic_count(struct psteer_traffic __percpu *traffic,
					u32 bytes)
{
	this_cpu_inc(traffic->packets);
	this_cpu_add(traffic->bytes, bytes);
}

/* Counts that arrive meanwhile may or may not be in it. */
static inline struct psteer_traffic
psteer_traffic_sum(const struct psteer_traffic __percpu *traffic)
{
	struct psteer_traffic sum = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct psteer_traffic *t = per_cpu_ptr(traffic, cpu);

		sum.packets += READ_ONCE(t->packets);
		sum.bytes += READ_ONCE(t->bytes);
	}
	return sum;
}

#endif
