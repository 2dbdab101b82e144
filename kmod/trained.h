/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_TRAINED_H
#define PSTEER_TRAINED_H

#include <linux/rcupdate.h>

#include <linux/portsteer.h>

#include "model.h"

struct psteer_net;
struct psteer_service;

/**
 * struct psteer_trained - a model that was loaded; it never changes
 * @rcu: for freeing it
 * @name: what its file calls it
 * @model: the model
 */
struct psteer_trained {
	struct rcu_head rcu;
	char name[PSTEER_NAME_MAX + 1];
	struct psteer_model model;
};

const struct psteer_trained *
psteer_trained_locked(const struct psteer_net *pnet,
		      const struct psteer_service *service);
void psteer_trained_put(struct psteer_net *pnet, struct psteer_service *service,
			struct psteer_trained *trained);
bool psteer_trained_forecast_rcu(const struct psteer_service *service,
				 const struct psteer_model_history *history,
				 u32 horizon_ms, u32 *load);

#endif
