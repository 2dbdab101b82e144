// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: zones, by the prefixes of clients that are in them.
 */
#include "nl_common.h"
#include "zone.h"

#define PLACE_POLICY						\
	[PSTEER_A_ZONE_ADDRESS] = PSTEER_NLA_ADDRESS,		\
	[PSTEER_A_ZONE_PREFIX_LENGTH] =				\
		NLA_POLICY_MAX(NLA_U8, PSTEER_PREFIX_LEN_MOST)

const struct nla_policy psteer_nl_zone_new_policy[PSTEER_A_ZONE_MAX + 1] = {
	PLACE_POLICY,
	[PSTEER_A_ZONE_NAME] = PSTEER_NLA_NAME,
};

const struct nla_policy psteer_nl_zone_del_policy[PSTEER_A_ZONE_MAX + 1] = {
	PLACE_POLICY,
};

const struct nla_policy psteer_nl_zone_flush_policy[PSTEER_A_ZONE_MAX + 1] = {
	[PSTEER_A_ZONE_NAME] = PSTEER_NLA_NAME,
};

/**
 * psteer_nl_zone() - read the name of a zone and use it
 * @pnet: namespace
 * @zone: set to its id; PSTEER_ZONE_NONE if the name is empty, or on error
 * @attr: attribute of policy PSTEER_NLA_NAME
 * @extack: told what is wrong
 *
 * Context: process, under pnet->lock.
 * Return: 0 or a negative errno.
 */
int psteer_nl_zone(struct psteer_net *pnet, u8 *zone, const struct nlattr *attr,
		   struct netlink_ext_ack *extack)
{
	char name[PSTEER_NAME_MAX + 1] = "";
	int err;

	*zone = PSTEER_ZONE_NONE;
	err = nla_len(attr) > 1 ? psteer_nl_name(name, attr, extack) : 0;
	if (err)
		return err;
	err = psteer_zone_use(pnet, name, zone);
	if (err != -ENOSPC)
		return err;
	return psteer_nl_refuse(pnet, extack, attr, err,
				"there are %u zones, the most there can be",
				PSTEER_ZONES_MAX);
}

static int parse_prefix(struct genl_info *info, struct psteer_prefix *prefix)
{
	memset(prefix, 0, sizeof(*prefix));
	if (PSTEER_NL_LACKS(info, PSTEER_A_ZONE_ADDRESS))
		return -EINVAL;
	return psteer_nl_prefix_of_any(prefix,
				       info->attrs[PSTEER_A_ZONE_ADDRESS],
				       info->attrs[PSTEER_A_ZONE_PREFIX_LENGTH],
				       info->extack);
}

static int check_prefix(struct psteer_net *pnet, struct genl_info *info,
			const struct psteer_prefix *prefix)
{
	const struct nlattr *bad = info->attrs[PSTEER_A_ZONE_ADDRESS];
	const struct psteer_zone_prefix *place;

	place = psteer_zone_prefix_find(pnet, prefix);
	if (place)
		return psteer_nl_refuse(pnet, info->extack, bad, -EEXIST,
					"this prefix is in zone %s already",
					psteer_zone_name(pnet, place->zone));
	if (pnet->zone_places_count >= PSTEER_ZONE_PREFIXES_MAX)
		return psteer_nl_refuse(pnet, info->extack, bad, -ENOSPC,
			"zones have %u prefixes, the most they can",
			PSTEER_ZONE_PREFIXES_MAX);
	return 0;
}

static int add_prefix(struct psteer_net *pnet, struct genl_info *info,
		      const struct psteer_prefix *prefix)
{
	u8 zone;
	int err;

	err = check_prefix(pnet, info, prefix);
	if (err)
		return err;
	err = psteer_nl_zone(pnet, &zone, info->attrs[PSTEER_A_ZONE_NAME],
			     info->extack);
	if (err)
		return err;
	err = psteer_zone_prefix_add(pnet, prefix, zone);
	if (err)
		psteer_zone_drop(pnet, zone);
	return err;
}

/**
 * psteer_nl_zone_new() - PSTEER_CMD_ZONE_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_zone_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	char name[PSTEER_NAME_MAX + 1];
	struct psteer_prefix prefix;
	int err;

	if (PSTEER_NL_LACKS(info, PSTEER_A_ZONE_NAME))
		return -EINVAL;
	err = psteer_nl_name(name, info->attrs[PSTEER_A_ZONE_NAME],
			     info->extack);
	if (!err)
		err = parse_prefix(info, &prefix);
	if (err)
		return err;
	mutex_lock(&pnet->lock);
	err = add_prefix(pnet, info, &prefix);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_zone_del() - PSTEER_CMD_ZONE_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_zone_del(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_zone_prefix *place;
	struct psteer_prefix prefix;
	int err;

	err = parse_prefix(info, &prefix);
	if (err)
		return err;
	mutex_lock(&pnet->lock);
	place = psteer_zone_prefix_find(pnet, &prefix);
	if (place)
		psteer_zone_prefix_del(pnet, place);
	else
		err = psteer_nl_refuse(pnet, info->extack,
				       info->attrs[PSTEER_A_ZONE_ADDRESS],
				       -ENOENT, "this prefix is in no zone");
	mutex_unlock(&pnet->lock);
	return err;
}

static int flush_prefixes(struct psteer_net *pnet, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[PSTEER_A_ZONE_NAME];
	struct psteer_nl_where where = psteer_nl_to(info);
	u8 zone = PSTEER_ZONE_NONE;
	struct sk_buff *reply;
	void *hdr;

	if (name) {
		zone = psteer_zone_find(pnet, nla_data(name));
		if (zone == PSTEER_ZONE_NONE)
			return psteer_nl_refuse(pnet, info->extack, name,
						-ENOENT, "there is no zone %s",
						(const char *)nla_data(name));
	}
	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	/* There is room: it is the first and only attribute. */
	hdr = psteer_nl_begin(reply, &where);
	nla_put_u32(reply, PSTEER_A_ZONE_COUNT,
		    psteer_zone_prefixes_flush(pnet, zone));
	genlmsg_end(reply, hdr);
	return psteer_nl_reply(reply, info, 0);
}

/**
 * psteer_nl_zone_flush() - PSTEER_CMD_ZONE_FLUSH
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_zone_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	mutex_lock(&pnet->lock);
	err = flush_prefixes(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

static int fill_prefix(struct sk_buff *skb, const struct psteer_net *pnet,
		       const struct psteer_zone_prefix *place,
		       const struct psteer_nl_where *where)
{
	const struct psteer_prefix *prefix = &place->prefix;
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (psteer_nl_put_addr(skb, PSTEER_A_ZONE_ADDRESS, prefix->family,
			       &prefix->ip) ||
	    nla_put_u8(skb, PSTEER_A_ZONE_PREFIX_LENGTH, prefix->len) ||
	    nla_put_string(skb, PSTEER_A_ZONE_NAME,
			   psteer_zone_name(pnet, place->zone))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_nl_zone_dump() - PSTEER_CMD_ZONE_GET
 * @skb: to fill
 * @cb: args[0] is the id of the last prefix that was put
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_zone_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	const struct psteer_zone_prefix *place;
	unsigned long id;

	mutex_lock(&pnet->lock);
	cb->seq = pnet->generation;
	xa_for_each_start(&pnet->zone_places, id, place, cb->args[0] + 1) {
		if (fill_prefix(skb, pnet, place, &where))
			break;
		cb->args[0] = id;
	}
	mutex_unlock(&pnet->lock);
	return skb->len;
}
