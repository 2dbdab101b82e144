/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How parts come, change and go. */
#ifndef PORTSTEER_LIFE_H
#define PORTSTEER_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "part.h"

/* All sections that parts read, ends with NULL. */
const struct section *const *life_sections(void);

/*
 * The file as settings, with all that parts need; NULL and why not, in @why of
 * CONFIG_WHY_MAX bytes.
 */
struct config *life_read(const char *path, char *why);

/* All or nothing: false and why not. */
bool life_begin(struct daemon *daemon, struct config *config, char *why);
bool life_change(struct config *config, char *why);
void life_end(void);

#endif
