// SPDX-License-Identifier: GPL-2.0-or-later
/* The module's grants, as hosts and edges deal with them. */
#include "grants.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/portsteer.h>

#include "grow.h"
#include "kernel.h"
#include "log.h"

static int compare(const char *address, uint32_t first, const struct grant *to)
{
	int order = strcmp(address, to->address);

	if (order)
		return order;
	return first < to->first ? -1 : first > to->first;
}

static int compare_grants(const void *a, const void *b)
{
	const struct grant *grant = a;

	return compare(grant->address, grant->first, b);
}

static int compare_place(const void *a, const void *b)
{
	const struct cluster_grant *grant = a;

	return compare(grant->address, grant->first, b);
}

static void add(const struct record *r, void *arg)
{
	struct grants *grants = arg;
	int64_t epoch = record_number(r, PSTEER_A_GRANT_EPOCH);
	struct grant grant = {
		.first = record_number(r, PSTEER_A_GRANT_PORT_FIRST),
		.last = record_number(r, PSTEER_A_GRANT_PORT_LAST),
		.state = record_number(r, PSTEER_A_GRANT_STATE),
		.in_use = record_number(r, PSTEER_A_GRANT_IN_USE),
	};

	format_address(grant.address, record_address(r, PSTEER_A_GRANT_ADDRESS));
	if (record_has(r, PSTEER_A_GRANT_POOL))
		snprintf(grant.pool, sizeof(grant.pool), "%s",
			 record_text(r, PSTEER_A_GRANT_POOL));
	if (record_has(r, PSTEER_A_GRANT_HOST))
		format_address(grant.host,
			       record_address(r, PSTEER_A_GRANT_HOST));
	if (epoch > grants->epoch)
		grants->epoch = epoch;
	grants->list = grow(grants->list, grants->count, sizeof(grant));
	grants->list[grants->count++] = grant;
}

/**
 * grants_read() - all grants of the module
 * @kernel: module
 * @grants: filled; its epoch is raised only
 *
 * Return: false if it can't be asked.
 */
bool grants_read(struct kernel *kernel, struct grants *grants)
{
	struct refusal refusal;

	grants->list = NULL;
	grants->count = 0;
	if (kernel_list(kernel, &grant_object, NULL, add, grants, &refusal)) {
		grants_free(grants);
		return false;
	}
	if (grants->count)
		qsort(grants->list, grants->count, sizeof(*grants->list),
		      compare_grants);
	return true;
}

/**
 * grants_free() - forget them
 */
void grants_free(struct grants *grants)
{
	free(grants->list);
	grants->list = NULL;
	grants->count = 0;
}

/**
 * grants_find() - the module's grant of the same place as one of the cluster
 */
struct grant *grants_find(const struct grants *grants,
			  const struct cluster_grant *of)
{
	if (!grants->count)
		return NULL;
	return bsearch(of, grants->list, grants->count, sizeof(*grants->list),
		       compare_place);
}

/* What names it, and by whose word it is changed. */
static void fill_name(struct record *r, const struct grants *grants,
		      const struct grant *grant)
{
	struct address address;

	parse_address(grant->address, &address);
	record_add_address(r, PSTEER_A_GRANT_ADDRESS, &address);
	record_set_number(r, PSTEER_A_GRANT_PORT_FIRST, grant->first);
	record_set_number(r, PSTEER_A_GRANT_PORT_LAST, grant->last);
	record_set_number(r, PSTEER_A_GRANT_EPOCH, grants->epoch);
}

static void fill_host(struct record *r, const struct grant *grant)
{
	struct address address;

	if (!*grant->host)
		return;
	parse_address(grant->host, &address);
	record_add_address(r, PSTEER_A_GRANT_HOST, &address);
}

/* In use is what is to be expected; everything else somebody should know. */
static int act(struct kernel *kernel, uint8_t cmd, unsigned int role,
	       struct record *r, const struct grant *grant)
{
	struct refusal refusal;
	int ret = kernel_do(kernel, &grant_object, cmd, role, r, &refusal);

	if (ret && ret != -EBUSY)
		log_warning("the module refuses a change of the grant of ports %u-%u of %s: %s",
			    grant->first, grant->last, grant->address,
			    refusal.text);
	record_clear(r);
	return ret;
}

/**
 * grants_add() - add one, as it is described
 */
int grants_add(struct kernel *kernel, const struct grants *grants,
	       const struct grant *grant)
{
	struct record r = { 0 };

	fill_name(&r, grants, grant);
	fill_host(&r, grant);
	if (*grant->pool)
		record_set_text(&r, PSTEER_A_GRANT_POOL, grant->pool);
	record_set_number(&r, PSTEER_A_GRANT_STATE, grant->state);
	return act(kernel, PSTEER_CMD_GRANT_NEW, ROLE_ADD, &r, grant);
}

/**
 * grants_set() - change its state, and on an edge its host
 */
int grants_set(struct kernel *kernel, const struct grants *grants,
	       const struct grant *grant)
{
	struct record r = { 0 };

	fill_name(&r, grants, grant);
	fill_host(&r, grant);
	record_set_number(&r, PSTEER_A_GRANT_STATE, grant->state);
	return act(kernel, PSTEER_CMD_GRANT_SET, ROLE_SET, &r, grant);
}

/**
 * grants_del() - remove one
 * @kernel: module
 * @grants: for the epoch
 * @grant: which
 * @force: on a host: end the sessions that have ports of it
 */
int grants_del(struct kernel *kernel, const struct grants *grants,
	       const struct grant *grant, bool force)
{
	struct record r = { 0 };

	fill_name(&r, grants, grant);
	if (force)
		record_set_number(&r, PSTEER_A_GRANT_FORCE, 1);
	return act(kernel, PSTEER_CMD_GRANT_DEL, ROLE_DEL, &r, grant);
}
