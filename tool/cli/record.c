// SPDX-License-Identifier: GPL-2.0-or-later
/* record: write every report of every server into a file, as it comes. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <search.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <linux/portsteer.h>

#include "command.h"
#include "format.h"
#include "history.h"
#include "objects.h"
#include "wire.h"

/* Its own words travel nowhere. */
enum {
	RECORD_FILE = 1,
	RECORD_INTERVAL,
	RECORD_COUNT,
};

/**
 * struct seen - what was seen of a server
 * @server: service and server
 * @reports: how many reports it has sent
 * @slot: of which interval it has a line
 */
struct seen {
	char server[PSTEER_NAME_MAX + FORMAT_MAX + 2];
	int64_t reports;
	int64_t slot;
};

/**
 * struct recorder - a recording
 * @args: where it was written, for complaints
 * @path: the file
 * @fd: of it
 * @regular: it can be cut
 * @interval_ms: at most one line a server in it; 1: every report
 * @left: lines to write yet
 * @seen: tree of struct seen
 * @failed: the file takes no more
 */
struct recorder {
	const struct args *args;
	const char *path;
	int fd;
	bool regular;
	int64_t interval_ms;
	int64_t left;
	void *seen;
	bool failed;
};

static int compare_seen(const void *a, const void *b)
{
	return strcmp(((const struct seen *)a)->server,
		      ((const struct seen *)b)->server);
}

static struct seen *find_seen(struct recorder *rec, const struct record *r)
{
	struct seen *key = calloc(1, sizeof(*key));
	char buf[FORMAT_MAX];
	struct seen **found;

	if (!key)
		err(1, "no memory");
	snprintf(key->server, sizeof(key->server), "%s %s",
		 record_text(r, PSTEER_A_SERVER_SERVICE),
		 format_endpoint(buf,
				 record_address(r, PSTEER_A_SERVER_ADDRESS),
				 record_number(r, PSTEER_A_SERVER_PORT)));
	found = tsearch(key, &rec->seen, compare_seen);
	if (!found)
		err(1, "no memory");
	if (*found != key)
		free(key);
	return *found;
}

/* A line is in the file as a whole, or not at all. */
static void write_line(struct recorder *rec, const char *line)
{
	off_t before = lseek(rec->fd, 0, SEEK_END);
	size_t len = strlen(line);
	ssize_t written;

	errno = 0;
	written = write(rec->fd, line, len);
	if (written == (ssize_t)len)
		return;
	if (rec->regular && written > 0 && ftruncate(rec->fd, before))
		errno = EIO;
	args_say(rec->args, "cannot write %s: %s", rec->path,
		 strerror(errno ? errno : ENOSPC));
	rec->failed = true;
}

/* Reports from before are not told of again. */
static void note_server(const struct record *r, void *arg)
{
	find_seen(arg, r)->reports = record_number(r, PSTEER_A_SERVER_REPORTS);
}

static void take_notice(struct nlmsghdr *hdr, void *arg)
{
	struct genlmsghdr *genl = nlmsg_data(hdr);
	struct recorder *rec = arg;
	struct record r = { 0 };
	struct seen *seen;
	int64_t reports;
	int64_t slot;
	char *line;

	if (genl->cmd != PSTEER_CMD_SERVER_NTF)
		return;
	wire_get(hdr, &server_object, &r);
	seen = find_seen(rec, &r);
	reports = record_number(&r, PSTEER_A_SERVER_REPORTS);
	slot = record_number(&r, PSTEER_A_SERVER_TIME) / rec->interval_ms;
	/* other changes are told of, too */
	if (reports && reports != seen->reports &&
	    (rec->interval_ms == 1 || slot != seen->slot) && rec->left &&
	    !rec->failed) {
		line = history_row(&r);
		write_line(rec, line);
		free(line);
		seen->slot = slot;
		rec->left--;
	}
	seen->reports = reports;
	record_clear(&r);
}

/* The first line is ours, and the last one has an end. */
static bool check_header(struct recorder *rec, const char *header)
{
	size_t size = strlen(header);
	char *line = calloc(1, size + 1);
	bool same;
	char last;

	if (!line)
		err(1, "no memory");
	same = pread(rec->fd, line, size, 0) == (ssize_t)size &&
	       !strcmp(line, header);
	free(line);
	if (!same) {
		args_say(rec->args, "%s has another header: it is no history, or of another version",
			 rec->path);
		return false;
	}
	if (pread(rec->fd, &last, 1, lseek(rec->fd, 0, SEEK_END) - 1) == 1 &&
	    last == '\n')
		return true;
	args_say(rec->args, "%s ends within a line: delete what there is of it",
		 rec->path);
	return false;
}

