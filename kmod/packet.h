/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_PACKET_H
#define PSTEER_PACKET_H

#include <linux/skbuff.h>
#include <linux/types.h>

#include "key.h"

/* Flags of a TCP segment that matter to a session. */
#define PSTEER_TCP_FIN	0x01
#define PSTEER_TCP_SYN	0x02
#define PSTEER_TCP_RST	0x04
#define PSTEER_TCP_ACK	0x10

enum psteer_packet_kind {
	PSTEER_PACKET_OTHER,		/* not for us */
	PSTEER_PACKET_FLOW,		/* TCP, UDP or ICMP echo */
	PSTEER_PACKET_ICMP_ERROR,	/* about one of these */
	PSTEER_PACKET_MALFORMED,	/* too short for what it says it is */
	PSTEER_PACKET_FRAGMENT,		/* not reassembled */
};

/**
 * struct psteer_packet - what was read from a packet
 * @kind: which kind; the rest is valid for FLOW and ICMP_ERROR only, but the
 *	addresses of @key always are: the packet's own, if it is neither
 * @key: its own key (FLOW), or that of the packet the error is about
 * @thoff: offset of the transport or ICMP header
 * @seq: sequence number of a TCP segment
 * @ack: what it acknowledges
 * @tcp: PSTEER_TCP_* flags of a TCP segment, else 0
 * @answer: it answers an ICMP query
 * @unreachable: ICMP_ERROR alone has this and what follows: the destination can't
 *	be reached at all
 * @inner: offset of the embedded network header
 * @inner_thoff: offset of the embedded transport header
 * @teller: source of the error itself
 * @told: its destination
 */
struct psteer_packet {
	enum psteer_packet_kind kind;
	struct psteer_key key;
	u32 thoff;
	u32 seq;
	u32 ack;
	u8 tcp;
	bool answer;
	bool unreachable;
	u32 inner;
	u32 inner_thoff;
	union nf_inet_addr teller;
	union nf_inet_addr told;
};

void psteer_packet_parse(struct sk_buff *skb, u8 family,
			 struct psteer_packet *pkt);
int psteer_packet_rewrite(struct sk_buff *skb, const struct psteer_packet *pkt,
			  const struct psteer_key *to);
bool psteer_packet_flow_intact(struct sk_buff *skb,
			       const struct psteer_packet *pkt);
bool psteer_packet_error_intact(struct sk_buff *skb,
				const struct psteer_packet *pkt);
int psteer_packet_rewrite_error(struct sk_buff *skb,
				const struct psteer_packet *pkt,
				const union nf_inet_addr *src,
				const union nf_inet_addr *dst,
				const struct psteer_key *inner);

#endif
