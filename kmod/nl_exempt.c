// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: exempts, destinations that VMs reach untranslated.
 */
#include "exempt.h"
#include "nl_common.h"

const struct nla_policy psteer_nl_exempt_policy[PSTEER_A_EXEMPT_MAX + 1] = {
	[PSTEER_A_EXEMPT_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_EXEMPT_PREFIX_LENGTH] =
		NLA_POLICY_MAX(NLA_U8, PSTEER_PREFIX_LEN_MOST),
};

static int parse_prefix(struct genl_info *info, struct psteer_prefix *prefix)
{
	if (PSTEER_NL_LACKS(info, PSTEER_A_EXEMPT_ADDRESS))
		return -EINVAL;
	return psteer_nl_prefix(prefix, info->attrs[PSTEER_A_EXEMPT_ADDRESS],
				info->attrs[PSTEER_A_EXEMPT_PREFIX_LENGTH],
				info->extack);
}

/**
 * psteer_nl_exempt_new() - PSTEER_CMD_EXEMPT_NEW
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_exempt_new(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_prefix prefix = {};
	int err;

	err = parse_prefix(info, &prefix);
	if (err)
		return err;
	mutex_lock(&pnet->lock);
	if (psteer_exempt_find(pnet, &prefix))
		err = psteer_nl_refuse(pnet, info->extack,
				       info->attrs[PSTEER_A_EXEMPT_ADDRESS],
				       -EEXIST, "this prefix is exempt already");
	else
		err = psteer_exempt_add(pnet, &prefix);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_exempt_del() - PSTEER_CMD_EXEMPT_DEL
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_exempt_del(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct psteer_prefix prefix = {};
	struct psteer_exempt *exempt;
	int err;

	err = parse_prefix(info, &prefix);
	if (err)
		return err;
	mutex_lock(&pnet->lock);
	exempt = psteer_exempt_find(pnet, &prefix);
	if (exempt)
		psteer_exempt_del(pnet, exempt);
	else
		err = psteer_nl_refuse(pnet, info->extack,
				       info->attrs[PSTEER_A_EXEMPT_ADDRESS],
				       -ENOENT, "this prefix is not exempt");
	mutex_unlock(&pnet->lock);
	return err;
}

static int fill_exempt(struct sk_buff *skb, const struct psteer_exempt *exempt,
		       const struct psteer_nl_where *where)
{
	const struct psteer_prefix *prefix = &exempt->prefix;
	void *hdr = psteer_nl_begin(skb, where);

	if (!hdr)
		return -EMSGSIZE;
	if (psteer_nl_put_addr(skb, PSTEER_A_EXEMPT_ADDRESS, prefix->family,
			       &prefix->ip) ||
	    nla_put_u8(skb, PSTEER_A_EXEMPT_PREFIX_LENGTH, prefix->len)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_nl_exempt_dump() - PSTEER_CMD_EXEMPT_GET
 * @skb: to fill
 * @cb: args[0] is the id of the last exempt that was put
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_exempt_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	const struct psteer_exempt *exempt;

	mutex_lock(&pnet->lock);
	cb->seq = pnet->generation;
	list_for_each_entry(exempt, &pnet->exempts, list) {
		if (exempt->id <= cb->args[0])
			continue;
		if (fill_exempt(skb, exempt, &where))
			break;
		cb->args[0] = exempt->id;
	}
	mutex_unlock(&pnet->lock);
	return skb->len;
}
