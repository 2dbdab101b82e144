/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_UNDO_H
#define PORTSTEER_UNDO_H

struct change;
struct netlink;

int undo_prepare(struct netlink *nl, const struct change *c,
		 struct change *undo);

#endif
