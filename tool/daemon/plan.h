/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who should have how many chunks: pure numbers, calls nobody. Everyone's minimum
 * first, then max-min fair by what is wanted, as a host does among its VMs.
 */
#ifndef PORTSTEER_PLAN_H
#define PORTSTEER_PLAN_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct plan_host - a host that may be given more of a pool, or less; in chunks
 * @want: as it says
 * @least: of these it can't do without
 * @has: that are its own, those on their way to it included
 * @target: set: what it should have in the end
 * @give: set: so many more it gets now
 * @take: set: so many of @has it has to leave
 */
struct plan_host {
	uint32_t want;
	uint32_t least;
	uint32_t has;
	uint32_t target;
	uint32_t give;
	uint32_t take;
};

/*
 * @free_now: chunks that can be given now. @coming: those that somebody is leaving, or
 * that wait until they may be given again.
 */
void plan(struct plan_host *hosts, size_t count, uint32_t free_now,
	  uint32_t coming);

#endif
