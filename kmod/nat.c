// SPDX-License-Identifier: GPL-2.0-only
/*
 * NAT for VMs: what is decided for a packet to or from one that has no session.
 */
#include <linux/random.h>

#include "admit.h"
#include "listen.h"
#include "mapping.h"
#include "nat.h"
#include "net.h"
#include "peer.h"
#include "pool.h"
#include "range.h"
#include "session.h"
#include "steer.h"
#include "use.h"
#include "vm.h"

/* Tries before a first packet that keeps losing races is dropped. */
#define TRIES	8

static enum psteer_stat reason_of(int err)
{
	switch (err) {
	case -ENOSPC:
		return PSTEER_STAT_NO_PORT;
	case -EAGAIN:
	case -EEXIST:
		return PSTEER_STAT_SESSION_RACE;
	default:
		return PSTEER_STAT_NO_MEMORY;
	}
}

static bool is_unicast(u8 family, const union nf_inet_addr *ip)
{
	if (family == AF_INET)
		return !ipv4_is_multicast(ip->ip) && !ipv4_is_lbcast(ip->ip) &&
		       !ipv4_is_zeronet(ip->ip) && !ipv4_is_loopback(ip->ip) &&
		       !ipv4_is_linklocal_169(ip->ip);
	return ipv6_addr_type(&ip->in6) & IPV6_ADDR_UNICAST &&
	       !(ipv6_addr_type(&ip->in6) & IPV6_ADDR_LINKLOCAL);
}

/* The VM that has a mapping's port, as it may be reached through it. */
static bool is_vms_port(struct psteer_net *pnet, u8 family,
			const union nf_inet_addr *ip, __be16 port)
{
	struct psteer_owner *owner;

	owner = psteer_pool_port_owner_rcu(pnet, family, ip, port);
	return owner && owner->type == PSTEER_OWNER_VM;
}

/* Does a VM reach this without being translated: in here, or by decision? */
static bool is_near(struct psteer_net *pnet, u8 family,
		    const union nf_inet_addr *dst)
{
	return !is_unicast(family, dst) ||
	       psteer_vm_find_rcu(pnet, family, dst) ||
	       psteer_prefix_find_rcu(&pnet->exempt_prefixes, family, dst) ||
	       psteer_listen_is_local(pnet->net, family, dst);
}

/* -EAGAIN: another CPU took what there was: look again. */
static int pick_port(struct psteer_vm *vm, const struct psteer_packet *pkt,
		     struct psteer_pick *pick)
{
	u32 towards = PSTEER_TOWARDS_ALL(pkt->key.proto);
	int err = psteer_range_pick(vm->pnet, &vm->owner, towards,
				    ntohs(pkt->key.sport), get_random_u32(),
				    pick);

	if (!err)
		psteer_vm_ahead(vm, towards);
	if (err != -ENOSPC)
		return err;
	return psteer_vm_more(vm) ? -EAGAIN : -ENOSPC;
}

static struct psteer_mapping *
new_mapping(struct psteer_vm *vm, const struct psteer_mapping_key *inside,
	    const struct psteer_packet *pkt)
{
	struct psteer_mapping *mapping;
	struct psteer_pick pick;
	bool added;
	int err;

	err = pick_port(vm, pkt, &pick);
	if (err)
		return ERR_PTR(err);
	mapping = psteer_mapping_add(vm, inside, &pick, &added);
	if (!added)
		psteer_range_put_pick(&pick);
	return mapping;
}

/* The mapping of where a packet comes from, with a session counted. */
static struct psteer_mapping *get_mapping(struct psteer_vm *vm,
					  const struct psteer_packet *pkt)
{
	struct psteer_mapping_key inside = {
		.ip = pkt->key.src,
		.port = pkt->key.sport,
		.proto = pkt->key.proto,
		.family = pkt->key.family,
		.side = PSTEER_SIDE_INSIDE,
	};
	struct psteer_mapping *mapping;
	u32 tries = 0;

	do {
		mapping = psteer_mapping_find_rcu(vm->pnet, &inside);
		if (mapping && !psteer_mapping_get(mapping))
			mapping = ERR_PTR(-EAGAIN);
		else if (!mapping)
			mapping = new_mapping(vm, &inside, pkt);
	} while (mapping == ERR_PTR(-EAGAIN) && ++tries < TRIES);
	return mapping;
}

