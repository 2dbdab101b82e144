/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_ABSENT_H
#define PORTSTEER_ABSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct absent - who is missed, and since when
 * @count: of @list
 * @list: names and times
 */
struct absent {
	size_t count;
	struct absence *list;
};

/* For how many ms @name has been missing; 0: it is there. */
int64_t absent_ms(struct absent *a, const char *name, bool there);
void absent_forget(struct absent *a);	/* all of them */

#endif
