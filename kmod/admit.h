/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_ADMIT_H
#define PSTEER_ADMIT_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "packet.h"
#include "stats.h"

struct psteer_net;

bool psteer_admit(struct psteer_net *pnet, struct sk_buff *skb,
		  const struct nf_hook_state *state,
		  const struct psteer_packet *pkt, u32 *known,
		  enum psteer_stat *reason);
bool psteer_admit_begins(const struct psteer_packet *pkt);
bool psteer_admit_room(struct psteer_net *pnet);

#endif
