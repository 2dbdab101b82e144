/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_SAVE_H
#define PORTSTEER_SAVE_H

#include <stdbool.h>
#include <stdio.h>

#include "netlink.h"

int save_write(struct netlink *nl, FILE *out, bool state);

#endif
