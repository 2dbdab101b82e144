// SPDX-License-Identifier: GPL-2.0-or-later
/* What a scraped exporter may answer: two looks at a machine, cut anywhere. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"

/* A copy of its own, so that a byte too many is found. */
static const char *look(const uint8_t *data, size_t size, struct node *node)
{
	char *text = malloc(size);
	const char *wrong;

	if (size)
		memcpy(text, data, size);
	wrong = node_read((struct slice) { text, size }, node);
	free(text);
	return wrong;
}

static void check_share(double share)
{
	assert(share == -1 || (share >= 0 && share <= 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t half = size / 2;
	struct node_use use;
	struct node a;
	struct node b;

	if (look(data, half, &a) || look(data + half, size - half, &b))
		return 0;
	node_compare(&a, &b, 1, 1e9, &use);
	check_share(use.cpu);
	check_share(use.memory);
	check_share(use.network);
	return 0;
}
