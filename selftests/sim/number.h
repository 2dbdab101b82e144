/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_NUMBER_H
#define SIM_NUMBER_H

#include <err.h>
#include <stdlib.h>

#include <linux/types.h>

/* A word of the command line; ends the program with a sentence if it is none. */
static inline u64 read_number(const char *word, u64 most)
{
	char *end;
	u64 value = strtoull(word, &end, 0);

	if (*end || end == word || value > most)
		errx(2, "%s is not a number up to %llu", word, most);
	return value;
}

#endif
