// SPDX-License-Identifier: GPL-2.0-or-later
/* Many requests in one go, of which only those that are refused are answered. */
#include "netlink_batch.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/msg.h>

#define ANSWERS_SIZE	(16 * 1024)
/* What a whole batch may be answered, should all of it be refused. */
#define ANSWERS_BUFFER	(4 * 1024 * 1024)

/* One batch under way. */
struct exchange {
	struct netlink_batch *batch;
	struct refusal *refusal;
	netlink_refused fn;
	void *arg;
	bool over;
};

/**
 * netlink_batch_add() - one more request
 * @batch: which has room for it, or not
 * @msg: the request; freed if it is taken
 *
 * Return: false: send the batch first.
 */
bool netlink_batch_add(struct netlink_batch *batch, struct nl_msg *msg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	size_t len = NLMSG_ALIGN(hdr->nlmsg_len);

	if (batch->count == NETLINK_BATCH_COUNT ||
	    batch->used + len > NETLINK_BATCH_BYTES)
		return false;
	hdr->nlmsg_seq = batch->count;
	memcpy(batch->bytes + batch->used, hdr, hdr->nlmsg_len);
	batch->starts[batch->count++] = batch->used;
	batch->used += len;
	nlmsg_free(msg);
	return true;
}

static const struct nlmsghdr *request(const struct netlink_batch *batch,
				      unsigned int nth)
{
	return (const struct nlmsghdr *)(batch->bytes + batch->starts[nth]);
}

static void take_answer(struct exchange *x, struct nlmsghdr *hdr)
{
	unsigned int nth = hdr->nlmsg_seq;

	if (hdr->nlmsg_type != NLMSG_ERROR || nth >= x->batch->count)
		return;
	refusal_from_error(x->refusal, request(x->batch, nth), nlmsg_data(hdr));
	if (x->refusal->error)
		x->fn(nth, x->refusal, x->arg);
	x->over = nth + 1 == x->batch->count;
}

static int read_answers(struct exchange *x, int fd)
{
	_Alignas(struct nlmsghdr) char bytes[ANSWERS_SIZE];
	struct nlmsghdr *hdr = (struct nlmsghdr *)bytes;
	ssize_t len = recv(fd, bytes, sizeof(bytes), 0);
	int left = len;

	if (len < 0)
		return errno == EINTR ? 0 : -errno;
	for (; nlmsg_ok(hdr, left); hdr = nlmsg_next(hdr, &left))
		take_answer(x, hdr);
	return 0;
}

static int fail(struct netlink *nl, int error)
{
	refusal_set(&nl->refusal, error, strerror(error));
	return -error;
}

/* The last one is answered in any case, so that the end is known. */
static int run(struct exchange *x, struct netlink *nl)
{
	struct netlink_batch *batch = x->batch;
	size_t last = batch->starts[batch->count - 1];
	int size = ANSWERS_BUFFER, fd = netlink_fd(nl), ret = 0;

	((struct nlmsghdr *)(batch->bytes + last))->nlmsg_flags |= NLM_F_ACK;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (send(fd, batch->bytes, batch->used, 0) < 0)
		return fail(nl, errno);
	while (!x->over && !ret)
		ret = read_answers(x, fd);
	return ret ? fail(nl, -ret) : 0;
}

/**
 * netlink_batch_send() - have all of it done
 * @batch: requests; empty after it
 * @nl: socket that waits for answers
 * @fn: gets each refusal, with the place of the request in the batch
 * @arg: for @fn
 *
 * Return: 0, also if requests were refused; or a negative errno, if it is not
 * known what has become of them.
 */
int netlink_batch_send(struct netlink_batch *batch, struct netlink *nl,
		       netlink_refused fn, void *arg)
{
	struct exchange x = {
		.batch = batch, .refusal = &nl->refusal, .fn = fn, .arg = arg,
	};
	int ret = batch->count ? run(&x, nl) : 0;

	batch->used = 0;
	batch->count = 0;
	return ret;
}
