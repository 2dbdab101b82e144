// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: the module itself, in all network namespaces.
 */
#include <net/net_namespace.h>

#include "nl_common.h"
#include "version.h"

/* Namespaces that may get something while they are being told. */
#define SOME_MORE	64

static int fill_version(struct sk_buff *skb,
			const struct psteer_nl_where *where)
{
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, PSTEER_A_MODULE_VERSION, PSTEER_VERSION)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_nl_module_get() - PSTEER_CMD_MODULE_GET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno.
 */
int psteer_nl_module_get(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct sk_buff *reply = psteer_nl_new(0);

	if (!reply)
		return -ENOMEM;
	return psteer_nl_reply(reply, info, fill_version(reply, &where));
}

static bool was_changed(const struct net *net)
{
	return READ_ONCE(psteer_net(net)->generation);
}

static u32 count_changed(void)
{
	const struct net *net;
	u32 count = 0;

	rcu_read_lock();
	for_each_net_rcu(net)
		count += was_changed(net);
	rcu_read_unlock();
	return count;
}

static int put_changed(struct sk_buff *skb)
{
	const struct net *net;
	int err = 0;

	rcu_read_lock();
	for_each_net_rcu(net) {
		if (was_changed(net))
			err = nla_put_u32(skb, PSTEER_A_MODULE_NETNS,
					  net->ns.inum);
		if (err)
			break;
	}
	rcu_read_unlock();
	return err;
}

static int fill_changed(struct sk_buff *skb,
			const struct psteer_nl_where *where)
{
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (put_changed(skb)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_nl_netns_get() - PSTEER_CMD_NETNS_GET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno.
 */
int psteer_nl_netns_get(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct sk_buff *reply;

	reply = psteer_nl_new((count_changed() + SOME_MORE) *
			      nla_total_size(sizeof(u32)));
	if (!reply)
		return -ENOMEM;
	return psteer_nl_reply(reply, info, fill_changed(reply, &where));
}
