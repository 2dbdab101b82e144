/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The central port manager, as its files see it: who leads, how a grant goes on from
 * phase to phase, and who gets the next one.
 */
#ifndef PORTSTEER_MANAGER_H
#define PORTSTEER_MANAGER_H

#include "absent.h"
#include "cluster.h"

/**
 * struct manager - one that may lead
 * @cluster: its place
 * @settings: its section
 * @epoch: we lead, since this revision; 0: we don't
 * @told_epoch: whose it is that others lead was said
 * @hosts: those who have grants, and are not there
 * @edges: those who have said that they know grants, and are not there
 * @given: grants made
 * @taken: grants taken back for the sake of others
 * @fenced: grants of hosts that were away too long
 * @led: how often we have come to lead
 */
struct manager {
	struct cluster *cluster;
	const struct manager_settings *settings;
	int64_t epoch;
	int64_t told_epoch;
	struct absent hosts;
	struct absent edges;
	uint64_t given;
	uint64_t taken;
	uint64_t fenced;
	uint64_t led;
};

/* The section pools, if it is there. */
const struct settings *pools_wanted(void);

/* A transaction that is void if we don't lead any more. */
json_t *manager_txn(const struct manager *m);

/* Submits what a grant is to be from now on. False: not in this round. */
bool manager_change(struct manager *m, const struct cluster_grant *grant,
		    enum grant_phase phase);

const char *manager_via(const struct keys *keys, const char *host,
			const char *address);

void manager_tend_grants(struct manager *m);
void manager_plan(struct manager *m);

#endif
