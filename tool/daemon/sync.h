/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part "sync": two gateways keep each other's sessions. Each connects to the
 * other and tells it over that connection of the sessions that are its own; the
 * module knows whose each is, and makes it one's own when a packet of it comes.
 */
#ifndef PORTSTEER_SYNC_H
#define PORTSTEER_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "line.h"
#include "part.h"

#define SYNC_INSTANCE_MAX	17	/* bytes of the name of a table, with the NUL */
#define SYNC_PLACE_MAX		32

/* What one connection may cost; both ends are ours, and talk each second. */
#define SYNC_PULSE_MS	1000
#define SYNC_SILENCE_MS	10000
#define SYNC_MESSAGE_MAX	(256 * 1024)
#define SYNC_QUEUE_MAX	(16 * 1024 * 1024)

/**
 * struct sync_settings - the section
 * @listen: where the peer connects to
 * @peer: where we connect to
 * @state: path of what is kept beyond our end, without what follows the dot
 */
struct sync_settings {
	struct endpoint listen;
	struct endpoint peer;
	char *state;
};

/**
 * struct sync_totals - what has gone to and fro since the start
 * @sent: sessions told to the peer
 * @ended_sent: of sessions, that they have ended
 * @received: sessions that the peer has told of
 * @ended_received: of sessions, that they have ended there
 * @refused: of those, sessions that the module has not taken
 * @resyncs: times that all was told from the beginning
 * @lost: times that the module's notifications were lost
 */
struct sync_totals {
	uint64_t sent;
	uint64_t ended_sent;
	uint64_t received;
	uint64_t ended_received;
	uint64_t refused;
	uint64_t resyncs;
	uint64_t lost;
};

/**
 * struct sync - the part
 * @daemon: whose
 * @settings: with what
 * @client: TLS, of the connection to the peer
 * @server: TLS, of the peer's to us
 * @place: what this gateway's table of sessions is in: changes with each load
 * @own: name of this table
 * @peer: name of that of the peer, whose sessions are here; "": of nobody
 * @ready: all that the peer has, or had, is here
 * @totals: for show
 * @sender: tells the peer
 * @receiver: is told by the peer
 */
struct sync {
	struct daemon *daemon;
	const struct sync_settings *settings;
	SSL_CTX *client;
	SSL_CTX *server;
	char place[SYNC_PLACE_MAX];
	char own[SYNC_INSTANCE_MAX];
	char peer[SYNC_INSTANCE_MAX];
	bool ready;
	struct sync_totals totals;
	struct sync_sender *sender;
	struct sync_receiver *receiver;
};

/* sync_state.c: what is known of the two tables, kept in files under /run. */
void sync_state_read(struct sync *sync);
bool sync_state_anew(struct sync *sync);	/* the module is another than before */
void sync_state_ready(struct sync *sync, bool ready);
/* The peer's table is this one: what is left of an earlier one is our own. */
const char *sync_state_peer(struct sync *sync, const char *instance);

/* sync_send.c */
struct sync_sender *sync_sender_new(struct sync *sync);
void sync_sender_free(struct sync_sender *sender);
void sync_sender_restart(struct sync_sender *sender, const char *why);
const char *sync_sender_state(const struct sync_sender *sender);
unsigned int sync_sender_lag_ms(const struct sync_sender *sender);

/* sync_receive.c */
struct sync_receiver *sync_receiver_new(struct sync *sync,
					struct refusal *refusal);
void sync_receiver_free(struct sync_receiver *receiver);
void sync_receiver_restart(struct sync_receiver *receiver, const char *why);
const char *sync_receiver_state(const struct sync_receiver *receiver);

#endif
