// SPDX-License-Identifier: GPL-2.0-or-later
/* A peer's sessions, as requests to the module. */
#include "sync_write.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>
#include <linux/portsteer.h>

#include "netlink_batch.h"
#include "objects.h"
#include "wire.h"

/**
 * struct sync_writer - see above
 * @nl: to the module
 * @batch: requests that wait
 * @of: the service or vm that each is of; "" of an end
 * @refused: whom to tell
 * @arg: for @refused
 */
struct sync_writer {
	struct netlink nl;
	struct netlink_batch batch;
	char of[NETLINK_BATCH_COUNT][PSTEER_NAME_MAX + 1];
	sync_refused refused;
	void *arg;
};

/**
 * sync_writer_open() - begin to write
 * @fn: gets each refusal
 * @arg: for @fn
 */
struct sync_writer *sync_writer_open(sync_refused fn, void *arg)
{
	struct sync_writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		err(1, "no memory");
	writer->refused = fn;
	writer->arg = arg;
	if (!netlink_open(&writer->nl))
		return writer;
	sync_writer_close(writer);
	return NULL;
}

/**
 * sync_writer_close() - write no more
 */
void sync_writer_close(struct sync_writer *writer)
{
	netlink_close(&writer->nl);
	free(writer);
}

static void hear_refusal(unsigned int nth, const struct refusal *refusal,
			 void *arg)
{
	struct sync_writer *writer = arg;

	writer->refused(writer->of[nth], refusal, writer->arg);
}

/**
 * sync_writer_flush() - write what waits
 */
bool sync_writer_flush(struct sync_writer *writer)
{
	return !netlink_batch_send(&writer->batch, &writer->nl, hear_refusal,
				   writer);
}

static const char *name_of(const struct record *r)
{
	return record_has(r, PSTEER_A_SESSION_VM) ?
	       record_text(r, PSTEER_A_SESSION_VM) :
	       record_text(r, PSTEER_A_SESSION_SERVICE);
}

/**
 * sync_writer_put() - write one more, perhaps later
 * @writer: where to
 * @session: as it is told; it is the peer's from now on, here too
 * @ended: it has ended
 */
bool sync_writer_put(struct sync_writer *writer, struct record *session,
		     bool ended)
{
	struct nl_msg *msg;

	record_set_number(session, PSTEER_A_SESSION_WHOSE, PSTEER_WHOSE_PEER);
	msg = netlink_message(&writer->nl, ended ? PSTEER_CMD_SESSION_FLUSH :
						   PSTEER_CMD_SESSION_NEW);
	wire_put(msg, &session_object, session, 0);
	if (!netlink_batch_add(&writer->batch, msg)) {
		if (!sync_writer_flush(writer)) {
			nlmsg_free(msg);
			return false;
		}
		netlink_batch_add(&writer->batch, msg);
	}
	strcpy(writer->of[writer->batch.count - 1],
	       ended ? "" : name_of(session));
	return true;
}
