// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that a flow gives back the key that it was made of, is found by that
 * key and by no other, and leaves the flow behind it alone.
 */
#include <kunit/test.h>

#include "flow.h"

#define SEED	0x5eed1234

static struct psteer_key make_key(u8 family)
{
	struct psteer_key key = {
		.sport = htons(40000),
		.dport = htons(443),
		.proto = IPPROTO_TCP,
		.family = family,
	};

	if (family == AF_INET) {
		key.src.ip = htonl(0x0a000002);
		key.dst.ip = htonl(0xc0000201);
	} else {
		key.src.in6 = (struct in6_addr) { { { 0xfd, [15] = 2 } } };
		key.dst.in6 = (struct in6_addr) { { { 0x20, 1, [15] = 1 } } };
	}
	return key;
}

/* Two of them, as in a session. */
struct flows {
	struct psteer_flow *original;
	struct psteer_flow *reply;
};

static struct flows make_flows(struct kunit *test, const struct psteer_key *key)
{
	u32 size = psteer_flow_size(key->family);
	void *room = kunit_kzalloc(test, 2 * size, GFP_KERNEL);
	struct flows flows = { .original = room, .reply = room + size };
	struct psteer_key back;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, room);
	psteer_key_reverse(&back, key);
	psteer_flow_init(flows.reply, &back, PSTEER_DIR_REPLY);
	psteer_flow_init(flows.original, key, PSTEER_DIR_ORIGINAL);
	return flows;
}

static void expect_key(struct kunit *test, u8 family)
{
	struct psteer_key key = make_key(family), back, got;
	struct flows flows = make_flows(test, &key);

	memset(&got, 0xff, sizeof(got));
	psteer_flow_key(flows.original, &got);
	KUNIT_EXPECT_TRUE(test, psteer_key_equal(&got, &key));
	KUNIT_EXPECT_TRUE(test, psteer_flow_has(flows.original, &key));
	KUNIT_EXPECT_EQ(test, psteer_flow_hash(flows.original, SEED),
			psteer_key_hash(&key, SEED));

	psteer_key_reverse(&back, &key);
	memset(&got, 0xff, sizeof(got));
	psteer_flow_reversed(flows.original, &got);
	KUNIT_EXPECT_TRUE(test, psteer_key_equal(&got, &back));
	KUNIT_EXPECT_TRUE(test, psteer_flow_has(flows.reply, &back));
	KUNIT_EXPECT_EQ(test, flows.reply->dir, (u8)PSTEER_DIR_REPLY);
	KUNIT_EXPECT_EQ(test, psteer_flow_hash(flows.reply, SEED),
			psteer_key_hash(&back, SEED));
}

static void gives_back_its_key(struct kunit *test)
{
	expect_key(test, AF_INET);
	expect_key(test, AF_INET6);
}

/* Every bit of a key that its family has tells it from others. */
static void expect_no_other(struct kunit *test, u8 family)
{
	struct psteer_key key = make_key(family);
	struct flows flows = make_flows(test, &key);
	u32 len = psteer_addr_len(family), bit;

	for (bit = 0; bit < PSTEER_KEY_LEN * 8; bit++) {
		u32 byte = bit / 8, in_addr = byte % sizeof(key.src);
		struct psteer_key other = key;

		if (byte < offsetof(struct psteer_key, sport) && in_addr >= len)
			continue;
		((u8 *)&other)[byte] ^= 1 << bit % 8;
		KUNIT_EXPECT_FALSE_MSG(test,
				       psteer_flow_has(flows.original, &other),
				       "family %u, bit %u", family, bit);
		if (other.family == family)
			KUNIT_EXPECT_NE_MSG(test,
					    psteer_flow_hash(flows.original,
							     SEED),
					    psteer_key_hash(&other, SEED),
					    "family %u, bit %u", family, bit);
	}
}

static void has_no_other_key(struct kunit *test)
{
	expect_no_other(test, AF_INET);
	expect_no_other(test, AF_INET6);
}

static int draw_keys(struct kunit *test)
{
	psteer_hash_init();
	return 0;
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(gives_back_its_key),
	KUNIT_CASE(has_no_other_key),
	{}
};

static struct kunit_suite flow_suite = {
	.name = "psteer_flow",
	.init = draw_keys,
	.test_cases = flow_cases,
};

kunit_test_suite(flow_suite);
