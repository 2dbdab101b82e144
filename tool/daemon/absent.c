// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is missed, and since when: as seen by us, from when we began to look. */
#include "absent.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "grow.h"

/**
 * struct absence - somebody who is missed
 * @name: who
 * @since: by clock_ms()
 */
struct absence {
	char *name;
	int64_t since;
};

static void drop(struct absent *a, size_t nr)
{
	free(a->list[nr].name);
	a->list[nr] = a->list[--a->count];
}

static int64_t begin(struct absent *a, const char *name)
{
	struct absence absence = { .name = strdup(name), .since = clock_ms() };

	if (!absence.name)
		err(1, "no memory");
	a->list = grow(a->list, a->count, sizeof(*a->list));
	a->list[a->count++] = absence;
	return 1;
}

/**
 * absent_ms() - note whether somebody is there
 *
 * Return: for how many milliseconds it has been missing, at least 1; 0 if it is
 * there.
 */
int64_t absent_ms(struct absent *a, const char *name, bool there)
{
	size_t nr = 0;

	while (nr < a->count && strcmp(a->list[nr].name, name))
		nr++;
	if (nr == a->count)
		return there ? 0 : begin(a, name);
	if (!there)
		return clock_ms() - a->list[nr].since + 1;
	drop(a, nr);
	return 0;
}

/**
 * absent_forget() - begin to look anew
 */
void absent_forget(struct absent *a)
{
	while (a->count)
		drop(a, 0);
	free(a->list);
	a->list = NULL;
}
