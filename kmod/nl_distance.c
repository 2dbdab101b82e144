// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: how far zones are apart.
 */
#include "nl_common.h"
#include "zone.h"

#define PAIR_POLICY					\
	[PSTEER_A_DISTANCE_FROM] = PSTEER_NLA_NAME,	\
	[PSTEER_A_DISTANCE_TO] = PSTEER_NLA_NAME

const struct nla_policy
psteer_nl_distance_set_policy[PSTEER_A_DISTANCE_MAX + 1] = {
	PAIR_POLICY,
	[PSTEER_A_DISTANCE_SHARE] = PSTEER_NLA_SHARE,
};

const struct nla_policy
psteer_nl_distance_pair_policy[PSTEER_A_DISTANCE_MAX + 1] = {
	PAIR_POLICY,
};

static int find_zone(struct psteer_net *pnet, struct genl_info *info,
		     const struct nlattr *name, u8 *zone)
{
	*zone = psteer_zone_find(pnet, nla_data(name));
	if (*zone != PSTEER_ZONE_NONE)
		return 0;
	return psteer_nl_refuse(pnet, info->extack, name, -ENOENT,
				"there is no zone %s",
				(const char *)nla_data(name));
}

static int find_pair(struct psteer_net *pnet, struct genl_info *info,
		     struct psteer_distance *pair)
{
	struct nlattr **attrs = info->attrs;
	int err;

	err = find_zone(pnet, info, attrs[PSTEER_A_DISTANCE_FROM], &pair->from);
	if (!err)
		err = find_zone(pnet, info, attrs[PSTEER_A_DISTANCE_TO],
				&pair->to);
	if (err || pair->from != pair->to)
		return err;
	return psteer_nl_refuse(pnet, info->extack,
				attrs[PSTEER_A_DISTANCE_TO], -EINVAL,
				"from a zone to itself there is no distance");
}

static int fill_distance(struct sk_buff *skb, const struct psteer_net *pnet,
			 const struct psteer_distance *pair,
			 const struct psteer_nl_where *where)
{
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, PSTEER_A_DISTANCE_FROM,
			   psteer_zone_name(pnet, pair->from)) ||
	    nla_put_string(skb, PSTEER_A_DISTANCE_TO,
			   psteer_zone_name(pnet, pair->to)) ||
	    nla_put_u32(skb, PSTEER_A_DISTANCE_SHARE,
			psteer_zone_distance(pnet, pair->from, pair->to))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int set_distance(struct psteer_net *pnet, struct genl_info *info,
			const struct psteer_distance *pair)
{
	const struct nlattr *share = info->attrs[PSTEER_A_DISTANCE_SHARE];

	if (PSTEER_NL_LACKS(info, PSTEER_A_DISTANCE_SHARE))
		return -EINVAL;
	return psteer_distance_set(pnet, pair->from, pair->to,
				   nla_get_u32(share));
}

static int del_distance(struct psteer_net *pnet, struct genl_info *info,
			const struct psteer_distance *pair)
{
	if (psteer_zone_distance(pnet, pair->from, pair->to) == PSTEER_SCALE)
		return psteer_nl_refuse(pnet, info->extack,
			info->attrs[PSTEER_A_DISTANCE_TO], -ENOENT,
			"nothing is said of the distance of these zones");
	return psteer_distance_set(pnet, pair->from, pair->to, PSTEER_SCALE);
}

static int get_distance(struct psteer_net *pnet, struct genl_info *info,
			const struct psteer_distance *pair)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct sk_buff *reply = psteer_nl_new(0);

	if (!reply)
		return -ENOMEM;
	return psteer_nl_reply(reply, info,
			       fill_distance(reply, pnet, pair, &where));
}

/* What every command on one pair does around its own part. */
static int on_pair(struct genl_info *info,
		   int (*act)(struct psteer_net *pnet, struct genl_info *info,
			      const struct psteer_distance *pair))
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_distance pair = {};
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_DISTANCE_FROM) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_DISTANCE_TO))
		return -EINVAL;
	mutex_lock(&pnet->lock);
	err = find_pair(pnet, info, &pair);
	if (!err)
		err = act(pnet, info, &pair);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_distance_set() - PSTEER_CMD_DISTANCE_SET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_distance_set(struct sk_buff *skb, struct genl_info *info)
{
	return on_pair(info, set_distance);
}

/**
 * psteer_nl_distance_del() - PSTEER_CMD_DISTANCE_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_distance_del(struct sk_buff *skb, struct genl_info *info)
{
	return on_pair(info, del_distance);
}

/**
 * psteer_nl_distance_get() - PSTEER_CMD_DISTANCE_GET of one pair
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_distance_get(struct sk_buff *skb, struct genl_info *info)
{
	return on_pair(info, get_distance);
}

/**
 * psteer_nl_distance_dump() - PSTEER_CMD_DISTANCE_GET of all that were set
 * @skb: to fill
 * @cb: args[0] is the id of the last pair that was put
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_distance_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	const struct psteer_distance *pair;

	mutex_lock(&pnet->lock);
	cb->seq = pnet->generation;
	list_for_each_entry(pair, &pnet->distances, list) {
		if (pair->id <= cb->args[0])
			continue;
		if (fill_distance(skb, pnet, pair, &where))
			break;
		cb->args[0] = pair->id;
	}
	mutex_unlock(&pnet->lock);
	return skb->len;
}