static struct psteer_session *
open_session(struct psteer_net *pnet, const struct psteer_session_params *params,
	     enum psteer_stat *reason)
{
	struct psteer_session *session;
	u32 tries = 0;
	bool opened;

	do {
		session = psteer_session_open(pnet, params, &opened);
	} while (session == ERR_PTR(-EAGAIN) && ++tries < TRIES);
	psteer_mapping_put(params->mapping);
	if (IS_ERR(session)) {
		*reason = reason_of(PTR_ERR(session));
		return NULL;
	}
	if (!opened)
		psteer_count(pnet, PSTEER_STAT_SESSION_RACE);
	return session;
}

static struct psteer_session *outbound(struct psteer_vm *vm,
				       const struct psteer_packet *pkt,
				       bool hairpin, enum psteer_stat *reason)
{
	struct psteer_session_params params = {
		.key[PSTEER_DIR_ORIGINAL] = pkt->key,
	};
	struct psteer_key *reply = &params.key[PSTEER_DIR_REPLY];
	const struct psteer_mapping_key *outside;
	struct psteer_mapping *mapping;

	*reason = PSTEER_STAT_VM_FULL;
	if (psteer_vm_full(vm, false))
		return NULL;
	mapping = get_mapping(vm, pkt);
	if (IS_ERR(mapping)) {
		*reason = reason_of(PTR_ERR(mapping));
		return NULL;
	}
	outside = &mapping->end[PSTEER_SIDE_OUTSIDE].key;
	psteer_key_reverse(reply, &pkt->key);
	reply->dst = outside->ip;
	reply->dport = outside->port;
	params.mapping = mapping;
	if (hairpin)
		__set_bit(PSTEER_SESSION_HAIRPIN_BIT, &params.flags);
	return open_session(vm->pnet, &params, reason);
}

static bool is_let_in(struct psteer_net *pnet,
		      const struct psteer_mapping *mapping,
		      const union nf_inet_addr *src)
{
	/* A fixed mapping is there for whoever comes. */
	if (READ_ONCE(mapping->fixed))
		return true;
	switch (READ_ONCE(mapping->vm->filtering)) {
	case PSTEER_FILTERING_ENDPOINT_INDEPENDENT:
		return true;
	case PSTEER_FILTERING_ADDRESS_DEPENDENT:
		return psteer_peer_known_rcu(pnet, mapping, src);
	default:
		return false;
	}
}

static struct psteer_mapping *
find_mapping(struct psteer_net *pnet, const struct psteer_key *key)
{
	struct psteer_mapping_key outside = {
		.ip = key->dst,
		.port = key->dport,
		.proto = key->proto,
		.family = key->family,
		.side = PSTEER_SIDE_OUTSIDE,
	};

	return psteer_mapping_find_rcu(pnet, &outside);
}

/* For a packet, or its second leg, of this key. */
static struct psteer_session *inbound(struct psteer_net *pnet,
				      const struct psteer_key *key,
				      enum psteer_stat *reason)
{
	struct psteer_session_params params = {
		.key[PSTEER_DIR_ORIGINAL] = *key,
	};
	struct psteer_key *reply = &params.key[PSTEER_DIR_REPLY];
	struct psteer_mapping *mapping = find_mapping(pnet, key);
	const struct psteer_mapping_key *inside;

	*reason = PSTEER_STAT_UNSOLICITED;
	if (!mapping)
		return NULL;
	*reason = PSTEER_STAT_FILTERED;
	if (!is_let_in(pnet, mapping, &key->src))
		return NULL;
	*reason = PSTEER_STAT_VM_FULL;
	if (psteer_vm_full(mapping->vm, true) || !psteer_mapping_get(mapping))
		return NULL;
	inside = &mapping->end[PSTEER_SIDE_INSIDE].key;
	psteer_key_reverse(reply, key);
	reply->src = inside->ip;
	reply->sport = inside->port;
	params.mapping = mapping;
	__set_bit(PSTEER_SESSION_INBOUND_BIT, &params.flags);
	if (is_vms_port(pnet, key->family, &key->src, key->sport))
		__set_bit(PSTEER_SESSION_HAIRPIN_BIT, &params.flags);
	return open_session(pnet, &params, reason);
}

