/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the peer has told, written into the module, many at a time. */
#ifndef PORTSTEER_SYNC_WRITE_H
#define PORTSTEER_SYNC_WRITE_H

#include <stdbool.h>

#include "record.h"
#include "refusal.h"

struct sync_writer;

/* Of each session that is refused: the service or vm that it is of, and why. */
typedef void (*sync_refused)(const char *of, const struct refusal *refusal,
			     void *arg);

/* NULL: the module is not there. */
struct sync_writer *sync_writer_open(sync_refused fn, void *arg);
void sync_writer_close(struct sync_writer *writer);

/* false: it is not known what has become of those before it. */
bool sync_writer_put(struct sync_writer *writer, struct record *session,
		     bool ended);
bool sync_writer_flush(struct sync_writer *writer);

#endif
