// SPDX-License-Identifier: GPL-2.0-or-later
/* sd_notify(3): datagrams to the service manager's socket. */
#include "notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void say(const char *text)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len;
	int fd;

	if (!path || !*path || strlen(path) >= sizeof(to.sun_path))
		return;
	len = strlen(path);
	memcpy(to.sun_path, path, len);
	/* an abstract one is written with a sign in place of the zero */
	if (*path == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, text, strlen(text), MSG_NOSIGNAL,
		     (struct sockaddr *)&to,
		     offsetof(struct sockaddr_un, sun_path) + len);
	close(fd);
}

/**
 * notify_ready() - started, or reloaded
 */
void notify_ready(void)
{
	say("READY=1");
}

/**
 * notify_reloading() - what is said until ready belongs to a reload
 */
void notify_reloading(void)
{
	struct timespec now;
	char text[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		 (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	say(text);
}

/**
 * notify_stopping() - it is over
 */
void notify_stopping(void)
{
	say("STOPPING=1");
}

static void tell_watchdog(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	say("WATCHDOG=1");
}

/**
 * notify_watchdog() - tell the service manager at half its patience that all is
 *	well
 *
 * Return: the event, to be freed, or NULL.
 */
struct event *notify_watchdog(struct event_base *base)
{
	const char *patience = getenv("WATCHDOG_USEC");
	uint64_t us = patience ? strtoull(patience, NULL, 10) / 2 : 0;
	struct timeval every = { us / 1000000, us % 1000000 };
	struct event *event;

	if (!us)
		return NULL;
	event = event_new(base, -1, EV_PERSIST, tell_watchdog, NULL);
	if (event)
		event_add(event, &every);
	return event;
}
