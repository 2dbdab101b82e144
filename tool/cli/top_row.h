/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records into rows. */
#ifndef PORTSTEER_TOP_ROW_H
#define PORTSTEER_TOP_ROW_H

#include "top_frame.h"

void row_fill(struct row *row, const struct panel *panel,
	      const struct record *r);
void row_grow(struct row *row, const struct row *before,
	      const struct panel *panel, double seconds);
void row_clear(struct row *row);

#endif
