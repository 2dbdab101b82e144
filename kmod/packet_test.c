// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that keys are read out of packets of every shape, that what can't be
 * one of ours is told from what can, and that after a rewrite each byte,
 * checksums included, is as if the packet had been made with its new key: the
 * packets below were computed outside of the kernel, before and after.
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <asm/unaligned.h>
#include <net/ip6_checksum.h>

#include "packet.h"

#define PACKET_MOST	256

#define OTHER		PSTEER_PACKET_OTHER
#define FLOW		PSTEER_PACKET_FLOW
#define ICMP_ERROR	PSTEER_PACKET_ICMP_ERROR
#define MALFORMED	PSTEER_PACKET_MALFORMED
#define FRAGMENT	PSTEER_PACKET_FRAGMENT

/* How a packet lies in memory. */
enum layout {
	LINEAR,
	PAGED,		/* all but the network header in a page */
	CLONED,		/* somebody else is looking at the bytes */
	LAYOUTS
};

/* An address pair of each family. */
struct ends {
	union nf_inet_addr src;
	union nf_inet_addr dst;
};

#define IP4(a)			{ .ip = htonl(a) }
#define IP6(a, b, c, d)		{ .ip6 = { htonl(a), htonl(b), htonl(c), \
					   htonl(d) } }

/* The client to the virtual address, and the pool to the server. */
static const struct ends client[] = {
	{ IP4(0xc6336407), IP4(0xcb00710a) },
	{ IP6(0x20010db8, 0x000c0000, 0, 0x07),
	  IP6(0x20010db8, 0x000f0000, 0, 0x10) },
};

static const struct ends server[] = {
	{ IP4(0xc0000221), IP4(0x0a010203) },
	{ IP6(0x20010db8, 0x000a0000, 0, 0x21),
	  IP6(0xfd000001, 0x00000000, 0, 0x0203) },
};

/* A router on the way to the server. */
static const union nf_inet_addr router[] = {
	IP4(0x0a090909), IP6(0xfd000009, 0, 0, 0x09),
};

/* In hexadecimal; what is expected of a rewrite follows ">". */
static const char tcp4[] =
	"4500003babcd40003d062baac6336407cb00710a\n"
	"c0de0050112233445566778850187210053f0000474554202f20485454502f312e310d0a0d0a21\n"
	">4500003babcd40003d06c3cac00002210a010203\n"
	"30391f901122334455667788501872100ec50000474554202f20485454502f312e310d0a0d0a21\n";
static const char udp4[] =
	"4500001fabcd40003d112bbbc6336407cb00710ac0de0050000b04ff6f6464\n"
	">4500001fabcd40003d11c3dbc00002210a01020330391f90000b0e856f6464\n";
static const char udp4_nosum[] =
	"45000020abcd40003d112bbac6336407cb00710ac0de0050000c00006e6f6e65\n"
	">45000020abcd40003d11c3dac00002210a01020330391f90000c00006e6f6e65\n";
static const char udp4_ffff[] =
	"4500001eabcd40003d112bbcc6336407cb00710ac0de0050000af679e1eb\n"
	">4500001eabcd40003d11c3dcc00002210a01020330391f90000affffe1eb\n";
static const char options4[] =
	"4600003babcd40003d0696a5c6336407cb00710a94040000\n"
	"c0de0050112233445566778880117210c95100000101080a010203040506070878797a\n"
	">4600003babcd40003d062ec6c00002210a01020394040000\n"
	"30391f90112233445566778880117210d2d700000101080a010203040506070878797a\n";
static const char tcp6[] =
	"600123450018063d20010db8000c0000000000000000000720010db8000f00000000000000000010\n"
	"c0de0050112233440000000060027210c4f10000020405a0\n"
	">600123450018063d20010db8000a00000000000000000021fd000001000000000000000000000203\n"
	"30391f9011223344000000006002721065120000020405a0\n";
static const char udp6[] =
	"60012345000d113d20010db8000c0000000000000000000720010db8000f00000000000000000010\n"
	"c0de0050000dee7b6f64642121\n"
	">60012345000d113d20010db8000a00000000000000000021fd000001000000000000000000000203\n"
	"30391f90000d8e9c6f64642121\n";
