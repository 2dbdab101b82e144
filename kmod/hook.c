// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netfilter hooks: from a packet to a verdict. They are on while a
 * namespace has a service, a VM or a grant, see the packet whole, and come before
 * conntrack.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "edge.h"
#include "forward.h"
#include "hook.h"
#include "ingress.h"
#include "nat.h"
#include "net.h"
#include "packet.h"
#include "pool.h"
#include "server.h"
#include "session.h"
#include "session_ends.h"
#include "steer.h"

/* After reassembly and raw rules, before conntrack. */
#define HOOK_PRIORITY	(NF_IP_PRI_CONNTRACK - 1)

static unsigned int refuse(struct psteer_net *pnet, struct sk_buff *skb,
			   const struct nf_hook_state *state,
			   const struct psteer_packet *pkt,
			   enum psteer_stat reason)
{
	bool tcp = pkt->key.proto == IPPROTO_TCP;

	psteer_count(pnet, reason);
	switch (reason) {
	case PSTEER_STAT_NO_SERVER:
	case PSTEER_STAT_NO_TAGGED_SERVER:
	case PSTEER_STAT_NO_SESSION:
	case PSTEER_STAT_SERVER_DOWN:
		if (pkt->key.proto == IPPROTO_UDP)
			psteer_refuse_unreachable(skb, state, false);
		else if (tcp && !(pkt->tcp & PSTEER_TCP_RST))
			psteer_refuse_reset(skb, state);
		break;
	case PSTEER_STAT_NO_PORT:
		psteer_refuse_unreachable(skb, state, true);
		break;
	default:
		break;
	}
	return NF_DROP;
}

/**
 * struct leg - a packet's way through one session
 * @session: session; NULL: there is no such leg
 * @dir: which way the packet goes
 */
struct leg {
	struct psteer_session *session;
	enum psteer_dir dir;
};

static void leave_leg(const struct leg *leg, struct psteer_key *to)
{
	psteer_flow_reversed(psteer_session_flow(leg->session, !leg->dir), to);
}

/* A session's first packet goes where the last one's to its server went. */
static bool is_to_server(const struct leg *leg)
{
	return leg->dir == PSTEER_DIR_ORIGINAL &&
	       !psteer_session_is_vms(leg->session);
}

/* The way of a packet that will be sent to another, if that is known. */
static struct dst_entry *known_way(const struct leg *leg,
				   const struct sk_buff *skb,
				   const struct psteer_key *to)
{
	struct dst_entry *dst;

	dst = psteer_hop_find_rcu(&psteer_session_flow(leg->session,
						       leg->dir)->hop,
				  skb, to->family);
	if (!dst && is_to_server(leg))
		dst = psteer_way_find_rcu(&leg->session->server->ways, &to->src,
					  skb, to->family);
	return dst;
}

static void learn_way(const struct leg *leg, const struct sk_buff *skb,
		      const struct psteer_key *to,
		      const struct nf_hook_state *state,
		      const struct psteer_route *route)
{
	psteer_hop_learn(&psteer_session_flow(leg->session, leg->dir)->hop, skb,
			 state, route);
	if (is_to_server(leg))
		psteer_way_learn(&leg->session->server->ways, &to->src, skb,
				 state, route);
}

