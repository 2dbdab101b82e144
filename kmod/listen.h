/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_LISTEN_H
#define PSTEER_LISTEN_H

#include <net/net_namespace.h>

#include "key.h"

/**
 * struct psteer_listener - a socket of the gateway's own
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @port: its port
 */
struct psteer_listener {
	u8 proto;
	u16 port;
};

bool psteer_listen_is_local(struct net *net, u8 family,
			    const union nf_inet_addr *ip);
bool psteer_listen_find(struct net *net, u8 family,
			const union nf_inet_addr *ip, u16 first, u16 last,
			struct psteer_listener *found);
bool psteer_listen_ephemeral(struct net *net, u16 first, u16 last, u16 *low,
			     u16 *high);
int psteer_listen_reserve(struct net *net, u16 low, u16 high, char *list,
			  u32 size);

#endif
