/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_NETLINK_WALK_H
#define PORTSTEER_NETLINK_WALK_H

#include "netlink.h"

/*
 * A list that is read a piece at a time, whenever its reader likes, so that a long
 * one neither stops a loop nor has to be kept.
 */
int netlink_walk_begin(struct netlink *nl, struct nl_msg *msg);
int netlink_walk_read(struct netlink *nl, netlink_handler fn, void *arg,
		      bool *torn);

#endif
