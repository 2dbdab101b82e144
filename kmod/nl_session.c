// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: sessions.
 */
#include <linux/jiffies.h>

#include "nl_walk.h"
#include "notify.h"
#include "session.h"
#include "session_view.h"

const struct nla_policy
psteer_nl_session_filter_policy[PSTEER_A_SESSION_MAX + 1] = {
	[PSTEER_A_SESSION_SERVICE] = PSTEER_NLA_NAME,
	[PSTEER_A_SESSION_VM] = PSTEER_NLA_NAME,
	[PSTEER_A_SESSION_PROTO] = { .type = NLA_U8 },
	[PSTEER_A_SESSION_CLIENT] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_SESSION_CLIENT_PORT] = { .type = NLA_U16 },
	[PSTEER_A_SESSION_POOL_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_SESSION_ASSIGNED_PORT] = PSTEER_NLA_PORT,
	[PSTEER_A_SESSION_SERVER] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_SESSION_SERVER_PORT] = { .type = NLA_U16 },
	[PSTEER_A_SESSION_STATE] =
		NLA_POLICY_MAX(NLA_U8, PSTEER_SESSION_STATE_MAX),
	[PSTEER_A_SESSION_WHOSE] = NLA_POLICY_MAX(NLA_U8, PSTEER_WHOSE_MAX),
};

const struct nla_policy
psteer_nl_session_set_policy[PSTEER_A_SESSION_MAX + 1] = {
	[PSTEER_A_SESSION_WHOSE] = NLA_POLICY_MAX(NLA_U8, PSTEER_WHOSE_MAX),
};

static bool addr_is(const struct nlattr *attr, const union nf_inet_addr *ip,
		    u8 family)
{
	u32 len = psteer_addr_len(family);

	return !attr ||
	       (nla_len(attr) == len && !memcmp(nla_data(attr), ip, len));
}

static bool port_is(const struct nlattr *attr, __be16 port)
{
	return !attr || nla_get_u16(attr) == ntohs(port);
}

static bool name_is(const struct nlattr *attr, const char *name)
{
	return !attr || (name && !nla_strcmp(attr, name));
}

static bool is_wanted(const struct psteer_session *session, const void *ctx)
{
	struct nlattr *const *attrs = ctx;
	const struct nlattr *proto = attrs[PSTEER_A_SESSION_PROTO];
	const struct nlattr *state = attrs[PSTEER_A_SESSION_STATE];
	const struct nlattr *whose = attrs[PSTEER_A_SESSION_WHOSE];
	u8 family = psteer_session_family(session);
	struct psteer_session_view view;

	psteer_session_look(session, &view);
	return name_is(attrs[PSTEER_A_SESSION_SERVICE], view.service) &&
	       name_is(attrs[PSTEER_A_SESSION_VM], view.vm) &&
	       (!proto || nla_get_u8(proto) == view.near.proto) &&
	       (!state || nla_get_u8(state) == view.state) &&
	       (!whose || nla_get_u8(whose) == psteer_session_whose(session)) &&
	       addr_is(attrs[PSTEER_A_SESSION_CLIENT], &view.near.src,
		       family) &&
	       port_is(attrs[PSTEER_A_SESSION_CLIENT_PORT], view.near.sport) &&
	       addr_is(attrs[PSTEER_A_SESSION_POOL_ADDRESS], &view.far.dst,
		       family) &&
	       port_is(attrs[PSTEER_A_SESSION_ASSIGNED_PORT],
		       view.far.dport) &&
	       addr_is(attrs[PSTEER_A_SESSION_SERVER], &view.far.src,
		       family) &&
	       port_is(attrs[PSTEER_A_SESSION_SERVER_PORT], view.far.sport);
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, PSTEER_A_SESSION_PAD);
}

static int fill_whose(struct sk_buff *skb, const struct psteer_session *session)
{
	enum psteer_session_whose whose = psteer_session_whose(session);

	if (whose == PSTEER_WHOSE_OWN)
		return 0;
	return nla_put_u8(skb, PSTEER_A_SESSION_WHOSE, whose);
}

static int fill_name(struct sk_buff *skb, const struct psteer_session *session,
		     const struct psteer_session_view *view)
{
	if (view->service)
		return nla_put_string(skb, PSTEER_A_SESSION_SERVICE,
				      view->service);
	if (nla_put_string(skb, PSTEER_A_SESSION_VM, view->vm) ||
	    (test_bit(PSTEER_SESSION_INBOUND_BIT, &session->flags) &&
	     nla_put_flag(skb, PSTEER_A_SESSION_INBOUND)))
		return -EMSGSIZE;
	return 0;
}

