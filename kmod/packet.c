// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets: reading a flow key out of one, and writing another into it with all
 * checksums kept right. Stateless; ICMP errors are in packet_icmp.c.
 */
#include "packet.h"
#include "packet_transport.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

/* Reads the transport header at pkt->thoff of a packet of key.proto. */
static void parse_flow(const struct sk_buff *skb, struct psteer_packet *pkt)
{
	union {
		struct tcphdr tcp;
		struct udphdr udp;
	} buf __uninitialized;

	pkt->kind = PSTEER_PACKET_MALFORMED;
	if (pkt->key.proto == IPPROTO_TCP) {
		const struct tcphdr *th;

		th = skb_header_pointer(skb, pkt->thoff, sizeof(*th), &buf.tcp);
		if (!th || th->doff * 4 < sizeof(*th) ||
		    pkt->thoff + th->doff * 4 > skb->len)
			return;
		pkt->key.sport = th->source;
		pkt->key.dport = th->dest;
		pkt->tcp = tcp_flag_byte(th) & (PSTEER_TCP_FIN | PSTEER_TCP_SYN |
						PSTEER_TCP_RST | PSTEER_TCP_ACK);
		pkt->seq = ntohl(th->seq);
		pkt->ack = ntohl(th->ack_seq);
	} else {
		const struct udphdr *uh;

		uh = skb_header_pointer(skb, pkt->thoff, sizeof(*uh), &buf.udp);
		if (!uh)
			return;
		pkt->key.sport = uh->source;
		pkt->key.dport = uh->dest;
	}
	/* Port 0 can't be answered, so nothing real uses it. */
	if (pkt->key.sport && pkt->key.dport)
		pkt->kind = PSTEER_PACKET_FLOW;
}

static void parse_ipv4(struct sk_buff *skb, struct psteer_packet *pkt)
{
	const struct iphdr *iph = ip_hdr(skb);

	pkt->thoff = skb_network_offset(skb) + iph->ihl * 4;
	pkt->key.src.ip = iph->saddr;
	pkt->key.dst.ip = iph->daddr;
	pkt->key.proto = iph->protocol;
	/* Raw sockets of the gateway can send what the wire can't. */
	if (iph->ihl < 5)
		pkt->kind = PSTEER_PACKET_MALFORMED;
	else if (ip_is_fragment(iph))
		pkt->kind = PSTEER_PACKET_FRAGMENT;
	else if (iph->protocol == IPPROTO_ICMP)
		psteer_packet_parse_icmp(skb, pkt);
	else if (iph->protocol == IPPROTO_TCP || iph->protocol == IPPROTO_UDP)
		parse_flow(skb, pkt);
}

static void parse_ipv6(struct sk_buff *skb, struct psteer_packet *pkt)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	__be16 frag_off = 0;
	u8 nexthdr = ip6h->nexthdr;
	int thoff;

	pkt->key.src.in6 = ip6h->saddr;
	pkt->key.dst.in6 = ip6h->daddr;
	thoff = skb_network_offset(skb) + sizeof(*ip6h);
	if (nexthdr != IPPROTO_TCP && nexthdr != IPPROTO_UDP)
		thoff = ipv6_skip_exthdr(skb, thoff, &nexthdr, &frag_off);
	if (thoff < 0)
		return;
	pkt->thoff = thoff;
	pkt->key.proto = nexthdr;
	if (frag_off)
		pkt->kind = PSTEER_PACKET_FRAGMENT;
	else if (nexthdr == IPPROTO_ICMPV6)
		psteer_packet_parse_icmp(skb, pkt);
	else if (nexthdr == IPPROTO_TCP || nexthdr == IPPROTO_UDP)
		parse_flow(skb, pkt);
}

/**
 * psteer_packet_parse() - read what a packet is and which flow it belongs to
 * @skb: packet whose network header is set, linear and checked, as in a
 *	netfilter hook
 * @family: AF_INET or AF_INET6
 * @pkt: filled in
 *
 * Context: any. Nothing in @skb changes.
 */
void psteer_packet_parse(struct sk_buff *skb, u8 family,
			 struct psteer_packet *pkt)
{
	pkt->kind = PSTEER_PACKET_OTHER;
	pkt->key = (struct psteer_key) { .family = family };
	pkt->thoff = 0;
	pkt->tcp = 0;
	pkt->answer = false;
	if (family == AF_INET)
		parse_ipv4(skb, pkt);
	else
		parse_ipv6(skb, pkt);
}

/**
 * psteer_packet_flow_intact() - is a segment's or datagram's checksum right
 * @skb: packet
 * @pkt: what psteer_packet_parse() read from it, of kind FLOW
 *
 * Context: any.
 */
bool psteer_packet_flow_intact(struct sk_buff *skb,
			       const struct psteer_packet *pkt)
{
	const struct psteer_key *key = &pkt->key;
	u32 len = skb->len - pkt->thoff;
	__wsum sum;

	if (skb_csum_unnecessary(skb) || skb->ip_summed == CHECKSUM_PARTIAL)
		return true;
	sum = skb_checksum(skb, pkt->thoff, len, 0);
	if (key->proto == IPPROTO_ICMP)
		return !csum_fold(sum);
	if (key->family == AF_INET)
		return !csum_tcpudp_magic(key->src.ip, key->dst.ip, len,
					  key->proto, sum);
	return !csum_ipv6_magic(&key->src.in6, &key->dst.in6, len, key->proto,
				sum);
}