static unsigned int translate(struct psteer_net *pnet, struct sk_buff *skb,
			      const struct nf_hook_state *state,
			      const struct psteer_packet *pkt,
			      const struct leg *leg)
{
	struct psteer_key to __uninitialized;
	struct dst_entry *known = NULL;
	struct psteer_route route;
	enum psteer_stat reason;
	struct leg back = {};

	leave_leg(leg, &to);
	if (unlikely(psteer_nat_turns(leg->session, leg->dir))) {
		back.session = psteer_nat_hairpin(pnet, pkt, &to, &back.dir,
						  &reason);
		if (!back.session)
			return refuse(pnet, skb, state, pkt, reason);
		leave_leg(&back, &to);
	} else {
		known = known_way(leg, skb, &to);
	}
	if (psteer_forward_route(skb, state, &to.src, &to.dst, known, &route,
				 &reason)) {
		psteer_count(pnet, reason);
		return NF_DROP;
	}
	if (psteer_packet_rewrite(skb, pkt, &to)) {
		psteer_forward_drop_route(&route);
		psteer_count(pnet, PSTEER_STAT_NO_MEMORY);
		return NF_DROP;
	}
	if (!psteer_session_update(pnet, leg->session, leg->dir, pkt,
				   skb->len)) {
		psteer_forward_drop_route(&route);
		psteer_count(pnet, PSTEER_STAT_SESSION_RACE);
		return NF_DROP;
	}
	if (!back.session && READ_ONCE(pnet->fast))
		learn_way(leg, skb, &to, state, &route);
	if (back.session)
		psteer_session_update(pnet, back.session, back.dir, pkt,
				      skb->len);
	psteer_count(pnet, PSTEER_STAT_TRANSLATED);
	return psteer_forward_send(skb, state, &route);
}

/* A port that some client holds was sent something that no session expects. */
static unsigned int pass_on(struct psteer_net *pnet,
			    const struct psteer_packet *pkt)
{
	if (psteer_pool_port_owner_rcu(pnet, pkt->key.family, &pkt->key.dst,
				       pkt->key.dport))
		psteer_count(pnet, PSTEER_STAT_STRAY);
	return NF_ACCEPT;
}

/* What it means for a session that it can't go on, see psteer_steer_anew(). */
static enum psteer_end_reason end_reason(enum psteer_stat reason)
{
	return reason == PSTEER_STAT_SESSION_RESTEERED ? PSTEER_END_RESTEERED :
							 PSTEER_END_SERVER_DOWN;
}

static unsigned int handle_flow(struct psteer_net *pnet, struct sk_buff *skb,
				const struct nf_hook_state *state,
				const struct psteer_packet *pkt)
{
	struct psteer_session *session;
	unsigned long progress = 0;
	enum psteer_stat reason;
	struct leg leg;

	session = psteer_session_find_live_rcu(pnet, &pkt->key, &leg.dir);
	if (session)
		progress = psteer_session_progress(session);
	if (session && psteer_steer_anew(session, leg.dir, pkt, &reason) &&
	    psteer_session_end_at(pnet, session, progress,
				  end_reason(reason))) {
		if (reason != PSTEER_STAT_SESSION_RESTEERED)
			return refuse(pnet, skb, state, pkt, reason);
		psteer_count(pnet, reason);
		session = NULL;
	}
	if (!session) {
		session = psteer_steer(pnet, skb, state, pkt, &reason);
		if (!session && reason == PSTEER_NOT_OURS)
			session = psteer_nat(pnet, skb, state, pkt, &reason);
		if (!session)
			return reason == PSTEER_NOT_OURS ?
			       pass_on(pnet, pkt) :
			       refuse(pnet, skb, state, pkt, reason);
		leg.dir = psteer_session_dir_of(session, &pkt->key);
	}
	leg.session = session;
	return translate(pnet, skb, state, pkt, &leg);
}

/* What we can't translate goes its way, but for VMs' own addresses. */
static unsigned int let_pass(struct psteer_net *pnet,
			     const struct nf_hook_state *state,
			     const union nf_inet_addr *src,
			     const union nf_inet_addr *dst, u8 family)
{
	if (!psteer_nat_leaks(pnet, state, family, src, dst))
		return NF_ACCEPT;
	psteer_count(pnet, PSTEER_STAT_UNTRANSLATABLE);
	return NF_DROP;
}

/* An error quotes the address of whom it is about. */
static unsigned int let_error_pass(struct psteer_net *pnet,
				   const struct nf_hook_state *state,
				   const struct psteer_packet *pkt)
{
	const struct psteer_key *quoted = &pkt->key;

	if (!psteer_nat_leaks(pnet, state, quoted->family, &quoted->dst,
			      &pkt->told))
		return let_pass(pnet, state, &pkt->teller, &pkt->told,
				quoted->family);
	psteer_count(pnet, PSTEER_STAT_UNTRANSLATABLE);
	return NF_DROP;
}

