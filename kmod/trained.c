// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trained models in force: one for all services, and one for each service that
 * has its own.
 */
#include <linux/slab.h>

#include "net.h"
#include "service.h"
#include "trained.h"

static struct psteer_trained __rcu **place(struct psteer_net *pnet,
					   struct psteer_service *service)
{
	return service ? &service->trained : &pnet->trained;
}

/**
 * psteer_trained_locked() - the model that was loaded for a service, or for all
 * @pnet: namespace
 * @service: service, or NULL for the one of all
 *
 * Context: process, under pnet->lock.
 * Return: the model, valid while the lock is held, or NULL.
 */
const struct psteer_trained *
psteer_trained_locked(const struct psteer_net *pnet,
		      const struct psteer_service *service)
{
	return rcu_dereference_protected(*place((struct psteer_net *)pnet,
						(struct psteer_service *)service),
					 lockdep_is_held(&pnet->lock));
}

/**
 * psteer_trained_put() - put a model in the place of what is there
 * @pnet: namespace
 * @service: service, or NULL for all
 * @trained: from kmalloc(), owned from now on, or NULL to unload it
 *
 * Context: process, under pnet->lock.
 */
void psteer_trained_put(struct psteer_net *pnet, struct psteer_service *service,
			struct psteer_trained *trained)
{
	struct psteer_trained *old;

	lockdep_assert_held(&pnet->lock);
	old = rcu_replace_pointer(*place(pnet, service), trained,
				  lockdep_is_held(&pnet->lock));
	if (old)
		kfree_rcu(old, rcu);
	pnet->generation++;
}

/**
 * psteer_trained_forecast_rcu() - what the model of a service expects of a server
 * @service: its service
 * @history: reports of the server, at least one
 * @horizon_ms: how far ahead; a model for another horizon says nothing
 * @load: set to the load at the newest report's time + @horizon_ms, a share
 *
 * Context: RCU read side; the caller serialises @history.
 * Return: false if there is no such forecast.
 */
bool psteer_trained_forecast_rcu(const struct psteer_service *service,
				 const struct psteer_model_history *history,
				 u32 horizon_ms, u32 *load)
{
	const struct psteer_trained *trained;

	trained = rcu_dereference(service->trained) ?:
		  rcu_dereference(service->pnet->trained);
	return trained && trained->model.horizon_ms == horizon_ms &&
	       psteer_model_forecast(&trained->model, history, load);
}
