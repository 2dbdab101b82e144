/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_SCRIPT_H
#define PORTSTEER_SCRIPT_H

#include <stdbool.h>
#include <stdio.h>

#include "command.h"

/**
 * struct script - the commands of a file
 * @file: its name, for complaints
 * @changes: the commands
 * @count: number of them
 * @bad: whether a line made no sense
 */
struct script {
	const char *file;
	struct change *changes;
	size_t count;
	bool bad;
};

bool script_read(struct script *s, FILE *in, const char *file);
int script_apply(struct netlink *nl, const struct script *s);
void script_free(struct script *s);

#endif
