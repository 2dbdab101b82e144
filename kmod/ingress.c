// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fast path: a usual packet of an established session, or one that begins a
 * session if no rule would see it, is taken from its device before the rest of the
 * stack looks at it, and sent to its next hop at once. Every other goes on to the
 * netfilter hooks (hook.c), which learn the way.
 */
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_netdev.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "admit.h"
#include "edge.h"
#include "forward.h"
#include "ingress.h"
#include "net.h"
#include "packet.h"
#include "server.h"
#include "session.h"
#include "steer.h"

/* Whoever filters what comes from a device does so first. */
#define INGRESS_PRIORITY	INT_MAX
/* At PRE_ROUTING: reassembly, and ours. */
#define OWN_HOOKS	2

/**
 * struct ingress - the hook on a device
 * @list: in pnet->ingress
 * @ops: hook; its @dev is the device
 * @rcu: for freeing it: who lists hooks looks at @ops under RCU
 */
struct ingress {
	struct list_head list;
	struct nf_hook_ops ops;
	struct rcu_head rcu;
};

/* Of a header without options: ip_fast_csum() is for any length. */
static bool is_intact(const struct iphdr *iph)
{
	const u32 *word = (const u32 *)iph;
	u64 sum = (u64)word[0] + word[1] + word[2] + word[3] + word[4];

	return !csum_fold(csum_add((__force __wsum)(u32)sum,
				   (__force __wsum)(u32)(sum >> 32)));
}

/* The packet is cut to what its header says, as it would be further on. */
static bool is_usual_ipv4(struct sk_buff *skb)
{
	const struct iphdr *iph;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return false;
	iph = ip_hdr(skb);
	if (iph->version != 4 || iph->ihl != 5 || iph->ttl <= 1 ||
	    ip_is_fragment(iph) || !is_intact(iph))
		return false;
	skb_set_transport_header(skb, sizeof(*iph));
	return ntohs(iph->tot_len) <= skb->len &&
	       !pskb_trim_rcsum(skb, ntohs(iph->tot_len));
}

static bool is_usual_ipv6(struct sk_buff *skb, const struct net_device *dev)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);
	const struct ipv6hdr *ip6h;
	u32 len;

	if (!idev || READ_ONCE(idev->cnf.disable_ipv6))
		return false;
	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return false;
	ip6h = ipv6_hdr(skb);
	len = ntohs(ip6h->payload_len);
	/* Without a length it may be a jumbogram. */
	if (ip6h->version != 6 || ip6h->hop_limit <= 1 || !len ||
	    (ip6h->nexthdr != IPPROTO_TCP && ip6h->nexthdr != IPPROTO_UDP))
		return false;
	skb_set_transport_header(skb, sizeof(*ip6h));
	return len + sizeof(*ip6h) <= skb->len &&
	       !pskb_trim_rcsum(skb, len + sizeof(*ip6h));
}

/*
 * Whose else it is, a packet generator's, looks at it no more, but memory that is
 * shared twice can't be made ours alone.
 */
static bool may_change(const struct sk_buff *skb)
{
	return !skb_shared(skb) || (!skb_cloned(skb) && !skb_is_nonlinear(skb));
}

/* Nothing about it asks for the rest of the stack; 0: something does. */
static u8 usual_family(struct sk_buff *skb, const struct net_device *dev)
{
	if (skb->pkt_type != PACKET_HOST || skb_vlan_tag_present(skb) ||
	    !may_change(skb) || rcu_access_pointer(dev->rx_handler) ||
	    netif_is_l3_slave(dev))
		return 0;
	if (skb->protocol == htons(ETH_P_IP))
		return is_usual_ipv4(skb) ? AF_INET : 0;
	if (skb->protocol == htons(ETH_P_IPV6))
		return is_usual_ipv6(skb, dev) ? AF_INET6 : 0;
	return 0;
}

/* Rules shall see how a connection begins and ends. */
static bool goes_on(const struct psteer_packet *pkt)
{
	return !(pkt->tcp & ~PSTEER_TCP_ACK);
}

static bool has_begun(const struct psteer_session *session)
{
	return psteer_session_proto(session) != IPPROTO_TCP ||
	       (psteer_session_progress(session) & PSTEER_PROGRESS_COMPLETED);
}

/* With a packet that goes on nothing else can call for steering anew. */
static bool is_served(const struct psteer_session *session)
{
	return psteer_session_is_vms(session) ||
	       READ_ONCE(session->server->state) != PSTEER_SERVER_DOWN;
}

static bool is_usual(const struct psteer_session *session)
{
	return psteer_session_live(session) && has_begun(session) &&
	       is_served(session);
}

/* AppArmor's, of which every namespace has one, judges local sockets only. */
static bool is_apparmors(const struct nf_hook_ops *ops)
{
	return ops->hooknum == NF_INET_POST_ROUTING &&
	       ops->priority == NF_IP_PRI_SELINUX_FIRST &&
	       ops->hook_ops_type == NF_HOOK_OP_UNDEFINED;
}

static u32 hooks_at(struct nf_hook_entries __rcu *const *hooks,
		    enum nf_inet_hooks hook)
{
	const struct nf_hook_entries *entries = rcu_dereference(hooks[hook]);

	if (!entries)
		return 0;
	return entries->num_hook_entries -
	       is_apparmors(*nf_hook_entries_get_hook_ops(entries));
}

/* Is there anybody further on who would see it? SELinux is at FORWARD, too. */
static bool is_watched(const struct net *net, u8 family)
{
	struct nf_hook_entries __rcu *const *hooks =
		family == AF_INET ? net->nf.hooks_ipv4 : net->nf.hooks_ipv6;

	return hooks_at(hooks, NF_INET_FORWARD) ||
	       hooks_at(hooks, NF_INET_PRE_ROUTING) > OWN_HOOKS ||
	       hooks_at(hooks, NF_INET_POST_ROUTING);
}