static const char hopbyhop6[] =
	"60012345001f003d20010db8000c0000000000000000000720010db8000f00000000000000000010\n"
	"0600010400000000c0de005011223344556677885014721037260000686f70\n"
	">60012345001f003d20010db8000a00000000000000000021fd000001000000000000000000000203\n"
	"060001040000000030391f90112233445566778850147210d7460000686f70\n";
static const char err4_tcp[] =
	"45000047007740003d01680c0a090909c00002210304c5c600000578\n"
	"4500002babcd40000106ffdac00002210a01020330391f9011223344556677885018721034100000736567\n"
	">45000047007740003d01d6f9cb00710ac633640703045de700000578\n"
	"4500002babcd4000010667bac6336407cb00710ac0de00501122334455667788501872102a8a0000736567\n";
static const char err4_udp_cut[] =
	"45000038007740003d01681b0a090909c000022103049a3900000500\n"
	"450000e4abcd40000111ff16c00002210a01020330391f9000d00d29\n"
	">45000038007740003d01d708cb00710ac63364070304325a00000500\n"
	"450000e4abcd4000011166f6c6336407cb00710ac0de005000d003a3\n";
static const char err4_tcp_cut[] =
	"4500003c007740003d0168170a090909c0000221030168cf00000000\n"
	"4600003fabcd400001066ac2c00002210a0102039404000030391f9011223344\n"
	">4500003c007740003d01d704cb00710ac63364070301f76900000000\n"
	"4600003fabcd40000106d2a1c6336407cb00710a94040000c0de005011223344\n";
static const char err4_udp_nosum[] =
	"4500003c007740003d0168170a090909c00002210b00c85500000000\n"
	"45000020abcd40000111ffdac00002210a01020330391f90000c00006e6f6e65\n"
	">4500003c007740003d01d704cb00710ac63364070b0056f000000000\n"
	"45000020abcd4000011167bac6336407cb00710ac0de0050000c00006e6f6e65\n";
static const char err6_tcp[] =
	"6001234500473a3dfd00000900000000000000000000000920010db8000a00000000000000000021\n"
	"0200444600000500\n"
	"600123450017060120010db8000a00000000000000000021fd000001000000000000000000000203\n"
	"30391f90112233445566778850187210d54c0000736567\n"
	">6001234500473a3d20010db8000f0000000000000000001020010db8000c00000000000000000007\n"
	"0200139900000500\n"
	"600123450017060120010db8000c0000000000000000000720010db8000f00000000000000000010\n"
	"c0de0050112233445566778850187210352c0000736567\n";
static const char err6_udp[] =
	"6001234500483a3dfd00000900000000000000000000000920010db8000a00000000000000000021\n"
	"0200384400000500\n"
	"600123450018000120010db8000a00000000000000000021fd000001000000000000000000000203\n"
	"110001040000000030391f900010e179646174616772616d\n"
	">6001234500483a3d20010db8000f0000000000000000001020010db8000c00000000000000000007\n"
	"0200079700000500\n"
	"600123450018000120010db8000c0000000000000000000720010db8000f00000000000000000010\n"
	"1100010400000000c0de005000104159646174616772616d\n";
static const char err6_udp_cut[] =
	"6001234500383a3dfd00000900000000000000000000000920010db8000a00000000000000000021\n"
	"0104129300000000\n"
	"6001234500d0110120010db8000a00000000000000000021fd000001000000000000000000000203\n"
	"30391f9000d0ae65\n"
	">6001234500383a3d20010db8000f0000000000000000001020010db8000c00000000000000000007\n"
	"0104e1e500000000\n"
	"6001234500d0110120010db8000c0000000000000000000720010db8000f00000000000000000010\n"
	"c0de005000d00e45\n";

/*
 * A packet and what it is turned into: from the client's view to the server's,
 * and the other way if it is an ICMP error. What was read from it otherwise is
 * as in struct psteer_packet. @unsummed: the transport checksum is not there.
 */
