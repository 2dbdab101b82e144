/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What servers have been like over the last minutes, for plots. Memory is bounded:
 * so many servers, so many moments.
 */
#ifndef PORTSTEER_TRAIL_H
#define PORTSTEER_TRAIL_H

#include <jansson.h>

#include "record.h"

#define TRAIL_SECONDS	2	/* between moments */
#define TRAIL_MOMENTS	150	/* five minutes */
#define TRAIL_SERVERS	1024	/* more are not kept */

struct trail;

struct trail *trail_new(void);	/* NULL: no memory */
void trail_free(struct trail *trail);

/* A new moment; then each server, as it is now. */
void trail_begin(struct trail *trail);
void trail_server(struct trail *trail, const struct record *server);

/*
 * Lists, the newest last, of capacity_score, predicted_load and sessions; null
 * where it is not known. An empty object: nothing is known of this server.
 */
json_t *trail_json(const struct trail *trail, const struct record *server);

#endif
