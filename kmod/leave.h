/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_LEAVE_H
#define PSTEER_LEAVE_H

struct psteer_net;
struct psteer_pool;

void psteer_owners_leave(struct psteer_net *pnet, struct psteer_pool *pool);

#endif
