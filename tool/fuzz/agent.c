// SPDX-License-Identifier: GPL-2.0-or-later
/* What a gateway could say to an agent. */
#include <stdint.h>
#include <stdlib.h>

#include "message.h"
#include "told.h"

#define MESSAGE_MAX	(1 << 18)	/* as the agent has it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evbuffer *in = evbuffer_new();
	struct told told;
	json_t *message;
	const char *why;

	evbuffer_add(in, data, size);
	while (message_take(in, MESSAGE_MAX, &message, &why) && message) {
		why = told_read(message, &told);
		if (!why && told.type == TOLD_RANGES &&
		    span_ports(&told.largest) && !told.largest.first)
			abort();
		json_decref(message);
	}
	evbuffer_free(in);
	return 0;
}
