/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_WIRE_H
#define PORTSTEER_WIRE_H

#include "schema.h"

struct nl_msg;
struct nlmsghdr;

int wire_put(struct nl_msg *msg, const struct object *o,
	     const struct record *r, unsigned int flags);
void wire_get(struct nlmsghdr *hdr, const struct object *o, struct record *r);

#endif
