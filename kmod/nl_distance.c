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

static const char *name_in(struct genl_info *info, int attr)
{
	return nla_data(info->attrs[attr]);
}

/* False if nobody uses one of the names. */
static bool find_pair(struct psteer_net *pnet, struct genl_info *info,
		      struct psteer_distance *pair)
{
	pair->from = psteer_zone_find(pnet,
				      name_in(info, PSTEER_A_DISTANCE_FROM));
	pair->to = psteer_zone_find(pnet, name_in(info, PSTEER_A_DISTANCE_TO));
	return pair->from != PSTEER_ZONE_NONE && pair->to != PSTEER_ZONE_NONE;
}

/* That of a pair of which nothing is said, if one of them is not known. */
static u32 find_distance(struct psteer_net *pnet, struct genl_info *info,
			 struct psteer_distance *pair)
{
	return find_pair(pnet, info, pair) ?
	       psteer_zone_distance(pnet, pair->from, pair->to) : PSTEER_SCALE;
}

static int fill_distance(struct sk_buff *skb, const char *from, const char *to,
			 u32 share, const struct psteer_nl_where *where)
{
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, PSTEER_A_DISTANCE_FROM, from) ||
	    nla_put_string(skb, PSTEER_A_DISTANCE_TO, to) ||
	    nla_put_u32(skb, PSTEER_A_DISTANCE_SHARE, share)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* The zones are used here till the distance itself uses them. */
static int set_distance(struct psteer_net *pnet, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	u32 share = nla_get_u32(attrs[PSTEER_A_DISTANCE_SHARE]);
	u8 from, to = PSTEER_ZONE_NONE;
	int err;

	err = psteer_nl_zone(pnet, &from, attrs[PSTEER_A_DISTANCE_FROM],
			     info->extack);
	if (!err)
		err = psteer_nl_zone(pnet, &to, attrs[PSTEER_A_DISTANCE_TO],
				     info->extack);
	if (!err)
		err = psteer_distance_set(pnet, from, to, share);
	psteer_zone_drop(pnet, from);
	psteer_zone_drop(pnet, to);
	return err;
}

static int del_distance(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_distance pair = {};

	if (find_distance(pnet, info, &pair) == PSTEER_SCALE)
		return psteer_nl_refuse(pnet, info->extack,
			info->attrs[PSTEER_A_DISTANCE_TO], -ENOENT,
			"nothing is said of the distance of these zones");
	return psteer_distance_set(pnet, pair.from, pair.to, PSTEER_SCALE);
}

static int get_distance(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct sk_buff *reply = psteer_nl_new(0);
	struct psteer_distance pair = {};

	if (!reply)
		return -ENOMEM;
	return psteer_nl_reply(reply, info,
			       fill_distance(reply,
					     name_in(info, PSTEER_A_DISTANCE_FROM),
					     name_in(info, PSTEER_A_DISTANCE_TO),
					     find_distance(pnet, info, &pair),
					     &where));
}

static int check_names(struct genl_info *info)
{
	char name[PSTEER_NAME_MAX + 1];
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_DISTANCE_FROM) ||
	    PSTEER_NL_LACKS(info, PSTEER_A_DISTANCE_TO))
		return -EINVAL;
	err = psteer_nl_name(name, info->attrs[PSTEER_A_DISTANCE_FROM],
			     info->extack);
	if (!err)
		err = psteer_nl_name(name, info->attrs[PSTEER_A_DISTANCE_TO],
				     info->extack);
	if (err || strcmp(name, name_in(info, PSTEER_A_DISTANCE_FROM)))
		return err;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[PSTEER_A_DISTANCE_TO],
			    "from a zone to itself there is no distance");
	return -EINVAL;
}

/* What every command on one pair does around its own part. */
static int on_pair(struct genl_info *info,
		   int (*act)(struct psteer_net *pnet, struct genl_info *info))
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	err = check_names(info);
	if (err)
		return err;
	mutex_lock(&pnet->lock);
	err = act(pnet, info);
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
	if (PSTEER_NL_LACKS(info, PSTEER_A_DISTANCE_SHARE))
		return -EINVAL;
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
		if (fill_distance(skb, psteer_zone_name(pnet, pair->from),
				  psteer_zone_name(pnet, pair->to),
				  psteer_zone_distance(pnet, pair->from,
						       pair->to), &where))
			break;
		cb->args[0] = pair->id;
	}
	mutex_unlock(&pnet->lock);
	return skb->len;
}
