/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_FIGURES_H
#define PORTSTEER_FIGURES_H

#include <stdio.h>

#include "kernel.h"

/* What the module counts and measures, in Prometheus' text format. */
void figures_write(FILE *out, struct kernel *kernel);

#endif
