/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_SCRIPT_H
#define PORTSTEER_SCRIPT_H

#include <stdbool.h>
#include <stdio.h>

#include "command.h"

/**
 * struct step - a line that is a command
 * @begin: where it begins in the text
 * @line: its number
 * @object: what it is about
 */
struct step {
	size_t begin;
	unsigned int line;
	const struct object *object;
};

/**
 * struct script - the commands of a file
 * @file: its name, for complaints
 * @text: all of it; a command is read out of its line again when it is carried out,
 *	as a million sessions read are many times their text
 * @steps: the commands
 * @count: number of them
 * @bad: whether a line made no sense
 */
struct script {
	const char *file;
	char *text;
	struct step *steps;
	size_t count;
	bool bad;
};

bool script_read(struct script *s, FILE *in, const char *file);
int script_apply(struct netlink *nl, const struct script *s);
void script_free(struct script *s);

#endif
