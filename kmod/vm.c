// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMs: who they are and where. Their ports follow their demand in vm_demand.c,
 * their packets are let through in nat.c.
 */
#include <linux/slab.h>

#include "net.h"
#include "pool.h"
#include "range.h"
#include "session.h"
#include "vm.h"

/**
 * psteer_vms_init() - make a namespace ready for VMs
 * @pnet: namespace
 *
 * Return: 0 or a negative errno.
 */
int psteer_vms_init(struct psteer_net *pnet)
{
	INIT_LIST_HEAD(&pnet->vms);
	return psteer_prefixes_init(&pnet->vm_prefixes);
}

static void unfix_mappings(struct psteer_vm *vm)
{
	struct psteer_mapping *mapping, *next;

	rcu_read_lock();
	list_for_each_entry_safe(mapping, next, &vm->fixed, list)
		psteer_mapping_unfix(mapping);
	rcu_read_unlock();
}

/* No packet finds it any more, once RCU readers are gone. */
static void unlist_vm(struct psteer_vm *vm)
{
	WRITE_ONCE(vm->gone, true);
	psteer_prefix_del(&vm->pnet->vm_prefixes, &vm->prefix);
	list_del(&vm->list);
	vm->pnet->generation++;
	unfix_mappings(vm);
}

/* Without sessions, and so without mappings, no port of it is in use. */
static void clear_vm(struct psteer_vm *vm)
{
	WARN_ON_ONCE(!psteer_range_release(&vm->owner, true));
	vm->owner.pool->vms--;
}

static void free_vm(struct psteer_vm *vm)
{
	free_percpu(vm->traffic);
	kfree(vm);
}

/**
 * psteer_vms_exit() - free all VMs of a namespace
 * @pnet: namespace, without hooks, garbage collection and sessions
 *
 * Context: process.
 */
void psteer_vms_exit(struct psteer_net *pnet)
{
	struct psteer_vm *vm, *next;

	mutex_lock(&pnet->lock);
	list_for_each_entry_safe(vm, next, &pnet->vms, list) {
		unlist_vm(vm);
		clear_vm(vm);
		free_vm(vm);
	}
	mutex_unlock(&pnet->lock);
	psteer_prefixes_exit(&pnet->vm_prefixes);
}

static void apply_params(struct psteer_vm *vm,
			 const struct psteer_vm_params *params)
{
	WRITE_ONCE(vm->min, params->min);
	WRITE_ONCE(vm->max, params->max);
	WRITE_ONCE(vm->policy, params->policy);
	WRITE_ONCE(vm->filtering, params->filtering);
	WRITE_ONCE(vm->max_sessions, params->max_sessions);
	if (!params->ports)
		return;
	spin_lock_bh(&vm->lock);
	psteer_demand_init(&vm->demand, params->ports);
	spin_unlock_bh(&vm->lock);
}

/**
 * psteer_vm_add() - add a VM
 * @pnet: namespace
 * @params: checked: a new name, no overlap, bounds that fit
 *
 * It gets its first ranges from psteer_vms_tend().
 *
 * Context: process, under pnet->lock.
 * Return: the VM, or ERR_PTR(-ENOMEM or what the table says).
 */
struct psteer_vm *psteer_vm_add(struct psteer_net *pnet,
				const struct psteer_vm_params *params)
{
	struct psteer_vm *vm;
	int err = -ENOMEM;

	lockdep_assert_held(&pnet->lock);
	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		return ERR_PTR(-ENOMEM);
	vm->traffic = alloc_percpu_gfp(struct psteer_traffic,
				       GFP_KERNEL_ACCOUNT);
	if (!vm->traffic)
		goto err_free;
	vm->pnet = pnet;
	strscpy(vm->name, params->name, sizeof(vm->name));
	vm->prefix = params->prefix;
	vm->share = PSTEER_PORTS;
	vm->sampled_at = jiffies;
	INIT_LIST_HEAD(&vm->fixed);
	spin_lock_init(&vm->lock);
	psteer_owner_init(&vm->owner, PSTEER_OWNER_VM, params->pool);
	apply_params(vm, params);
	err = psteer_prefix_add(&pnet->vm_prefixes, &vm->prefix);
	if (err)
		goto err_free;
	vm->id = ++pnet->next_id;
	list_add_tail(&vm->list, &pnet->vms);
	params->pool->vms++;
	pnet->generation++;
	return vm;

err_free:
	free_vm(vm);
	return ERR_PTR(err);
}

