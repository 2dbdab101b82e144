// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the netlink files share.
 */
#include <linux/ctype.h>
#include <linux/ktime.h>

#include "nl_common.h"
#include "pool.h"
#include "service.h"
#include "zone.h"

bool psteer_nl_notifies;

/**
 * psteer_nl_refuse() - refuse a request in one sentence
 * @pnet: namespace
 * @extack: of the request
 * @bad: the attribute at fault, or NULL
 * @err: negative errno
 * @fmt: the sentence, in printf()'s manner
 *
 * The kernel sends the sentence after the handler has returned and keeps only a
 * pointer to it until then, so each one stays untouched till several others
 * were refused. All have one length, filled up with blanks, so that even one that
 * changes while it is being sent keeps its size.
 *
 * Context: process, under pnet->lock.
 * Return: @err.
 */
int psteer_nl_refuse(struct psteer_net *pnet, struct netlink_ext_ack *extack,
		     const struct nlattr *bad, int err, const char *fmt, ...)
{
	char *sentence = pnet->refusals[pnet->next_refusal++ % PSTEER_REFUSALS];
	char text[PSTEER_REFUSAL_LEN + 1];
	va_list args;
	int len;

	lockdep_assert_held(&pnet->lock);
	va_start(args, fmt);
	len = vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	memset(text + len, ' ', PSTEER_REFUSAL_LEN - len);
	memcpy(sentence, text, PSTEER_REFUSAL_LEN);
	if (extack) {
		extack->_msg = sentence;
		extack->bad_attr = bad;
	}
	return err;
}

/**
 * psteer_nl_lacks() - does a request lack an attribute
 * @info: request; told in its extack
 * @attr: attribute
 * @sentence: literal that says so
 */
bool psteer_nl_lacks(struct genl_info *info, u32 attr, const char *sentence)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return false;
	info->extack->_msg = sentence;
	return true;
}

/* Of letters, digits and @others only; it may be empty. */
static bool consists_of(const char *text, const char *others)
{
	for (; *text; text++)
		if (!isascii(*text) ||
		    (!isalnum(*text) && !strchr(others, *text)))
			return false;
	return true;
}

/**
 * psteer_nl_validate_words() - check an attribute of names with commas between
 * @attr: string, maybe empty
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int psteer_nl_validate_words(const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	if (consists_of(nla_data(attr), "._-,"))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "only letters, digits, '.', '_', '-' and commas");
	return -EINVAL;
}

/**
 * psteer_nl_validate_addr() - check the length of an address
 * @attr: address
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int psteer_nl_validate_addr(const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	if (nla_len(attr) == sizeof(struct in_addr) ||
	    nla_len(attr) == sizeof(struct in6_addr))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 or 16 bytes");
	return -EINVAL;
}

/**
 * psteer_nl_is_name() - can something have this name
 * @name: name, not longer than one may be
 */
bool psteer_nl_is_name(const char *name)
{
	return *name && consists_of(name, "._-");
}

/**
 * psteer_nl_name() - read a name
 * @to: room for PSTEER_NAME_MAX + 1 bytes
 * @attr: attribute of policy PSTEER_NLA_NAME
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int psteer_nl_name(char *to, const struct nlattr *attr,
		   struct netlink_ext_ack *extack)
{
	nla_strscpy(to, attr, PSTEER_NAME_MAX + 1);
	if (psteer_nl_is_name(to))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a name is letters, digits, '.', '_' and '-'");
	return -EINVAL;
}

/**
 * psteer_nl_pool_find() - find a pool that must be there
 * @pnet: namespace
 * @extack: told if it is not
 * @name: attribute with its name
 *
 * Context: process, under pnet->lock.
 * Return: the pool, valid while the lock is held, or NULL.
 */
struct psteer_pool *psteer_nl_pool_find(struct psteer_net *pnet,
					struct netlink_ext_ack *extack,
					const struct nlattr *name)
{
	struct psteer_pool *pool = psteer_pool_find(pnet, nla_data(name));

	if (!pool)
		psteer_nl_refuse(pnet, extack, name, -ENOENT,
				 "there is no pool %s",
				 (const char *)nla_data(name));
	return pool;
}

/**
 * psteer_nl_service_find() - find a service that must be there
 * @pnet: namespace
 * @extack: told if it is not
 * @name: attribute with its name
 *
 * Context: process, under pnet->lock.
 * Return: the service, valid while the lock is held, or NULL.
 */
