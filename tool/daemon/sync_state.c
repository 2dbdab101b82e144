// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which tables of sessions the two gateways have, by a name that no other table
 * has: that of the boot, of the network namespace and of the load of the module. It
 * and whether we are ready are kept in files that go with the boot, so that a new
 * daemon is as ready as the one before.
 */
#include "sync.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/portsteer.h>

#include "kernel.h"
#include "log.h"

#define BOOT_ID		"/proc/sys/kernel/random/boot_id"
#define BOOT_ID_MAX	40
#define PATH_LEN	4096

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

/* "": the module is not there. */
static void name_own(char *own)
{
	char boot[BOOT_ID_MAX] = "";
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	struct netlink nl;

	*own = '\0';
	if (!netlink_open(&nl) && read_line(BOOT_ID, boot, sizeof(boot)) &&
	    !getsockopt(netlink_fd(&nl), SOL_SOCKET, SO_NETNS_COOKIE, &cookie,
			&len))
		snprintf(own, SYNC_INSTANCE_MAX, "%s.%" PRIu64 ".%d", boot,
			 cookie, nl.family);
	netlink_close(&nl);
}

/* What keepalived reads: its priority depends on it. */
static void write_ready(const struct sync *sync)
{
	write_file(path_of(sync, "ready"), sync->ready ? "1\n" : "0\n");
}

static void write_known(const struct sync *sync)
{
	char text[2 * SYNC_INSTANCE_MAX + 8];

	snprintf(text, sizeof(text), "%s %d %s\n", sync->own, sync->ready,
		 sync->peer);
	write_file(path_of(sync, "known"), text);
}

/* All that was known is of a table that is no more. */
static void forget(struct sync *sync)
{
	sync->ready = false;
	*sync->peer = '\0';
	write_known(sync);
}

/**
 * sync_state_read() - begin with what the daemon before has left
 */
void sync_state_read(struct sync *sync)
{
	char line[2 * SYNC_INSTANCE_MAX + 8];
	char own[SYNC_INSTANCE_MAX] = "";
	int ready = 0;

	name_own(sync->own);
	if (read_line(path_of(sync, "known"), line, sizeof(line)))
		sscanf(line, "%95s %d %95s", own, &ready, sync->peer);
	sync->ready = ready;
	if (!*own || strcmp(own, sync->own))
		forget(sync);
	write_ready(sync);
}

/**
 * sync_state_anew() - see whether the module is still the same
 *
 * Return: whether it is another.
 */
bool sync_state_anew(struct sync *sync)
{
	char own[SYNC_INSTANCE_MAX];

	name_own(own);
	if (!strcmp(own, sync->own))
		return false;
	strcpy(sync->own, own);
	forget(sync);
	write_ready(sync);
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

	if (strlen(instance) >= sizeof(sync->peer) || strchr(instance, ' '))
		return "this is no name of a table of sessions";
	if (!strcmp(instance, sync->own))
		return "a gateway is no peer of itself";
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
