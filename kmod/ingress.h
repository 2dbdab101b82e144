/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_INGRESS_H
#define PSTEER_INGRESS_H

#include <linux/types.h>

struct psteer_net;

void psteer_ingress_init(struct psteer_net *pnet);
void psteer_ingress_set(struct psteer_net *pnet, bool on);

#endif
