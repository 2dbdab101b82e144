/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the netlink files share: reading names and addresses, refusing in one
 * sentence, replying, dumping.
 */
#ifndef PSTEER_NL_COMMON_H
#define PSTEER_NL_COMMON_H

#include <net/genetlink.h>
#include <net/netlink.h>

#include <linux/portsteer.h>

#include "compat.h"
#include "key.h"
#include "net.h"

struct psteer_client;

extern struct genl_family psteer_genl_family;

/* The family has groups of its own to send to. */
extern bool psteer_nl_notifies;

/* Indexes of the multicast groups in the family. */
enum psteer_nl_group {
	PSTEER_NL_GROUP_RANGE,
	PSTEER_NL_GROUP_SERVER,
	PSTEER_NL_GROUP_SESSION,
};

#define PSTEER_NLA_NAME \
	{ .type = NLA_NUL_STRING, .len = PSTEER_NAME_MAX }
#define PSTEER_NLA_ADDRESS \
	NLA_POLICY_VALIDATE_FN(NLA_BINARY, psteer_nl_validate_addr, \
			       sizeof(struct in6_addr))
#define PSTEER_NLA_PORT		NLA_POLICY_MIN(NLA_U16, 1)
#define PSTEER_NLA_SHARE	NLA_POLICY_MAX(NLA_U32, PSTEER_SCALE)

int psteer_nl_validate_addr(const struct nlattr *attr,
			    struct netlink_ext_ack *extack);
int psteer_nl_validate_words(const struct nlattr *attr,
			     struct netlink_ext_ack *extack);

