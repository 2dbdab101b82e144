// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where portsteer's part of a network namespace is. What is in it is brought up and
 * torn down by main.c, which knows all who have a share in it.
 */
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "net.h"

unsigned int psteer_net_id;

/**
 * psteer_net() - portsteer's part of a network namespace
 * @net: namespace
 *
 * Context: any.
 */
struct psteer_net *psteer_net(const struct net *net)
{
	return net_generic(net, psteer_net_id);
}
