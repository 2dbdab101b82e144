// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists that are read a piece at a time. */
#include "netlink_walk.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>

#define PIECE_SIZE	(32 * 1024)

static int fail(struct netlink *nl, int error)
{
	refusal_set(&nl->refusal, error, strerror(error));
	return -error;
}

/**
 * netlink_walk_begin() - ask for a list
 * @nl: socket that nothing else is done with till the list is over
 * @msg: the request; freed
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int netlink_walk_begin(struct netlink *nl, struct nl_msg *msg)
{
	int ret;

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	ret = nl_send_auto(nl->sock, msg);
	nlmsg_free(msg);
	return ret < 0 ? fail(nl, EIO) : 0;
}

/* Return: 1: there may be more; 0: that was all; or a negative errno. */
static int take(struct netlink *nl, struct nlmsghdr *hdr, netlink_handler fn,
		void *arg)
{
	if (hdr->nlmsg_type == NLMSG_DONE)
		refusal_from_done(&nl->refusal, hdr);
	else if (hdr->nlmsg_type == NLMSG_ERROR)
		refusal_from_error(&nl->refusal, NULL, nlmsg_data(hdr));
	else
		return fn(hdr, arg), 1;
	return -nl->refusal.error;
}

/**
 * netlink_walk_read() - the next piece
 * @nl: socket of netlink_walk_begin()
 * @fn: gets each message of it
 * @arg: for @fn
 * @torn: set if the list is known to have changed, so that an entry may be missing
 *	or told twice
 *
 * Return: 1: there is more to come, 0: that was all, or a negative errno; the
 * reason is in the refusal.
 */
int netlink_walk_read(struct netlink *nl, netlink_handler fn, void *arg,
		      bool *torn)
{
	_Alignas(struct nlmsghdr) char bytes[PIECE_SIZE];
	struct nlmsghdr *hdr = (struct nlmsghdr *)bytes;
	ssize_t len = recv(netlink_fd(nl), bytes, sizeof(bytes), MSG_DONTWAIT);
	int left = len, ret = 1;

	if (len < 0)
		return errno == EAGAIN || errno == EINTR ? 1 : fail(nl, errno);
	for (; ret == 1 && nlmsg_ok(hdr, left); hdr = nlmsg_next(hdr, &left)) {
		if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
			*torn = true;
		ret = take(nl, hdr, fn, arg);
	}
	return ret;
}
