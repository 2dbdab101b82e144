// SPDX-License-Identifier: GPL-2.0-or-later
/* One HTTP request to etcd: to which endpoint, with which certificates. */
#include "etcd_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A whole prefix may come as one answer; more than this is no answer. */
#define ANSWER_MOST	(32UL << 20)
/* A connection on which nothing arrives at all is given up after about this, s. */
#define SILENCE_S	10L

static void set_options(struct etcd_transfer *t, const char *url)
{
	const struct etcd_at *at = t->etcd->at;
	CURL *easy = t->transfer.handle;

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, t->body);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	/* What others set in the environment is not about etcd. */
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)at->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, SILENCE_S / 2);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 1L);
	if (at->ca)
		curl_easy_setopt(easy, CURLOPT_CAINFO, at->ca);
	if (at->certificate)
		curl_easy_setopt(easy, CURLOPT_SSLCERT, at->certificate);
	if (at->key)
		curl_easy_setopt(easy, CURLOPT_SSLKEY, at->key);
}

/**
 * etcd_transfer_begin() - make a request that is not sent yet
 * @t: all zeros
 * @etcd: to whom
 * @path: as in "/v3/kv/range"
 * @body: taken
 *
 * Return: false if there is no memory; it has to be ended in any case.
 */
bool etcd_transfer_begin(struct etcd_transfer *t, struct etcd *etcd,
			 const char *path, json_t *body)
{
	char url[512];

	t->etcd = etcd;
	t->endpoint = etcd->endpoint;
	t->body = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	/* A watch of a member that has lost the others should not go on. */
	t->headers = curl_slist_append(NULL, "Grpc-Metadata-hasleader: true");
	t->transfer.handle = curl_easy_init();
	snprintf(url, sizeof(url), "%s%s", etcd->at->endpoints[t->endpoint],
		 path);
	if (!t->body || !t->headers || !t->transfer.handle)
		return false;
	set_options(t, url);
	return true;
}

/**
 * etcd_transfer_send() - send it
 * @t: begun
 * @in: list to be in
 * @written: gets what comes, with @t
 * @done: called once it is over, with @t
 *
 * Return: false if that can't be.
 */
bool etcd_transfer_send(struct etcd_transfer *t, struct etcd_transfer **in,
			curl_write_callback written,
			void (*done)(CURLcode result, void *arg))
{
	t->in = in;
	t->next = *in;
	*in = t;
	curl_easy_setopt(t->transfer.handle, CURLOPT_WRITEFUNCTION, written);
	curl_easy_setopt(t->transfer.handle, CURLOPT_WRITEDATA, t);
	t->transfer.done = done;
	t->transfer.arg = t;
	return transfer_begin(t->etcd->transfers, &t->transfer);
}

/**
 * etcd_transfer_leave() - take it off the list that it is in
 */
void etcd_transfer_leave(struct etcd_transfer *t)
{
	struct etcd_transfer **at = t->in;

	while (at && *at && *at != t)
		at = &(*at)->next;
	if (at && *at)
		*at = t->next;
}

/**
 * etcd_transfer_end() - free what belongs to it, under way or over
 */
void etcd_transfer_end(struct etcd_transfer *t)
{
	etcd_transfer_leave(t);
	if (t->transfer.handle) {
		transfer_abort(t->etcd->transfers, &t->transfer);
		curl_easy_cleanup(t->transfer.handle);
	}
	curl_slist_free_all(t->headers);
	free(t->body);
	free(t->text);
}

/**
 * etcd_transfer_more() - keep what has come
 */
bool etcd_transfer_more(struct etcd_transfer *t, const char *data,
			size_t length)
{
	size_t room = t->room ? t->room : 4096;
	char *text;

	while (room < t->length + length + 1)
		room *= 2;
	if (room > ANSWER_MOST)
		return false;
	if (room > t->room) {
		text = realloc(t->text, room);
		if (!text)
			return false;
		t->text = text;
		t->room = room;
	}
	memcpy(t->text + t->length, data, length);
	t->length += length;
	t->text[t->length] = 0;
	return true;
}

/**
 * etcd_transfer_failed() - say why it failed, and go to another endpoint next
 */
const char *etcd_transfer_failed(struct etcd_transfer *t, CURLcode result)
{
	struct etcd *etcd = t->etcd;

	/* Many fail with one endpoint; only the first of them leaves it. */
	if (etcd->endpoint == t->endpoint) {
		etcd->endpoint++;
		if (!etcd->at->endpoints[etcd->endpoint])
			etcd->endpoint = 0;
	}
	return result == CURLE_OK ? "etcd has ended it" :
				    curl_easy_strerror(result);
}