static int fill_keys(struct sk_buff *skb, const struct psteer_session *session,
		     const struct psteer_session_view *view)
{
	u8 family = psteer_session_family(session);

	if (fill_name(skb, session, view) || fill_whose(skb, session) ||
	    nla_put_u8(skb, PSTEER_A_SESSION_PROTO, view->near.proto) ||
	    psteer_nl_put_addr(skb, PSTEER_A_SESSION_CLIENT, family,
			       &view->near.src) ||
	    nla_put_u16(skb, PSTEER_A_SESSION_CLIENT_PORT,
			ntohs(view->near.sport)) ||
	    psteer_nl_put_addr(skb, PSTEER_A_SESSION_POOL_ADDRESS, family,
			       &view->far.dst) ||
	    nla_put_u16(skb, PSTEER_A_SESSION_ASSIGNED_PORT,
			ntohs(view->far.dport)) ||
	    psteer_nl_put_addr(skb, PSTEER_A_SESSION_SERVER, family,
			       &view->far.src) ||
	    nla_put_u16(skb, PSTEER_A_SESSION_SERVER_PORT,
			ntohs(view->far.sport)))
		return -EMSGSIZE;
	return 0;
}

static int fill_counters(struct sk_buff *skb,
			 const struct psteer_session *session,
			 const struct psteer_session_view *view)
{
	s32 left = READ_ONCE(session->expires) - (u32)jiffies;

	if (nla_put_u8(skb, PSTEER_A_SESSION_STATE, view->state) ||
	    put_u64(skb, PSTEER_A_SESSION_EXPIRES,
		    jiffies_to_msecs(max(left, 0))) ||
	    put_u64(skb, PSTEER_A_SESSION_PACKETS, view->packets) ||
	    put_u64(skb, PSTEER_A_SESSION_BYTES, view->bytes))
		return -EMSGSIZE;
	return 0;
}

/* The whole message; -EMSGSIZE leaves @skb as it was. */
static int fill_session(struct sk_buff *skb,
			const struct psteer_session *session,
			const struct psteer_nl_where *where,
			enum psteer_event event)
{
	void *hdr = psteer_nl_begin(skb, where);
	struct psteer_session_view view;

	if (!hdr)
		return -EMSGSIZE;
	psteer_session_look(session, &view);
	if (fill_keys(skb, session, &view) ||
	    fill_counters(skb, session, &view) ||
	    (event && (nla_put_u8(skb, PSTEER_A_SESSION_EVENT, event) ||
		       put_u64(skb, PSTEER_A_SESSION_TIME,
			       psteer_nl_time())))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_notify_session() - tell that a session has been opened, has come further
 *	or is over
 * @pnet: namespace
 * @session: session
 * @event: which
 *
 * Context: RCU read side, any but hard interrupts.
 */
void psteer_notify_session(struct psteer_net *pnet,
			   const struct psteer_session *session,
			   enum psteer_event event)
{
	struct psteer_nl_where where = { .cmd = PSTEER_CMD_SESSION_NTF };
	struct sk_buff *skb;

	if (!psteer_nl_listens(pnet, PSTEER_NL_GROUP_SESSION))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!skb)
		return;
	if (fill_session(skb, session, &where, event))
		nlmsg_free(skb);
	else
		psteer_nl_multicast(pnet, skb, PSTEER_NL_GROUP_SESSION);
}

static int put_session(struct sk_buff *skb, struct netlink_callback *cb,
		       void *entry)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	const struct psteer_session *session;
	struct psteer_flow *flow = entry;

	/* Each session is in the table twice. */
	if (flow->dir != PSTEER_DIR_ORIGINAL)
		return 0;
	session = psteer_session_of(flow);
	if (!psteer_session_live(session) ||
	    !is_wanted(session, psteer_dump_attrs(cb)))
		return 0;
	return fill_session(skb, session, &where, PSTEER_EVENT_UNSPEC);
}

/**
 * psteer_nl_session_start() - PSTEER_CMD_SESSION_GET begins
 * @cb: dump
 *
 * Return: 0 or a negative errno.
 */
int psteer_nl_session_start(struct netlink_callback *cb)
{
	return psteer_nl_walk_start(cb, &psteer_nl_dump_net(cb)->sessions);
}