/* By how much the sum of both addresses changes. */
static __wsum addrs_diff(const struct psteer_key *from,
			 const struct psteer_key *to)
{
	u32 words = psteer_addr_len(from->family) / sizeof(__be32), i;
	u64 sum = 0;

	/* Carries gather above, and are added once. */
	for (i = 0; i < words; i++) {
		sum += (__force u32)to->src.ip6[i];
		sum += (__force u32)to->dst.ip6[i];
		sum += (__force u32)~from->src.ip6[i];
		sum += (__force u32)~from->dst.ip6[i];
	}
	return csum_add((__force __wsum)(u32)sum,
			(__force __wsum)(u32)(sum >> 32));
}

/* By how much that of both ports does. */
static __wsum ports_diff(const struct psteer_key *from,
			 const struct psteer_key *to)
{
	return csum_sub((__force __wsum)psteer_ports_word(&to->sport),
			(__force __wsum)psteer_ports_word(&from->sport));
}

/*
 * A transport checksum covers both addresses by its pseudo header. Of one that is
 * still to be filled in that alone is there yet. What the device has summed begins
 * at the network header, of which IPv4's own checksum keeps the sum as it was.
 */
static __always_inline void update_check(struct sk_buff *skb, u8 family,
					 __sum16 *check, __wsum addrs,
					 __wsum ports)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		*check = ~csum_fold(csum_add(csum_unfold(*check), addrs));
		return;
	}
	*check = csum_fold(csum_add(~csum_unfold(*check),
				    csum_add(addrs, ports)));
	if (skb->ip_summed == CHECKSUM_COMPLETE && family == AF_INET)
		skb->csum = csum_sub(skb->csum, addrs);
}

/* ICMPv6 alone sums the addresses, too. */
static void rewrite_echo(struct sk_buff *skb, struct psteer_echo *echo,
			 const struct psteer_packet *pkt,
			 const struct psteer_key *to, __wsum addrs)
{
	__be16 id = psteer_echo_id(to, pkt->answer);

	if (to->proto == IPPROTO_ICMPV6)
		update_check(skb, AF_INET6, &echo->check, addrs, 0);
	inet_proto_csum_replace2(&echo->check, skb, echo->id, id, false);
	echo->id = id;
}

static void rewrite_transport(struct sk_buff *skb, struct psteer_ports *ports,
			      __sum16 *check, const struct psteer_key *from,
			      const struct psteer_key *to, __wsum addrs)
{
	if (check) {
		update_check(skb, from->family, check, addrs,
			     ports_diff(from, to));
		if (from->proto == IPPROTO_UDP && !*check)
			*check = CSUM_MANGLED_0;
	}
	ports->source = to->sport;
	ports->dest = to->dport;
}

static void rewrite_network(void *nh, const struct psteer_key *to, __wsum addrs)
{
	struct ipv6hdr *ip6h = nh;
	struct iphdr *iph = nh;

	if (to->family == AF_INET) {
		iph->check = csum_fold(csum_add(~csum_unfold(iph->check),
						addrs));
		iph->saddr = to->src.ip;
		iph->daddr = to->dst.ip;
	} else {
		ip6h->saddr = to->src.in6;
		ip6h->daddr = to->dst.in6;
	}
}

static __sum16 *transport_check(struct sk_buff *skb, u8 *th, u8 proto)
{
	struct udphdr *uh = (struct udphdr *)th;

	if (proto == IPPROTO_TCP)
		return &((struct tcphdr *)th)->check;
	/* UDP over IPv4 may go without, and then stays without. */
	if (!uh->check && skb->ip_summed != CHECKSUM_PARTIAL)
		return NULL;
	return &uh->check;
}

/* Nearly every packet is ours alone already: no call for these. */
static int make_writable(struct sk_buff *skb, u32 len)
{
	if (likely(len <= skb_headlen(skb) && !skb_cloned(skb)))
		return 0;
	return skb_ensure_writable(skb, len);
}

/**
 * psteer_packet_rewrite() - give a packet another key
 * @skb: packet
 * @pkt: what psteer_packet_parse() read from it, of kind FLOW
 * @to: the key to write
 *
 * Right for GSO packets, for checksums that are still to be filled in and for
 * ones the device has summed.
 *
 * Context: any.
 * Return: 0, or -ENOMEM with @skb as it was.
 */
int psteer_packet_rewrite(struct sk_buff *skb, const struct psteer_packet *pkt,
			  const struct psteer_key *to)
{
	const struct psteer_key *from = &pkt->key;
	/* UDP's and ICMP's are of one length. */
	u32 thlen = from->proto == IPPROTO_TCP ? sizeof(struct tcphdr) :
						 sizeof(struct udphdr);
	__wsum addrs = addrs_diff(from, to);
	u8 *th;

	if (make_writable(skb, pkt->thoff + thlen))
		return -ENOMEM;
	th = skb->data + pkt->thoff;
	if (psteer_proto_is_icmp(from->proto))
		rewrite_echo(skb, (struct psteer_echo *)th, pkt, to, addrs);
	else
		rewrite_transport(skb, (struct psteer_ports *)th,
				  transport_check(skb, th, from->proto), from,
				  to, addrs);
	rewrite_network(skb_network_header(skb), to, addrs);
	skb_clear_hash(skb);
	return 0;
}
