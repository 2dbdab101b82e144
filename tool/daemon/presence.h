/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_PRESENCE_H
#define PORTSTEER_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "cluster.h"

/**
 * struct presence - a key that says we are there
 * @kind: "hosts" or "edges"
 * @name: who we are
 * @had: lease by which the key has been ours
 * @yielded: it has been said that another has our name
 */
struct presence {
	const char *kind;
	const char *name;
	int64_t had;
	bool yielded;
};

/* In settle(); takes @value. False: it is not ours, or not yet. */
bool presence_tend(struct presence *p, struct cluster *c, json_t *value);

#endif
