/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_SESSION_VIEW_H
#define PSTEER_SESSION_VIEW_H

#include <linux/portsteer.h>

#include "key.h"

struct psteer_session;

/**
 * struct psteer_session_view - a session as users see it, begun from within or
 *	from outside
 * @near: client, or VM, as it is known to itself
 * @far: as the server, or whom the VM talks to, knows it
 * @service: whose name it has; NULL if it is a VM's
 * @vm: likewise; NULL if it is steered
 * @state: how far it has come
 * @packets: both ways
 * @bytes: both ways
 */
struct psteer_session_view {
	struct psteer_key near;
	struct psteer_key far;
	const char *service;
	const char *vm;
	enum psteer_session_state state;
	u64 packets;
	u64 bytes;
};

void psteer_session_look(const struct psteer_session *session,
			 struct psteer_session_view *view);

#endif
