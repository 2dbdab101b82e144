// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a packet without a session may begin one at all.
 */
#include "admit.h"
#include "forward.h"
#include "net.h"

/**
 * psteer_admit_begins() - is it a packet that a session begins with
 * @pkt: what was read from it, of kind FLOW
 *
 * Context: any.
 */
bool psteer_admit_begins(const struct psteer_packet *pkt)
{
	if (pkt->key.proto != IPPROTO_TCP)
		return !pkt->answer;
	return (pkt->tcp & PSTEER_TCP_SYN) &&
	       !(pkt->tcp & (PSTEER_TCP_ACK | PSTEER_TCP_RST | PSTEER_TCP_FIN));
}

/*
 * Who receives what is damaged drops it without a word, which must not look like
 * a dead server, nor keep a port mapped.
 */
static bool is_intact(struct sk_buff *skb, const struct psteer_packet *pkt)
{
	return pkt->key.proto == IPPROTO_UDP ||
	       psteer_packet_flow_intact(skb, pkt);
}

/**
 * psteer_admit_room() - may there be one more session
 * @pnet: namespace
 *
 * Context: RCU read side.
 */
bool psteer_admit_room(struct psteer_net *pnet)
{
	return atomic_read(&pnet->sessions_count) <
	       psteer_config_rcu(pnet)->value[PSTEER_A_CONFIG_SESSIONS_MAX];
}

/**
 * psteer_admit() - may a packet begin a session
 * @pnet: namespace
 * @skb: packet
 * @state: of the hook
 * @pkt: what was read from it, of kind FLOW
 * @known: as for psteer_forward_comes_from()
 * @reason: set if it may not: why
 *
 * Nobody can be at an address that packets can't come from.
 *
 * Context: RCU read side, any but hard interrupts.
 */
bool psteer_admit(struct psteer_net *pnet, struct sk_buff *skb,
		  const struct nf_hook_state *state,
		  const struct psteer_packet *pkt, u32 *known,
		  enum psteer_stat *reason)
{
	if (!psteer_admit_begins(pkt))
		*reason = PSTEER_STAT_NO_SESSION;
	else if (!is_intact(skb, pkt))
		*reason = PSTEER_STAT_BAD_CHECKSUM;
	else if (!psteer_forward_comes_from(skb, state, known))
		*reason = PSTEER_STAT_BAD_SOURCE;
	else if (!psteer_admit_room(pnet))
		*reason = PSTEER_STAT_SESSIONS_FULL;
	else
		return true;
	return false;
}
