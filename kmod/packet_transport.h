/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Header pieces that flows and ICMP errors rewrite alike; internal to packet*.
 */
#ifndef PSTEER_PACKET_TRANSPORT_H
#define PSTEER_PACKET_TRANSPORT_H

#include "packet.h"

/* What TCP and UDP headers both begin with. */
struct psteer_ports {
	__be16 source;
	__be16 dest;
};

/*
 * What the ICMP echo headers of both families are like. The query's identifier
 * is its source port, the answer's its destination port.
 */
struct psteer_echo {
	u8 type;
	u8 code;
	__sum16 check;
	__be16 id;
	__be16 sequence;
};

static inline __be16 psteer_echo_id(const struct psteer_key *key, bool answer)
{
	return answer ? key->dport : key->sport;
}

void psteer_packet_parse_icmp(struct sk_buff *skb, struct psteer_packet *pkt);

#endif
