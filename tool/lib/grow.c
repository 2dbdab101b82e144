// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists that grow. */
#include "grow.h"

#include <err.h>
#include <stdlib.h>

/**
 * grow() - make room for one more in a list that only this has made room in
 * @list: NULL at first
 * @count: how many are in it
 * @size: of each
 *
 * Return: the list, with the room. Without memory the command ends.
 */
void *grow(void *list, size_t count, size_t size)
{
	/* Room is doubled, so that a full list has a power of two. */
	if (count & (count - 1))
		return list;
	list = reallocarray(list, count ? 2 * count : 1, size);
	if (!list)
		err(1, "no memory");
	return list;
}