/*
 * A server stays behind the virtual address, and nobody behind the gateway is
 * shown; a router on the other side of it is itself.
 */
static bool hides_teller(const struct psteer_packet *pkt, const struct leg *leg,
			 const struct psteer_key *back)
{
	enum psteer_dir hidden = PSTEER_DIR_ORIGINAL;

	if (psteer_session_is_vms(leg->session))
		hidden = psteer_session_outward(leg->session);
	return leg->dir == hidden || psteer_addr_equal(&pkt->teller, &back->src);
}

/*
 * What the packet that an error is about looked like before it was translated;
 * if that was by a hairpin, before the first leg.
 */
static void view_of_sender(struct psteer_net *pnet, const struct leg *leg,
			   struct psteer_key *sent)
{
	struct psteer_session *first;
	struct psteer_key back;
	enum psteer_dir dir;

	psteer_flow_key(psteer_session_flow(leg->session, !leg->dir), sent);
	if (!psteer_nat_turns(leg->session, leg->dir))
		return;
	psteer_key_reverse(&back, sent);
	first = psteer_session_find_rcu(pnet, &back, &dir);
	if (first)
		psteer_flow_key(psteer_session_flow(first, !dir), sent);
}

/*
 * An error is sent to the source of what it is about; seen from the session,
 * that packet went the other way than the error does.
 */
static unsigned int handle_error(struct psteer_net *pnet, struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct psteer_packet *pkt)
{
	struct psteer_key back, sent;
	struct psteer_route route;
	enum psteer_stat reason;
	union nf_inet_addr src;
	struct leg leg;

	psteer_key_reverse(&back, &pkt->key);
	leg.session = psteer_session_find_rcu(pnet, &back, &leg.dir);
	if (!leg.session || !psteer_session_live(leg.session) ||
	    !psteer_addr_equal(&pkt->told, &pkt->key.src))
		return let_error_pass(pnet, state, pkt);
	if (!psteer_packet_error_intact(skb, pkt)) {
		psteer_count(pnet, PSTEER_STAT_BAD_CHECKSUM);
		return NF_DROP;
	}
	if (pkt->unreachable && leg.dir == PSTEER_DIR_REPLY) {
		psteer_ends_refused(leg.session);
		/* Believing it, the client would not ask again. */
		if (psteer_steer_hopes(leg.session)) {
			psteer_count(pnet, PSTEER_STAT_WITHHELD);
			return NF_DROP;
		}
	}
	view_of_sender(pnet, &leg, &sent);
	src = hides_teller(pkt, &leg, &back) ? sent.dst : pkt->teller;
	if (psteer_forward_route(skb, state, &src, &sent.src, NULL, &route,
				 &reason)) {
		psteer_count(pnet, reason);
		return NF_DROP;
	}
	if (psteer_packet_rewrite_error(skb, pkt, &src, &sent.src, &sent)) {
		psteer_forward_drop_route(&route);
		psteer_count(pnet, PSTEER_STAT_NO_MEMORY);
		return NF_DROP;
	}
	psteer_count(pnet, PSTEER_STAT_TRANSLATED);
	return psteer_forward_send(skb, state, &route);
}

