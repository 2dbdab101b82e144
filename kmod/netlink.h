/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PSTEER_NETLINK_H
#define PSTEER_NETLINK_H

int psteer_netlink_init(void);
void psteer_netlink_exit(void);

#endif
