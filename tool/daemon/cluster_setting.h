/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sections of those who work together by way of etcd. */
#ifndef PORTSTEER_CLUSTER_SETTING_H
#define PORTSTEER_CLUSTER_SETTING_H

#include "setting.h"

/**
 * struct etcd_settings - section etcd
 * @endpoints: URLs
 * @prefix: of all keys, begins with a slash
 * @ca: what etcd's certificate is checked against
 * @certificate: ours
 * @key: its private key
 * @timeout: of a call, ms
 * @lease: for how long we count as alive without being heard of, ms
 */
struct etcd_settings {
	char **endpoints;
	char *prefix;
	char *ca;
	char *certificate;
	char *key;
	uint32_t timeout;
	uint32_t lease;
};

/**
 * struct manager_settings - section manager
 * @name: as who leads
 * @chunk: ports of a grant, for a cluster that is founded
 * @host_timeout: how long a host may be away before it loses what it has, ms
 * @hold: before a chunk that was left is given again, ms
 */
struct manager_settings {
	char *name;
	uint64_t chunk;
	uint32_t host_timeout;
	uint32_t hold;
};

/**
 * struct pool_settings - one of section pools
 * @name: of the pool
 * @addresses: that it has
 * @first: first port of each
 * @last: last one
 */
struct pool_settings {
	char *name;
	char **addresses;
	uint64_t first;
	uint64_t last;
};

/**
 * struct host_settings - section host
 * @name: who we are
 * @addresses: ours, one a family, that edges send to
 * @pools: whose ports our VMs have
 * @spare: ports to have ahead of what the VMs want, in 1/10000 of it
 * @idle: how long a chunk must have been more than enough to be given back, ms
 */
struct host_settings {
	char *name;
	char **addresses;
	char **pools;
	uint32_t spare;
	uint32_t idle;
};

/**
 * struct edge_settings - section edge
 * @name: who we are
 */
struct edge_settings {
	char *name;
};

extern const struct section etcd_section;
extern const struct section manager_section;
extern const struct section pools_section;
extern const struct section host_section;
extern const struct section edge_section;

#endif
