// SPDX-License-Identifier: GPL-2.0-or-later
/* Network namespaces, as "ip netns" names them. */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NETNS_DIR	"/var/run/netns"

static int refuse(struct refusal *refusal, const char *what, const char *name)
{
	int error = errno;
	char text[REFUSAL_TEXT_MAX];

	snprintf(text, sizeof(text), "%s network namespace \"%.100s\": %s",
		 what, name, strerror(error));
	refusal_set(refusal, error, text);
	return -error;
}

/**
 * netns_enter() - act in a network namespace from now on
 * @name: its name, or the path of its file
 * @refusal: why not
 *
 * Return: 0 or a negative errno.
 */
int netns_enter(const char *name, struct refusal *refusal)
{
	char path[4096];
	int ret = 0;
	int fd;

	snprintf(path, sizeof(path), "%s%s%s",
		 strchr(name, '/') ? "" : NETNS_DIR,
		 strchr(name, '/') ? "" : "/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse(refusal, "there is no", name);
	if (setns(fd, CLONE_NEWNET))
		ret = refuse(refusal, "cannot enter", name);
	close(fd);
	return ret;
}
