/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What objects tell the netlink side when something happens to them. Each call
 * is cheap when nobody listens.
 */
#ifndef PSTEER_NOTIFY_H
#define PSTEER_NOTIFY_H

#include <linux/portsteer.h>

struct psteer_block;
struct psteer_net;
struct psteer_owner;
struct psteer_pool;
struct psteer_server;
struct psteer_session;

void psteer_notify_range(const struct psteer_pool *pool,
			 const struct psteer_block *block,
			 struct psteer_owner *owner, enum psteer_event event);
void psteer_notify_server(const struct psteer_server *server,
			  enum psteer_event event);
void psteer_notify_session(struct psteer_net *pnet,
			   const struct psteer_session *session,
			   enum psteer_event event);

#endif
