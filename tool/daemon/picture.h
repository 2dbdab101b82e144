/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the status page shows, as one JSON object, which is /status.json too. Its
 * size is bounded: what is left out is counted.
 */
#ifndef PORTSTEER_PICTURE_H
#define PORTSTEER_PICTURE_H

#include <jansson.h>

#include "kernel.h"
#include "trail.h"

#define PICTURE_SERVICES	32	/* that are shown */
#define PICTURE_SERVERS		32	/* of a service, likewise */
#define PICTURE_LINES		8	/* servers of a service with a history */
#define PICTURE_POOLS		32	/* that are shown */
#define PICTURE_ADDRESSES	16	/* pool addresses with a map of their ports */
#define PICTURE_VMS		64	/* the fullest */
#define PICTURE_RANGES		16	/* of a VM */

/* A new reference. */
json_t *picture_take(struct kernel *kernel, const struct trail *trail);

#endif