/**
 * psteer_vm_set() - change what may be changed of a VM
 * @vm: VM
 * @params: checked; its name, prefix and pool are not looked at
 *
 * Context: process, under pnet->lock.
 */
void psteer_vm_set(struct psteer_vm *vm, const struct psteer_vm_params *params)
{
	lockdep_assert_held(&vm->pnet->lock);
	apply_params(vm, params);
	vm->pnet->generation++;
}

static bool is_of_vm(const struct psteer_session *session, const void *ctx)
{
	return psteer_session_is_vms(session) && session->mapping->vm == ctx;
}

/**
 * psteer_vm_del() - remove a VM with its sessions
 * @vm: VM
 *
 * Context: process, under pnet->lock; waits for RCU readers.
 */
void psteer_vm_del(struct psteer_vm *vm)
{
	struct psteer_net *pnet = vm->pnet;

	lockdep_assert_held(&pnet->lock);
	unlist_vm(vm);
	do {
		/* Packets inside still open sessions, or are ending them. */
		synchronize_rcu();
		psteer_sessions_end(pnet, is_of_vm, vm, PSTEER_END_REMOVED);
	} while (atomic_read(&vm->mappings));
	clear_vm(vm);
	/* Packets and dumps may be looking at its owner and its mappings. */
	synchronize_rcu();
	free_vm(vm);
}

/**
 * psteer_vm_find() - find a VM by name
 * @pnet: namespace
 * @name: name
 *
 * Context: process, under pnet->lock.
 * Return: the VM, valid while the lock is held, or NULL.
 */
struct psteer_vm *psteer_vm_find(struct psteer_net *pnet, const char *name)
{
	struct psteer_vm *vm;

	lockdep_assert_held(&pnet->lock);
	list_for_each_entry(vm, &pnet->vms, list)
		if (!strcmp(vm->name, name))
			return vm;
	return NULL;
}

/**
 * psteer_vm_find_rcu() - find the VM that has an address
 * @pnet: namespace
 * @family: of @ip
 * @ip: address
 *
 * Context: RCU read side.
 * Return: the VM, or NULL.
 */
struct psteer_vm *psteer_vm_find_rcu(struct psteer_net *pnet, u8 family,
				     const union nf_inet_addr *ip)
{
	struct psteer_prefix *prefix;

	prefix = psteer_prefix_find_rcu(&pnet->vm_prefixes, family, ip);
	return prefix ? container_of(prefix, struct psteer_vm, prefix) : NULL;
}

/**
 * psteer_vm_overlap() - find a VM that has some of these addresses already
 * @pnet: namespace
 * @prefix: addresses
 *
 * Context: process, under pnet->lock.
 * Return: such a VM, valid while the lock is held, or NULL.
 */
const struct psteer_vm *psteer_vm_overlap(struct psteer_net *pnet,
					  const struct psteer_prefix *prefix)
{
	const struct psteer_vm *vm;

	lockdep_assert_held(&pnet->lock);
	list_for_each_entry(vm, &pnet->vms, list)
		if (psteer_prefix_overlaps(&vm->prefix, prefix))
			return vm;
	return NULL;
}

/**
 * psteer_vm_full() - has a VM as many sessions as it may, or is it going
 * @vm: VM
 * @inbound: of those that others begin; they leave a quarter to the VM itself
 *
 * Context: RCU read side.
 */
bool psteer_vm_full(const struct psteer_vm *vm, bool inbound)
{
	u32 most = READ_ONCE(vm->max_sessions);

	if (inbound)
		most -= most / 4;
	return READ_ONCE(vm->gone) ||
	       (most && atomic_read(&vm->sessions) >= most);
}