static bool begin_file(struct recorder *rec)
{
	char *header = history_header();
	struct stat st;
	bool fine = true;

	if (fstat(rec->fd, &st))
		err(1, "%s", rec->path);
	rec->regular = S_ISREG(st.st_mode);
	if (rec->regular && st.st_size) {
		fine = check_header(rec, header);
	} else {
		write_line(rec, header);
		fine = !rec->failed;
	}
	free(header);
	return fine;
}

static bool open_file(struct recorder *rec)
{
	rec->fd = open(rec->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC,
		       0644);
	if (rec->fd < 0) {
		args_say(rec->args, "cannot open %s: %s", rec->path,
			 strerror(errno));
		return false;
	}
	if (flock(rec->fd, LOCK_EX | LOCK_NB)) {
		args_say(rec->args, "%s is being written to by another recording",
			 rec->path);
		return false;
	}
	return begin_file(rec);
}

/* A signal asks for the end; it comes between two lines. */
static int catch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		err(1, "signalfd");
	return fd;
}

static int listen_on(struct recorder *rec, struct netlink *nl)
{
	struct pollfd fds[] = {
		{ .fd = netlink_fd(nl), .events = POLLIN },
		{ .fd = catch_signals(), .events = POLLIN },
	};
	bool warned = false;
	int ret;

	while (rec->left && !rec->failed) {
		if (poll(fds, 2, -1) < 0)
			err(1, "poll");
		if (fds[1].revents)
			break;
		ret = netlink_listen(nl, take_notice, rec);
		if (ret == -ENOBUFS && !warned) {
			args_say(rec->args, "warning: some reports were lost, they come faster than they are written");
			warned = true;
		} else if (ret && ret != -ENOBUFS) {
			return ret;
		}
	}
	close(fds[1].fd);
	return 0;
}

/* What is there when it begins is asked for by a socket that hears nothing. */
static int note_servers(struct recorder *rec)
{
	struct record none = { 0 };
	struct netlink nl;
	int ret;

	ret = command_open(rec->args, &nl);
	if (ret)
		return ret;
	if (fetch_all(&nl, &server_object, server_object.get, &none,
		      note_server, rec))
		ret = command_refused(rec->args, &server_object, NULL,
				      &nl.refusal);
	netlink_close(&nl);
	return ret;
}

static int record_servers(struct recorder *rec)
{
	struct netlink nl;
	int ret;

	ret = command_open(rec->args, &nl);
	if (ret)
		return ret;
	if (netlink_subscribe(&nl, PSTEER_MCGRP_SERVER))
		ret = command_refused(rec->args, &server_object, NULL,
				      &nl.refusal);
	if (!ret)
		ret = note_servers(rec);
	if (!ret && listen_on(rec, &nl))
		ret = command_refused(rec->args, &server_object, NULL,
				      &nl.refusal);
	netlink_close(&nl);
	return rec->failed ? REFUSED : ret;
}

static int record_run(const struct object *o, const struct verb *v,
		      const struct args *a)
{
	struct recorder rec = { .args = a, .interval_ms = 1, .fd = -1 };
	struct record wanted = { 0 };
	int ret = MISUSED;

	if (args_read(a, o, v, &wanted)) {
		rec.path = record_text(&wanted, RECORD_FILE);
		if (record_number(&wanted, RECORD_INTERVAL))
			rec.interval_ms = record_number(&wanted,
							RECORD_INTERVAL);
		rec.left = record_has(&wanted, RECORD_COUNT) ?
			record_number(&wanted, RECORD_COUNT) : INT64_MAX;
		ret = open_file(&rec) ? record_servers(&rec) : REFUSED;
	}
	if (rec.fd >= 0)
		close(rec.fd);
	tdestroy(rec.seen, free);
	record_clear(&wanted);
	return ret;
}

static const struct field record_fields[] = {
	{
		.keyword = "file", .attr = RECORD_FILE, .type = &type_path,
		.takes = ROLE_SHOW, .needs = ROLE_SHOW, .plain = ROLE_SHOW,
	}, {
		.keyword = "interval", .attr = RECORD_INTERVAL,
		.type = &type_time, .takes = ROLE_SHOW,
	}, {
		.keyword = "count", .attr = RECORD_COUNT, .type = &type_count,
		.takes = ROLE_SHOW,
	},
	{ 0 }
};

static const struct verb record_verbs[] = {
	{ .role = ROLE_SHOW, .run = record_run },
	{ 0 }
};

const struct object record_object = {
	.word = "record",
	.about = "write the reports of servers to a file, as they come",
	.fields = record_fields,
	.verbs = record_verbs,
};
