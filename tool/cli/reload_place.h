/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_RELOAD_PLACE_H
#define PORTSTEER_RELOAD_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "netlink.h"
#include "script.h"

/**
 * struct place - a network namespace that has something of the module
 * @number: of its file
 * @name: how it was found, as "ip netns" or as its path
 * @fd: its file, open so that it stays
 * @closed: its gate is
 * @whole: the module that is loaded has all that was there
 * @file: where that is kept
 * @script: the same, read
 */
struct place {
	uint32_t number;
	char *name;
	int fd;
	bool closed;
	bool whole;
	char *file;
	struct script script;
};

/**
 * struct places - all of them
 * @list: one after the other
 * @count: number of them
 */
struct places {
	struct place *list;
	size_t count;
};

int places_find(struct netlink *nl, struct places *places,
		struct refusal *refusal);
void places_free(struct places *places);
bool place_enter(const struct place *place, struct refusal *refusal);

#endif