/**
 * psteer_nat() - decide on a packet without a session and not for a service
 * @pnet: namespace
 * @skb: packet
 * @state: of the hook
 * @pkt: what was read from it, of kind FLOW
 * @reason: set if there will be no session: why, or PSTEER_NOT_OURS
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: its session, new or just opened by another CPU, or NULL. If
 * both ends began at once, the packet may be an answer in it.
 */
struct psteer_session *psteer_nat(struct psteer_net *pnet, struct sk_buff *skb,
				  const struct nf_hook_state *state,
				  const struct psteer_packet *pkt,
				  enum psteer_stat *reason)
{
	const struct psteer_key *key = &pkt->key;
	bool to_vm = is_vms_port(pnet, key->family, &key->dst, key->dport);
	struct psteer_vm *vm = NULL;

	if (state->hook == NF_INET_PRE_ROUTING)
		vm = psteer_vm_find_rcu(pnet, key->family, &key->src);
	*reason = PSTEER_NOT_OURS;
	if (vm ? !to_vm && is_near(pnet, key->family, &key->dst) : !to_vm)
		return NULL;
	/* The gateway itself may have asked; nobody else is told anything. */
	if (!vm && pkt->answer)
		return NULL;
	if (!psteer_admit(pnet, skb, state, pkt, NULL, reason)) {
		/* Outside nobody shall learn who is here. */
		if (!vm && *reason == PSTEER_STAT_NO_SESSION)
			*reason = PSTEER_STAT_UNSOLICITED;
		return NULL;
	}
	return vm ? outbound(vm, pkt, to_vm, reason) :
		    inbound(pnet, key, reason);
}

/**
 * psteer_nat_turns() - does a translated packet come back in
 * @session: its session
 * @dir: which way it goes
 *
 * Context: RCU read side.
 * Return: true if its new destination is a mapping, too: psteer_nat_hairpin()
 * tells its session there.
 */
bool psteer_nat_turns(const struct psteer_session *session, enum psteer_dir dir)
{
	return test_bit(PSTEER_SESSION_HAIRPIN_BIT, &session->flags) &&
	       dir == psteer_session_outward(session);
}

/**
 * psteer_nat_hairpin() - the session of the second leg of a hairpin
 * @pnet: namespace
 * @pkt: what was read from the packet, of kind FLOW
 * @key: its key after the first leg
 * @dir: set to which way it goes
 * @reason: set if there will be no session: why
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: the session or NULL.
 */
struct psteer_session *psteer_nat_hairpin(struct psteer_net *pnet,
					  const struct psteer_packet *pkt,
					  const struct psteer_key *key,
					  enum psteer_dir *dir,
					  enum psteer_stat *reason)
{
	struct psteer_session *session;

	session = psteer_session_find_live_rcu(pnet, key, dir);
	if (session)
		return session;
	*reason = PSTEER_STAT_UNSOLICITED;
	if (!psteer_admit_begins(pkt))
		return NULL;
	*reason = PSTEER_STAT_SESSIONS_FULL;
	if (!psteer_admit_room(pnet))
		return NULL;
	session = inbound(pnet, key, reason);
	if (session)
		*dir = psteer_session_dir_of(session, key);
	return session;
}

/**
 * psteer_nat_leaks() - would a packet show a VM's own address outside
 * @pnet: namespace
 * @state: of the hook
 * @family: AF_INET or AF_INET6
 * @src: its source
 * @dst: its destination
 *
 * Context: RCU read side, any but hard interrupts.
 * Return: true if it can't be translated and must not go untranslated.
 */
bool psteer_nat_leaks(struct psteer_net *pnet,
		      const struct nf_hook_state *state, u8 family,
		      const union nf_inet_addr *src,
		      const union nf_inet_addr *dst)
{
	return state->hook == NF_INET_PRE_ROUTING &&
	       psteer_vm_find_rcu(pnet, family, src) &&
	       !is_near(pnet, family, dst);
}
