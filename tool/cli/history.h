/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_HISTORY_H
#define PORTSTEER_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "model.h"
#include "record.h"

/**
 * struct server_series - reports of one server, in order of time
 * @server: service and server
 * @reports: as a model sees them; the time of each is since the epoch
 * @count: number of them
 */
struct server_series {
	char *server;
	struct psteer_model_sample *reports;
	size_t count;
};

/**
 * struct history - what "record" has written
 * @series: one a server; a further one if the clock was set back
 * @count: number of them
 * @reports: of all of them
 */
struct history {
	struct server_series *series;
	size_t count;
	size_t reports;
};

char *history_header(void);
char *history_row(const struct record *server);
bool history_read(struct history *h, const char *path);
void history_free(struct history *h);

#endif
