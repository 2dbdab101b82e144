// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which tables of sessions the two gateways have, by names drawn at random. Ours is
 * kept in a file that goes with the boot, with what it is the name of, the load of
 * the module in this network namespace, and with whether we are ready: so a new
 * daemon knows what the one before has known.
 */
#include "sync.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/portsteer.h>

#include "kernel.h"
#include "log.h"

#define PATH_LEN	4096
#define KNOWN_MAX	(SYNC_PLACE_MAX + 2 * SYNC_INSTANCE_MAX + 8)

static bool read_line(const char *path, char *line, size_t size)
{
	FILE *in = fopen(path, "re");
	bool read = in && fgets(line, size, in);

	if (read)
		line[strcspn(line, "\n")] = '\0';
	if (in)
		fclose(in);
	return read;
}

/* Whoever looks meanwhile sees the old file or the new one. */
static void write_file(const char *path, const char *text)
{
	char new[PATH_LEN];
	FILE *out;

	if ((size_t)snprintf(new, sizeof(new), "%s.new", path) >= sizeof(new))
		return;
	out = fopen(new, "we");
	if (!out || fputs(text, out) < 0 || fclose(out) || rename(new, path))
		log_warning("%s cannot be written: %s", path, strerror(errno));
}

static const char *path_of(const struct sync *sync, const char *suffix)
{
	static char path[PATH_LEN];

	snprintf(path, sizeof(path), "%s.%s", sync->settings->state, suffix);
	return path;
}

/* What the module's table is in, "": the module is not there. */
static void place_of(char *place)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	struct netlink nl;

	*place = '\0';
	if (!netlink_open(&nl) &&
	    !getsockopt(netlink_fd(&nl), SOL_SOCKET, SO_NETNS_COOKIE, &cookie,
			&len))
		snprintf(place, SYNC_PLACE_MAX, "%" PRIu64 ".%d", cookie,
			 nl.family);
	netlink_close(&nl);
}

/* What keepalived reads: its priority depends on it. */
static void write_ready(const struct sync *sync)
{
	write_file(path_of(sync, "ready"), sync->ready ? "1\n" : "0\n");
}

static void write_known(const struct sync *sync)
{
	char text[KNOWN_MAX];

	snprintf(text, sizeof(text), "%s %s %d %s\n", sync->place, sync->own,
		 sync->ready, sync->peer);
	write_file(path_of(sync, "known"), text);
}

/* All that was known is of a table that is no more. */
static void begin(struct sync *sync)
{
	unsigned int i;

	for (i = 0; i < SYNC_INSTANCE_MAX - 1; i++)
		sync->own[i] = 'a' + arc4random_uniform(26);
	sync->own[i] = '\0';
	*sync->peer = '\0';
	sync->ready = false;
	write_known(sync);
	write_ready(sync);
}

/**
 * sync_state_read() - begin with what the daemon before has left
 */
void sync_state_read(struct sync *sync)
{
	char place[SYNC_PLACE_MAX] = "";
	char line[KNOWN_MAX];
	int ready = 0;

	place_of(sync->place);
	if (read_line(path_of(sync, "known"), line, sizeof(line)))
		sscanf(line, "%31s %16s %d %16s", place, sync->own, &ready,
		       sync->peer);
	sync->ready = ready;
	if (!*place || strcmp(place, sync->place))
		begin(sync);
	else
		write_ready(sync);
}

/**
 * sync_state_anew() - see whether the module is still the same
 *
 * Return: whether it is another.
 */
bool sync_state_anew(struct sync *sync)
{
	char place[SYNC_PLACE_MAX];

	place_of(place);
	if (!strcmp(place, sync->place))
		return false;
	strcpy(sync->place, place);
	begin(sync);
	return true;
}

/**
 * sync_state_ready() - say whether all that the peer has is here
 */
void sync_state_ready(struct sync *sync, bool ready)
{
	if (ready == sync->ready)
		return;
	sync->ready = ready;
	write_known(sync);
	write_ready(sync);
	log_notice("sync: %s", ready ? "ready" : "not ready");
}

/**
 * sync_state_peer() - the peer says what its table is called
 *
 * If it is another than the one whose sessions are here, that one is gone, and
 * nobody knows of them but us.
 *
 * Return: NULL, or why that can't be noted.
 */
const char *sync_state_peer(struct sync *sync, const char *instance)
{
	struct record r = { 0 };
	struct refusal refusal;

	if (strlen(instance) != SYNC_INSTANCE_MAX - 1 ||
	    strspn(instance, "abcdefghijklmnopqrstuvwxyz") !=
		    SYNC_INSTANCE_MAX - 1)
		return "this is no name of a table of sessions";
	if (!strcmp(instance, sync->own))
		return "a gateway is no peer of itself";
	if (!kernel_loaded(sync->daemon->kernel))
		return "the module is not loaded";
	if (!strcmp(instance, sync->peer))
		return NULL;
	record_set_number(&r, PSTEER_A_SESSION_WHOSE, PSTEER_WHOSE_OWN);
	if (kernel_do(sync->daemon->kernel, &session_object,
		      PSTEER_CMD_SESSION_SET, ROLE_SET, &r, &refusal)) {
		log_error("sync: sessions of a peer that is gone cannot be taken over: %s",
			  refusal.text);
		return "the module has refused";
	}
	strcpy(sync->peer, instance);
	write_known(sync);
	return NULL;
}
