// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that ICMP queries, their answers and errors about them are read as flows
 * whose port is the identifier, and that after a rewrite each byte is as if the
 * packet had been made with its new key. The packets were computed outside of the
 * kernel, before and after.
 */
#include <kunit/test.h>
#include <linux/kernel.h>

#include "packet.h"

#define PACKET_MOST	256
#define ID_INSIDE	0x1234
#define ID_OUTSIDE	0x0801

/* In hexadecimal; what is expected of a rewrite follows ">". */
static const char query4[] =
	"45000021abcd00003d019dd80a000002c63364010800e5f31234000770696e6721\n"
	">45000021abcd00003d016bd8cb007101c63364010800f0260801000770696e6721\n";
static const char answer4[] =
	"45000021abcd00003d016bd8c6336401cb0071010000f8260801000770696e6721\n"
	">45000021abcd00003d019dd8c63364010a0000020000edf31234000770696e6721\n";
static const char query6[] =
	"60000000000d3a3dfd00000000000000000000000000000220010db80009000000000000\n"
	"00000001800042e61234000770696e6721\n"
	">60000000000d3a3d20010db800020000000000000000000120010db80009000000000000\n"
	"0000000180001c600801000770696e6721\n";
static const char answer6[] =
	"60000000000d3a3d20010db800090000000000000000000120010db80002000000000000\n"
	"0000000181001b600801000770696e6721\n"
	">60000000000d3a3d20010db8000900000000000000000001fd0000000000000000000000\n"
	"00000002810041e61234000770696e6721\n";
static const char error4[] =
	"4500003d000100003d017fb4c0000209cb0071010b00f4ff0000000045000021abcd0000\n"
	"3d016bd8cb007101c63364010800f0260801000770696e6721\n"
	">4500003d000100003d01b1b4c00002090a0000020b00f4ff0000000045000021abcd0000\n"
	"3d019dd80a000002c63364010800e5f31234000770696e6721\n";
static const char error6[] =
	"60000000003d3a3d20010db800080000000000000000000920010db80002000000000000\n"
	"00000001030006ff0000000060000000000d3a3d20010db8000200000000000000000001\n"
	"20010db800090000000000000000000180001c600801000770696e6721\n"
	">60000000003d3a3d20010db8000800000000000000000009fd0000000000000000000000\n"
	"00000002030037b80000000060000000000d3a3dfd000000000000000000000000000002\n"
	"20010db8000900000000000000000001800042e61234000770696e6721\n";

#define IP4(a)			{ .ip = htonl(a) }
#define IP6(a, b, c, d)		{ .ip6 = { htonl(a), htonl(b), htonl(c), \
					   htonl(d) } }

/* By family: IPv4, IPv6. */
static const union nf_inet_addr vm[] = {
	IP4(0x0a000002), IP6(0xfd000000, 0, 0, 2),
};

static const union nf_inet_addr pool[] = {
	IP4(0xcb007101), IP6(0x20010db8, 0x00020000, 0, 1),
};

static const union nf_inet_addr far[] = {
	IP4(0xc6336401), IP6(0x20010db8, 0x00090000, 0, 1),
};

/**
 * struct golden - a packet and what it is turned into
 * @name: what it is
 * @bytes: both
 * @family: AF_INET or AF_INET6
 * @answer: it answers a query
 * @error: it is an error about a query
 */
struct golden {
	const char *name;
	const char *bytes;
	u8 family;
	bool answer;
	bool error;
};

static const struct golden packets[] = {
	{ "query4", query4, AF_INET },
	{ "answer4", answer4, AF_INET, true },
	{ "error4", error4, AF_INET, false, true },
	{ "query6", query6, AF_INET6 },
	{ "answer6", answer6, AF_INET6, true },
	{ "error6", error6, AF_INET6, false, true },
};

