// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netfilter hooks: from a packet to a verdict. They are on while a
 * namespace has a service, see the packet whole, and come before conntrack.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "forward.h"
#include "hook.h"
#include "net.h"
#include "packet.h"
#include "pool.h"
#include "server.h"
#include "session.h"
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
	case PSTEER_STAT_NO_SESSION:
	case PSTEER_STAT_SERVER_DOWN:
		if (!tcp)
			psteer_refuse_unreachable(skb, state, false);
		else if (!(pkt->tcp & PSTEER_TCP_RST))
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

static unsigned int translate(struct psteer_net *pnet, struct sk_buff *skb,
			      const struct nf_hook_state *state,
			      const struct psteer_packet *pkt,
			      struct psteer_session *session,
			      enum psteer_dir dir)
{
	struct psteer_route route;
	enum psteer_stat reason;
	struct psteer_key to;

	psteer_key_reverse(&to, &session->flow[!dir].key);
	if (psteer_forward_route(skb, state, &to.src, &to.dst, &route,
				 &reason)) {
		psteer_count(pnet, reason);
		return NF_DROP;
	}
	if (psteer_packet_rewrite(skb, pkt, &to)) {
		psteer_forward_drop_route(&route);
		psteer_count(pnet, PSTEER_STAT_NO_MEMORY);
		return NF_DROP;
	}
	psteer_session_update(pnet, session, dir, pkt, skb->len);
	psteer_count(pnet, PSTEER_STAT_TRANSLATED);
	return psteer_forward_send(skb, state, &route);
}

/* A port that some client holds was sent something that no session expects. */
static unsigned int pass_on(struct psteer_net *pnet,
			    const struct psteer_packet *pkt)
{
	if (psteer_pool_port_taken(pnet, pkt->key.family, &pkt->key.dst,
				   pkt->key.dport))
		psteer_count(pnet, PSTEER_STAT_STRAY);
	return NF_ACCEPT;
}

static unsigned int handle_flow(struct psteer_net *pnet, struct sk_buff *skb,
				const struct nf_hook_state *state,
				const struct psteer_packet *pkt)
{
	enum psteer_dir dir = PSTEER_DIR_ORIGINAL;
	struct psteer_session *session;
	enum psteer_stat reason;

	session = psteer_session_find_rcu(pnet, &pkt->key, &dir);
	if (session && !psteer_session_live(session)) {
		psteer_session_expire(pnet, session);
		session = NULL;
	}
	if (session && psteer_steer_anew(session, dir, pkt, &reason)) {
		psteer_session_end(pnet, session);
		if (reason != PSTEER_STAT_SESSION_RESTEERED)
			return refuse(pnet, skb, state, pkt, reason);
		psteer_count(pnet, reason);
		session = NULL;
	}
	if (!session) {
		dir = PSTEER_DIR_ORIGINAL;
		session = psteer_steer(pnet, skb, state, pkt, &reason);
		if (!session)
			return reason == PSTEER_NOT_OURS ?
			       pass_on(pnet, pkt) :
			       refuse(pnet, skb, state, pkt, reason);
	}
	return translate(pnet, skb, state, pkt, session, dir);
}

/*
 * An error is sent to the source of what it is about; seen from the session,
 * that packet went the other way than the error does.
 */
static unsigned int handle_error(struct psteer_net *pnet, struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct psteer_packet *pkt)
{
	const struct psteer_key *sent;
	struct psteer_session *session;
	struct psteer_route route;
	enum psteer_stat reason;
	struct psteer_key back;
	enum psteer_dir dir;
	union nf_inet_addr src;

	psteer_key_reverse(&back, &pkt->key);
	session = psteer_session_find_rcu(pnet, &back, &dir);
	if (!session || !psteer_session_live(session) ||
	    !psteer_addr_equal(&pkt->told, &pkt->key.src))
		return NF_ACCEPT;
	if (!psteer_packet_error_intact(skb, pkt)) {
		psteer_count(pnet, PSTEER_STAT_BAD_CHECKSUM);
		return NF_DROP;
	}
	if (pkt->unreachable && dir == PSTEER_DIR_REPLY) {
		psteer_session_refused(session);
		/* Believing it, the client would not ask again. */
		if (psteer_steer_hopes(session)) {
			psteer_count(pnet, PSTEER_STAT_WITHHELD);
			return NF_DROP;
		}
	}
	/* What the packet it is about looked like before it was translated. */
	sent = &session->flow[!dir].key;
	/*
	 * A server stays behind the virtual address, and nobody behind the
	 * gateway is shown; a router on the way to a server is itself.
	 */
	src = pkt->teller;
	if (dir == PSTEER_DIR_ORIGINAL || psteer_addr_equal(&src, &back.src))
		src = sent->dst;
	if (psteer_forward_route(skb, state, &src, &sent->src, &route,
				 &reason)) {
		psteer_count(pnet, reason);
		return NF_DROP;
	}
	if (psteer_packet_rewrite_error(skb, pkt, &src, &sent->src, sent)) {
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
	struct psteer_packet pkt;

	/* Broadcasts, and others' packets that a bridge shows. */
	if (skb->pkt_type != PACKET_HOST && skb->pkt_type != PACKET_LOOPBACK &&
	    state->hook == NF_INET_PRE_ROUTING)
		return NF_ACCEPT;
	psteer_packet_parse(skb, family, &pkt);
	switch (pkt.kind) {
	case PSTEER_PACKET_FLOW:
		return handle_flow(pnet, skb, state, &pkt);
	case PSTEER_PACKET_ICMP_ERROR:
		return handle_error(pnet, skb, state, &pkt);
	case PSTEER_PACKET_MALFORMED:
		psteer_count(pnet, PSTEER_STAT_MALFORMED);
		return NF_ACCEPT;
	case PSTEER_PACKET_FRAGMENT:
		psteer_count(pnet, PSTEER_STAT_FRAGMENT);
		return NF_ACCEPT;
	default:
		return NF_ACCEPT;
	}
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
 * psteer_hooks_enable() - begin to see a namespace's packets
 * @pnet: namespace
 *
 * Context: process, under pnet->lock.
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
	return 0;

err_defrag_ipv6:
	nf_defrag_ipv6_disable(pnet->net);
err_defrag_ipv4:
	nf_defrag_ipv4_disable(pnet->net);
	return err;
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
	nf_unregister_net_hooks(pnet->net, hook_ops, ARRAY_SIZE(hook_ops));
	nf_defrag_ipv6_disable(pnet->net);
	nf_defrag_ipv4_disable(pnet->net);
	pnet->hooked = false;
}
