// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: counters.
 */
#include "nl_common.h"

static int fill_stat(struct sk_buff *skb, const struct psteer_net *pnet,
		     const struct psteer_nl_where *where, enum psteer_stat stat)
{
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, PSTEER_A_STATS_NAME, psteer_stats_name(stat)) ||
	    nla_put_u64_64bit(skb, PSTEER_A_STATS_VALUE,
			      psteer_stats_sum(pnet->stats, stat),
			      PSTEER_A_STATS_PAD)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_nl_stats_dump() - PSTEER_CMD_STATS_GET
 * @skb: to fill
 * @cb: args[0] is the counter to go on at
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_stats_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	const struct psteer_net *pnet = psteer_nl_dump_net(cb);

	for (; cb->args[0] < PSTEER_STATS_NUM; cb->args[0]++)
		if (fill_stat(skb, pnet, &where, cb->args[0]))
			break;
	return skb->len;
}
