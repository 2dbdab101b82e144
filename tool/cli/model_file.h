/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_MODEL_FILE_H
#define PORTSTEER_MODEL_FILE_H

#include <stdbool.h>

#include "record.h"

/* Bounds in milliseconds, as the kernel has them. */
#define MODEL_HORIZON_LEAST	1000
#define MODEL_HORIZON_MOST	60000
#define MODEL_STEP_LEAST	100
#define MODEL_STEP_MOST		60000

bool model_file_read(const char *path, struct record *r);
bool model_file_write(const char *path, const struct record *r,
		      const char *comment);

#endif
