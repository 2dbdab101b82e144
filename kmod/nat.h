/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_NAT_H
#define PSTEER_NAT_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "packet.h"
#include "stats.h"

struct psteer_net;
struct psteer_session;

struct psteer_session *psteer_nat(struct psteer_net *pnet, struct sk_buff *skb,
				  const struct nf_hook_state *state,
				  const struct psteer_packet *pkt,
				  enum psteer_stat *reason);
struct psteer_session *psteer_nat_hairpin(struct psteer_net *pnet,
					  const struct psteer_packet *pkt,
					  const struct psteer_key *key,
					  enum psteer_dir *dir,
					  enum psteer_stat *reason);
bool psteer_nat_turns(const struct psteer_session *session,
		      enum psteer_dir dir);
bool psteer_nat_leaks(struct psteer_net *pnet,
		      const struct nf_hook_state *state, u8 family,
		      const union nf_inet_addr *src,
		      const union nf_inet_addr *dst);

#endif
