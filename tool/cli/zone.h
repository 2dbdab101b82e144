/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_ZONE_H
#define PORTSTEER_ZONE_H

#include "command.h"

int zone_import_run(const struct object *o, const struct verb *v,
		    const struct args *a);

#endif
