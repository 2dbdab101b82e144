/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_GC_H
#define PSTEER_GC_H

struct psteer_net;

void psteer_gc_init(struct psteer_net *pnet);
void psteer_gc_start(struct psteer_net *pnet);
void psteer_gc_stop(struct psteer_net *pnet);

#endif