struct psteer_service *psteer_nl_service_find(struct psteer_net *pnet,
					      struct netlink_ext_ack *extack,
					      const struct nlattr *name)
{
	struct psteer_service *service;

	service = psteer_service_find(pnet, nla_data(name));
	if (!service)
		psteer_nl_refuse(pnet, extack, name, -ENOENT,
				 "there is no service %s",
				 (const char *)nla_data(name));
	return service;
}

/**
 * psteer_nl_check_filter() - does a dump ask for what is there
 * @cb: dump; told in its extack if not
 * @pool: attribute with a pool's name, or NULL
 * @service: attribute with a service's name, or NULL
 *
 * Context: process, under pnet->lock. In a dump's own call: the sentence of its
 * start would not be sent.
 * Return: 0 or -ENOENT.
 */
int psteer_nl_check_filter(struct netlink_callback *cb,
			   const struct nlattr *pool,
			   const struct nlattr *service)
{
	struct psteer_net *pnet = psteer_nl_dump_net(cb);

	if (pool && !psteer_nl_pool_find(pnet, cb->extack, pool))
		return -ENOENT;
	if (service && !psteer_nl_service_find(pnet, cb->extack, service))
		return -ENOENT;
	return 0;
}

static bool is_usable(const union nf_inet_addr *ip, u8 family)
{
	if (family == AF_INET)
		return !ipv4_is_zeronet(ip->ip) && !ipv4_is_loopback(ip->ip) &&
		       !ipv4_is_multicast(ip->ip) && !ipv4_is_lbcast(ip->ip);
	return !ipv6_addr_any(&ip->in6) && !ipv6_addr_loopback(&ip->in6) &&
	       !ipv6_addr_is_multicast(&ip->in6) &&
	       !ipv6_addr_v4mapped(&ip->in6);
}

/**
 * psteer_nl_addr() - read an address
 * @ip: filled in
 * @family: set to AF_INET or AF_INET6
 * @attr: attribute of policy PSTEER_NLA_ADDRESS
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int psteer_nl_addr(union nf_inet_addr *ip, u8 *family,
		   const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	int len = nla_len(attr);

	memset(ip, 0, sizeof(*ip));
	*family = len == sizeof(struct in_addr) ? AF_INET : AF_INET6;
	memcpy(ip, nla_data(attr), len);
	if (is_usable(ip, *family))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "not a unicast IPv4 or IPv6 address");
	return -EINVAL;
}

/**
 * psteer_nl_addr_of() - read an address of a family that is given
 * @ip: filled in
 * @family: AF_INET or AF_INET6
 * @attr: attribute of policy PSTEER_NLA_ADDRESS
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int psteer_nl_addr_of(union nf_inet_addr *ip, u8 family,
		      const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u8 its_own;
	int err = psteer_nl_addr(ip, &its_own, attr, extack);

	if (err || its_own == family)
		return err;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "IPv4 and IPv6 don't go together here");
	return -EINVAL;
}

/**
 * psteer_nl_prefix_of_any() - read a prefix of whatever addresses
 * @prefix: filled in
 * @attr: attribute of policy PSTEER_NLA_ADDRESS
 * @len: attribute with the length, or NULL: of one address
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int psteer_nl_prefix_of_any(struct psteer_prefix *prefix,
			    const struct nlattr *attr, const struct nlattr *len,
			    struct netlink_ext_ack *extack)
{
	union nf_inet_addr masked;
	int addr_len = nla_len(attr);

	memset(&prefix->ip, 0, sizeof(prefix->ip));
	memcpy(&prefix->ip, nla_data(attr), addr_len);
	prefix->family = addr_len == sizeof(struct in_addr) ? AF_INET : AF_INET6;
	prefix->len = psteer_prefix_len_most(prefix->family);
	if (len && nla_get_u8(len) > prefix->len) {
		NL_SET_ERR_MSG_ATTR(extack, len,
				    "longer than such an address");
		return -EINVAL;
	}
	if (len)
		prefix->len = nla_get_u8(len);
	masked = prefix->ip;
	psteer_prefix_mask(&masked, prefix->family, prefix->len);
	if (psteer_addr_equal(&masked, &prefix->ip))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "the address has bits set behind its prefix");
	return -EINVAL;
}

/**
 * psteer_nl_prefix() - read a prefix that begins with a unicast address
 * @prefix: filled in
 * @attr: attribute of policy PSTEER_NLA_ADDRESS
 * @len: attribute with the length, or NULL: of one address
 * @extack: told what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int psteer_nl_prefix(struct psteer_prefix *prefix, const struct nlattr *attr,
		     const struct nlattr *len, struct netlink_ext_ack *extack)
{
	int err = psteer_nl_addr(&prefix->ip, &prefix->family, attr, extack);

	return err ?: psteer_nl_prefix_of_any(prefix, attr, len, extack);
}

/**
 * psteer_nl_tags() - read a list of tags and use them
 * @pnet: namespace
 * @set: filled in; empty on error
 * @attr: attribute that psteer_nl_validate_words() has seen
 * @extack: told what is wrong
 *
 * Context: process, under pnet->lock.
 * Return: 0 or a negative errno.
 */
