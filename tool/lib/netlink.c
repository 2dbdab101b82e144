// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests, dumps and notifications over one generic netlink socket. */
#include "netlink.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/portsteer.h>

#include "reload_lock.h"

#define REQUEST_SIZE	(16 * 1024)	/* a pool with all its addresses */
#define DUMP_TRIES	5
#define MONITOR_BUFFER	(8 * 1024 * 1024)

/* One exchange: the request, its answers, and how it went. */
struct exchange {
	struct netlink *nl;
	const struct nlmsghdr *request;
	netlink_handler fn;
	void *arg;
	bool over;
	bool torn;
};

static int fail(struct netlink *nl, int error, const char *text)
{
	refusal_set(&nl->refusal, error, text);
	return -error;
}

static int fail_nl(struct netlink *nl, int nl_error)
{
	if (nl_error == -NLE_PERM)
		return fail(nl, EPERM, "");
	return fail(nl, EIO, nl_geterror(nl_error));
}

static void set_option(struct netlink *nl, int option)
{
	int on = 1;

	/* an old kernel without it still answers, only in fewer words */
	(void)setsockopt(nl_socket_get_fd(nl->sock), SOL_NETLINK, option, &on,
			 sizeof(on));
}

static void take_family(struct nlmsghdr *hdr, void *arg)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct netlink *nl = arg;

	if (genlmsg_parse(hdr, 0, tb, CTRL_ATTR_MAX, NULL) ||
	    !tb[CTRL_ATTR_FAMILY_ID] || !tb[CTRL_ATTR_VERSION])
		return;
	nl->family = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	nl->contract = nla_get_u32(tb[CTRL_ATTR_VERSION]);
}

static int find_family(struct netlink *nl)
{
	struct nl_msg *msg = nlmsg_alloc();
	int ret;

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL,
				 0, NLM_F_REQUEST, CTRL_CMD_GETFAMILY, 1) ||
	    nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, PSTEER_GENL_NAME))
		err(1, "no memory");
	ret = netlink_request(nl, msg, take_family, nl);
	if (ret == -ENOENT)
		return fail(nl, ENODEV, "the portsteer module is not loaded in this kernel (modprobe portsteer)");
	return ret;
}

/**
 * netlink_connect() - open a socket and find the module's family, whatever version
 *	of the contract it speaks
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int netlink_connect(struct netlink *nl)
{
	int ret;

	memset(nl, 0, sizeof(*nl));
	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		err(1, "no memory");
	ret = genl_connect(nl->sock);
	if (ret < 0)
		return fail_nl(nl, ret);
	nl_socket_disable_auto_ack(nl->sock);
	set_option(nl, NETLINK_EXT_ACK);
	set_option(nl, NETLINK_CAP_ACK);
	set_option(nl, NETLINK_GET_STRICT_CHK);
	return find_family(nl);
}

/**
 * netlink_understand() - refuse a module that speaks another version of the contract
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int netlink_understand(struct netlink *nl)
{
	char text[REFUSAL_TEXT_MAX];

	if (nl->contract == PSTEER_GENL_VERSION)
		return 0;
	snprintf(text, sizeof(text),
		 "the module speaks version %u of the netlink contract, this program (%s) version %u: they have to be of one release",
		 nl->contract, PORTSTEER_VERSION, PSTEER_GENL_VERSION);
	return fail(nl, EPROTO, text);
}

/**
 * netlink_open() - open a socket to a module that is understood and has its state
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int netlink_open(struct netlink *nl)
{
	int ret;

	reload_lock_wait();
	ret = netlink_connect(nl);
	return ret ? ret : netlink_understand(nl);
}

/**
 * netlink_close() - close the socket, also one that failed to open
 */
void netlink_close(struct netlink *nl)
{
	nl_socket_free(nl->sock);
	nl->sock = NULL;
}

/**
 * netlink_message() - a request without attributes
 *
 * Return: the message; netlink_request() and netlink_dump() free it.
 */
struct nl_msg *netlink_message(struct netlink *nl, uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc_size(REQUEST_SIZE);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
				 NLM_F_REQUEST, cmd, PSTEER_GENL_VERSION))
		err(1, "no memory");
	return msg;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	if (x->fn)
		x->fn(nlmsg_hdr(msg), x->arg);
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->over = true;
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	refusal_from_done(&x->nl->refusal, nlmsg_hdr(msg));
	x->over = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->torn = true;
	return NL_OK;
}