/**
 * psteer_nl_session_dump() - PSTEER_CMD_SESSION_GET
 * @skb: to fill
 * @cb: dump
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_session_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	struct nlattr **attrs = psteer_dump_attrs(cb);
	int err;

	mutex_lock(&pnet->lock);
	err = psteer_nl_check_filter(cb, NULL,
				     attrs[PSTEER_A_SESSION_SERVICE]);
	if (!err && attrs[PSTEER_A_SESSION_VM] &&
	    !psteer_nl_vm_find(pnet, cb->extack, attrs[PSTEER_A_SESSION_VM]))
		err = -ENOENT;
	mutex_unlock(&pnet->lock);
	return err ?: psteer_nl_walk_dump(skb, cb, put_session);
}

static int fill_count(struct sk_buff *skb, struct genl_info *info, u32 count)
{
	struct psteer_nl_where where = psteer_nl_to(info);
	void *hdr = psteer_nl_begin(skb, &where);

	if (!hdr || nla_put_u32(skb, PSTEER_A_SESSION_COUNT, count))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

/* If a filter has all of one of its keys, there is one session at most. */
static bool names_one(struct nlattr **attrs, struct psteer_key *key)
{
	const struct nlattr *src = attrs[PSTEER_A_SESSION_SERVER];
	const struct nlattr *dst = attrs[PSTEER_A_SESSION_POOL_ADDRESS];

	if (!src || !dst || !attrs[PSTEER_A_SESSION_PROTO] ||
	    !attrs[PSTEER_A_SESSION_SERVER_PORT] ||
	    !attrs[PSTEER_A_SESSION_ASSIGNED_PORT])
		return false;
	memset(key, 0, sizeof(*key));
	if (psteer_nl_addr(&key->src, &key->family, src, NULL) ||
	    psteer_nl_addr_of(&key->dst, key->family, dst, NULL))
		return false;
	key->sport = htons(nla_get_u16(attrs[PSTEER_A_SESSION_SERVER_PORT]));
	key->dport = htons(nla_get_u16(attrs[PSTEER_A_SESSION_ASSIGNED_PORT]));
	key->proto = nla_get_u8(attrs[PSTEER_A_SESSION_PROTO]);
	return true;
}

static u32 end_one(struct psteer_net *pnet, const struct psteer_key *key,
		   struct nlattr **attrs)
{
	struct psteer_session *session;
	enum psteer_dir dir;
	u32 count = 0;

	rcu_read_lock();
	/* A packet of what is being ended would wait for us in vain. */
	local_bh_disable();
	session = psteer_session_find_rcu(pnet, key, &dir);
	if (session && is_wanted(session, attrs))
		count = psteer_session_end(pnet, session, PSTEER_END_FLUSHED);
	local_bh_enable();
	rcu_read_unlock();
	return count;
}

/**
 * psteer_nl_session_set() - PSTEER_CMD_SESSION_SET
 * @skb: request
 * @info: request
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_session_set(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	enum psteer_session_whose whose;
	struct sk_buff *reply;
	u32 count;

	if (PSTEER_NL_LACKS(info, PSTEER_A_SESSION_WHOSE))
		return -EINVAL;
	whose = nla_get_u8(info->attrs[PSTEER_A_SESSION_WHOSE]);
	if (whose == PSTEER_WHOSE_PEER) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[PSTEER_A_SESSION_WHOSE],
				    "which sessions are a peer's it has to tell of each");
		return -EINVAL;
	}
	reply = psteer_nl_new(0);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&pnet->lock);
	count = psteer_sessions_set_whose(pnet, whose);
	mutex_unlock(&pnet->lock);
	return psteer_nl_reply(reply, info, fill_count(reply, info, count));
}

/**
 * psteer_nl_session_flush() - PSTEER_CMD_SESSION_FLUSH
 * @skb: request
 * @info: request; its attributes are the filter
 *
 * Return: 0 or a negative errno.
 */
int psteer_nl_session_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct psteer_net *pnet = psteer_nl_net(info);
	struct sk_buff *reply = psteer_nl_new(0);
	struct psteer_key key;
	u32 count;

	if (!reply)
		return -ENOMEM;
	mutex_lock(&pnet->lock);
	if (names_one(info->attrs, &key))
		count = end_one(pnet, &key, info->attrs);
	else
		count = psteer_sessions_end(pnet, is_wanted, info->attrs,
					    PSTEER_END_FLUSHED);
	mutex_unlock(&pnet->lock);
	return psteer_nl_reply(reply, info, fill_count(reply, info, count));
}
