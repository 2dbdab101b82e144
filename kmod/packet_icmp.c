// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMP and ICMPv6: echoes as flows, and errors: finding the flow that one is
 * about, and writing the other side's view of that flow into both headers.
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
#include <net/ip6_checksum.h>

/* The ICMP header of either family is eight bytes before what it is about. */
#define ICMP_HEADER_LEN	8

static bool is_error(u8 family, u8 type)
{
	if (family == AF_INET6)
		return type < ICMPV6_INFOMSG_MASK;
	return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB || type == ICMP_SOURCE_QUENCH;
}

/* An echo or the answer to one; @answer is set to which. */
static bool is_echo(u8 family, u8 type, bool *answer)
{
	u8 query = family == AF_INET ? ICMP_ECHO : ICMPV6_ECHO_REQUEST;
	u8 reply = family == AF_INET ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY;

	*answer = type == reply;
	return type == query || type == reply;
}

static void set_echo_key(struct psteer_key *key, __be16 id, bool answer)
{
	key->sport = answer ? 0 : id;
	key->dport = answer ? id : 0;
}

static bool is_unreachable(u8 family, u8 type, u8 code)
{
	if (family == AF_INET6)
		return type == ICMPV6_DEST_UNREACH;
	return type == ICMP_DEST_UNREACH && code != ICMP_FRAG_NEEDED;
}

/* Sets key addresses and protocol, inner_thoff; false if not a first part. */
static bool parse_inner_ipv4(const struct sk_buff *skb,
			     struct psteer_packet *pkt)
{
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, pkt->inner, sizeof(buf), &buf);
	if (!iph || iph->version != 4 || iph->ihl < 5)
		return false;
	if (iph->frag_off & htons(IP_OFFSET))
		return false;
	pkt->inner_thoff = pkt->inner + iph->ihl * 4;
	pkt->key.src.ip = iph->saddr;
	pkt->key.dst.ip = iph->daddr;
	pkt->key.proto = iph->protocol;
	return true;
}

static bool parse_inner_ipv6(const struct sk_buff *skb,
			     struct psteer_packet *pkt)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;
	__be16 frag_off;
	u8 nexthdr;
	int thoff;

	ip6h = skb_header_pointer(skb, pkt->inner, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return false;
	nexthdr = ip6h->nexthdr;
	thoff = ipv6_skip_exthdr(skb, pkt->inner + sizeof(*ip6h), &nexthdr,
				 &frag_off);
	if (thoff < 0 || (frag_off & htons(IP6_OFFSET)))
		return false;
	pkt->inner_thoff = thoff;
	pkt->key.src.in6 = ip6h->saddr;
	pkt->key.dst.in6 = ip6h->daddr;
	pkt->key.proto = nexthdr;
	return true;
}

/* The identifier of an embedded echo is its port; false if it is none. */
static bool parse_inner_echo(const struct sk_buff *skb,
			     struct psteer_packet *pkt)
{
	const struct psteer_echo *echo;
	struct psteer_echo buf;
	bool answer;

	echo = skb_header_pointer(skb, pkt->inner_thoff, sizeof(buf), &buf);
	if (!echo || !is_echo(pkt->key.family, echo->type, &answer))
		return false;
	set_echo_key(&pkt->key, echo->id, answer);
	return true;
}

/* The flow that an error is about; if it can't be one of ours it stays OTHER. */
static void parse_error(struct sk_buff *skb, struct psteer_packet *pkt)
{
	struct psteer_ports buf, *ports;
	bool parsed;

	pkt->teller = pkt->key.src;
	pkt->told = pkt->key.dst;
	pkt->inner = pkt->thoff + ICMP_HEADER_LEN;
	parsed = pkt->key.family == AF_INET ? parse_inner_ipv4(skb, pkt) :
					      parse_inner_ipv6(skb, pkt);
	if (!parsed)
		return;
	if (psteer_proto_is_icmp(pkt->key.proto)) {
		if (parse_inner_echo(skb, pkt))
			pkt->kind = PSTEER_PACKET_ICMP_ERROR;
		return;
	}
	if (pkt->key.proto != IPPROTO_TCP && pkt->key.proto != IPPROTO_UDP)
		return;
	ports = skb_header_pointer(skb, pkt->inner_thoff, sizeof(buf), &buf);
	if (!ports) {
		pkt->kind = PSTEER_PACKET_MALFORMED;
		return;
	}
	pkt->key.sport = ports->source;
	pkt->key.dport = ports->dest;
	pkt->kind = PSTEER_PACKET_ICMP_ERROR;
}

/**
 * psteer_packet_parse_icmp() - read the flow that an ICMP packet is of, or about
 * @skb: packet of the family's ICMP protocol
 * @pkt: @thoff and @key's family, addresses and protocol are set; the rest is
 *	filled in
 *
 * What is neither an echo nor an error about a flow stays PSTEER_PACKET_OTHER.
 */
void psteer_packet_parse_icmp(struct sk_buff *skb, struct psteer_packet *pkt)
{
	const struct psteer_key outer = pkt->key;
	struct psteer_echo buf, *icmp;

	/* Errors, too, begin with type, code and checksum. */
	icmp = skb_header_pointer(skb, pkt->thoff, sizeof(buf), &buf);
	if (!icmp) {
		pkt->kind = PSTEER_PACKET_MALFORMED;
	} else if (is_echo(pkt->key.family, icmp->type, &pkt->answer)) {
		set_echo_key(&pkt->key, icmp->id, pkt->answer);
		pkt->kind = PSTEER_PACKET_FLOW;
	} else if (is_error(pkt->key.family, icmp->type)) {
		pkt->unreachable = is_unreachable(outer.family, icmp->type,
						  icmp->code);
		parse_error(skb, pkt);
		/* About no flow, it is known by its own ends. */
		if (pkt->kind != PSTEER_PACKET_ICMP_ERROR)
			pkt->key = outer;
	}
}

