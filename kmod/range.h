/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_RANGE_H
#define PSTEER_RANGE_H

#include "key.h"
#include "owner.h"

struct psteer_net;
struct psteer_use;

/**
 * struct psteer_pick - a port taken out of an owner's ranges
 * @owner: whose
 * @use: towards which peer; valid while the pick is not put back
 * @slot: which of the owner's ports
 * @ip: its pool address
 * @port: the port
 */
struct psteer_pick {
	struct psteer_owner *owner;
	struct psteer_use *use;
	u32 slot;
	union nf_inet_addr ip;
	__be16 port;
};

u32 psteer_range_free_by(const struct psteer_owner *owner,
			 const struct psteer_use *use);
u32 psteer_range_free(struct psteer_net *pnet, struct psteer_owner *owner,
		      u32 towards);
int psteer_range_pick(struct psteer_net *pnet, struct psteer_owner *owner,
		      u32 towards, u16 like, u32 random,
		      struct psteer_pick *pick);
int psteer_range_pick_port(struct psteer_net *pnet, struct psteer_owner *owner,
			   u32 towards, const union nf_inet_addr *ip,
			   u16 port, struct psteer_pick *pick);
u32 psteer_range_busiest(struct psteer_owner *owner);
void psteer_range_peak(struct psteer_owner *owner, u32 *peak, u32 *in_use);
int psteer_range_reserve(struct psteer_owner *owner, u32 more);
int psteer_range_may_claim(struct psteer_owner *owner,
			   const union nf_inet_addr *ip, u16 port);
void psteer_range_vacate(struct psteer_owner *owner,
			 const union nf_inet_addr *ip, u16 port);
int psteer_range_claim(struct psteer_owner *owner,
		       const union nf_inet_addr *ip, u16 port);
void psteer_range_disclaim(struct psteer_owner *owner,
			   const union nf_inet_addr *ip, u16 port);
void psteer_range_put_pick(const struct psteer_pick *pick);
void psteer_range_put(struct psteer_owner *owner, struct psteer_use *use,
		      u32 slot);
int psteer_range_grow(struct psteer_owner *owner, u32 most, u32 random);
void psteer_range_shrink(struct psteer_owner *owner, u32 least,
			 u32 idle_jiffies);
void psteer_range_trim(struct psteer_owner *owner, u32 ports);
void psteer_range_drain(struct psteer_owner *owner);
bool psteer_range_leave(struct psteer_owner *owner);
bool psteer_range_release(struct psteer_owner *owner, bool hold);

#endif
