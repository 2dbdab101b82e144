// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: settings of the namespace.
 */
#include <linux/slab.h>

#include "hook.h"
#include "nl_common.h"
#include "service.h"

#define NLA_SETTING(attr) \
	[PSTEER_A_CONFIG_##attr] = NLA_POLICY_FULL_RANGE(NLA_U32, \
		&psteer_config_bounds[PSTEER_A_CONFIG_##attr].range)

const struct nla_policy
psteer_nl_config_set_policy[PSTEER_A_CONFIG_MAX + 1] = {
	NLA_SETTING(PORT_RANGE_SIZE),
	NLA_SETTING(PORT_RANGE_MAX),
	NLA_SETTING(PREDICTION_HORIZON),
	NLA_SETTING(WEIGHT_LOAD),
	NLA_SETTING(WEIGHT_CAPACITY),
	NLA_SETTING(WEIGHT_PORTS),
	[PSTEER_A_CONFIG_SELECT] = NLA_POLICY_MAX(NLA_U8, PSTEER_SELECT_MAX),
	NLA_SETTING(SLOW_START),
	NLA_SETTING(HEALTH_FAILURES),
	NLA_SETTING(HEALTH_RETRY),
	NLA_SETTING(RANGE_IDLE),
	NLA_SETTING(CLIENT_IDLE),
	NLA_SETTING(SESSIONS_MAX),
	NLA_SETTING(CLIENTS_MAX),
	NLA_SETTING(TIMEOUT_TCP_OPENING),
	NLA_SETTING(TIMEOUT_TCP_ESTABLISHED),
	NLA_SETTING(TIMEOUT_TCP_CLOSING),
	NLA_SETTING(TIMEOUT_TCP_TIME_WAIT),
	NLA_SETTING(TIMEOUT_UDP),
	NLA_SETTING(TIMEOUT_ICMP),
	[PSTEER_A_CONFIG_FASTPATH] = NLA_POLICY_MAX(NLA_U8, 1),
	NLA_SETTING(WEIGHT_ZONE),
	[PSTEER_A_CONFIG_RANGE_ADAPT] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* Words rather than numbers. */
static bool is_u8(u32 attr)
{
	return attr == PSTEER_A_CONFIG_SELECT ||
	       attr == PSTEER_A_CONFIG_FASTPATH ||
	       attr == PSTEER_A_CONFIG_RANGE_ADAPT;
}

static int put_value(struct sk_buff *skb, u32 attr, u32 value)
{
	if (is_u8(attr))
		return nla_put_u8(skb, attr, value);
	return nla_put_u32(skb, attr, value);
}

static u32 get_value(const struct nlattr *attr)
{
	if (is_u8(nla_type(attr)))
		return nla_get_u8(attr);
	return nla_get_u32(attr);
}

/* The whole message; -EMSGSIZE leaves @skb as it was. */
static int fill_config(struct sk_buff *skb, const struct psteer_config *config,
		       const struct psteer_nl_where *where)
{
	void *hdr = psteer_nl_begin(skb, where);
	u32 i;

	if (!hdr)
		return -EMSGSIZE;
	for (i = PSTEER_A_CONFIG_PAD + 1; i <= PSTEER_A_CONFIG_MAX; i++) {
		if (put_value(skb, i, config->value[i])) {
			genlmsg_cancel(skb, hdr);
			return -EMSGSIZE;
		}
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static void parse_values(const struct genl_info *info, u32 *value)
{
	u32 i;

	for (i = PSTEER_A_CONFIG_PAD + 1; i <= PSTEER_A_CONFIG_MAX; i++)
		if (info->attrs[i])
			value[i] = get_value(info->attrs[i]);
}

/*
 * The memory of sessions and clients is taken for packets, and so charged to
 * nobody: whoever has made a namespace for himself can't have more of it.
 */
static int check_limit(struct psteer_net *pnet, struct genl_info *info,
		       u32 attr, u32 value, const char *name)
{
	u32 most = psteer_config_bounds[attr].initial;

	if (pnet->net->user_ns == &init_user_ns || value <= most)
		return 0;
	return psteer_nl_refuse(pnet, info->extack, info->attrs[attr], -EPERM,
		"%s over %u is for namespaces of the initial user namespace",
		name, most);
}

static int check_values(struct psteer_net *pnet, struct genl_info *info,
			const u32 *value)
{
	if (!value[PSTEER_A_CONFIG_WEIGHT_LOAD] &&
	    !value[PSTEER_A_CONFIG_WEIGHT_CAPACITY] &&
	    !value[PSTEER_A_CONFIG_WEIGHT_PORTS])
		return psteer_nl_refuse(pnet, info->extack, NULL, -EINVAL,
					"weights can't all be zero");
	if (value[PSTEER_A_CONFIG_PORT_RANGE_SIZE] >
	    value[PSTEER_A_CONFIG_PORT_RANGE_MAX])
		return psteer_nl_refuse(pnet, info->extack, NULL, -EINVAL,
			"port-range-size %u is more than port-range-max %u",
			value[PSTEER_A_CONFIG_PORT_RANGE_SIZE],
			value[PSTEER_A_CONFIG_PORT_RANGE_MAX]);
	return check_limit(pnet, info, PSTEER_A_CONFIG_SESSIONS_MAX,
			   value[PSTEER_A_CONFIG_SESSIONS_MAX],
			   "sessions-max") ?:
	       check_limit(pnet, info, PSTEER_A_CONFIG_CLIENTS_MAX,
			   value[PSTEER_A_CONFIG_CLIENTS_MAX], "clients-max");
}

static int set_config(struct psteer_net *pnet, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_config *old, *new;
	struct psteer_service *service;
	struct sk_buff *reply;
	int err;

	old = rcu_dereference_protected(pnet->config,
					lockdep_is_held(&pnet->lock));
	new = kmemdup(old, sizeof(*old), GFP_KERNEL);
	reply = psteer_nl_new(0);
	err = -ENOMEM;
	if (!new || !reply)
		goto err_free;
	parse_values(info, new->value);
	err = check_values(pnet, info, new->value);
	if (err)
		goto err_free;
	psteer_config_settle(new);
	rcu_assign_pointer(pnet->config, new);
	kfree_rcu(old, rcu);
	list_for_each_entry(service, &pnet->services, list)
		psteer_service_rank_all(service);
	psteer_hooks_adapt(pnet);
	pnet->generation++;
	return psteer_nl_reply(reply, info, fill_config(reply, new, &where));

err_free:
	kfree(new);
	nlmsg_free(reply);
	return err;
}

/**
 * psteer_nl_config_set() - PSTEER_CMD_CONFIG_SET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_config_set(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	int err;

	mutex_lock(&pnet->lock);
	err = set_config(pnet, info);
	mutex_unlock(&pnet->lock);
	return err;
}

/**
 * psteer_nl_config_get() - PSTEER_CMD_CONFIG_GET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno.
 */
int psteer_nl_config_get(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	struct psteer_net *pnet = psteer_nl_net(info);
	struct sk_buff *reply = psteer_nl_new(0);
	int err;

	if (!reply)
		return -ENOMEM;
	rcu_read_lock();
	err = fill_config(reply, psteer_config_rcu(pnet), &where);
	rcu_read_unlock();
	return psteer_nl_reply(reply, info, err);
}
