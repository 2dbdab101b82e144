// SPDX-License-Identifier: GPL-2.0-or-later
#include "backoff.h"

#include <stdlib.h>

static unsigned int bounded(const struct backoff *b, unsigned int ms)
{
	if (ms < b->least_ms)
		return b->least_ms;
	return ms > b->most_ms ? b->most_ms : ms;
}

/**
 * backoff_failed() - how long to wait after one more failure
 *
 * Return: milliseconds: twice as many as the last time within the bounds, less up
 * to half of that by chance.
 */
unsigned int backoff_failed(struct backoff *b)
{
	unsigned int ms = bounded(b, b->next_ms);

	b->next_ms = ms > b->most_ms / 2 ? b->most_ms : 2 * ms;
	return ms - arc4random_uniform(ms / 2 + 1);
}

/**
 * backoff_succeeded() - begin with the least again
 */
void backoff_succeeded(struct backoff *b)
{
	b->next_ms = 0;
}
