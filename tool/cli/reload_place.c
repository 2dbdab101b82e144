// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Network namespaces: the module knows which it has something in, by number; a file
 * to enter one by is looked for among those that are mounted, as those of "ip netns"
 * and of containers are, and those of processes.
 */
#include "reload_place.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <linux/portsteer.h>

#include "grow.h"

#define NETNS_DIR	"/run/netns/"
#define PATH_LEN	4095

static void take_numbers(struct nlmsghdr *hdr, void *arg)
{
	struct places *places = arg;
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, hdr, GENL_HDRLEN, rest) {
		if (nla_type(attr) != PSTEER_A_MODULE_NETNS)
			continue;
		places->list = grow(places->list, places->count,
				    sizeof(*places->list));
		places->list[places->count++] = (struct place) {
			.number = nla_get_u32(attr), .fd = -1, .whole = true,
		};
	}
}

static void look_at(struct places *places, const char *path, const char *name)
{
	struct place *place;
	struct stat st;

	if (stat(path, &st))
		return;
	for (place = places->list; place < places->list + places->count; place++) {
		if (place->number != st.st_ino || place->fd >= 0)
			continue;
		place->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (place->fd < 0)
			continue;
		place->name = strdup(name);
		if (!place->name)
			err(1, "no memory");
	}
}

static void look_at_mounts(struct places *places)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char path[PATH_LEN + 1];
	char *line = NULL;
	size_t size = 0;
	bool named;

	if (!mounts)
		return;
	while (getline(&line, &size, mounts) >= 0) {
		if (sscanf(line, "%*s %*s %*s net:[%*u] %4095s", path) != 1)
			continue;
		named = !strncmp(path, NETNS_DIR, strlen(NETNS_DIR));
		look_at(places, path,
			named ? path + strlen(NETNS_DIR) : path);
	}
	free(line);
	fclose(mounts);
}

static void look_at_processes(struct places *places)
{
	char path[PATH_LEN + 1];
	DIR *processes = opendir("/proc");
	struct dirent *entry;

	while (processes && (entry = readdir(processes))) {
		if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
		look_at(places, path, path);
	}
	if (processes)
		closedir(processes);
}

static int check_found(const struct places *places, struct refusal *refusal)
{
	char text[REFUSAL_TEXT_MAX];
	size_t i;

	for (i = 0; i < places->count; i++) {
		if (places->list[i].fd >= 0)
			continue;
		snprintf(text, sizeof(text),
			 "network namespace net:[%u] has something of portsteer and can't be entered: it has neither a name nor a process here",
			 places->list[i].number);
		refusal_set(refusal, ENOENT, text);
		return -ENOENT;
	}
	return 0;
}

/**
 * places_find() - find all network namespaces that have something of the module
 * @nl: a socket to it
 * @places: filled; to be freed in any case
 * @refusal: why not all were found
 *
 * Return: 0 or a negative errno.
 */
int places_find(struct netlink *nl, struct places *places,
		struct refusal *refusal)
{
	int ret;

	*places = (struct places) { 0 };
	ret = netlink_request(nl, netlink_message(nl, PSTEER_CMD_NETNS_GET),
			      take_numbers, places);
	if (ret) {
		*refusal = nl->refusal;
		return ret;
	}
	look_at_mounts(places);
	look_at(places, "/proc/self/ns/net", "/proc/self/ns/net");
	look_at_processes(places);
	return check_found(places, refusal);
}

/**
 * places_free() - forget them
 */
void places_free(struct places *places)
{
	struct place *place;

	for (place = places->list; place < places->list + places->count; place++) {
		script_free(&place->script);
		if (place->fd >= 0)
			close(place->fd);
		free(place->name);
		free(place->file);
	}
	free(places->list);
}

/**
 * place_enter() - act in a network namespace from now on
 *
 * Return: false if that can't be done, as the refusal says.
 */
bool place_enter(const struct place *place, struct refusal *refusal)
{
	char text[REFUSAL_TEXT_MAX];
	int error;

	if (!setns(place->fd, CLONE_NEWNET))
		return true;
	error = errno;
	snprintf(text, sizeof(text),
		 "network namespace \"%.100s\" cannot be entered: %s",
		 place->name, strerror(error));
	refusal_set(refusal, error, text);
	return false;
}