/* Notifications answer no request, so their number says nothing. */
static int on_unasked(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error,
		    void *arg)
{
	struct exchange *x = arg;

	(void)from;
	refusal_from_error(&x->nl->refusal, x->request, error);
	x->over = true;
	return NL_STOP;
}

static struct nl_cb *exchange_callbacks(struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		err(1, "no memory");
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	return cb;
}

/* Send the message and hand every answer on, up to the last. */
static int run_exchange(struct exchange *x, struct nl_msg *msg)
{
	struct netlink *nl = x->nl;
	struct nl_cb *cb;
	int ret;

	nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
	x->request = nlmsg_hdr(msg);
	refusal_set(&nl->refusal, 0, "");
	ret = nl_send_auto(nl->sock, msg);
	if (ret < 0)
		return fail_nl(nl, ret);
	cb = exchange_callbacks(x);
	ret = 0;
	while (!x->over && ret >= 0)
		ret = nl_recvmsgs(nl->sock, cb);
	nl_cb_put(cb);
	if (!x->over)
		return fail_nl(nl, ret);
	return -nl->refusal.error;
}

/**
 * netlink_request() - send a message, see it acknowledged or refused
 * @nl: the socket
 * @msg: the message; freed
 * @fn: gets each answer; or NULL
 * @arg: for @fn
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int netlink_request(struct netlink *nl, struct nl_msg *msg,
		    netlink_handler fn, void *arg)
{
	struct exchange x = { .nl = nl, .fn = fn, .arg = arg };
	int ret;

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_ACK;
	ret = run_exchange(&x, msg);
	nlmsg_free(msg);
	return ret;
}

/**
 * netlink_dump() - read a list
 * @nl: the socket
 * @msg: the request; freed
 * @fn: gets each message of the list once it is complete
 * @arg: for @fn
 * @torn: set if the list changed during each of several tries, so that an
 *        entry may be missing or told twice
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int netlink_dump(struct netlink *nl, struct nl_msg *msg, netlink_handler fn,
		 void *arg, bool *torn)
{
	struct messages list = { 0 };
	struct exchange x;
	int tries;
	int ret;

	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	for (tries = 0; tries < DUMP_TRIES; tries++) {
		list.used = 0;
		x = (struct exchange) {
			.nl = nl, .fn = messages_add, .arg = &list,
		};
		ret = run_exchange(&x, msg);
		if (ret || !x.torn)
			break;
	}
	if (!ret)
		messages_each(&list, fn, arg);
	*torn = x.torn;
	messages_free(&list);
	nlmsg_free(msg);
	return ret;
}

/**
 * netlink_subscribe() - ask for the notifications of a group
 *
 * Return: 0, or a negative errno; the reason is in the refusal.
 */
int netlink_subscribe(struct netlink *nl, const char *group)
{
	int size = MONITOR_BUFFER;
	int ret;

	/* beyond the system's limit only for the privileged */
	if (setsockopt(nl_socket_get_fd(nl->sock), SOL_SOCKET, SO_RCVBUFFORCE,
		       &size, sizeof(size)))
		nl_socket_set_buffer_size(nl->sock, size, 0);
	ret = genl_ctrl_resolve_grp(nl->sock, PSTEER_GENL_NAME, group);
	if (ret >= 0)
		ret = nl_socket_add_membership(nl->sock, ret);
	return ret < 0 ? fail_nl(nl, ret) : 0;
}

/**
 * netlink_fd() - the socket, to be waited for
 */
int netlink_fd(const struct netlink *nl)
{
	return nl_socket_get_fd(nl->sock);
}

/**
 * netlink_listen() - wait for notifications and hand them on
 *
 * Return: 0 after some, -ENOBUFS if some were lost, -EAGAIN if there are none
 * and the socket does not wait, or another negative errno; the reason is in the
 * refusal.
 */
int netlink_listen(struct netlink *nl, netlink_handler fn, void *arg)
{
	struct exchange x = { .nl = nl, .fn = fn, .arg = arg };
	struct nl_cb *cb = exchange_callbacks(&x);
	int ret;

	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_unasked, NULL);
	ret = nl_recvmsgs(nl->sock, cb);
	nl_cb_put(cb);
	if (ret == -NLE_NOMEM)
		return fail(nl, ENOBUFS, "some notifications were lost");
	if (ret == -NLE_AGAIN)
		return fail(nl, EAGAIN, "there are no notifications");
	return ret < 0 ? fail_nl(nl, ret) : 0;
}
