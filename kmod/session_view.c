// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session as users see it: in netlink and in traces.
 */
#include "mapping.h"
#include "server.h"
#include "service.h"
#include "session.h"
#include "session_view.h"
#include "vm.h"

static u64 sum(const u64 *by_dir)
{
	return READ_ONCE(by_dir[PSTEER_DIR_ORIGINAL]) +
	       READ_ONCE(by_dir[PSTEER_DIR_REPLY]);
}

/**
 * psteer_session_look() - see a session as users do
 * @session: session
 * @view: filled in; its names are valid while the session is
 *
 * Context: RCU read side.
 */
void psteer_session_look(const struct psteer_session *session,
			 struct psteer_session_view *view)
{
	enum psteer_dir dir = PSTEER_DIR_ORIGINAL;

	*view = (struct psteer_session_view) {
		.state = psteer_session_state(psteer_session_progress(session),
					      psteer_session_proto(session)),
		.packets = sum(session->packets),
		.bytes = sum(session->bytes),
	};
	if (psteer_session_is_vms(session)) {
		dir = psteer_session_outward(session);
		view->vm = session->mapping->vm->name;
	} else {
		view->service = session->server->service->name;
	}
	psteer_flow_key(psteer_session_flow(session, dir), &view->near);
	psteer_flow_key(psteer_session_flow(session, !dir), &view->far);
}