struct golden {
	const char *name;
	const char *bytes;
	u8 family;
	u8 proto;
	u8 tcp;
	u32 thoff;
	u32 inner;
	u32 inner_thoff;
	bool unreachable;
	bool unsummed;
};

#define GOLDEN(name, ...)	{ #name, name, __VA_ARGS__ }

static const struct golden flows[] = {
	GOLDEN(tcp4, AF_INET, IPPROTO_TCP, PSTEER_TCP_ACK, 20),
	GOLDEN(udp4, AF_INET, IPPROTO_UDP, 0, 20),
	GOLDEN(udp4_nosum, AF_INET, IPPROTO_UDP, 0, 20, .unsummed = true),
	GOLDEN(udp4_ffff, AF_INET, IPPROTO_UDP, 0, 20),
	GOLDEN(options4, AF_INET, IPPROTO_TCP, PSTEER_TCP_ACK | PSTEER_TCP_FIN,
	       24),
	GOLDEN(tcp6, AF_INET6, IPPROTO_TCP, PSTEER_TCP_SYN, 40),
	GOLDEN(udp6, AF_INET6, IPPROTO_UDP, 0, 40),
	GOLDEN(hopbyhop6, AF_INET6, IPPROTO_TCP,
	       PSTEER_TCP_ACK | PSTEER_TCP_RST, 48),
};

static const struct golden errors[] = {
	GOLDEN(err4_tcp, AF_INET, IPPROTO_TCP, 0, 20, 28, 48),
	GOLDEN(err4_udp_cut, AF_INET, IPPROTO_UDP, 0, 20, 28, 48, false, true),
	GOLDEN(err4_tcp_cut, AF_INET, IPPROTO_TCP, 0, 20, 28, 52, true, true),
	GOLDEN(err4_udp_nosum, AF_INET, IPPROTO_UDP, 0, 20, 28, 48, false,
	       true),
	GOLDEN(err6_tcp, AF_INET6, IPPROTO_TCP, 0, 40, 48, 88),
	GOLDEN(err6_udp, AF_INET6, IPPROTO_UDP, 0, 40, 48, 96),
	GOLDEN(err6_udp_cut, AF_INET6, IPPROTO_UDP, 0, 40, 48, 88, true, true),
};

static void describe(const struct golden *g, char *to)
{
	strscpy(to, g->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(flow, flows, describe);
KUNIT_ARRAY_PARAM(error, errors, describe);

static u32 from_hex(u8 *to, const char *hex)
{
	u32 len = 0;

	for (; *hex && *hex != '>'; hex++) {
		if (*hex == '\n')
			continue;
		to[len++] = hex_to_bin(hex[0]) << 4 | hex_to_bin(hex[1]);
		hex++;
	}
	return len;
}

/* Of the running case, freed with it. */
static struct sk_buff_head skbs;

static struct sk_buff *new_skb(struct kunit *test, const u8 *bytes, u32 len,
			       u8 family, bool paged)
{
	struct sk_buff *skb = alloc_skb(NET_SKB_PAD + PACKET_MOST, GFP_KERNEL);
	u32 head = len;
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_queue_tail(&skbs, skb);
	skb_reserve(skb, NET_SKB_PAD);
	skb_reset_network_header(skb);
	if (paged)
		head = family == AF_INET ? (bytes[0] & 15) * 4 :
					   sizeof(struct ipv6hdr);
	skb_put_data(skb, bytes, head);
	if (head < len) {
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), bytes + head, len - head);
		skb_add_rx_frag(skb, 0, page, 0, len - head, PAGE_SIZE);
	}
	return skb;
}

static struct sk_buff *new_golden(struct kunit *test, const struct golden *g,
				  enum layout layout, struct psteer_packet *pkt)
{
	u8 bytes[PACKET_MOST];
	struct sk_buff *skb;

	skb = new_skb(test, bytes, from_hex(bytes, g->bytes), g->family,
		      layout == PAGED);
	psteer_packet_parse(skb, g->family, pkt);
	return skb;
}