static void describe(const struct golden *g, char *to)
{
	strscpy(to, g->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(packet, packets, describe);

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

/* The query as the VM, or as the world, sees it. */
static struct psteer_key query_key(const struct golden *g, bool inside)
{
	bool six = g->family == AF_INET6;

	return (struct psteer_key) {
		.src = inside ? vm[six] : pool[six],
		.dst = far[six],
		.sport = htons(inside ? ID_INSIDE : ID_OUTSIDE),
		.proto = six ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
		.family = g->family,
	};
}

/* Of the packet: the query's own, or the way back. */
static struct psteer_key key_of(const struct golden *g, bool inside)
{
	struct psteer_key query = query_key(g, inside), key = {};

	if (!g->answer)
		return query;
	psteer_key_reverse(&key, &query);
	return key;
}

static struct sk_buff *new_packet(struct kunit *test, const struct golden *g,
				  struct psteer_packet *pkt)
{
	struct sk_buff *skb = alloc_skb(NET_SKB_PAD + PACKET_MOST, GFP_KERNEL);
	u8 bytes[PACKET_MOST];

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, NET_SKB_PAD);
	skb_reset_network_header(skb);
	skb_put_data(skb, bytes, from_hex(bytes, g->bytes));
	psteer_packet_parse(skb, g->family, pkt);
	return skb;
}

/* Queries come from inside, all else from outside. */
static bool from_inside(const struct golden *g)
{
	return !g->answer && !g->error;
}

static void identifiers_are_ports(struct kunit *test)
{
	const struct golden *g = test->param_value;
	struct psteer_key key = key_of(g, from_inside(g));
	struct psteer_packet pkt;
	struct sk_buff *skb = new_packet(test, g, &pkt);

	KUNIT_EXPECT_EQ(test, pkt.kind, g->error ? PSTEER_PACKET_ICMP_ERROR :
						   PSTEER_PACKET_FLOW);
	KUNIT_EXPECT_TRUE(test, psteer_key_equal(&pkt.key, &key));
	KUNIT_EXPECT_EQ(test, pkt.answer, g->answer);
	KUNIT_EXPECT_TRUE(test, g->error ||
			  psteer_packet_flow_intact(skb, &pkt));
	kfree_skb(skb);
}

static void packets_get_the_other_identifier(struct kunit *test)
{
	const struct golden *g = test->param_value;
	struct psteer_key to = key_of(g, !from_inside(g));
	struct psteer_packet pkt;
	struct sk_buff *skb = new_packet(test, g, &pkt);
	u8 want[PACKET_MOST];
	u32 len;
	int err;

	len = from_hex(want, strchr(g->bytes, '>') + 1);
	if (g->error)
		err = psteer_packet_rewrite_error(skb, &pkt, &pkt.teller,
						  &to.src, &to);
	else
		err = psteer_packet_rewrite(skb, &pkt, &to);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, skb->len, len);
	KUNIT_EXPECT_EQ(test, memcmp(skb->data, want, len), 0);
	kfree_skb(skb);
}

static void damage_is_found(struct kunit *test)
{
	const struct golden *g = test->param_value;
	struct psteer_packet pkt;
	struct sk_buff *skb = new_packet(test, g, &pkt);

	skb->data[skb->len - 1] ^= 0x40;
	KUNIT_EXPECT_FALSE(test, g->error ?
			   psteer_packet_error_intact(skb, &pkt) :
			   psteer_packet_flow_intact(skb, &pkt));
	kfree_skb(skb);
}

static struct kunit_case packet_echo_cases[] = {
	KUNIT_CASE_PARAM(identifiers_are_ports, packet_gen_params),
	KUNIT_CASE_PARAM(packets_get_the_other_identifier, packet_gen_params),
	KUNIT_CASE_PARAM(damage_is_found, packet_gen_params),
	{}
};

static struct kunit_suite packet_echo_suite = {
	.name = "psteer_packet_echo",
	.test_cases = packet_echo_cases,
};

kunit_test_suite(packet_echo_suite);
