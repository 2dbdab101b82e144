/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions as peers tell each other of them: members are called as in the tool's
 * JSON, times are in milliseconds.
 */
#ifndef PORTSTEER_SYNC_MESSAGE_H
#define PORTSTEER_SYNC_MESSAGE_H

#include <stdbool.h>

#include <jansson.h>

#include "record.h"

/* What both ends begin with: @type is hello or welcome. */
json_t *sync_greeting_put(const char *type, const char *instance);
/* NULL, or what is wrong with it; @instance is the message's. */
const char *sync_greeting_get(json_t *message, const char **instance);

/* All of one, or if it has @ended what tells it from others. */
json_t *sync_message_put(const struct record *session, bool ended);

/* NULL, or what is wrong with it, which stays till the next call. */
const char *sync_message_get(const json_t *message, struct record *session,
			     bool *ended);

#endif
