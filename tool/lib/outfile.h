/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_OUTFILE_H
#define PORTSTEER_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

#include "args.h"

/**
 * struct outfile - a file that is written whole or stays as it was
 * @file: to write to
 * @name: of what is written to
 * @path: what it is to be called; NULL: it has that name
 *
 * What is no regular file, such as a pipe, is written to at once.
 */
struct outfile {
	FILE *file;
	char *name;
	char *path;
};

bool outfile_spares(const struct args *a, const char *path, const char *input);
bool outfile_open(struct outfile *out, const char *path);
bool outfile_close(struct outfile *out);
void outfile_drop(struct outfile *out);

#endif
