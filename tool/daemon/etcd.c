// SPDX-License-Identifier: GPL-2.0-or-later
/* etcd: calls that are answered once. */
#include "etcd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etcd_part.h"

/**
 * struct call - one call under way
 * @transfer: as a transfer
 * @fn: who waits for the answer
 * @arg: for @fn
 */
struct call {
	struct etcd_transfer transfer;
	etcd_answered fn;
	void *arg;
};

/**
 * etcd_open() - get ready to talk to etcd; nothing is sent yet
 */
struct etcd *etcd_open(struct event_base *base, const struct etcd_at *at)
{
	struct etcd *etcd = calloc(1, sizeof(*etcd));

	if (!etcd)
		return NULL;
	etcd->at = at;
	etcd->transfers = transfers_open(base);
	if (etcd->transfers)
		return etcd;
	free(etcd);
	return NULL;
}

static void free_call(struct call *call)
{
	etcd_transfer_end(&call->transfer);
	free(call);
}

/**
 * etcd_abort() - break off all that is under way
 */
void etcd_abort(struct etcd *etcd)
{
	while (etcd->watches)
		etcd_unwatch((struct etcd_watch *)etcd->watches);
	while (etcd->calls)
		free_call((struct call *)etcd->calls);
}

/**
 * etcd_close() - the end of all this
 */
void etcd_close(struct etcd *etcd)
{
	etcd_abort(etcd);
	transfers_close(etcd->transfers);
	free(etcd);
}

static size_t keep_answer(char *data, size_t size, size_t count, void *arg)
{
	return etcd_transfer_more(arg, data, size * count) ? size * count : 0;
}

/* The gateway wraps what comes of a stream; that of an error stands by itself. */
static const json_t *unwrap(const json_t *answer, const char **why)
{
	const json_t *error = json_object_get(answer, "error");
	const json_t *result = json_object_get(answer, "result");
	const char *text;

	if (error) {
		text = json_string_value(error);
		if (!text)
			text = json_string_value(json_object_get(error,
								 "message"));
		*why = text ? text : "etcd has refused it";
		return NULL;
	}
	return result ? result : answer;
}

/* It has answered, but can't do anything for us: it has lost the others. */
static bool is_useless(const char *why)
{
	return strstr(why, "no leader") || strstr(why, "timed out") ||
	       strstr(why, "stopped");
}

static void finish_call(CURLcode result, void *arg)
{
	struct call *call = arg;
	struct etcd_transfer *t = &call->transfer;
	const json_t *answer = NULL;
	const char *why = NULL;
	json_error_t error;
	json_t *json = NULL;

	if (result != CURLE_OK) {
		why = etcd_transfer_failed(t, result);
	} else {
		json = json_loads(t->text ? t->text : "",
				  JSON_DISABLE_EOF_CHECK, &error);
		if (json_is_object(json))
			answer = unwrap(json, &why);
		else
			why = "the answer is not etcd's";
		if (!answer && is_useless(why))
			etcd_transfer_failed(t, CURLE_OK);
	}
	/* Who hears of it may break off all the others. */
	etcd_transfer_leave(t);
	call->fn(answer, why, call->arg);
	json_decref(json);
	free_call(call);
}

static void fail_call(struct call *call)
{
	call->fn(NULL, "no memory", call->arg);
	free_call(call);
}

/**
 * etcd_call() - ask for something, and hear of the answer
 * @etcd: whom
 * @path: as in "/v3/kv/range"
 * @body: what; taken
 * @fn: hears of it
 * @arg: for @fn
 */
void etcd_call(struct etcd *etcd, const char *path, json_t *body,
	       etcd_answered fn, void *arg)
{
	struct call *call = calloc(1, sizeof(*call));

	if (!call) {
		json_decref(body);
		fn(NULL, "no memory", arg);
		return;
	}
	call->fn = fn;
	call->arg = arg;
	if (!etcd_transfer_begin(&call->transfer, etcd, path, body)) {
		fail_call(call);
		return;
	}
	curl_easy_setopt(call->transfer.transfer.handle, CURLOPT_TIMEOUT_MS,
			 (long)etcd->at->timeout_ms);
	if (!etcd_transfer_send(&call->transfer, &etcd->calls, keep_answer,
				finish_call))
		fail_call(call);
}
