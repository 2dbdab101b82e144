// SPDX-License-Identifier: GPL-2.0-or-later
/* sync: sessions kept on the other gateway of a pair too. */
#include "sync.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "tls.h"
#include "tls_section.h"

static void stop(void *state)
{
	struct sync *sync = state;

	if (sync->sender)
		sync_sender_free(sync->sender);
	if (sync->receiver)
		sync_receiver_free(sync->receiver);
	SSL_CTX_free(sync->client);
	SSL_CTX_free(sync->server);
	free(sync);
}

/* Both ends of TLS, in the place of those that are there, or neither. */
static bool open_tls(struct sync *sync, struct refusal *refusal)
{
	const struct tls_files *files =
		config_section(sync->daemon->config, &tls_section)->values;
	SSL_CTX *client = tls_context(files, TLS_CLIENT, refusal);
	SSL_CTX *server = client ? tls_context(files, TLS_SERVER, refusal) : NULL;

	if (!server) {
		SSL_CTX_free(client);
		return false;
	}
	SSL_CTX_free(sync->client);
	SSL_CTX_free(sync->server);
	sync->client = client;
	sync->server = server;
	return true;
}

static void *start(struct daemon *daemon, const struct settings *settings,
		   struct refusal *refusal)
{
	struct sync *sync = calloc(1, sizeof(*sync));

	if (!sync)
		err(1, "no memory");
	sync->daemon = daemon;
	sync->settings = settings->values;
	sync_state_read(sync);
	if (open_tls(sync, refusal))
		sync->receiver = sync_receiver_new(sync, refusal);
	if (!sync->receiver) {
		stop(sync);
		return NULL;
	}
	sync->sender = sync_sender_new(sync);
	return sync;
}

/* Certificates run out and are replaced; connections that are there stay. */
static void renew(void *state)
{
	struct refusal refusal;

	if (!open_tls(state, &refusal))
		log_error("sync: the certificate stays as it is: %s",
			  refusal.text);
}

/* The less advanced of both directions. */
static const char *state_of(const struct sync *sync)
{
	const char *out = sync_sender_state(sync->sender);
	const char *in = sync_receiver_state(sync->receiver);

	if (!strcmp(out, "connecting") || !strcmp(in, "ready"))
		return out;
	return in;
}

static json_t *show(const void *state)
{
	const struct sync *sync = state;
	const struct sync_totals *t = &sync->totals;
	json_t *peer = json_sprintf("%s:%u", sync->settings->peer.host,
				    sync->settings->peer.port);

	return json_pack("[{s:o, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}]",
			 "peer", peer, "state", state_of(sync),
			 "ready", sync->ready,
			 "lag_ms", (json_int_t)sync_sender_lag_ms(sync->sender),
			 "sent", (json_int_t)t->sent,
			 "ended_sent", (json_int_t)t->ended_sent,
			 "received", (json_int_t)t->received,
			 "ended_received", (json_int_t)t->ended_received,
			 "refused", (json_int_t)t->refused,
			 "resyncs", (json_int_t)t->resyncs,
			 "lost", (json_int_t)t->lost);
}

static void put_total(FILE *out, const char *name, const char *help, uint64_t n)
{
	fprintf(out, "# HELP portsteer_sync_%s_total %s\n"
		"# TYPE portsteer_sync_%s_total counter\n"
		"portsteer_sync_%s_total %" PRIu64 "\n", name, help, name, name, n);
}

static void put_gauge(FILE *out, const char *name, const char *help, double n)
{
	fprintf(out, "# HELP portsteer_sync_%s %s\n"
		"# TYPE portsteer_sync_%s gauge\n"
		"portsteer_sync_%s %g\n", name, help, name, name, n);
}

static void metrics(const void *state, FILE *out)
{
	const struct sync *sync = state;
	const struct sync_totals *t = &sync->totals;

	put_gauge(out, "ready", "Whether all sessions of the peer are here.",
		  sync->ready);
	put_gauge(out, "connected", "Whether each gateway knows the sessions of the other.",
		  !strcmp(state_of(sync), "ready"));
	put_gauge(out, "lag_seconds", "How far the peer is behind.",
		  sync_sender_lag_ms(sync->sender) / 1000.0);
	put_total(out, "sent", "Sessions told to the peer.", t->sent);
	put_total(out, "ended_sent", "Ends of sessions told to the peer.",
		  t->ended_sent);
	put_total(out, "received", "Sessions that the peer has told of.",
		  t->received);
	put_total(out, "ended_received", "Ends of sessions that the peer has told of.",
		  t->ended_received);
	put_total(out, "refused", "Sessions of the peer that the module has not taken.",
		  t->refused);
	put_total(out, "resyncs", "Times that all sessions were told to the peer.",
		  t->resyncs);
	put_total(out, "lost", "Times that notifications of the module were lost.",
		  t->lost);
}

static const struct setting settings[] = {
	{
		.key = "listen", .type = SETTING_LISTEN,
		.offset = offsetof(struct sync_settings, listen),
		.initial = "[::]:7444",
	}, {
		.key = "peer", .type = SETTING_ENDPOINT, .required = true,
		.offset = offsetof(struct sync_settings, peer),
	}, {
		.key = "state", .type = SETTING_PATH,
		.offset = offsetof(struct sync_settings, state),
		.initial = "/run/portsteer/sync",
	},
	{ 0 }
};

static const struct section section = {
	.key = "sync",
	.size = sizeof(struct sync_settings),
	.settings = settings,
};

const struct part sync_part = {
	.name = "sync",
	.section = &section,
	.needs = &tls_section,
	.start = start,
	.stop = stop,
	.renew = renew,
	.show = show,
	.metrics = metrics,
};
