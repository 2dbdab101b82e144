/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PORTSTEER_RESOLVE_H
#define PORTSTEER_RESOLVE_H

#include <netdb.h>

#include <event2/dns.h>
#include <event2/event.h>

struct evdns_getaddrinfo_request *resolve(struct event_base *base,
					  const char *host, unsigned int port,
					  evdns_getaddrinfo_cb fn, void *arg);
const struct addrinfo *resolve_choose(const struct addrinfo *found);

#endif
