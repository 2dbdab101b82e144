// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink: clients.
 */
#include <linux/jiffies.h>

#include "client.h"
#include "nl_walk.h"
#include "pool.h"

const struct nla_policy
psteer_nl_client_get_policy[PSTEER_A_CLIENT_MAX + 1] = {
	[PSTEER_A_CLIENT_ADDRESS] = PSTEER_NLA_ADDRESS,
	[PSTEER_A_CLIENT_POOL] = PSTEER_NLA_NAME,
};

static bool is_wanted(struct netlink_callback *cb,
		      const struct psteer_client *client)
{
	struct nlattr **attrs = psteer_dump_attrs(cb);
	const struct nlattr *address = attrs[PSTEER_A_CLIENT_ADDRESS];
	const struct nlattr *pool = attrs[PSTEER_A_CLIENT_POOL];
	u32 len = psteer_addr_len(client->key.pool->family);

	if (pool && nla_strcmp(pool, client->key.pool->name))
		return false;
	return !address || (nla_len(address) == len &&
			    !memcmp(nla_data(address), &client->key.ip, len));
}

static int fill_outlook(struct sk_buff *skb, struct psteer_client *client)
{
	const struct psteer_config *config;
	struct psteer_client_outlook outlook;

	rcu_read_lock();
	config = psteer_config_rcu(client->owner.pool->pnet);
	psteer_client_outlook(client,
			      config->value[PSTEER_A_CONFIG_PREDICTION_HORIZON],
			      &outlook);
	rcu_read_unlock();
	if (nla_put_u32(skb, PSTEER_A_CLIENT_ARRIVAL_RATE, outlook.rate) ||
	    nla_put_u32(skb, PSTEER_A_CLIENT_PORTS_EXPECTED, outlook.ports) ||
	    (outlook.known && nla_put_u32(skb, PSTEER_A_CLIENT_MEAN_DURATION,
					  outlook.duration_ms)))
		return -EMSGSIZE;
	return 0;
}

static int put_client(struct sk_buff *skb, struct netlink_callback *cb,
		      void *entry)
{
	struct psteer_nl_where where = psteer_nl_dump_to(cb);
	struct psteer_client *client = entry;
	const struct psteer_pool *pool = client->key.pool;
	void *hdr;

	if (!is_wanted(cb, client))
		return 0;
	hdr = psteer_nl_begin(skb, &where);
	if (!hdr)
		return -EMSGSIZE;
	if (psteer_nl_put_addr(skb, PSTEER_A_CLIENT_ADDRESS, pool->family,
			       &client->key.ip) ||
	    nla_put_string(skb, PSTEER_A_CLIENT_POOL, pool->name) ||
	    nla_put_u8(skb, PSTEER_A_CLIENT_PROVEN,
		       psteer_client_proven(client)) ||
	    nla_put_u32(skb, PSTEER_A_CLIENT_PORTS,
			READ_ONCE(client->owner.size)) ||
	    nla_put_u32(skb, PSTEER_A_CLIENT_PORTS_IN_USE,
			READ_ONCE(client->owner.in_use)) ||
	    nla_put_u32(skb, PSTEER_A_CLIENT_SESSIONS,
			max(atomic_read(&client->sessions), 0)) ||
	    nla_put_u64_64bit(skb, PSTEER_A_CLIENT_CREATED,
			      READ_ONCE(client->created),
			      PSTEER_A_CLIENT_PAD) ||
	    nla_put_u64_64bit(skb, PSTEER_A_CLIENT_IDLE,
			      psteer_ms_since(READ_ONCE(client->last_new)),
			      PSTEER_A_CLIENT_PAD) ||
	    fill_outlook(skb, client)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * psteer_nl_client_start() - PSTEER_CMD_CLIENT_GET begins
 * @cb: dump
 *
 * Return: 0 or a negative errno.
 */
int psteer_nl_client_start(struct netlink_callback *cb)
{
	return psteer_nl_walk_start(cb, &psteer_nl_dump_net(cb)->clients);
}

/**
 * psteer_nl_client_dump() - PSTEER_CMD_CLIENT_GET
 * @skb: to fill
 * @cb: dump
 *
 * Return: length of @skb, or a negative errno.
 */
int psteer_nl_client_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct psteer_net *pnet = psteer_nl_dump_net(cb);
	struct nlattr **attrs = psteer_dump_attrs(cb);
	int err;

	mutex_lock(&pnet->lock);
	err = psteer_nl_check_filter(cb, attrs[PSTEER_A_CLIENT_POOL],
				     NULL);
	mutex_unlock(&pnet->lock);
	return err ?: psteer_nl_walk_dump(skb, cb, put_client);
}

/**
 * psteer_nl_client_get() - find or make a client and count a session of it
 * @pnet: namespace
 * @pool: pool that its ports come from
 * @ip: its address
 *
 * Context: RCU read side.
 * Return: as psteer_client_get(), but never -EAGAIN.
 */
struct psteer_client *psteer_nl_client_get(struct psteer_net *pnet,
					   struct psteer_pool *pool,
					   const union nf_inet_addr *ip)
{
	struct psteer_client *client;

	do {
		client = psteer_client_get(pnet, pool, ip);
	} while (client == ERR_PTR(-EAGAIN));
	return client;
}