static void expect_bytes(struct kunit *test, const struct sk_buff *skb,
			 const char *hex)
{
	u8 want[PACKET_MOST], got[PACKET_MOST] = {};
	u32 len = from_hex(want, hex), i = 0;

	KUNIT_ASSERT_EQ(test, skb->len, len);
	KUNIT_ASSERT_EQ(test, skb_copy_bits(skb, 0, got, len), 0);
	while (i < len && got[i] == want[i])
		i++;
	KUNIT_EXPECT_EQ_MSG(test, i, len, "byte %u is %02x, not %02x", i,
			    got[i], want[i]);
}

static struct psteer_key key_of(const struct ends *ends, const struct golden *g)
{
	const struct ends *e = &ends[g->family == AF_INET6];
	struct psteer_key key = {
		.src = e->src,
		.dst = e->dst,
		.sport = htons(ends == client ? 49374 : 12345),
		.dport = htons(ends == client ? 80 : 8080),
		.proto = g->proto,
		.family = g->family,
	};

	return key;
}

static void packets_are_read(struct kunit *test)
{
	const struct golden *g = test->param_value;
	struct psteer_key key = key_of(g->inner ? server : client, g);
	bool six = g->family == AF_INET6;
	struct psteer_packet pkt;
	enum layout layout;

	for (layout = LINEAR; layout <= PAGED; layout++) {
		struct sk_buff *skb = new_golden(test, g, layout, &pkt);

		KUNIT_EXPECT_EQ(test, pkt.kind, g->inner ? ICMP_ERROR : FLOW);
		KUNIT_EXPECT_TRUE(test, psteer_key_equal(&pkt.key, &key));
		KUNIT_EXPECT_EQ(test, pkt.thoff, g->thoff);
		KUNIT_EXPECT_EQ(test, pkt.tcp, g->tcp);
		expect_bytes(test, skb, g->bytes);
		if (!g->inner)
			continue;
		KUNIT_EXPECT_TRUE(test, pkt.inner == g->inner &&
				  pkt.inner_thoff == g->inner_thoff);
		KUNIT_EXPECT_EQ(test, pkt.unreachable, g->unreachable);
		KUNIT_EXPECT_TRUE(test, psteer_addr_equal(&pkt.told, &key.src) &&
				  psteer_addr_equal(&pkt.teller, &router[six]));
	}
}

/* An error is told by the router, or in its name by the virtual address. */
static int rewrite(struct sk_buff *skb, const struct psteer_packet *pkt,
		   const struct golden *g, const struct ends *ends)
{
	struct psteer_key key = key_of(ends, g);

	if (!g->inner)
		return psteer_packet_rewrite(skb, pkt, &key);
	return psteer_packet_rewrite_error(skb, pkt, ends == client ? &key.dst :
					   &router[g->family == AF_INET6],
					   &key.src, &key);
}

static void packets_get_the_other_key(struct kunit *test)
{
	const struct golden *g = test->param_value;
	const struct ends *from = g->inner ? server : client;
	const struct ends *to = g->inner ? client : server;
	struct sk_buff *skb, *clone;
	struct psteer_packet pkt;
	enum layout layout;

	for (layout = 0; layout < LAYOUTS; layout++) {
		skb = new_golden(test, g, layout, &pkt);
		clone = NULL;
		if (layout == CLONED) {
			clone = skb_clone(skb, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, clone);
			skb_queue_tail(&skbs, clone);
		}
		memset(skb_tail_pointer(skb), 0xaa, skb_tailroom(skb));
		KUNIT_EXPECT_EQ(test, rewrite(skb, &pkt, g, to), 0);
		/* Nothing is written past what was cut off. */
		KUNIT_EXPECT_TRUE(test, layout != LINEAR ||
				  !memchr_inv(skb_tail_pointer(skb), 0xaa,
					      skb_tailroom(skb)));
		expect_bytes(test, skb, strchr(g->bytes, '>') + 1);
		if (clone)
			expect_bytes(test, clone, g->bytes);
		/* And back. */
		psteer_packet_parse(skb, g->family, &pkt);
		KUNIT_EXPECT_EQ(test, rewrite(skb, &pkt, g, from), 0);
		expect_bytes(test, skb, g->bytes);
	}
}

