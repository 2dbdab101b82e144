// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the module comes or goes: what the kernel tells of netlink families. */
#include "module.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <linux/genetlink.h>
#include <linux/portsteer.h>

/**
 * struct module - somebody who wants to know
 * @sock: hears of all families
 * @event: of @sock
 * @seen: what was read now may be about the module
 * @changed: to be called
 * @arg: for it
 */
struct module {
	struct nl_sock *sock;
	struct event *event;
	bool seen;
	void (*changed)(void *arg);
	void *arg;
};

static int on_family(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct module *module = arg;
	struct nlattr *name;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, CTRL_ATTR_MAX, NULL))
		return NL_OK;
	name = tb[CTRL_ATTR_FAMILY_NAME];
	if (name && !strncmp(nla_data(name), PSTEER_GENL_NAME, nla_len(name)))
		module->seen = true;
	return NL_OK;
}

static int on_unasked(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static void read_families(evutil_socket_t fd, short what, void *arg)
{
	struct module *module = arg;
	int ret;

	(void)fd;
	(void)what;
	module->seen = false;
	do {
		ret = nl_recvmsgs_default(module->sock);
	} while (ret >= 0);
	/* what was lost may have been about the module */
	if (module->seen || ret != -NLE_AGAIN)
		module->changed(module->arg);
}

static bool subscribe(struct module *module)
{
	int group;

	if (!module->sock || genl_connect(module->sock))
		return false;
	group = genl_ctrl_resolve_grp(module->sock, "nlctrl", "notify");
	if (group < 0 || nl_socket_add_membership(module->sock, group))
		return false;
	nl_socket_disable_seq_check(module->sock);
	nl_socket_modify_cb(module->sock, NL_CB_VALID, NL_CB_CUSTOM, on_family,
			    module);
	nl_socket_modify_cb(module->sock, NL_CB_SEQ_CHECK, NL_CB_CUSTOM,
			    on_unasked, NULL);
	return !nl_socket_set_nonblocking(module->sock);
}

/**
 * module_watch() - hear of the module's coming and going
 *
 * Return: to be ended by module_unwatch(), or NULL.
 */
struct module *module_watch(struct event_base *base,
			    void (*changed)(void *arg), void *arg)
{
	struct module *module = calloc(1, sizeof(*module));

	if (!module)
		err(1, "no memory");
	module->changed = changed;
	module->arg = arg;
	module->sock = nl_socket_alloc();
	if (subscribe(module))
		module->event = event_new(base, nl_socket_get_fd(module->sock),
					  EV_READ | EV_PERSIST, read_families,
					  module);
	if (module->event && !event_add(module->event, NULL))
		return module;
	module_unwatch(module);
	return NULL;
}

/**
 * module_unwatch() - don't want to know any more
 */
void module_unwatch(struct module *module)
{
	if (module->event)
		event_free(module->event);
	nl_socket_free(module->sock);
	free(module);
}
