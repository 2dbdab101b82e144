/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_NETLINK_H
#define PORTSTEER_NETLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "messages.h"
#include "refusal.h"

struct nl_msg;
struct nl_sock;

/**
 * struct netlink - a socket to the module
 * @sock: the socket
 * @family: number of the generic netlink family
 * @contract: its version
 * @refusal: filled whenever a call fails
 */
struct netlink {
	struct nl_sock *sock;
	int family;
	unsigned int contract;
	struct refusal refusal;
};

int netlink_open(struct netlink *nl);
int netlink_connect(struct netlink *nl);
int netlink_understand(struct netlink *nl);
void netlink_close(struct netlink *nl);

struct nl_msg *netlink_message(struct netlink *nl, uint8_t cmd);
int netlink_request(struct netlink *nl, struct nl_msg *msg,
		    netlink_handler fn, void *arg);
int netlink_dump(struct netlink *nl, struct nl_msg *msg, netlink_handler fn,
		 void *arg, bool *torn);

int netlink_subscribe(struct netlink *nl, const char *group);
int netlink_fd(const struct netlink *nl);
int netlink_listen(struct netlink *nl, netlink_handler fn, void *arg);

#endif