/* What is to go where the checksum is; 0 if @sum has a right one in it. */
static __sum16 transport_sum(const void *nh, u8 family, u8 proto, u32 len,
			     __wsum sum)
{
	const struct ipv6hdr *ip6h = nh;
	const struct iphdr *iph = nh;

	if (family == AF_INET)
		return csum_tcpudp_magic(iph->saddr, iph->daddr, len, proto,
					 sum);
	return csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len, proto, sum);
}

static bool is_summed(const u8 *nh, const u8 *th, u32 len, u8 family, u8 proto)
{
	if (family == AF_INET && ip_fast_csum(nh, nh[0] & 15))
		return false;
	if (proto == IPPROTO_ICMP)
		return !ip_compute_csum(th, len);
	if (proto == IPPROTO_UDP && !((const struct udphdr *)th)->check)
		return false;
	return !transport_sum(nh, family, proto, len, csum_partial(th, len, 0));
}

static bool all_summed(const struct sk_buff *skb, const struct golden *g)
{
	const u8 *nh = skb->data, *th = nh + g->thoff, *end = nh + skb->len;
	bool six = g->family == AF_INET6;

	if (g->inner) {
		if (!is_summed(nh, th, end - th, g->family,
			       six ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
			return false;
		th = nh + g->inner_thoff;
		nh += g->inner;
	}
	return g->unsummed || is_summed(nh, th, end - th, g->family, g->proto);
}

static void sums_hold_whatever_the_key(struct kunit *test)
{
	const struct golden *g = test->param_value;
	struct psteer_key key = key_of(client, g);
	u32 i, len = psteer_addr_len(g->family);
	struct psteer_packet pkt;
	struct rnd_state rnd;
	struct sk_buff *skb;

	prandom_seed_state(&rnd, 7);
	skb = new_golden(test, g, LINEAR, &pkt);
	for (i = 0; i < 500; i++) {
		prandom_bytes_state(&rnd, &key.src, len);
		prandom_bytes_state(&rnd, &key.dst, len);
		key.sport = htons(1 + prandom_u32_state(&rnd) % 65535);
		key.dport = htons(1 + prandom_u32_state(&rnd) % 65535);
		if (g->inner)
			psteer_packet_rewrite_error(skb, &pkt, &key.dst,
						    &key.src, &key);
		else
			psteer_packet_rewrite(skb, &pkt, &key);
		psteer_packet_parse(skb, g->family, &pkt);
		KUNIT_ASSERT_TRUE(test, psteer_key_equal(&pkt.key, &key));
		KUNIT_ASSERT_TRUE_MSG(test, all_summed(skb, g), "key %u", i);
	}
}

/* The device is to sum the packet: only the pseudo header is summed yet. */
static void sums_to_come_are_right(struct kunit *test)
{
	const struct golden *g = test->param_value;
	u32 at = g->proto == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
					   offsetof(struct udphdr, check);
	struct psteer_packet pkt;
	struct sk_buff *skb;
	__sum16 *check;

	if (g->unsummed)
		return;
	skb = new_golden(test, g, LINEAR, &pkt);
	check = (__sum16 *)(skb->data + g->thoff + at);
	*check = ~transport_sum(skb->data, g->family, g->proto,
				skb->len - g->thoff, 0);
	skb_partial_csum_set(skb, g->thoff, at);
	KUNIT_EXPECT_EQ(test, rewrite(skb, &pkt, g, server), 0);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_PARTIAL);
	KUNIT_EXPECT_EQ(test, skb_checksum_help(skb), 0);
	expect_bytes(test, skb, strchr(g->bytes, '>') + 1);
}

/* The device has summed the packet: its sum has to stay the packet's. */
static void device_sums_follow(struct kunit *test)
{
	const struct golden *g = test->param_value;
	struct psteer_packet pkt;
	struct sk_buff *skb;

	if (g->unsummed)
		return;
	skb = new_golden(test, g, LINEAR, &pkt);
	skb->ip_summed = CHECKSUM_COMPLETE;
	skb->csum = csum_partial(skb->data, skb->len, 0);
	KUNIT_EXPECT_EQ(test, rewrite(skb, &pkt, g, server), 0);
	KUNIT_EXPECT_TRUE(test, csum_fold(skb->csum) ==
			  ip_compute_csum(skb->data, skb->len));
	expect_bytes(test, skb, strchr(g->bytes, '>') + 1);
}

/* A packet cut short and with two words changed; offset 0 changes nothing. */
struct variant {
	const char *base;
	enum psteer_packet_kind kind;
	u32 cut;
	struct {
		u32 at;
		u16 word;
	} change[2];
};

static const struct variant variants[] = {
	{ tcp4, MALFORMED, 39 }, { tcp4, FLOW, 40 },
	{ tcp4, MALFORMED, 0, { { 32, 0x4018 } } },	/* doff too small */
	{ tcp4, MALFORMED, 0, { { 32, 0xf018 } } },	/* doff beyond */
	{ tcp4, MALFORMED, 43, { { 32, 0x6018 } } },
	{ tcp4, FLOW, 44, { { 32, 0x6018 } } },
	{ tcp4, MALFORMED, 0, { { 20, 0 } } },		/* port 0 */
	{ tcp4, MALFORMED, 0, { { 22, 0 } } },
	{ udp4, MALFORMED, 27 }, { udp4, FLOW, 28 },
	{ udp4, MALFORMED, 0, { { 20, 0 } } },
	{ udp4, MALFORMED, 0, { { 22, 0 } } },
	{ options4, MALFORMED, 43 },
	{ tcp4, FRAGMENT, 0, { { 6, 0x2000 } } },	/* the first */
	{ udp4, FRAGMENT, 0, { { 6, 0x0010 } } },	/* the last */
	{ tcp4, OTHER, 0, { { 8, 0x3f2f } } },		/* GRE */
	{ err4_tcp, ICMP_ERROR, 0, { { 20, 0x0b00 } } },
	{ err4_tcp, FLOW, 0, { { 20, 0x0800 } } },	/* echo */
	{ err4_tcp, FLOW, 0, { { 20, 0x0000 } } },
	{ err4_tcp, OTHER, 0, { { 20, 0x0501 } } },	/* redirect */
	{ err4_tcp, OTHER, 0, { { 36, 0x0101 } } },	/* about ICMP */
	{ err4_tcp, OTHER, 0, { { 28, 0x6500 } } },	/* about IPv6? */
	{ err4_tcp, OTHER, 0, { { 28, 0x4400 } } },
	{ err4_tcp, ICMP_ERROR, 0, { { 34, 0x2000 } } }, /* a fragment */
	{ err4_tcp, OTHER, 0, { { 34, 0x2001 } } },	/* ... a later one */
	{ err4_tcp, MALFORMED, 27 }, { err4_tcp, OTHER, 47 },
	{ err4_tcp, MALFORMED, 51 }, { err4_tcp, ICMP_ERROR, 52 },
	{ err4_tcp, FRAGMENT, 0, { { 6, 0x2000 } } },	/* of an error */
	{ err4_tcp, FRAGMENT, 0, { { 6, 0x0010 } } },	/* all data */
	{ tcp6, MALFORMED, 59 },
	{ tcp6, MALFORMED, 60 },			/* has an option */
	{ udp6, MALFORMED, 47 }, { udp6, FLOW, 48 },
	{ udp6, MALFORMED, 0, { { 40, 0 } } },
	{ udp6, OTHER, 0, { { 6, 0x3b3d } } },		/* nothing follows */
	{ hopbyhop6, OTHER, 41 },
	{ hopbyhop6, MALFORMED, 67 },
	{ hopbyhop6, MALFORMED, 0, { { 40, 0x06ff } } }, /* longer than all */
	{ hopbyhop6, FLOW, 0, { { 6, 0x2c3d }, { 42, 0 } } },	/* atomic */
	{ hopbyhop6, FRAGMENT, 0, { { 6, 0x2c3d }, { 42, 1 } } }, /* first */
	{ hopbyhop6, FRAGMENT, 0, { { 6, 0x2c3d }, { 42, 0x0100 } } }, /* last */
	{ err6_tcp, FLOW, 0, { { 40, 0x8000 } } },	/* echo */
	{ err6_tcp, OTHER, 0, { { 40, 0x8700 } } },	/* neighbours */
	{ err6_tcp, OTHER, 0, { { 54, 0x3a01 } } },	/* about ICMPv6 */
	{ err6_tcp, OTHER, 0, { { 48, 0x4500 } } },	/* about IPv4? */
	{ err6_tcp, MALFORMED, 47 }, { err6_tcp, OTHER, 87 },
	{ err6_tcp, MALFORMED, 91 }, { err6_tcp, ICMP_ERROR, 92 },
};

static enum psteer_packet_kind kind_of(struct kunit *test,
				       const struct variant *v, bool paged)
{
	u8 family = v->base[0] == '4' ? AF_INET : AF_INET6;
	u8 bytes[PACKET_MOST];
	struct psteer_packet pkt;
	u32 k, len = from_hex(bytes, v->base);

	for (k = 0; k < ARRAY_SIZE(v->change) && v->change[k].at; k++)
		put_unaligned_be16(v->change[k].word, bytes + v->change[k].at);
	psteer_packet_parse(new_skb(test, bytes, v->cut ?: len, family, paged),
			    family, &pkt);
	return pkt.kind;
}

static void kinds_are_told_apart(struct kunit *test)
{
	const struct variant *v;

	for (v = variants; v < variants + ARRAY_SIZE(variants); v++) {
		KUNIT_EXPECT_EQ_MSG(test, kind_of(test, v, false), v->kind,
				    "variant %zu", v - variants);
		KUNIT_EXPECT_EQ_MSG(test, kind_of(test, v, true), v->kind,
				    "variant %zu", v - variants);
	}
}

static void damage_is_found(struct kunit *test)
{
	const struct golden *g = test->param_value;
	struct psteer_packet pkt;
	struct sk_buff *skb;
	u32 at, missed = 0;

	skb = new_golden(test, g, PAGED, &pkt);
	KUNIT_EXPECT_TRUE(test, psteer_packet_error_intact(skb, &pkt));
	skb = new_golden(test, g, LINEAR, &pkt);
	KUNIT_EXPECT_TRUE(test, psteer_packet_error_intact(skb, &pkt));
	for (at = pkt.thoff; at < skb->len; at++) {
		skb->data[at] ^= 0x40;
		missed += psteer_packet_error_intact(skb, &pkt);
		skb->data[at] ^= 0x40;
	}
	KUNIT_EXPECT_EQ(test, missed, 0U);
	/* A device that has checked it is believed. */
	skb->data[pkt.thoff] ^= 0x40;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	KUNIT_EXPECT_TRUE(test, psteer_packet_error_intact(skb, &pkt));
}

static int init_case(struct kunit *test)
{
	skb_queue_head_init(&skbs);
	return 0;
}

static void exit_case(struct kunit *test)
{
	skb_queue_purge(&skbs);
}

#define ERROR_CASE(run, title) \
	{ .name = title, .run_case = run, .generate_params = error_gen_params }

static struct kunit_case packet_cases[] = {
	KUNIT_CASE_PARAM(packets_are_read, flow_gen_params),
	KUNIT_CASE_PARAM(packets_get_the_other_key, flow_gen_params),
	KUNIT_CASE_PARAM(sums_to_come_are_right, flow_gen_params),
	KUNIT_CASE_PARAM(device_sums_follow, flow_gen_params),
	KUNIT_CASE_PARAM(sums_hold_whatever_the_key, flow_gen_params),
	KUNIT_CASE(kinds_are_told_apart),
	KUNIT_CASE_PARAM(damage_is_found, error_gen_params),
	ERROR_CASE(packets_are_read, "errors_are_read"),
	ERROR_CASE(packets_get_the_other_key, "errors_get_the_other_view"),
	ERROR_CASE(sums_hold_whatever_the_key, "error_sums_hold"),
	{}
};

static struct kunit_suite packet_suite = {
	.name = "psteer_packet",
	.init = init_case,
	.exit = exit_case,
	.test_cases = packet_cases,
};

kunit_test_suite(packet_suite);
