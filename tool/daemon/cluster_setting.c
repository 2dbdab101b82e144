// SPDX-License-Identifier: GPL-2.0-or-later
/* The sections of those who work together by way of etcd. */
#include "cluster_setting.h"

#include <string.h>

#include <linux/portsteer.h>

#include "cluster_record.h"

#define MINUTE	60000UL
#define DAY	86400000UL

static const struct setting etcd_rows[] = {
	{
		.key = "endpoints", .type = SETTING_TEXTS, .required = true,
		.offset = offsetof(struct etcd_settings, endpoints),
	}, {
		.key = "prefix", .type = SETTING_PATH, .initial = "/portsteer",
		.offset = offsetof(struct etcd_settings, prefix),
	}, {
		.key = "ca", .type = SETTING_PATH,
		.offset = offsetof(struct etcd_settings, ca),
	}, {
		.key = "certificate", .type = SETTING_PATH,
		.offset = offsetof(struct etcd_settings, certificate),
	}, {
		.key = "key", .type = SETTING_PATH,
		.offset = offsetof(struct etcd_settings, key),
	}, {
		.key = "timeout", .type = SETTING_TIME, .initial = "2s",
		.offset = offsetof(struct etcd_settings, timeout),
		.least = 100, .most = MINUTE,
	}, {
		.key = "lease", .type = SETTING_TIME, .initial = "5s",
		.offset = offsetof(struct etcd_settings, lease),
		.least = 2000, .most = 10 * MINUTE,
	},
	{ 0 }
};

static bool is_url(const char *text)
{
	return !strncmp(text, "http://", 7) || !strncmp(text, "https://", 8);
}

static const char *check_etcd(const void *values)
{
	const struct etcd_settings *s = values;
	char **endpoint;

	for (endpoint = s->endpoints; *endpoint; endpoint++)
		if (!is_url(*endpoint) || strlen(*endpoint) > 255)
			return "an endpoint is a URL that begins with http:// or https://";
	if (strlen(s->prefix) > 64)
		return "the prefix is longer than 64 characters";
	if (!s->certificate != !s->key)
		return "a certificate has a key, and a key a certificate";
	return NULL;
}

const struct section etcd_section = {
	.key = "etcd",
	.size = sizeof(struct etcd_settings),
	.settings = etcd_rows,
	.check = check_etcd,
};

static const struct setting manager_rows[] = {
	{
		.key = "name", .type = SETTING_NAME, .required = true,
		.offset = offsetof(struct manager_settings, name),
	}, {
		.key = "chunk", .type = SETTING_NUMBER, .initial = "1024",
		.offset = offsetof(struct manager_settings, chunk),
		.least = CHUNK_LEAST, .most = CHUNK_MOST,
	}, {
		.key = "host-timeout", .type = SETTING_TIME, .initial = "10m",
		.offset = offsetof(struct manager_settings, host_timeout),
		.least = 5000, .most = DAY,
	}, {
		.key = "hold", .type = SETTING_TIME, .initial = "2m",
		.offset = offsetof(struct manager_settings, hold),
		.least = 1000, .most = DAY,
	},
	{ 0 }
};

static const char *check_manager(const void *values)
{
	const struct manager_settings *s = values;

	return s->chunk & (s->chunk - 1) ? "chunk is not a power of two" : NULL;
}

const struct section manager_section = {
	.key = "manager",
	.size = sizeof(struct manager_settings),
	.settings = manager_rows,
	.check = check_manager,
};

static const struct setting pools_rows[] = {
	{
		.key = "name", .type = SETTING_NAME, .required = true,
		.offset = offsetof(struct pool_settings, name),
	}, {
		.key = "addresses", .type = SETTING_TEXTS, .required = true,
		.offset = offsetof(struct pool_settings, addresses),
	}, {
		.key = "first", .type = SETTING_NUMBER, .initial = "1024",
		.offset = offsetof(struct pool_settings, first),
		.least = 1, .most = 65535,
	}, {
		.key = "last", .type = SETTING_NUMBER, .initial = "65535",
		.offset = offsetof(struct pool_settings, last),
		.least = 1, .most = 65535,
	},
	{ 0 }
};

/* One family, so that a host has one address to be sent to. */
static const char *check_addresses(char **list, bool one_family)
{
	struct address address;
	unsigned int len = 0;

	for (; *list; list++) {
		if (parse_address(*list, &address))
			return "what should be an address is none";
		if (one_family && len && address.len != len)
			return "the addresses of a pool are of one family";
		len = address.len;
	}
	return NULL;
}

static const char *check_pool(const void *values)
{
	const struct pool_settings *s = values;

	if (s->first > s->last)
		return "the last port is before the first";
	return check_addresses(s->addresses, true);
}

const struct section pools_section = {
	.key = "pools",
	.size = sizeof(struct pool_settings),
	.list = true,
	.settings = pools_rows,
	.check = check_pool,
};

static const struct setting host_rows[] = {
	{
		.key = "name", .type = SETTING_NAME, .required = true,
		.offset = offsetof(struct host_settings, name),
	}, {
		.key = "addresses", .type = SETTING_TEXTS, .required = true,
		.offset = offsetof(struct host_settings, addresses),
	}, {
		.key = "pools", .type = SETTING_TEXTS, .required = true,
		.offset = offsetof(struct host_settings, pools),
	}, {
		.key = "spare", .type = SETTING_SHARE, .initial = "25%",
		.offset = offsetof(struct host_settings, spare),
	}, {
		.key = "idle", .type = SETTING_TIME, .initial = "1m",
		.offset = offsetof(struct host_settings, idle),
		.least = 1000, .most = DAY,
	},
	{ 0 }
};

static const char *check_host(const void *values)
{
	const struct host_settings *s = values;
	char **pool;

	for (pool = s->pools; *pool; pool++)
		if (parse_name(*pool, PSTEER_NAME_MAX))
			return "what should be the name of a pool is none";
	return check_addresses(s->addresses, false);
}

const struct section host_section = {
	.key = "host",
	.size = sizeof(struct host_settings),
	.settings = host_rows,
	.check = check_host,
};

static const struct setting edge_rows[] = {
	{
		.key = "name", .type = SETTING_NAME, .required = true,
		.offset = offsetof(struct edge_settings, name),
	},
	{ 0 }
};

const struct section edge_section = {
	.key = "edge",
	.size = sizeof(struct edge_settings),
	.settings = edge_rows,
};
