/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host of a cluster, as its files see it. */
#ifndef PORTSTEER_HOST_H
#define PORTSTEER_HOST_H

#include "cluster.h"
#include "grants.h"
#include "kernel.h"
#include "presence.h"

/* Chunks that an ask names as easy to leave. */
#define IDLE_MOST	8

/**
 * struct need - of one pool, in ports
 * @pool: its name
 * @block: ports of its blocks
 * @vms: that its VMs should have
 * @least: that they can't do without
 * @held: that wait out their hold time, and are of no use
 * @plenty_since: since when we have had more than we want, by clock_ms(); 0: we
 *	haven't
 * @asked: when the ask was last changed
 */
struct need {
	const char *pool;
	uint32_t block;
	uint64_t vms;
	uint64_t least;
	uint64_t held;
	int64_t plenty_since;
	int64_t asked;
};

/**
 * struct host - a gateway with VMs, whose ports come by grants
 * @cluster: its place
 * @settings: its section
 * @kernel: module
 * @watch: of ranges
 * @soon: timer: they have changed
 * @presence: key that says we are there
 * @grants: of the module, while settling; the epoch stays
 * @needs: of each pool
 * @nneeds: of @needs
 * @measured: when they were measured
 * @added: grants put into the module
 * @left: grants that drained and went
 * @lost: grants that others had got, with the sessions in them
 */
struct host {
	struct cluster *cluster;
	const struct host_settings *settings;
	struct kernel *kernel;
	struct kernel_watch watch;
	struct event *soon;
	struct presence presence;
	struct grants grants;
	struct need *needs;
	size_t nneeds;
	int64_t measured;
	uint64_t added;
	uint64_t left;
	uint64_t lost;
};

/* What is needed by now; false: the module can't be asked. */
bool host_measure(struct host *h);
/* Ports to have of a pool: what is needed, and something ahead of it. */
uint32_t host_wants(const struct host *h, const struct need *need);
/* In settle(): ask for what is wanted, give back what has long been too much. */
void host_ask(struct host *h);

bool host_is_ours(const struct host *h, const struct cluster_grant *grant);
/* Submits another phase of one of our grants. */
bool host_change(struct host *h, const struct cluster_grant *grant,
		 enum grant_phase phase);

#endif
