// SPDX-License-Identifier: GPL-2.0-only
/*
 * Garbage collection: a little at a time, what time alone brings about. Expired
 * sessions end, idle ranges shrink, idle clients go, hold times end, VMs' ranges
 * follow their demand, and the mean of what servers report is computed anew as
 * reports grow old.
 */
#include <linux/workqueue.h>

#include "client.h"
#include "gc.h"
#include "grant.h"
#include "hook.h"
#include "net.h"
#include "pool.h"
#include "range.h"
#include "service.h"
#include "session.h"
#include "vm.h"

#define GC_PERIOD	(HZ / 2)
/* A table is looked through once in so many periods, small ones in each. */
#define GC_PERIODS	16
#define GC_BUDGET_LEAST	4096

static u32 budget_of(const atomic_t *count)
{
	return max(atomic_read(count) / GC_PERIODS, GC_BUDGET_LEAST);
}

/* False if there is nothing more to tend till a pool or a grant is added. */
static bool tend_config(struct psteer_net *pnet)
{
	struct psteer_service *service;
	struct psteer_pool *pool;
	bool more;
	u32 calm_ms;

	mutex_lock(&pnet->lock);
	rcu_read_lock();
	calm_ms = psteer_config_rcu(pnet)->value[PSTEER_A_CONFIG_RANGE_IDLE];
	list_for_each_entry(pool, &pnet->pools, list) {
		psteer_range_shrink(&pool->probation, 0,
				    msecs_to_jiffies(calm_ms));
		psteer_pool_end_holds(pool);
	}
	list_for_each_entry(service, &pnet->services, list)
		psteer_service_refresh(service);
	rcu_read_unlock();
	psteer_vms_tend(pnet);
	psteer_grants_tend(pnet);
	psteer_hooks_settle(pnet);
	more = !list_empty(&pnet->pools) || !list_empty(&pnet->grants);
	mutex_unlock(&pnet->lock);
	return more;
}

static void collect(struct work_struct *work)
{
	struct psteer_net *pnet = container_of(to_delayed_work(work),
					       struct psteer_net, gc);

	psteer_sessions_end_expired(pnet, budget_of(&pnet->sessions_count));
	psteer_clients_tend(pnet, budget_of(&pnet->clients_count));
	if (tend_config(pnet))
		psteer_gc_start(pnet);
}

/**
 * psteer_gc_init() - make a namespace ready for garbage collection
 * @pnet: namespace
 */
void psteer_gc_init(struct psteer_net *pnet)
{
	INIT_DELAYED_WORK(&pnet->gc, collect);
}

/**
 * psteer_gc_start() - begin to collect, if that has not begun
 * @pnet: namespace with a pool or a grant; collecting ends with the last
 */
void psteer_gc_start(struct psteer_net *pnet)
{
	queue_delayed_work(system_power_efficient_wq, &pnet->gc, GC_PERIOD);
}

/**
 * psteer_gc_stop() - collect no more
 * @pnet: namespace
 *
 * Context: process, without pnet->lock; waits for a run in progress.
 */
void psteer_gc_stop(struct psteer_net *pnet)
{
	cancel_delayed_work_sync(&pnet->gc);
}
