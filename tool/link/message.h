/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_MESSAGE_H
#define PORTSTEER_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <event2/buffer.h>
#include <jansson.h>

bool message_take(struct evbuffer *in, size_t most, json_t **message,
		  const char **why);
bool message_put(struct evbuffer *out, const json_t *message);

#endif
