// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proves that an address is in the longest prefix that it fits, whatever the
 * order in which prefixes come and go, and that the distance of zones is in the
 * score by its weight, and not at all without one.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "prefix.h"
#include "select.h"

#define ONE	PSTEER_SCALE
#define MANY	400

/* Prefixes in a table, and which of them are in it. */
struct field {
	struct psteer_prefixes table;
	struct psteer_prefix prefix[MANY];
	bool in[MANY];
};

static struct field *new_field(struct kunit *test)
{
	struct field *field = kunit_kzalloc(test, sizeof(*field), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, field);
	KUNIT_ASSERT_EQ(test, psteer_prefixes_init(&field->table), 0);
	return field;
}

static void add(struct kunit *test, struct field *field, u32 nr)
{
	KUNIT_ASSERT_EQ(test, psteer_prefix_add(&field->table,
						&field->prefix[nr]), 0);
	field->in[nr] = true;
}

static void del(struct field *field, u32 nr)
{
	psteer_prefix_del(&field->table, &field->prefix[nr]);
	field->in[nr] = false;
}

static void end_field(struct field *field)
{
	u32 nr;

	for (nr = 0; nr < MANY; nr++)
		if (field->in[nr])
			del(field, nr);
	psteer_prefixes_exit(&field->table);
}

/* Few bits vary, so that there is much within much. */
static void random_ip(union nf_inet_addr *ip, struct rnd_state *rnd)
{
	u32 word;

	memset(ip, 0, sizeof(*ip));
	for (word = 0; word < 4; word++)
		ip->ip6[word] = htonl(prandom_u32_state(rnd) & 0x81010181);
}

static void random_prefix(struct psteer_prefix *prefix, struct rnd_state *rnd)
{
	u8 most;

	prefix->family = prandom_u32_state(rnd) % 2 ? AF_INET : AF_INET6;
	most = psteer_prefix_len_most(prefix->family);
	prefix->len = prandom_u32_state(rnd) % (most + 1);
	random_ip(&prefix->ip, rnd);
	if (prefix->family == AF_INET)
		memset(&prefix->ip.ip6[1], 0, 3 * sizeof(__be32));
	psteer_prefix_mask(&prefix->ip, prefix->family, prefix->len);
}

static bool has(const struct psteer_prefix *prefix, u8 family,
		const union nf_inet_addr *ip)
{
	const struct psteer_prefix one = {
		.ip = *ip,
		.family = family,
		.len = psteer_prefix_len_most(family),
	};

	return psteer_prefix_overlaps(prefix, &one);
}

/* The same by looking at all. */
static const struct psteer_prefix *
longest(const struct field *field, u8 family, const union nf_inet_addr *ip)
{
	const struct psteer_prefix *found = NULL;
	u32 nr;

	for (nr = 0; nr < MANY; nr++)
		if (field->in[nr] && has(&field->prefix[nr], family, ip) &&
		    (!found || field->prefix[nr].len > found->len))
			found = &field->prefix[nr];
	return found;
}

static void expect_longest(struct kunit *test, struct field *field,
			   struct rnd_state *rnd)
{
	const struct psteer_prefix *found, *wanted;
	union nf_inet_addr ip;
	u8 family;

	random_ip(&ip, rnd);
	family = prandom_u32_state(rnd) % 2 ? AF_INET : AF_INET6;
	if (family == AF_INET)
		memset(&ip.ip6[1], 0, 3 * sizeof(__be32));
	rcu_read_lock();
	found = psteer_prefix_find_rcu(&field->table, family, &ip);
	rcu_read_unlock();
	wanted = longest(field, family, &ip);
	KUNIT_EXPECT_PTR_EQ(test, (const void *)found, (const void *)wanted);
}

static void the_longest_prefix_is_found(struct kunit *test)
{
	struct field *field = new_field(test);
	struct rnd_state rnd;
	u32 step, nr;

	prandom_seed_state(&rnd, 7);
	for (step = 0; step < 4000; step++) {
		nr = prandom_u32_state(&rnd) % MANY;
		if (field->in[nr])
			del(field, nr);
		random_prefix(&field->prefix[nr], &rnd);
		if (!psteer_prefix_find_same(&field->table, &field->prefix[nr]))
			add(test, field, nr);
		expect_longest(test, field, &rnd);
	}
	end_field(field);
}

static void a_prefix_is_there_once(struct kunit *test)
{
	struct psteer_prefix twin = { .family = AF_INET, .len = 8 };
	struct field *field = new_field(test);

	twin.ip.ip = htonl(0x0a000000);
	field->prefix[0] = twin;
	add(test, field, 0);
	KUNIT_EXPECT_EQ(test, psteer_prefix_add(&field->table, &twin), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test,
			    psteer_prefix_find_same(&field->table, &twin),
			    &field->prefix[0]);
	/* One bit longer is another. */
	twin.len = 9;
	KUNIT_EXPECT_NULL(test, psteer_prefix_find_same(&field->table, &twin));
	end_field(field);
}

static struct psteer_terms terms_at(enum psteer_select_mode mode, u32 weight,
				    u32 distance)
{
	const struct psteer_select_rule rule = {
		.mode = mode,
		.weights = { .load = 4000, .capacity = 5000, .ports = 1000,
			     .zone = weight },
		.horizon_ms = 10000,
	};
	const struct psteer_evidence evidence = {
		.load = 2500,
		.capacity = 8000,
		.reported = true,
		.zone = distance,
	};
	struct psteer_terms terms;

	psteer_select_terms(&rule, &evidence, ONE / 2, &terms);
	psteer_select_parts(&rule, &evidence, &terms);
	return terms;
}

static void distance_enters_by_its_weight(struct kunit *test)
{
	enum psteer_select_mode mode;

	for (mode = 0; mode <= PSTEER_SELECT_MAX; mode++) {
		/* .75 + .2 * (1 - distance) */
		KUNIT_EXPECT_EQ(test, terms_at(mode, 2000, 0).score, 9500U);
		KUNIT_EXPECT_EQ(test, terms_at(mode, 2000, 7500).score, 8000U);
		KUNIT_EXPECT_EQ(test, terms_at(mode, 2000, ONE).score, 7500U);
		KUNIT_EXPECT_EQ(test, terms_at(mode, 2000, 7500).term_zone,
				500U);
		/* Rounded once, with the rest: 7500 + .5. */
		KUNIT_EXPECT_EQ(test, terms_at(mode, 1, 5000).score, 7500U);
		KUNIT_EXPECT_EQ(test, terms_at(mode, 0, 0).score, 7500U);
		KUNIT_EXPECT_EQ(test, terms_at(mode, 0, ONE).score, 7500U);
	}
}

static struct kunit_case zone_cases[] = {
	KUNIT_CASE(the_longest_prefix_is_found),
	KUNIT_CASE(a_prefix_is_there_once),
	KUNIT_CASE(distance_enters_by_its_weight),
	{}
};

static struct kunit_suite zone_suite = {
	.name = "psteer_zone",
	.test_cases = zone_cases,
};

kunit_test_suite(zone_suite);
