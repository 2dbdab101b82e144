/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_RELOAD_GATE_H
#define PORTSTEER_RELOAD_GATE_H

#include <stdbool.h>

#include "netlink.h"

#define GATE_TABLE	"inet portsteer_gate"

bool gate_close(struct netlink *nl);
bool gate_open(void);

#endif
