/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_EXEMPT_H
#define PSTEER_EXEMPT_H

#include <linux/list.h>

#include "prefix.h"

struct psteer_net;

/**
 * struct psteer_exempt - where VMs' packets go untranslated
 * @list: in pnet->exempts
 * @id: rises with creation
 * @prefix: addresses, in pnet->exempt_prefixes
 * @rcu: for freeing it
 */
struct psteer_exempt {
	struct list_head list;
	u32 id;
	struct psteer_prefix prefix;
	struct rcu_head rcu;
};

int psteer_exempts_init(struct psteer_net *pnet);
void psteer_exempts_exit(struct psteer_net *pnet);
int psteer_exempt_add(struct psteer_net *pnet,
		      const struct psteer_prefix *prefix);
void psteer_exempt_del(struct psteer_net *pnet, struct psteer_exempt *exempt);
struct psteer_exempt *psteer_exempt_find(struct psteer_net *pnet,
					 const struct psteer_prefix *prefix);

#endif
