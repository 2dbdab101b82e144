/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_ARGS_H
#define PORTSTEER_ARGS_H

#include <stdbool.h>
#include <stdio.h>

#include "schema.h"

/**
 * struct args - the words that are still to be read, and where they stand
 * @count: number of words
 * @words: the words
 * @file: the file they are from, NULL: the command line
 * @line: line in that file
 */
struct args {
	int count;
	char **words;
	const char *file;
	unsigned int line;
};

__attribute__((__format__(printf, 2, 3)))
void args_say(const struct args *a, const char *format, ...);
bool args_read(const struct args *args, const struct object *o,
	       const struct verb *v, struct record *r);
const struct verb *args_verb(struct args *a, const struct object *o);
void args_usage(FILE *out, const struct object *o);

#endif
