/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_OPTIONS_H
#define PORTSTEER_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

bool options_read(int argc, char **argv, int *status);
void options_usage(FILE *out);

#endif