static unsigned int handle_packet(struct psteer_net *pnet, struct sk_buff *skb,
				  const struct nf_hook_state *state, u8 family)
{
	/* Kernels that clear everything first need not do so here. */
	struct psteer_packet pkt __uninitialized;
	int verdict;

	/* Broadcasts, and others' packets that a bridge shows. */
	if (skb->pkt_type != PACKET_HOST && skb->pkt_type != PACKET_LOOPBACK &&
	    state->hook == NF_INET_PRE_ROUTING)
		return NF_ACCEPT;
	psteer_packet_parse(skb, family, &pkt);
	verdict = psteer_edge(pnet, skb, state, &pkt);
	if (verdict != PSTEER_EDGE_PASSES)
		return verdict;
	switch (pkt.kind) {
	case PSTEER_PACKET_FLOW:
		return handle_flow(pnet, skb, state, &pkt);
	case PSTEER_PACKET_ICMP_ERROR:
		return handle_error(pnet, skb, state, &pkt);
	case PSTEER_PACKET_MALFORMED:
		psteer_count(pnet, PSTEER_STAT_MALFORMED);
		break;
	case PSTEER_PACKET_FRAGMENT:
		psteer_count(pnet, PSTEER_STAT_FRAGMENT);
		break;
	default:
		break;
	}
	return let_pass(pnet, state, &pkt.key.src, &pkt.key.dst, family);
}

static unsigned int hook_ipv4(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return handle_packet(psteer_net(state->net), skb, state, AF_INET);
}

static unsigned int hook_ipv6(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return handle_packet(psteer_net(state->net), skb, state, AF_INET6);
}

static const struct nf_hook_ops hook_ops[] = {
	{
		.hook = hook_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = HOOK_PRIORITY,
	},
	{
		.hook = hook_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = HOOK_PRIORITY,
	},
	{
		.hook = hook_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = HOOK_PRIORITY,
	},
	{
		.hook = hook_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = HOOK_PRIORITY,
	},
};

/**
 * psteer_hooks_adapt() - heed that the setting of the fast path may have changed
 * @pnet: namespace
 *
 * Context: process, under pnet->lock; takes RTNL.
 */
void psteer_hooks_adapt(struct psteer_net *pnet)
{
	const struct psteer_config *config =
		rcu_dereference_protected(pnet->config,
					  lockdep_is_held(&pnet->lock));

	psteer_ingress_set(pnet, pnet->hooked &&
			   config->value[PSTEER_A_CONFIG_FASTPATH]);
}

/**
 * psteer_hooks_enable() - begin to see a namespace's packets
 * @pnet: namespace
 *
 * Context: process, under pnet->lock; takes RTNL.
 * Return: 0 or a negative errno.
 */
int psteer_hooks_enable(struct psteer_net *pnet)
{
	int err;

	lockdep_assert_held(&pnet->lock);
	if (pnet->hooked)
		return 0;
	err = nf_defrag_ipv4_enable(pnet->net);
	if (err)
		return err;
	err = nf_defrag_ipv6_enable(pnet->net);
	if (err)
		goto err_defrag_ipv4;
	err = nf_register_net_hooks(pnet->net, hook_ops, ARRAY_SIZE(hook_ops));
	if (err)
		goto err_defrag_ipv6;
	pnet->hooked = true;
	psteer_hooks_adapt(pnet);
	return 0;

err_defrag_ipv6:
	nf_defrag_ipv6_disable(pnet->net);
err_defrag_ipv4:
	nf_defrag_ipv4_disable(pnet->net);
	return err;
}

/**
 * psteer_hooks_settle() - see no more packets if nobody needs them
 * @pnet: namespace
 *
 * Context: process, under pnet->lock.
 */
void psteer_hooks_settle(struct psteer_net *pnet)
{
	lockdep_assert_held(&pnet->lock);
	if (list_empty(&pnet->services) && list_empty(&pnet->vms) &&
	    list_empty(&pnet->grants))
		psteer_hooks_disable(pnet);
}

/**
 * psteer_hooks_disable() - see no more packets
 * @pnet: namespace
 *
 * Packets may still be inside until RCU readers are gone.
 *
 * Context: process, under pnet->lock.
 */
void psteer_hooks_disable(struct psteer_net *pnet)
{
	lockdep_assert_held(&pnet->lock);
	if (!pnet->hooked)
		return;
	pnet->hooked = false;
	psteer_hooks_adapt(pnet);
	nf_unregister_net_hooks(pnet->net, hook_ops, ARRAY_SIZE(hook_ops));
	nf_defrag_ipv6_disable(pnet->net);
	nf_defrag_ipv4_disable(pnet->net);
}
