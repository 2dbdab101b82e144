/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_UNDO_H
#define PORTSTEER_UNDO_H

#include <stdbool.h>

struct change;
struct netlink;

bool undo_follows(const struct change *c);
int undo_prepare(struct netlink *nl, const struct change *c,
		 struct change *undo);

#endif
