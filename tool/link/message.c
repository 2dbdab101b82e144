// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages in a stream of bytes: an object of JSON, and the end of the line. */
#include "message.h"

/**
 * message_take() - the next message
 * @in: bytes that have come; those of the message are taken out
 * @most: bytes a line may have
 * @message: the message, an object; NULL: what came is none
 * @why: what is wrong then; NULL otherwise
 *
 * Return: false: there is no whole line yet.
 */
bool message_take(struct evbuffer *in, size_t most, json_t **message,
		  const char **why)
{
	struct evbuffer_ptr end =
		evbuffer_search_eol(in, NULL, NULL, EVBUFFER_EOL_LF);
	size_t length = end.pos < 0 ? evbuffer_get_length(in) : (size_t)end.pos;

	*message = NULL;
	*why = NULL;
	if (length > most) {
		*why = "a line is too long";
		return true;
	}
	if (end.pos < 0)
		return false;
	*message = json_loadb((char *)evbuffer_pullup(in, length + 1), length,
			      JSON_REJECT_DUPLICATES, NULL);
	evbuffer_drain(in, length + 1);
	if (json_is_object(*message))
		return true;
	json_decref(*message);
	*message = NULL;
	*why = "a line is no JSON object";
	return true;
}

static int put(const char *bytes, size_t count, void *out)
{
	return evbuffer_add(out, bytes, count);
}

/**
 * message_put() - add a message to what is to be sent
 *
 * Return: whether there was memory for it.
 */
bool message_put(struct evbuffer *out, const json_t *message)
{
	size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(6);

	return !json_dump_callback(message, put, out, flags) &&
	       !put("\n", 1, out);
}