/**
 * psteer_packet_error_intact() - is an ICMP error's checksum right
 * @skb: packet
 * @pkt: what psteer_packet_parse() read from it, of kind ICMP_ERROR
 *
 * Context: any.
 */
bool psteer_packet_error_intact(struct sk_buff *skb,
				const struct psteer_packet *pkt)
{
	u32 len = skb->len - pkt->thoff;
	__wsum sum;

	if (skb_csum_unnecessary(skb))
		return true;
	sum = skb_checksum(skb, pkt->thoff, len, 0);
	if (pkt->key.family == AF_INET)
		return !csum_fold(sum);
	return !csum_ipv6_magic(&pkt->teller.in6, &pkt->told.in6, len,
				IPPROTO_ICMPV6, sum);
}

static u32 check_offset(u8 proto)
{
	if (psteer_proto_is_icmp(proto))
		return offsetof(struct psteer_echo, check);
	return proto == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
				      offsetof(struct udphdr, check);
}

/*
 * The embedded packet's own transport checksum, so that a receiver who looks
 * finds it as right, or as wrong, as it was. It may have been cut off.
 */
static void fix_inner_check(u8 *th, u32 len, const struct psteer_key *from,
			    const struct psteer_key *to)
{
	/*
	 * Old words out, new words in, over addresses and ports at once: the
	 * key begins with just these, and unused address words are zero. ICMP
	 * does not sum its addresses.
	 */
	u32 begin = from->proto == IPPROTO_ICMP ?
		    offsetof(struct psteer_key, sport) : 0;
	u32 summed = offsetof(struct psteer_key, proto) - begin;
	u32 at = check_offset(from->proto);
	__sum16 *check = (__sum16 *)(th + at);
	__wsum diff;

	if (at + sizeof(*check) > len)
		return;
	if (from->proto == IPPROTO_UDP && !*check)
		return;
	diff = csum_partial((const u8 *)to + begin, summed,
			    ~csum_partial((const u8 *)from + begin, summed, 0));
	*check = csum_fold(csum_add(diff, ~csum_unfold(*check)));
	if (from->proto == IPPROTO_UDP && !*check)
		*check = CSUM_MANGLED_0;
}

/* Of an echo one of the two is zero, and the other its identifier. */
static void set_inner_ports(u8 *th, const struct psteer_key *key)
{
	struct psteer_ports *ports = (struct psteer_ports *)th;

	if (psteer_proto_is_icmp(key->proto)) {
		((struct psteer_echo *)th)->id = key->sport | key->dport;
		return;
	}
	ports->source = key->sport;
	ports->dest = key->dport;
}

static void fill_icmp_check(struct sk_buff *skb, u32 thoff, u8 family)
{
	u32 len = skb->len - thoff;

	if (family == AF_INET) {
		struct icmphdr *icmph = (void *)(skb->data + thoff);

		icmph->checksum = 0;
		icmph->checksum = csum_fold(csum_partial(icmph, len, 0));
	} else {
		struct icmp6hdr *icmph = (void *)(skb->data + thoff);
		struct ipv6hdr *ip6h = ipv6_hdr(skb);

		icmph->icmp6_cksum = 0;
		icmph->icmp6_cksum =
			csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
					IPPROTO_ICMPV6,
					csum_partial(icmph, len, 0));
	}
	skb->ip_summed = CHECKSUM_NONE;
}

/* Addresses of the network header at @nh, with IPv4's header checksum. */
static void set_addrs(void *nh, u8 family, const union nf_inet_addr *src,
		      const union nf_inet_addr *dst)
{
	if (family == AF_INET) {
		struct iphdr *iph = nh;

		csum_replace4(&iph->check, iph->saddr, src->ip);
		csum_replace4(&iph->check, iph->daddr, dst->ip);
		iph->saddr = src->ip;
		iph->daddr = dst->ip;
	} else {
		struct ipv6hdr *ip6h = nh;

		ip6h->saddr = src->in6;
		ip6h->daddr = dst->in6;
	}
}

/**
 * psteer_packet_rewrite_error() - give an ICMP error the other side's view
 * @skb: packet whose ICMP checksum has been checked
 * @pkt: what psteer_packet_parse() read from it, of kind ICMP_ERROR
 * @src: its new source
 * @dst: its new destination
 * @inner: new key of the packet it is about
 *
 * Context: any.
 * Return: 0, or -ENOMEM with headers and data as they were.
 */
int psteer_packet_rewrite_error(struct sk_buff *skb,
				const struct psteer_packet *pkt,
				const union nf_inet_addr *src,
				const union nf_inet_addr *dst,
				const struct psteer_key *inner)
{
	u8 *th;

	/* Errors are small; the checksum covers them whole. */
	if (skb_linearize(skb) || skb_ensure_writable(skb, skb->len))
		return -ENOMEM;

	set_addrs(skb->data + pkt->inner, pkt->key.family, &inner->src,
		  &inner->dst);
	th = skb->data + pkt->inner_thoff;
	fix_inner_check(th, skb->len - pkt->inner_thoff, &pkt->key, inner);
	set_inner_ports(th, inner);
	set_addrs(skb_network_header(skb), pkt->key.family, src, dst);
	fill_icmp_check(skb, pkt->thoff, pkt->key.family);
	skb_clear_hash(skb);
	return 0;
}