/*
 * The way of a packet that begins a session, if it can go where the last one to its
 * server went. Whom it is refused to is told by the slow path, which asks again.
 */
static struct dst_entry *begin(struct psteer_net *pnet, struct sk_buff *skb,
			       const struct psteer_packet *pkt, u8 family,
			       struct psteer_session **session,
			       enum psteer_dir *dir)
{
	struct nf_hook_state state = {
		.hook = NF_INET_PRE_ROUTING,
		.pf = family,
		.in = skb->dev,
		.net = pnet->net,
	};
	struct psteer_route route = {};
	union nf_inet_addr src, dst;
	enum psteer_stat reason;

	if (!psteer_admit_begins(pkt) || is_watched(pnet->net, family))
		return NULL;
	*session = psteer_steer(pnet, skb, &state, pkt, &reason);
	/* Another CPU's may be a VM's, if its service has only just come. */
	if (!*session || psteer_session_is_vms(*session))
		return NULL;
	*dir = psteer_session_dir_of(*session, &pkt->key);
	psteer_flow_addrs(psteer_session_flow(*session, !*dir), &dst, &src);
	route.dst = psteer_way_find_rcu(&(*session)->server->ways, &src, skb,
					family);
	psteer_hop_learn(&psteer_session_flow(*session, *dir)->hop, skb, &state,
			 &route);
	return route.dst;
}

static unsigned int take(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct psteer_net *pnet = priv;
	u8 family = usual_family(skb, state->in);
	/* Kernels that clear everything first need not do so here. */
	struct psteer_packet pkt __uninitialized;
	struct psteer_key to __uninitialized;
	struct psteer_session *session;
	struct dst_entry *dst;
	enum psteer_dir dir;

	if (!family)
		return NF_ACCEPT;
	psteer_packet_parse(skb, family, &pkt);
	if (pkt.kind != PSTEER_PACKET_FLOW ||
	    (psteer_edge_is(pnet) && psteer_edge_has(pnet, &pkt.key)))
		return NF_ACCEPT;
	session = psteer_session_find_rcu(pnet, &pkt.key, &dir);
	if (!session)
		dst = begin(pnet, skb, &pkt, family, &session, &dir);
	else if (goes_on(&pkt) && is_usual(session))
		dst = psteer_hop_find_rcu(&psteer_session_flow(session, dir)->hop,
					  skb, family);
	else
		dst = NULL;
	if (!dst)
		return NF_ACCEPT;
	psteer_flow_reversed(psteer_session_flow(session, !dir), &to);
	if (psteer_packet_rewrite(skb, &pkt, &to))
		return NF_ACCEPT;
	psteer_session_update(pnet, session, dir, &pkt, skb->len);
	psteer_count(pnet, PSTEER_STAT_TRANSLATED);
	psteer_hop_send(skb, family, dst);
	return NF_STOLEN;
}

/* Without memory for it, the device's packets go without the fast path. */
static void add_device(struct psteer_net *pnet, struct net_device *dev)
{
	struct ingress *ingress;

	if (dev->flags & IFF_LOOPBACK)
		return;
	ingress = kzalloc(sizeof(*ingress), GFP_KERNEL_ACCOUNT);
	if (!ingress)
		return;
	ingress->ops = (struct nf_hook_ops) {
		.hook = take,
		.dev = dev,
		.priv = pnet,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = INGRESS_PRIORITY,
	};
	if (nf_register_net_hook(pnet->net, &ingress->ops))
		kfree(ingress);
	else
		list_add(&ingress->list, &pnet->ingress);
}

static void remove_device(struct psteer_net *pnet, struct net_device *dev)
{
	struct ingress *ingress, *next;

	list_for_each_entry_safe(ingress, next, &pnet->ingress, list) {
		if (ingress->ops.dev != dev)
			continue;
		nf_unregister_net_hook(pnet->net, &ingress->ops);
		list_del(&ingress->list);
		kfree_rcu(ingress, rcu);
	}
}

/* Told of every device once when it is registered or unregistered, too. */
static int device_event(struct notifier_block *devices, unsigned long event,
			void *info)
{
	struct psteer_net *pnet = container_of(devices, struct psteer_net,
					       devices);
	struct net_device *dev = netdev_notifier_info_to_dev(info);

	ASSERT_RTNL();
	if (event == NETDEV_REGISTER)
		add_device(pnet, dev);
	else if (event == NETDEV_UNREGISTER)
		remove_device(pnet, dev);
	return NOTIFY_DONE;
}

/**
 * psteer_ingress_init() - make a namespace ready for the fast path
 * @pnet: namespace
 */
void psteer_ingress_init(struct psteer_net *pnet)
{
	INIT_LIST_HEAD(&pnet->ingress);
	pnet->devices.notifier_call = device_event;
}

/**
 * psteer_ingress_set() - begin or cease to take packets from their devices
 * @pnet: namespace
 * @on: begin
 *
 * Packets may still be inside until RCU readers are gone.
 *
 * Context: process, under pnet->lock; takes RTNL.
 */
void psteer_ingress_set(struct psteer_net *pnet, bool on)
{
	lockdep_assert_held(&pnet->lock);
	if (pnet->fast == on)
		return;
	/* Can't fail, as device_event() refuses no device. */
	if (on)
		register_netdevice_notifier_net(pnet->net, &pnet->devices);
	else
		unregister_netdevice_notifier_net(pnet->net, &pnet->devices);
	WRITE_ONCE(pnet->fast, on);
}