/* Does the request lack an attribute? Then its extack says so. */
#define PSTEER_NL_LACKS(info, attr) \
	psteer_nl_lacks(info, attr, #attr " is missing")

bool psteer_nl_lacks(struct genl_info *info, u32 attr, const char *sentence);
__printf(5, 6)
int psteer_nl_refuse(struct psteer_net *pnet, struct netlink_ext_ack *extack,
		     const struct nlattr *bad, int err, const char *fmt, ...);
bool psteer_nl_is_name(const char *name);
int psteer_nl_name(char *to, const struct nlattr *attr,
		   struct netlink_ext_ack *extack);
struct psteer_pool *psteer_nl_pool_find(struct psteer_net *pnet,
					struct netlink_ext_ack *extack,
					const struct nlattr *name);
struct psteer_service *psteer_nl_service_find(struct psteer_net *pnet,
					      struct netlink_ext_ack *extack,
					      const struct nlattr *name);
int psteer_nl_check_filter(struct netlink_callback *cb,
			   const struct nlattr *pool,
			   const struct nlattr *service);
int psteer_nl_addr(union nf_inet_addr *ip, u8 *family,
		   const struct nlattr *attr, struct netlink_ext_ack *extack);
int psteer_nl_addr_of(union nf_inet_addr *ip, u8 family,
		      const struct nlattr *attr,
		      struct netlink_ext_ack *extack);
int psteer_nl_prefix(struct psteer_prefix *prefix, const struct nlattr *attr,
		     const struct nlattr *len, struct netlink_ext_ack *extack);
int psteer_nl_prefix_of_any(struct psteer_prefix *prefix,
			    const struct nlattr *attr, const struct nlattr *len,
			    struct netlink_ext_ack *extack);
int psteer_nl_tags(struct psteer_net *pnet, struct psteer_tag_set *set,
		   const struct nlattr *attr, struct netlink_ext_ack *extack);
int psteer_nl_zone(struct psteer_net *pnet, u8 *zone, const struct nlattr *attr,
		   struct netlink_ext_ack *extack);
int psteer_nl_put_addr(struct sk_buff *skb, int attr, u8 family,
		       const union nf_inet_addr *ip);
struct sk_buff *psteer_nl_new(u32 extra);
int psteer_nl_reply(struct sk_buff *skb, struct genl_info *info, int filled);
bool psteer_nl_listens(const struct psteer_net *pnet,
		       enum psteer_nl_group group);
void psteer_nl_multicast(const struct psteer_net *pnet, struct sk_buff *skb,
			 enum psteer_nl_group group);
u64 psteer_nl_time(void);

static inline struct psteer_net *psteer_nl_net(const struct genl_info *info)
{
	return psteer_net(genl_info_net((struct genl_info *)info));
}

static inline struct psteer_net *
psteer_nl_dump_net(const struct netlink_callback *cb)
{
	return psteer_net(sock_net(cb->skb->sk));
}

/**
 * struct psteer_nl_where - the request that a message answers
 * @portid: its sender
 * @seq: its sequence number
 * @flags: NLM_F_* of the message
 * @cmd: command of the message, that of the request
 * @cb: dump in progress, or NULL
 */
struct psteer_nl_where {
	u32 portid;
	u32 seq;
	u16 flags;
	u8 cmd;
	struct netlink_callback *cb;
};

static inline struct psteer_nl_where
psteer_nl_to(const struct genl_info *info)
{
	return (struct psteer_nl_where) {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = info->genlhdr->cmd,
	};
}

static inline struct psteer_nl_where
psteer_nl_dump_to(struct netlink_callback *cb)
{
	return (struct psteer_nl_where) {
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = genl_dumpit_info(cb)->op.cmd,
		.cb = cb,
	};
}

int psteer_nl_dump_all_start(struct netlink_callback *cb);
void *psteer_nl_begin(struct sk_buff *skb, const struct psteer_nl_where *where);

/* Handlers, by object. */
extern const struct nla_policy psteer_nl_pool_new_policy[];
extern const struct nla_policy psteer_nl_pool_set_policy[];
extern const struct nla_policy psteer_nl_pool_name_policy[];
int psteer_nl_pool_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_pool_set(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_pool_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_pool_get(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_pool_start(struct netlink_callback *cb);
int psteer_nl_pool_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_service_new_policy[];
extern const struct nla_policy psteer_nl_service_set_policy[];
extern const struct nla_policy psteer_nl_service_name_policy[];
int psteer_nl_service_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_service_set(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_service_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_service_get(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_service_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_server_set_policy[];
extern const struct nla_policy psteer_nl_server_key_policy[];
extern const struct nla_policy psteer_nl_report_policy[];
int psteer_nl_server_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_server_set(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_server_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_server_get(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_server_start(struct netlink_callback *cb);
int psteer_nl_server_dump(struct sk_buff *skb, struct netlink_callback *cb);
int psteer_nl_report(struct sk_buff *skb, struct genl_info *info);
struct psteer_server *psteer_nl_server_find(struct psteer_net *pnet,
					    struct genl_info *info);

extern const struct nla_policy psteer_nl_config_set_policy[];
int psteer_nl_config_set(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_config_get(struct sk_buff *skb, struct genl_info *info);

extern const struct nla_policy psteer_nl_client_get_policy[];
struct psteer_client *psteer_nl_client_get(struct psteer_net *pnet,
					   struct psteer_pool *pool,
					   const union nf_inet_addr *ip);
int psteer_nl_client_start(struct netlink_callback *cb);
int psteer_nl_client_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_range_get_policy[];
int psteer_nl_range_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_session_filter_policy[];
extern const struct nla_policy psteer_nl_range_new_policy[];
extern const struct nla_policy psteer_nl_session_new_policy[];
extern const struct nla_policy psteer_nl_session_set_policy[];
int psteer_nl_range_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_session_new(struct sk_buff *skb, struct genl_info *info);

int psteer_nl_session_start(struct netlink_callback *cb);
int psteer_nl_session_dump(struct sk_buff *skb, struct netlink_callback *cb);
int psteer_nl_session_set(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_session_flush(struct sk_buff *skb, struct genl_info *info);

extern const struct nla_policy psteer_nl_vm_new_policy[];
extern const struct nla_policy psteer_nl_vm_set_policy[];
extern const struct nla_policy psteer_nl_vm_name_policy[];
extern const struct nla_policy psteer_nl_vm_report_policy[];
int psteer_nl_vm_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_vm_set(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_vm_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_vm_get(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_vm_dump(struct sk_buff *skb, struct netlink_callback *cb);
int psteer_nl_vm_report(struct sk_buff *skb, struct genl_info *info);
struct psteer_vm *psteer_nl_vm_find(struct psteer_net *pnet,
				    struct netlink_ext_ack *extack,
				    const struct nlattr *name);

extern const struct nla_policy psteer_nl_mapping_new_policy[];
extern const struct nla_policy psteer_nl_mapping_del_policy[];
extern const struct nla_policy psteer_nl_mapping_get_policy[];
int psteer_nl_mapping_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_mapping_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_mapping_start(struct netlink_callback *cb);
int psteer_nl_mapping_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_exempt_policy[];
int psteer_nl_exempt_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_exempt_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_exempt_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_zone_new_policy[];
extern const struct nla_policy psteer_nl_zone_del_policy[];
extern const struct nla_policy psteer_nl_zone_flush_policy[];
int psteer_nl_zone_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_zone_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_zone_flush(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_zone_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_distance_set_policy[];
extern const struct nla_policy psteer_nl_distance_pair_policy[];
int psteer_nl_distance_set(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_distance_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_distance_get(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_distance_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_grant_new_policy[];
extern const struct nla_policy psteer_nl_grant_set_policy[];
extern const struct nla_policy psteer_nl_grant_del_policy[];
int psteer_nl_grant_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_grant_set(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_grant_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_grant_dump(struct sk_buff *skb, struct netlink_callback *cb);

int psteer_nl_walk_done(struct netlink_callback *cb);

int psteer_nl_stats_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_explain_policy[];
int psteer_nl_explain_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy psteer_nl_model_new_policy[];
extern const struct nla_policy psteer_nl_model_key_policy[];
int psteer_nl_model_new(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_model_del(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_model_get(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_model_dump(struct sk_buff *skb, struct netlink_callback *cb);

int psteer_nl_module_get(struct sk_buff *skb, struct genl_info *info);
int psteer_nl_netns_get(struct sk_buff *skb, struct genl_info *info);

#endif
