/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_HOOK_H
#define PSTEER_HOOK_H

struct psteer_net;

int psteer_hooks_enable(struct psteer_net *pnet);
void psteer_hooks_adapt(struct psteer_net *pnet);
void psteer_hooks_settle(struct psteer_net *pnet);
void psteer_hooks_disable(struct psteer_net *pnet);

#endif
