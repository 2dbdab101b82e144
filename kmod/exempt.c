// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exempts: destinations that VMs reach by their own addresses.
 */
#include <linux/slab.h>

#include "exempt.h"
#include "net.h"

/**
 * psteer_exempts_init() - make a namespace ready for exempts
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_exempts_init(struct psteer_net *pnet)
{
	INIT_LIST_HEAD(&pnet->exempts);
	return psteer_prefixes_init(&pnet->exempt_prefixes);
}

/**
 * psteer_exempts_exit() - free all exempts of a namespace
 * @pnet: namespace, without hooks
 *
 * Context: process.
 */
void psteer_exempts_exit(struct psteer_net *pnet)
{
	struct psteer_exempt *exempt, *next;

	mutex_lock(&pnet->lock);
	list_for_each_entry_safe(exempt, next, &pnet->exempts, list)
		psteer_exempt_del(pnet, exempt);
	mutex_unlock(&pnet->lock);
	psteer_prefixes_exit(&pnet->exempt_prefixes);
}

/**
 * psteer_exempt_add() - let VMs' packets to a prefix go untranslated
 * @pnet: namespace
 * @prefix: prefix, masked, not an exempt yet
 *
 * Context: process, under pnet->lock.
 * Return: 0, -ENOMEM or what the table says.
 */
int psteer_exempt_add(struct psteer_net *pnet,
		      const struct psteer_prefix *prefix)
{
	struct psteer_exempt *exempt;
	int err;

	lockdep_assert_held(&pnet->lock);
	exempt = kzalloc(sizeof(*exempt), GFP_KERNEL_ACCOUNT);
	if (!exempt)
		return -ENOMEM;
	exempt->prefix = *prefix;
	err = psteer_prefix_add(&pnet->exempt_prefixes, &exempt->prefix);
	if (err) {
		kfree(exempt);
		return err;
	}
	exempt->id = ++pnet->next_id;
	list_add_tail(&exempt->list, &pnet->exempts);
	pnet->generation++;
	return 0;
}

/**
 * psteer_exempt_del() - undo psteer_exempt_add()
 * @pnet: namespace
 * @exempt: exempt
 *
 * Context: process, under pnet->lock.
 */
void psteer_exempt_del(struct psteer_net *pnet, struct psteer_exempt *exempt)
{
	lockdep_assert_held(&pnet->lock);
	psteer_prefix_del(&pnet->exempt_prefixes, &exempt->prefix);
	list_del(&exempt->list);
	pnet->generation++;
	kfree_rcu(exempt, rcu);
}

/**
 * psteer_exempt_find() - find the exempt of a prefix
 * @pnet: namespace
 * @prefix: prefix, masked
 *
 * Context: process, under pnet->lock.
 * Return: the exempt, or NULL.
 */
struct psteer_exempt *psteer_exempt_find(struct psteer_net *pnet,
					 const struct psteer_prefix *prefix)
{
	struct psteer_prefix *same;

	lockdep_assert_held(&pnet->lock);
	same = psteer_prefix_find_same(&pnet->exempt_prefixes, prefix);
	return same ? container_of(same, struct psteer_exempt, prefix) : NULL;
}