int psteer_nl_tags(struct psteer_net *pnet, struct psteer_tag_set *set,
		   const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	int err;

	nla_strscpy(set->list, attr, sizeof(set->list));
	err = psteer_tags_use(&pnet->tags, set);
	if (!err)
		return 0;
	*set->list = '\0';
	if (err == -ENOSPC)
		return psteer_nl_refuse(pnet, extack, attr, err,
			"there are %u different tags, the most there can be",
			PSTEER_TAGS_KNOWN_MAX);
	return psteer_nl_refuse(pnet, extack, attr, err,
				"a tag has 1 to %u characters", PSTEER_NAME_MAX);
}

/**
 * psteer_nl_put_addr() - write an address
 * @skb: message
 * @attr: attribute
 * @family: AF_INET or AF_INET6
 * @ip: address
 *
 * Return: 0 or -EMSGSIZE.
 */
int psteer_nl_put_addr(struct sk_buff *skb, int attr, u8 family,
		       const union nf_inet_addr *ip)
{
	return nla_put(skb, attr, psteer_addr_len(family), ip);
}

/**
 * psteer_nl_new() - make room for a reply
 * @extra: bytes that it may need beyond the usual
 *
 * A handler does this before it changes anything: then no change can fail for
 * want of a reply.
 *
 * Context: process.
 * Return: the message or NULL.
 */
struct sk_buff *psteer_nl_new(u32 extra)
{
	return genlmsg_new(NLMSG_DEFAULT_SIZE + extra, GFP_KERNEL);
}

/**
 * psteer_nl_reply() - send a reply that has been filled in
 * @skb: message, used up
 * @info: request
 * @filled: what filling it in has returned
 *
 * Return: 0 or a negative errno.
 */
int psteer_nl_reply(struct sk_buff *skb, struct genl_info *info, int filled)
{
	if (!filled)
		return genlmsg_reply(skb, info);
	nlmsg_free(skb);
	return filled;
}

/**
 * psteer_nl_dump_all_start() - a dump begins that tells all objects of a kind
 * @cb: dump
 *
 * Its command also gets one object, whose name the common policy lets through.
 *
 * Return: 0 or a negative errno, told in the extack.
 */
int psteer_nl_dump_all_start(struct netlink_callback *cb)
{
	if (!nlmsg_attrlen(cb->nlh, GENL_HDRLEN))
		return 0;
	NL_SET_ERR_MSG(cb->extack, "a dump of all takes no attribute");
	return -EINVAL;
}

/**
 * psteer_nl_begin() - begin a message
 * @skb: where
 * @where: the request that it answers; a dump that was disturbed is marked
 *
 * Return: for genlmsg_end() or genlmsg_cancel(), NULL if there is no room.
 */
void *psteer_nl_begin(struct sk_buff *skb, const struct psteer_nl_where *where)
{
	void *hdr = genlmsg_put(skb, where->portid, where->seq,
				&psteer_genl_family, where->flags, where->cmd);

	if (hdr && where->cb)
		genl_dump_check_consistent(where->cb, hdr);
	return hdr;
}

/**
 * psteer_nl_listens() - does anybody want a notification
 * @pnet: namespace
 * @group: multicast group
 *
 * Context: any.
 */
bool psteer_nl_listens(const struct psteer_net *pnet,
		       enum psteer_nl_group group)
{
	return READ_ONCE(psteer_nl_notifies) &&
	       genl_has_listeners(&psteer_genl_family, pnet->net, group);
}

/**
 * psteer_nl_multicast() - send a notification
 * @pnet: namespace
 * @skb: message, used up
 * @group: multicast group
 *
 * Context: any.
 */
void psteer_nl_multicast(const struct psteer_net *pnet, struct sk_buff *skb,
			 enum psteer_nl_group group)
{
	genlmsg_multicast_netns(&psteer_genl_family, pnet->net, skb, 0, group,
				GFP_ATOMIC);
}

/**
 * psteer_nl_time() - the time of a notification
 *
 * Return: milliseconds since the epoch.
 */
u64 psteer_nl_time(void)
{
	return ktime_to_ms(ktime_get_real());
}
