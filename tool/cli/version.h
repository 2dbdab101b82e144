/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_VERSION_OF_H
#define PORTSTEER_VERSION_OF_H

#include <stdbool.h>

#include "netlink.h"

#define VERSION_MAX	32

bool version_of_module(struct netlink *nl, char version[VERSION_MAX]);
void version_show(void);

#endif
