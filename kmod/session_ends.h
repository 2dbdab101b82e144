/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_SESSION_ENDS_H
#define PSTEER_SESSION_ENDS_H

#include "key.h"

struct psteer_net;
struct psteer_session;

void psteer_ends_hold(struct psteer_net *pnet, struct psteer_session *session);
void psteer_ends_opened(struct psteer_net *pnet,
			struct psteer_session *session);
void psteer_ends_disown(struct psteer_session *session);
void psteer_ends_release(struct psteer_net *pnet,
			 struct psteer_session *session, bool opened);
void psteer_ends_progressed(struct psteer_net *pnet,
			    struct psteer_session *session, unsigned long was,
			    unsigned long is, enum psteer_dir dir);
void psteer_ends_told(struct psteer_session *session, unsigned long was,
		      unsigned long is);
void psteer_ends_count(const struct psteer_session *session, u32 len);
void psteer_ends_refused(struct psteer_session *session);

#endif
